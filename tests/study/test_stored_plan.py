"""What of a plan is stored: ids of older releases, moved data, changed code and changed files."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sweep.running.preparation import identities
from sweep.store import store
from sweep.study.identity import Identities, Identity
from sweep.study.named_files import content
from sweep.study.plan import PlannedTrial, as_document, plan
from sweep.study.stored_plan import StoredPlan, stands_for, stored_plan
from sweep.study.study import Study

RESULTS = Path(__file__).parents[2] / "results"
OLD, NEW = Identity("old", {"net.py, function build": "1"}), Identity("new", {"net.py, function build": "2"})


def study(**changes: Any) -> Study:
    """Return a small study with some keys changed."""
    fixed = {"study": "s", "seeds": 2, "data": {"use": "mine:load", "root": "faces"}, "model": {"use": "net:build"}}
    return Study.model_validate(fixed | changes)


def planned(one: Study, code: Identity = OLD) -> list[PlannedTrial]:
    """Return its plan over fixed data."""
    return list(plan(one, lambda _, seed: f"data{seed}", lambda _: code))


def rows(trials: list[PlannedTrial], status: str = "ok") -> pd.DataFrame:
    """Return the rows of a store that ran them."""
    return pd.DataFrame(
        [
            {
                "config_id": one.configuration.config_id,
                "seed": one.seed,
                "data_id": one.data_id,
                "trial_id": one.trial_id,
                "code_id": one.code_id,
                "status": status,
            }
            for one in trials
        ]
    )


def document(one: Study, found: StoredPlan) -> dict[str, Any]:
    """Return study.json as a run writes and reads it."""
    return json.loads(json.dumps(as_document(one, found.trials) | found.record))


@pytest.mark.parametrize("name", ["face-attack", "face-verify", "frozen-batchnorm", "reference", "transport-mode"])
def test_every_stored_trial_of_the_committed_studies_is_found(name: str) -> None:
    """Results of older releases stay valid: each trial keeps its id, and is not of other code."""
    before = store.read_study(RESULTS / name)
    one = Study.model_validate(before["resolved"])
    known = identities(one)
    data = {(said["config_id"], said["seed"]): said["data_id"] for said in before["plan"]}
    trials = list(plan(one, lambda config, seed: data[config.config_id, seed], lambda config: known.of(config.study)))
    found = stored_plan(trials, before, store.trials(RESULTS / name))
    assert [trial.trial_id for trial in found.trials] == [said["trial_id"] for said in before["plan"]]
    assert not found.other_code
    assert stands_for(document(one, found), *_stored(before), found.trials[0].code) == (True, [])


def _stored(before: dict[str, Any]) -> tuple[str, str]:
    return before["plan"][0]["config_id"], before["plan"][0]["code_id"]


def test_data_under_another_name_are_the_same_data() -> None:
    """A moved folder changes no id; where results are stored, their names of configurations stay too."""
    before, moved = study(), study(data={"use": "mine:load", "root": "elsewhere/faces"})
    assert [one.trial_id for one in planned(before)] == [one.trial_id for one in planned(moved)]
    found = stored_plan(planned(moved), document(before, StoredPlan(tuple(planned(before)))), rows(planned(before)))
    assert [one.trial_id for one in found.trials] == [one.trial_id for one in planned(before)]
    assert {one.configuration.config_id for one in found.trials} == {planned(before)[0].configuration.config_id}


def test_old_ids_are_found_where_the_data_were_moved() -> None:
    """study.json of an older release tells which configuration its config_id was."""
    before, moved = study(), study(data={"use": "mine:load", "root": "elsewhere"})
    stored = rows(planned(before)).assign(trial_id=["a", "b"])
    found = stored_plan(planned(moved), document(before, StoredPlan(tuple(planned(before)))), stored)
    assert [one.trial_id for one in found.trials] == ["a", "b"]
    again = stored_plan(planned(moved), document(moved, found), stored)
    assert again.trials == found.trials


def test_two_arms_with_the_same_data_keep_their_own_trials() -> None:
    """Arms whose folders hold the same are two rows of the report, in whatever order they stand."""
    arms = {"a": {"data.root": "a"}, "b": {"data.root": "b"}}
    one, other = study(arms=arms), study(arms=dict(reversed(arms.items())))
    first = planned(one)
    assert len({trial.trial_id for trial in first}) == 4
    found = stored_plan(planned(other), document(one, StoredPlan(tuple(first))), rows(first))
    own = {(trial.configuration.label, trial.seed): trial.trial_id for trial in first}
    assert {(trial.configuration.label, trial.seed): trial.trial_id for trial in found.trials} == own


def test_other_code_is_said_and_named() -> None:
    """The file and the function that changed are told; the plan runs anew."""
    first = stored_plan(planned(study()), None, rows([]))
    found = stored_plan(planned(study(), NEW), document(study(), first), rows(planned(study())))
    assert found.other_code == {"net.py, function build": 2}
    assert found.notes[0].startswith("2 stored trials are of other code: net.py, function build.")
    assert [one.trial_id for one in found.trials] == [one.trial_id for one in planned(study(), NEW)]


def test_other_code_is_taken_over_and_stays_so() -> None:
    """Accepted trials count from then on, it stays written down, and the next change is told again."""
    first = stored_plan(planned(study()), None, rows([]))
    stored = rows(planned(study()))
    taken = stored_plan(planned(study(), NEW), document(study(), first), stored, accept_code=True)
    assert [one.trial_id for one in taken.trials] == [one.trial_id for one in planned(study())]
    said = document(study(), taken)
    (entry,) = said["taken"].values()
    assert entry == {"old": {"as": "new", "changed": ["net.py, function build"]}}
    again = stored_plan(planned(study(), NEW), said, stored)
    assert (again.trials, again.other_code) == (taken.trials, {})
    config_id = taken.trials[0].configuration.config_id
    assert stands_for(said, config_id, "old", NEW) == (False, ["net.py, function build"])
    third = Identity("third", {"net.py, function build": "3"})
    assert stored_plan(planned(study(), third), said, stored).other_code == {"net.py, function build": 2}
    back = stored_plan(planned(study(), OLD), said, stored)
    assert (back.trials, back.other_code) == (tuple(planned(study())), {})
    assert back.record["taken"] == {config_id: {}}


def test_of_several_codes_the_latest_is_taken_over() -> None:
    """Trials that are accepted are of one code, whatever their ids are; those of the code itself come first."""
    second, third = (
        Identity("second", {"net.py, function build": "2"}),
        Identity("third", {"net.py, function build": "3"}),
    )
    older, newer = planned(study()), planned(study(), second)
    both = pd.concat([rows(older).assign(started_at="2026-01-01"), rows(newer).assign(started_at="2026-01-02")])
    for stored in (both, both[::-1]):
        taken = stored_plan(planned(study(), third), None, stored, accept_code=True)
        assert [one.trial_id for one in taken.trials] == [one.trial_id for one in newer]
        said = document(study(), taken)
        own = stored_plan(planned(study()), said, stored)
        assert [one.trial_id for one in own.trials] == [one.trial_id for one in older]


def test_an_old_id_counts_until_the_code_changes() -> None:
    """What an old id stood for is written down at the first run: a later change of what it did not hold is told."""
    stored = rows(planned(study(), Identity("bytes"))).assign(trial_id=["a", "b"])
    now = Identity("new", {"file base.keras": "1"}, frozenset({"bytes"}))
    found = stored_plan(planned(study(), now), None, stored)
    assert [one.trial_id for one in found.trials] == ["a", "b"]
    later = Identity("later", {"file base.keras": "2"}, frozenset({"bytes"}))
    after = stored_plan(planned(study(), later), document(study(), found), stored)
    assert after.other_code == {"file base.keras": 2}


def test_another_content_of_a_file_that_no_study_names_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model's function read at that time is stored with its digest; a file that is not here tells nothing."""
    monkeypatch.chdir(tmp_path)
    Path("base.keras").write_bytes(b"1")
    digest = content(Path("base.keras"), tmp_path / "kept")[:16]
    said = json.dumps({"unnamed_files": {"base.keras": digest, "gone.npz": digest}})
    stored = rows(planned(study())).assign(outside=[said, None])

    def found() -> StoredPlan:
        return stored_plan(planned(study()), None, stored, kept=tmp_path / "kept")

    assert found().notes == []
    Path("base.keras").write_bytes(b"2")
    assert found().other_files == {"base.keras": 1}
    assert found().trials == tuple(planned(study()))
    (note,) = found().notes
    assert note.startswith("1 stored trial used another base.keras, which the study does not name")


def test_failed_trials_of_other_code_are_not_told() -> None:
    """Only what could have been kept is worth a word."""
    found = stored_plan(planned(study(), NEW), None, rows(planned(study()), "failed"))
    assert not found.other_code


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a builder, a measure and a file of weights, as the current one and on the path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "net.py").write_text("def build(s, c, weights=''):\n    return 1\ndef mean(m, s):\n    return {}\n")
    (tmp_path / "base.keras").write_bytes(b"1")
    (tmp_path / "bases").mkdir()
    (tmp_path / "bases" / "one").write_bytes(b"1")
    return tmp_path


@pytest.mark.parametrize("weights", ["base.keras", "bases", "./bases/one", {"of": ["base.keras"]}])
def test_the_content_of_a_named_file_is_in_the_id(project: Path, weights: Any) -> None:
    """A file or folder that a keyword names counts by content, not by its times."""
    one = study(model={"use": "net:build", "weights": weights})

    def code_id() -> str:
        return Identities(project / "kept", results=project / "results").of(one).code_id

    before = code_id()
    for file in (project / "base.keras", project / "bases" / "one"):
        file.write_bytes(b"1")
    assert code_id() == before
    for file in (project / "base.keras", project / "bases" / "one"):
        file.write_bytes(b"2")
    assert code_id() != before


def test_the_file_that_a_function_names_by_default_counts(project: Path) -> None:
    """A default is as good as a keyword, of the model's function and of measure; a keyword takes its place."""
    build = "def build(s, c, *, weights='base.keras'):\n    return 1\n"
    (project / "net.py").write_text(build + "def mean(m, s, of='base.keras', n=len('')):\n    return {}\n")
    cases = [study(), study(measure={"use": "net:mean"}), study(model={"use": "net:build", "weights": "bases"})]

    def ids() -> list[str]:
        return [Identities(project / "kept").of(one).code_id for one in cases]

    before = ids()
    (project / "base.keras").write_bytes(b"2")
    assert [one == other for one, other in zip(before, ids(), strict=True)] == [False, False, True]
    (project / "base.keras").write_bytes(b"1")
    assert ids() == before


def test_code_of_measure_and_backend_are_in_the_id(project: Path) -> None:
    """A changed measure or another backend makes other trials; a measure beside the model's function does not."""
    plain = study()
    one = study(measure={"use": "net:mean"})
    kept = project / "kept"
    before, model = Identities(kept).of(one), Identities(kept).of(plain)
    assert before.code_id != model.code_id
    (project / "net.py").write_text((project / "net.py").read_text().replace("{}", "{'a': 1}"))
    assert Identities(kept).of(one).code_id != before.code_id
    assert Identities(kept).of(plain).code_id == model.code_id


def test_a_large_file_is_digested_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its digest is kept by path, size and times; a change of it is seen."""
    monkeypatch.setattr("sweep.study.named_files._LARGE", 1)
    monkeypatch.setattr("sweep.study.named_files._SETTLED", -1e9)
    one = study(model={"use": "net:build", "weights": "base.keras"})
    before = Identities(project / "kept").of(one)
    monkeypatch.setattr("sweep.study.named_files.sha256_of", lambda file: f"{file.read_bytes()!r:>64}")
    assert Identities(project / "kept").of(one) == before
    (project / "base.keras").write_bytes(b"22")
    assert Identities(project / "kept").of(one) != before

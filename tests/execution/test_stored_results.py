"""Stored trials and what becomes of them: code that changes, weights that change, folders that are moved."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from sweep.analysis.current import current
from sweep.commands.plan import plan
from sweep.data import Prepared
from sweep.errors import ClusterError
from sweep.report.notes import notes
from sweep.report.summarising import summarise
from sweep.running import execution, opening, preparation, rounds
from sweep.running.policy import next_orders
from sweep.running.ray_session import RaySession
from sweep.store import store
from sweep.store.records import write_part
from sweep.study.study import Study
from sweep.trial.data_function import DataRequest, prepare_data
from sweep.trial.outcome import Status, TrialOutcome
from tests.report.simulated import _record


class InThisProcess:
    """Makes data without a process of their own, which takes a second to start."""

    def __enter__(self) -> "InThisProcess":
        """Start nothing."""
        return self

    def __exit__(self, *_: object) -> None:
        """End nothing."""

    def prepare(self, study: Study, split_seed: int) -> Prepared:
        """Return the data of a configuration."""
        return prepare_data(DataRequest(study, split_seed, None))


NET = "def build(shape, n_classes, *, weights='base.npz', width=8):\n    return width\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study of two seeds on a folder of images, with a model's function, its weights, and both trials stored."""
    folder = tmp_path / "project"
    rng = np.random.default_rng(0)
    for split, subjects in (("train", "abc"), ("dev", "de"), ("test", "fg")):
        for label in ("genuine", "impostor"):
            for subject in subjects:
                path = folder / "faces" / split / label / subject / "v" / "1.png"
                path.parent.mkdir(parents=True)
                Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)).save(path)
    (folder / "sr_net.py").write_text(NET)
    (folder / "base.npz").write_bytes(b"1")
    monkeypatch.setattr(preparation, "DataProcess", InThisProcess)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    write_study(folder)
    keep(folder)
    return folder


def write_study(folder: Path, **changes: Any) -> None:
    """Write the study file."""
    data = {"use": "sweep.data:image_folder", "root": "faces", "image_size": 6}
    said = {"study": "s", "seeds": 2, "data": data, "model": {"use": "sr_net:build"}} | changes
    (folder / "s.yaml").write_text(yaml.safe_dump(said))


def keep(folder: Path) -> None:
    """Store what a run would have stored for the study as it is, and write study.json as it does."""
    trials, _ = preparation.prepare(opening.resolve("s.yaml", seeds=None, results=None))
    results = folder / "results" / "s"
    results.mkdir(parents=True)
    for one in trials:
        write(results, one.trial_id, one.configuration.config_id, one.seed, one.data_id, one.code_id)
    assert run().n_run == 0


def write(results: Path, trial_id: str, config_id: str, seed: int, data_id: str, code_id: str) -> None:
    """Store a trial."""
    said = {"trial_id": trial_id, "config_id": config_id, "seed": seed}
    record = _record(said, 0, "verification", False, False, 0, 60, (), 1.4)
    record.trial.update(study="s", data_id=data_id, code_id=code_id)
    write_part(results, record)


def run(**options: Any) -> execution.RunSummary:
    """Run the study; a trial that is missing would start Ray, which no test here may."""
    return execution.run("s.yaml", progress=False, **options)


def told(capsys: pytest.CaptureFixture[str], **options: Any) -> dict[str, Any]:
    """Return what `sweep plan --json` prints."""
    capsys.readouterr()
    plan("s.yaml", json=True, **options)
    return json.loads(capsys.readouterr().out)


def report() -> str:
    """Return the notes of the report."""
    loaded = store.load(Path("results/s"))
    return " ".join(notes(summarise(loaded), current(loaded), loaded))


def test_changed_code_is_named_taken_over_and_given_back(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A comment changes nothing; another builder is told, accepted, in the report; the first one is at home again."""
    (project / "sr_net.py").write_text("# as in the paper\n" + NET)
    assert (told(capsys)["n_stored"], told(capsys)["notes"]) == (2, [])
    (project / "sr_net.py").write_text(NET.replace("return width", "return 2 * width"))
    found = told(capsys)
    assert (found["n_stored"], found["other_code"]) == (0, {"sr_net.py, function build": 2})
    assert found["notes"][0].startswith("2 stored trials are of other code: sr_net.py, function build.")
    found = told(capsys, accept_code=True)
    assert (found["n_stored"], found["other_code"]) == (2, {})
    assert found["notes"] == ["2 stored trials of other code taken over: sr_net.py, function build."]
    assert told(capsys)["n_stored"] == 0
    assert run(accept_code=True).n_run == 0
    assert "--accept-code counts 2 trials of other code (sr_net.py, function build has changed since)" in report()
    found = told(capsys, seeds=3)
    assert (found["n_stored"], found["n_planned"], found["notes"]) == (2, 3, [])
    (project / "sr_net.py").write_text(NET)
    assert (told(capsys)["n_stored"], told(capsys)["notes"]) == (2, [])
    assert run().n_run == 0
    assert "--accept-code" not in report()


def test_other_weights_are_other_trials(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file that the builder names by default is known by its content, not by its times."""
    (project / "base.npz").write_bytes(b"1")
    assert told(capsys)["n_stored"] == 2
    (project / "base.npz").write_bytes(b"2")
    found = told(capsys)
    assert (found["n_stored"], found["other_code"]) == (0, {"file base.npz": 2})


def test_data_and_results_may_be_renamed_and_moved(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Images under another name, and results in another place, are the same trials: found, not run again, reported."""
    faces = tmp_path / "elsewhere" / "people"
    faces.parent.mkdir()
    shutil.move(project / "faces", faces)
    data = {"use": "sweep.data:image_folder", "root": str(faces), "image_size": 6}
    write_study(project, data=data)
    assert (told(capsys)["n_stored"], told(capsys)["notes"]) == (2, [])
    shutil.move(project / "results", project / "archive")
    write_study(project, data=data, study="renamed", results="archive")
    shutil.move(project / "archive" / "s", project / "archive" / "renamed")
    assert told(capsys)["n_stored"] == 2
    assert run().n_run == 0
    assert summarise(store.load(project / "archive" / "renamed")).rows[0].n_ok == 2


class Trained:
    """Stands for Ray and its driver: stores a record for each order, and counts what was asked of it."""

    def __init__(self, *, stores: bool = True) -> None:
        self.stores = stores
        self.started = 0
        self.rounds: list[int] = []

    @contextmanager
    def session(self, address: str | None, slots: int | None) -> Iterator[RaySession]:
        """Give a Ray that is none."""
        self.started += 1
        yield RaySession(own=True, slots=slots)

    def run_orders(self, _: RaySession, orders: Any, report: Any, **__: Any) -> None:
        """Store what each trial would have."""
        self.rounds.append(len(orders))
        for one in orders if self.stores else ():
            write(Path(one.results), one.trial_id, one.config_id, one.seed, one.data_id, one.code_id)
            report(TrialOutcome(one.trial_id, Status.OK, config_id=one.config_id, seed=one.seed))

    def instead_of_ray(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of Ray."""
        monkeypatch.setattr("sweep.running.ray_session.ray_session", self.session)
        monkeypatch.setattr("sweep.running.driver.run_orders", self.run_orders)
        monkeypatch.setattr("sweep.running.shared_run.rehearse", lambda *_: None)


def test_a_policy_that_orders_in_rounds_is_asked_until_it_orders_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round is seen by the next question, all of them run on one Ray, and every trial is heard of once."""
    ray = Trained()
    ray.instead_of_ray(monkeypatch)
    monkeypatch.setattr(rounds, "next_orders", lambda *asked, **how: next_orders(*asked, **how)[:2])
    write_study(project, seeds=7)
    heard: list[TrialOutcome] = []
    done = run(listeners=[heard.append])
    assert (done.n_planned, done.n_run, done.n_ok) == (7, 5, 7)
    assert (ray.rounds, ray.started) == ([2, 2, 1], 1)
    assert [one.seed for one in heard] == [2, 3, 4, 5, 6]
    assert run().n_run == 0
    assert ray.started == 1


def test_a_study_that_stops_by_itself_asks_for_what_it_needs(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored seeds count, rounds follow until the verdict, and study.json names what was asked for, not the most."""
    ray = Trained()
    ray.instead_of_ray(monkeypatch)
    monkeypatch.setattr("sweep.running.driver.slots_of", lambda *_: 4)
    stop = {"until": "decided", "first": 3, "step": 2, "most": 9, "covers": "this test set"}
    write_study(project, arms={"a": {}, "b": {"model.width": 4}}, stop=stop)
    text = yaml.safe_load((project / "s.yaml").read_text())
    (project / "s.yaml").write_text(yaml.safe_dump({key: value for key, value in text.items() if key != "seeds"}))
    done = run()
    folder = project / "results" / "s"
    table = pd.read_parquet(folder / rounds.DECISIONS)
    assert done.verdict
    assert ray.rounds[0] == 4, "two of the first six are stored"
    assert done.n_planned == len(json.loads((folder / "study.json").read_text())["plan"]) < 18
    assert list(table["look"].unique()) == list(range(1, table["look"].max() + 1))
    assert run().verdict == done.verdict
    assert summarise(store.load(folder)).decisions.verdict == done.verdict  # type: ignore[union-attr]


def test_models_that_are_asked_for_later_run_nothing_again(project: Path) -> None:
    """`save: best` over stored trials keeps them and their ids, and one note says how many have no model."""
    write_study(project, train={"save": "best"})
    done = run()
    assert (done.n_run, done.n_ok) == (0, 2)
    (said,) = [one for one in done.notes if "saved model" in one]
    assert said.startswith("2 stored trials have no saved model, as ")
    write_study(project)
    assert not any("saved model" in one for one in run().notes)


def test_trials_that_were_ordered_and_lost_are_not_ordered_for_ever(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends and says how many the store lacks."""
    ray = Trained(stores=False)
    ray.instead_of_ray(monkeypatch)
    write_study(project, seeds=4)
    with pytest.raises(ClusterError, match=r"Expected 4 trials in .* Received: 2; Ray ended without the rest"):
        run()
    assert ray.rounds == [2]

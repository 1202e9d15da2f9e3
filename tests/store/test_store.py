"""The store: what trials wrote is loaded, whatever was compacted, cut off, torn or written at the same time."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sweep
from sweep.errors import InputError
from sweep.store import store
from sweep.store.folder import Folder
from sweep.store.records import write_part
from tests.store.recording import record, study_document, trial_id

TABLES = ("trials", "scores", "epochs", "environments")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study's folder with its study.json and no records."""
    place = tmp_path / "faces"
    place.mkdir()
    store.write_study(place, study_document())
    return place


def frames(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the four tables without what may depend on history: categories, and the order of trials among scores."""
    return plain(store.load(folder))


def plain(results: store.Results) -> dict[str, pd.DataFrame]:
    """Return the four tables of results as `frames` does."""
    found = {name: getattr(results, name) for name in TABLES}
    scores = found["scores"].sort_values("trial_id", key=lambda ids: ids.astype(str), kind="stable", ignore_index=True)
    for name in scores.columns[scores.dtypes == "category"]:
        scores[name] = scores[name].astype(object).where(scores[name].notna(), None)
    return found | {"scores": scores}


def assert_same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    """Assert that four tables are equal to the bit, types and order included."""
    for name in TABLES:
        pd.testing.assert_frame_equal(one[name], other[name], check_exact=True)


def test_sample_columns_of_some_data_stand_where_they_are_given(folder: Path) -> None:
    """Attack types and columns of the user's own are kept beside trials without them, in any order of arrival."""
    plain_columns = list(frames(folder)["scores"].columns)
    assert "attack_type" not in plain_columns
    further = {"attack_type": np.array(["", "print"] * 2), "sample.camera": np.array(["a", "b", "c", ""])}
    for at, extra in enumerate(({}, further, {"attack_type": further["attack_type"]})):
        one = record(at)
        one.scores.update(extra)
        write_part(folder, one)
        before = frames(folder)
        assert store.compact(folder) == []
        assert_same(frames(folder), before)
        if not at:
            assert list(before["scores"].columns) == plain_columns
    scores = before["scores"].set_index("trial_id")
    assert list(scores.columns) == [*plain_columns[1:], "attack_type", "sample.camera"]
    assert scores.loc[trial_id(1), "attack_type"].tolist() == ["", "print"] * 2
    assert scores.loc[trial_id(1), "sample.camera"].tolist() == ["a", "b", "c", ""]
    assert scores.loc[trial_id(2), "attack_type"].tolist() == ["", "print"] * 2
    for number, name in ((0, "attack_type"), (0, "sample.camera"), (2, "sample.camera")):
        assert scores.loc[trial_id(number), name].isna().tolist() == [True] * 4


def test_columns_that_a_record_brings_late_are_compacted_with_the_rest(folder: Path) -> None:
    """Records with and without a column are written as one table at once, each row once."""
    for at in range(3):
        one = record(at)
        one.scores.update({"sample.camera": np.array(list("abcd"))} if at == 1 else {})
        write_part(folder, one)
    before = frames(folder)
    assert store.compact(folder) == []
    assert_same(frames(folder), before)
    assert before["scores"]["sample.camera"].notna().sum() == 4
    assert len(before["scores"]) == 12


def test_what_was_written_is_loaded_before_and_after_compaction(folder: Path) -> None:
    """Every column comes back to the bit, and compaction changes no answer."""
    written = [record(at) for at in range(3)]
    for one in written:
        write_part(folder, one)
    before = frames(folder)
    assert store.compact(folder) == []
    assert_same(frames(folder), before)
    for one in written:
        row = before["trials"].set_index("trial_id").loc[one.trial["trial_id"]]
        for key, value in one.trial.items():
            if key in ("hp", "metric"):
                assert {inner: row[f"{key}.{inner}"] for inner in value} == value
            elif key != "trial_id":
                assert row[key] == value
        rows = before["scores"][before["scores"]["trial_id"] == one.trial["trial_id"]]
        assert rows["score"].to_numpy().tobytes() == one.scores["score"].tobytes()
        assert rows["sample"].tolist() == one.scores["sample"].tolist()
        assert rows["seed"].unique().tolist() == [one.trial["seed"]]
        losses = before["epochs"][before["epochs"]["trial_id"] == one.trial["trial_id"]]
        assert losses["loss"].tolist() == [epoch["loss"] for epoch in one.epochs]
    assert before["environments"]["threads"].tolist() == [1]
    assert set(before["trials"]["env_id"]) == set(before["environments"]["env_id"])


def test_an_empty_folder_loads_as_empty_tables(folder: Path) -> None:
    """A study without a finished trial has four tables with their columns and no rows, compacted or not."""
    for _ in range(2):
        results = store.load(folder)
        assert [len(getattr(results, name)) for name in TABLES] == [0, 0, 0, 0]
        assert {"trial_id", "seed", "status", "attempt"} <= set(results.trials.columns)
        assert {"trial_id", "label", "score"} <= set(results.scores.columns)
        store.compact(folder)
    assert store.finished(folder) == {}
    assert store.attempts(folder) == {}


def test_records_after_a_compaction_are_seen_at_once(folder: Path) -> None:
    """A reader need not wait for the next compaction, which then changes nothing."""
    write_part(folder, record(0))
    store.compact(folder)
    write_part(folder, record(1))
    write_part(folder, record(2))
    before = frames(folder)
    assert len(before["scores"]) == 12
    store.compact(folder)
    assert_same(frames(folder), before)


def test_compaction_twice_equals_once(folder: Path) -> None:
    """Without new records the tables are not even written again."""
    write_part(folder, record(0))
    store.compact(folder)
    before = {name: (folder / f"{name}.parquet").stat().st_mtime_ns for name in TABLES}
    store.compact(folder)
    assert {name: (folder / f"{name}.parquet").stat().st_mtime_ns for name in TABLES} == before


def test_tables_can_be_rebuilt(folder: Path) -> None:
    """Deleting any or all tables loses nothing, whatever the history of compactions was."""
    for at, status in ((2, "ok"), (0, "failed"), (3, "ok"), (1, "ok")):
        write_part(folder, record(at, status=status, config_id="same", seed=0))
        store.compact(folder)
    write_part(folder, record(0, attempt=1, config_id="same", seed=0))
    store.compact(folder)
    before = frames(folder)
    for gone in (*([name] for name in TABLES), TABLES):
        for name in gone:
            (folder / f"{name}.parquet").unlink()
        assert f"{gone[0]}.parquet is missing" in store.load(folder).notes[0]
        assert_same(frames(folder), before)
        assert "made anew from the records" in store.compact(folder)[0]
        assert_same(frames(folder), before)
        assert store.load(folder).notes == []


@pytest.mark.parametrize("breaks_at", range(6))
def test_a_compaction_cut_off_loses_and_doubles_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, breaks_at: int
) -> None:
    """Before whichever of its six renames a compaction ends, a reader and the next one see every row once."""
    write_part(folder, record(0))
    write_part(folder, record(1, status="failed"))
    store.compact(folder)
    write_part(folder, record(1, attempt=1))
    write_part(folder, record(2))
    expected = frames(folder)
    left = iter(range(breaks_at))

    def breaking(act: Any) -> Any:
        def one(*arguments: Any) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt
            act(*arguments)

        return one

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "take", breaking(Folder.take))
        with pytest.raises(KeyboardInterrupt):
            store.compact(folder)
    assert store.load(folder).notes == []
    assert_same(frames(folder), expected)
    assert set(store.finished(folder).values()) == {"ok"}
    store.compact(folder)
    assert_same(frames(folder), expected)


def test_a_killed_compaction_leaves_nothing_behind(folder: Path) -> None:
    """The half-written table of a killed process is removed by the next compaction."""
    write_part(folder, record(0))
    left = folder / ".scores.parquet.0123456789abcdef"
    left.write_bytes(b"half")
    store.compact(folder)
    assert not left.exists()
    assert len(store.load(folder).scores) == 4


def test_a_torn_record_is_named_and_its_trial_is_missing(folder: Path) -> None:
    """A torn file is never fatal: it is named, its trial runs again under the next number, the rest is loaded."""
    torn = write_part(folder, record(0))
    write_part(folder, record(1))
    torn.write_bytes(torn.read_bytes()[:-200])
    assert store.finished(folder) == {trial_id(1): "ok"}
    assert store.attempts(folder) == {trial_id(0): 1, trial_id(1): 1}
    for notes in (store.load(folder).notes, store.compact(folder), store.load(folder).notes, store.compact(folder)):
        assert len(notes) == 1
        assert str(torn) in notes[0]
    write_part(folder, record(0, attempt=1))
    assert store.finished(folder) == {trial_id(0): "ok", trial_id(1): "ok"}
    assert len(frames(folder)["scores"]) == 8


def test_foreign_files_are_left_alone(folder: Path) -> None:
    """What somebody put beside the tables or the records is neither read nor removed."""
    write_part(folder, record(0))
    foreign = [folder / "notes.txt", folder / "parts" / "notes.txt", folder / "parts" / ".x", folder / "more.parquet"]
    for file in foreign:
        file.write_text("mine")
    assert store.compact(folder) == []
    assert len(store.load(folder).trials) == 1
    assert all(file.read_text() == "mine" for file in foreign)


def test_a_copied_record_is_not_counted(folder: Path) -> None:
    """A record copied under another trial's name is named, and no compaction counts it."""
    path = write_part(folder, record(0))
    path.with_name(f"{trial_id(9)}.0.parquet").write_bytes(path.read_bytes())
    for _ in range(2):
        assert len(store.compact(folder)) == 1
        assert len(store.load(folder).trials) == 1
        assert len(store.load(folder).scores) == 4


def test_failed_and_repeated_attempts_stand_as_rows(folder: Path) -> None:
    """Each attempt is a row; the good one decides, and epochs and scores are its own alone."""
    write_part(folder, record(0, status="failed"))
    write_part(folder, record(0, attempt=1, status="failed"))
    write_part(folder, record(1, status="failed"))
    store.compact(folder)
    assert store.finished(folder) == {trial_id(0): "failed", trial_id(1): "failed"}
    assert len(store.load(folder).epochs) == 2
    write_part(folder, record(0, attempt=2))
    for _ in range(2):
        results = store.load(folder)
        mine = results.trials[results.trials["trial_id"] == trial_id(0)]
        assert mine["status"].tolist() == ["failed", "failed", "ok"]
        assert mine["attempt"].tolist() == [0, 1, 2]
        assert mine["error"].str.startswith("fit: it broke").tolist() == [True, True, False]
        assert results.epochs[results.epochs["trial_id"] == trial_id(0)]["epoch"].tolist() == [0, 1]
        assert len(results.scores) == 4
        assert store.finished(folder) == {trial_id(0): "ok", trial_id(1): "failed"}
        assert store.attempts(folder) == {trial_id(0): 3, trial_id(1): 1}
        store.compact(folder)


def test_attempts_are_counted_without_the_records(folder: Path) -> None:
    """Whoever deletes the records of compacted trials still gets fresh numbers for the next attempts."""
    write_part(folder, record(0, status="failed")).unlink()
    write_part(folder, record(0, status="failed"))
    store.compact(folder)
    (folder / "parts" / f"{trial_id(0)}.0.parquet").unlink()
    assert store.attempts(folder) == {trial_id(0): 1}
    write_part(folder, record(0, attempt=1))
    store.compact(folder)
    assert store.finished(folder) == {trial_id(0): "ok"}


@pytest.mark.parametrize("first", ["number", "word"])
def test_a_setting_may_be_a_number_here_and_a_word_there(folder: Path, first: str) -> None:
    """Then all of its values are words, whichever came first and however often it was compacted."""
    values: list[float | str] = [0.5, "cosine"] if first == "number" else ["cosine", 0.5]
    for at, value in enumerate(values):
        write_part(folder, record(at, hp={"train.learning_rate": value}))
        store.compact(folder)
    write_part(folder, record(2, hp={"train.learning_rate": 1.0}))
    frame = store.load(folder).trials.set_index("seed").sort_index()
    assert frame["hp.train.learning_rate"].tolist() == [str(value) for value in (*values, 1.0)]
    before = frames(folder)
    (folder / "trials.parquet").unlink()
    assert_same(frames(folder), before)


def test_a_metric_may_be_missing_in_the_first_file(folder: Path) -> None:
    """Columns that come later are not lost, and are empty where they were not measured."""
    write_part(folder, record(0, metric={"eer": 0.1}))
    store.compact(folder)
    write_part(folder, record(1, metric={"eer": 0.2, "auc": 0.75, "nan": float("nan")}, hp={"model.width": 2.0}))
    for _ in range(2):
        frame = store.load(folder).trials.set_index("seed").sort_index()
        assert frame["metric.auc"].tolist()[1] == 0.75
        assert np.isnan(frame["metric.auc"].tolist()[0])
        assert frame["metric.nan"].isna().tolist() == [True, True]
        assert frame["metric.auc"].dtype == frame["hp.model.width"].dtype == np.float64
        assert frame["hp.train.learning_rate"].tolist()[0] == 0.1
        store.compact(folder)


def test_plain_pandas_reads_every_table(folder: Path) -> None:
    """Nobody needs this package to read what it wrote."""
    for at in range(3):
        write_part(folder, record(at))
    store.compact(folder)
    results = store.load(folder)
    for name in TABLES:
        pd.testing.assert_frame_equal(pd.read_parquet(folder / f"{name}.parquet"), getattr(results, name))


def test_two_processes_may_compact_and_write_at_the_same_time(folder: Path) -> None:
    """Two runs of one study write the same trials and compact all the while; every trial stands there once."""
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path; from recording import record\n"
        "from sweep.store import store; from sweep.store.records import write_part\n"
        f"folder = Path({str(folder)!r}); first = int(sys.argv[1])\n"
        "for at in range(first, first + 16):\n    write_part(folder, record(at))\n    store.compact(folder)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(first)]) for first in (0, 8)]
    looks = 0
    while any(writer.poll() is None for writer in writers):
        results = store.load(folder)
        assert results.trials["trial_id"].is_unique
        assert not results.epochs.duplicated(["trial_id", "epoch"]).any()
        assert not results.scores.duplicated(["trial_id", "sample"]).any()
        looks += 1
    assert [writer.returncode for writer in writers] == [0, 0]
    assert looks
    found = frames(folder)
    assert sorted(found["trials"]["seed"]) == list(range(24))
    assert found["scores"].groupby("trial_id").size().tolist() == [4] * 24
    for name in TABLES:
        (folder / f"{name}.parquet").unlink()
    assert_same(frames(folder), found)


def test_a_missing_folder_is_answered_with_the_nearest(folder: Path) -> None:
    """A misspelt folder of results is one message, and the folder meant is proposed."""
    with pytest.raises(InputError, match=r"Expected a folder of results .* Did you mean '.*faces'\?"):
        sweep.load(folder.with_name("facs"))
    with pytest.raises(InputError, match="sweep run STUDY"):
        sweep.load(folder.parent / "nothing" / "like" / "it")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"study": "faces"}', b"\xff\xfe"])
def test_a_broken_study_json_is_one_message(folder: Path, content: bytes) -> None:
    """It names the file and says that nothing stored is lost."""
    (folder / "study.json").write_bytes(content)
    with pytest.raises(InputError, match=r"Expected a whole study\.json.*stored trials stay"):
        sweep.load(folder)


def test_many_records_fit_in_modest_memory(tmp_path: Path) -> None:
    """2,000 records are compacted and loaded in less than 300 MB beyond the imports, in row groups of hundreds."""
    place = tmp_path / "faces"
    program = (
        f"import os, resource, sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path; from recording import record, study_document\n"
        "from sweep.store import store; from sweep.store.records import write_part\n"
        f"folder = Path({str(place)!r}); folder.mkdir(); store.write_study(folder, study_document())\n"
        "os.fsync = lambda number: None\n"  # the disk's patience is not what is tested
        "for at in range(2000): write_part(folder, record(at, n=50))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "store.compact(folder); results = store.load(folder)\n"
        "print(len(results.scores), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    rows, megabytes = map(int, answer.stdout.split())
    assert rows == 100_000
    assert megabytes * (1024 if sys.platform == "linux" else 1) < 300 * 1024


numbers = st.floats(allow_nan=False) | st.integers(-(2**53), 2**53).map(float)
words = st.text(st.characters(codec="utf-8"), max_size=8)
trial_rows = st.fixed_dictionaries(
    {
        "hp": st.dictionaries(st.sampled_from(["train.a", "model.b"]), numbers | words),
        "metric": st.dictionaries(st.sampled_from(["eer", "hter", "auc"]), st.floats(allow_nan=False)),
        "threshold": st.none() | st.floats(allow_nan=False),
        "seed": st.integers(0, 2**32 - 1),
        "error": words,
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(trial_rows, min_size=1, max_size=4), compacted=st.integers(0, 4))
def test_load_equals_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], compacted: int
) -> None:
    """For any settings, metrics and words, and a compaction after any record, every value comes back."""
    folder = tmp_path_factory.mktemp("any")
    store.write_study(folder, study_document())
    for at, row in enumerate(rows):
        write_part(folder, record(at, **row))
        if at + 1 == compacted:
            store.compact(folder)
    frame = store.load(folder).trials.set_index("trial_id")
    for at, row in enumerate(rows):
        found = frame.loc[trial_id(at)]
        assert found["seed"] == row["seed"]
        assert found["error"] == row["error"]
        assert found["threshold"] == row["threshold"] if row["threshold"] is not None else np.isnan(found["threshold"])
        assert all(found[f"metric.{key}"] == value for key, value in row["metric"].items())
        for key, value in row["hp"].items():
            as_words = any(isinstance(other["hp"].get(key), str) for other in rows)
            assert found[f"hp.{key}"] == (str(value) if as_words else value)


def test_study_json_is_replaced_whole(folder: Path) -> None:
    """A later plan takes the place of the earlier, by rename."""
    store.write_study(folder, study_document(range(5)))
    assert len(json.loads((folder / "study.json").read_text())["plan"]) == 5
    assert len(store.read_study(folder)["plan"]) == 5
    assert [one.name for one in folder.iterdir()] == ["study.json"]

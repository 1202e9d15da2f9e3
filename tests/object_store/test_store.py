"""The store in a bucket: the same tables as in a folder, whoever writes at the same time."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sweep.errors import InputError
from sweep.running.claiming_actor import Claimant
from sweep.store import records, store
from sweep.store.bucket import Bucket
from sweep.store.claims import this_process
from sweep.store.places import Place, place, replace_file, storage
from sweep.store.records import keep, parts, read_part, write_part
from tests.object_store.faults import Gate
from tests.store.recording import record, study_document, trial_id

TABLES = ("trials", "scores", "epochs", "environments")


@pytest.fixture
def folder(address: str) -> Place:
    """A study's prefix with its study.json and no records."""
    where = place(address) / "faces"
    store.write_study(where, study_document())
    return where


def frames(folder: Place) -> dict[str, pd.DataFrame]:
    """Return the four tables; scores in the order of their trials, without categories."""
    results = store.load(folder)
    found = {name: getattr(results, name) for name in TABLES}
    scores = found["scores"].astype({"trial_id": str, "config_id": str, "split": str, "sample": str})
    scores = scores.astype({"subject": str, "video": str}).sort_values(["trial_id", "sample"], ignore_index=True)
    return found | {"scores": scores}


def assert_same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    """Assert that four tables are equal to the bit; attempts are numbered anew, since a bucket leaves numbers out."""
    one, other = ({name: _numbered(table) for name, table in tables.items()} for tables in (one, other))
    for name in TABLES:
        pd.testing.assert_frame_equal(one[name], other[name], check_exact=True)


def _numbered(table: pd.DataFrame) -> pd.DataFrame:
    if "attempt" not in table:
        return table
    ranks = table.groupby("trial_id", observed=True)["attempt"].rank(method="dense")
    return table.assign(attempt=ranks.astype(int) - 1)


def test_a_bucket_holds_what_a_folder_holds(folder: Place, tmp_path: Path) -> None:
    """Records, compaction, loading, attempts: the same answers, before and after compaction and rebuilt."""
    store.write_study(tmp_path, study_document())
    for where in (folder, tmp_path):
        write_part(where, record(0, status="failed"))
        for at in range(3):
            write_part(where, record(at, attempt=int(at == 0)))
    expected = frames(tmp_path)
    assert_same(frames(folder), expected)
    assert store.compact(folder) == []
    assert_same(frames(folder), expected)
    assert store.finished(folder) == store.finished(tmp_path)
    assert store.attempts(tmp_path) == {trial_id(0): 2, trial_id(1): 1, trial_id(2): 1}
    assert store.attempts(folder) == {trial_id(0): 3, trial_id(1): 1, trial_id(2): 1}, "failed is odd, ok is even"
    (folder / "scores.parquet").unlink()
    assert_same(frames(folder), expected)
    assert "scores.parquet is missing; the tables were made anew" in store.compact(folder)[0]
    write_part(folder, record(5))
    assert len(store.load(folder).trials) == 5
    assert sorted(storage(folder).names()) == sorted(
        [*(f"{name}.parquet" for name in TABLES), "study.json", "checksums.json"]
    )


def test_a_good_record_is_never_replaced(folder: Place) -> None:
    """A second run's record of a stored trial is not put, and a later failure takes the next number."""
    first = write_part(folder, record())
    content = first.read_bytes()
    assert write_part(folder, record(node="elsewhere")) == first
    assert write_part(folder, record(status="failed")).name == f"{trial_id(0)}.1.parquet"
    assert first.read_bytes() == content


def test_a_torn_object_is_named(folder: Place) -> None:
    """An object cut short is skipped with a note, and its trial counts as not run."""
    torn = write_part(folder, record(0))
    content = torn.read_bytes()
    replace_file(torn, lambda file: file.write(content[:-100]))
    write_part(folder, record(1))
    assert store.finished(folder) == {trial_id(1): "ok"}
    assert str(torn) in store.load(folder).notes[0]


def test_a_large_object_comes_back(folder: Place) -> None:
    """An object that is uploaded in several pieces is whole."""
    content = bytes(range(256)) * 60_000
    replace_file(folder / "large", lambda file: file.write(content))
    assert (folder / "large").read_bytes() == content
    replace_file(folder / "empty", lambda file: None)
    assert (folder / "empty").read_bytes() == b""


def test_what_breaks_off_leaves_the_old_object(folder: Place) -> None:
    """An error while the content is made costs the new content alone."""
    replace_file(folder / "table", lambda file: file.write(b"old"))

    def half(file: Any) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        replace_file(folder / "table", half)
    assert (folder / "table").read_bytes() == b"old"


@pytest.mark.parametrize("between", range(6))
def test_compactions_that_meet_lose_nothing(folder: Place, monkeypatch: pytest.MonkeyPatch, between: int) -> None:
    """Another compaction, of an earlier view, puts its tables between our writes: readers see every row once."""
    write_part(folder, record(0))
    store.compact(folder)
    stale = {name: (folder / name).read_bytes() for name in storage(folder).names() if name != "study.json"}
    for at in (1, 2):
        write_part(folder, record(at))
    expected = frames(folder)
    left = iter(range(between))

    def overtaken(act: Any) -> Any:
        def one(*arguments: Any) -> None:
            act(*arguments)
            if next(left, None) is None:
                for name, content in stale.items():
                    (folder / name).put(content)

        return one

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "take", overtaken(Bucket.take))
        patch.setattr(Bucket, "replace", overtaken(Bucket.replace))
        store.compact(folder)
    assert_same(frames(folder), expected)
    assert set(store.finished(folder)) == {trial_id(at) for at in range(3)}
    store.compact(folder)
    assert_same(frames(folder), expected)


def test_scores_of_another_compaction_are_not_mixed_with_trials(folder: Place) -> None:
    """Where another compaction's scores came to lie beside the trials, the records are read in their place."""
    write_part(folder, record(0))
    store.compact(folder)
    scores = (folder / "scores.parquet").read_bytes()
    write_part(folder, record(1))
    store.compact(folder)
    expected = frames(folder)
    replace_file(folder / "scores.parquet", lambda file: file.write(scores))
    assert_same(frames(folder), expected)
    assert store.load(folder).notes == []
    assert store.compact(folder) == []
    assert_same(frames(folder), expected)


def test_two_processes_may_compact_and_write_at_the_same_time(folder: Place) -> None:
    """Two runs write the same trials and compact all the while; every reader sees each trial at most once."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.store.recording import record; from sweep.store import store\n"
        "from sweep.store.places import place; from sweep.store.records import write_part\n"
        "folder = place(sys.argv[2]); first = int(sys.argv[3])\n"
        "for at in range(first, first + 6):\n    write_part(folder, record(at))\n    store.compact(folder)\n"
    )
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-c", program, root, str(folder)]
    writers = [subprocess.Popen([*command, str(first)]) for first in (0, 3)]
    while any(writer.poll() is None for writer in writers):
        results = store.load(folder)
        assert results.trials["trial_id"].is_unique
        assert not results.scores.duplicated(["trial_id", "sample"]).any()
        assert set(results.scores["trial_id"]) == set(results.trials["trial_id"])
    assert [writer.returncode for writer in writers] == [0, 0]
    found = frames(folder)
    assert sorted(found["trials"]["seed"]) == list(range(9))
    for path, _, _ in parts(folder):
        read_part(path)


def test_a_missing_bucket_or_study_is_one_message(folder: Place, endpoint: str) -> None:
    """A reader is told what was expected, without a traceback's worth of words."""
    with pytest.raises(InputError, match=r"Expected a folder of results with study\.json"):
        store.load(folder.parent / "other")
    with pytest.raises(InputError, match=r"study\.json"):
        store.load("s3://no-such-bucket-of-ours/faces")
    with pytest.raises(InputError, match=r"Expected an object store that answers at http://127\.0\.0\.1:1"):
        store.load("s3://bucket/faces?endpoint_override=127.0.0.1:1&scheme=http&region=us-east-1")


def test_a_bucket_that_refuses_is_told_before_a_trial(
    folder: Place, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose keys lost their rights starts no further trial, and says why."""
    monkeypatch.setattr(records, "PATIENCE_WITHOUT_RIGHT", 0.2)
    claimant = Claimant(str(folder), this_process())
    assert claimant.ask(trial_id(0), 0) is None
    gate.refuse()
    answer = claimant.ask(trial_id(1), 0)
    claimant.end()
    assert answer is not None
    assert answer.status == "unstored"
    assert re.search("ACCESS_DENIED|PERMISSION_DENIED", answer.error)
    with pytest.raises(OSError, match=r"ACCESS_DENIED|PERMISSION_DENIED"):
        keep(folder, record(1))

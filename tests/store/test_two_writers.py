"""Two writers of one trial in lockstep: a good record is never replaced, in a folder and in an object store."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sweep.store import records, store
from sweep.store.places import Place, storage
from sweep.store.records import Record, parts, read_part, stored_since, write_part
from tests.store.recording import record, trial_id


@pytest.fixture(params=["folder", "folder without links", "object store"])
def results(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Return where results lie: a folder, one whose file system knows no links, or an object store."""
    if request.param == "object store":
        return request.getfixturevalue("object_place")  # type: ignore[no-any-return]

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    if request.param == "folder without links":
        monkeypatch.setattr(os, "link", refuse)
    return tmp_path


@pytest.fixture
def in_lockstep(monkeypatch: pytest.MonkeyPatch) -> Callable[[Place, Record, Record], None]:
    """Return what lets one writer look, another one look and write, and the first one write then."""

    def write(results: Place, slow: Record, fast: Record) -> None:
        inner, waiting = records._writer, [fast]

        def writer(one: Record) -> Callable[[Any], None]:
            def both(file: Any) -> None:
                if waiting:
                    write_part(results, waiting.pop())
                inner(one)(file)

            return both

        with monkeypatch.context() as patch:
            patch.setattr(records, "_writer", writer)
            write_part(results, slow)

    return write


def _stored(results: Place) -> list[str]:
    return sorted(read_part(path)[0].trial["status"] for path, _, _ in parts(results))


@pytest.mark.parametrize(("slow", "fast"), [("ok", "failed"), ("failed", "ok"), ("failed", "failed"), ("ok", "ok")])
def test_a_good_record_outlives_every_order(in_lockstep, results, slow, fast) -> None:
    """Whoever writes first, the good record is there and counts, whole."""
    in_lockstep(results, record(status=slow), record(status=fast))
    kept = _stored(results)
    assert kept.count("ok") == ("ok" in (slow, fast))
    assert kept.count("failed") >= ("failed" in (slow, fast))
    store.compact(results)
    assert store.finished(results) == {trial_id(0): "ok" if "ok" in (slow, fast) else "failed"}
    if isinstance(results, Path):
        assert [path.name for path in (results / "parts").iterdir() if path.name.startswith(".")] == []


def test_a_failure_that_is_compacted_hides_no_later_success(results: Place) -> None:
    """A trial whose failure stands in the tables already counts as ok once a good record comes, of the same number."""
    write_part(results, record(status="failed"))
    store.compact(results)
    write_part(results, record())
    store.compact(results)
    assert store.finished(results) == {trial_id(0): "ok"}
    assert len(store.trials(results)) == 2


def test_a_compaction_between_two_writers_hides_neither(results: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A good record that is written while a failure of the same number is compacted is compacted next."""
    inner, left = records._writer, ["once"]

    def writer(one: Record) -> Callable[[Any], None]:
        def write(file: Any) -> None:
            if left and one.trial["status"] == "ok":
                left.pop()
                write_part(results, record(status="failed"))
                store.compact(results)
            inner(one)(file)

        return write

    monkeypatch.setattr(records, "_writer", writer)
    write_part(results, record())
    store.compact(results)
    assert store.finished(results) == {trial_id(0): "ok"}


def test_good_records_with_other_bits_both_stay(results: Place) -> None:
    """Two good records that differ are both kept; the first one counts, and equal ones are stored once."""
    first = write_part(results, record())
    assert write_part(results, record()) == first
    assert write_part(results, record(final_sha256="other")) != first
    rows = store.trials(results)
    assert rows["final_sha256"].tolist() == ["b", "other"]


def test_what_another_run_stored_is_seen(results: Place) -> None:
    """A record of the number that the next one was to have is another run's; older ones are not."""
    assert stored_since(results, trial_id(0), 0) is None
    write_part(results, record(status="failed"))
    row = stored_since(results, trial_id(0), 0)
    assert row is not None
    assert row["status"] == "failed"
    assert stored_since(results, trial_id(0), store.attempts(results)[trial_id(0)]) is None


def test_a_new_file_replaces_nothing(results: Place) -> None:
    """A name that is taken is told, and its file stays."""
    path = results / "parts" / "x"
    write_part(results, record())
    storage(path).create(lambda file: file.write(b"first"))
    with pytest.raises(FileExistsError):
        storage(path).create(lambda file: file.write(b"second"))
    assert path.read_bytes() == b"first"

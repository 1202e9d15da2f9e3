"""Records: all of one is stored, or nothing; what is not whole or not ours is named."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sweep.store.places import replace_file
from sweep.store.records import parts, read_part, write_part
from tests.store.recording import record, trial_id


def test_a_record_comes_back_to_the_bit(tmp_path: Path) -> None:
    """Every number of row, epochs and scores is the one that was written."""
    awkward = np.array([0.1 + 0.2, np.nextafter(1, 2), -0.0, 5e-324])
    one = record(metric={"eer": 0.1 + 0.2, "hter": 5e-324})
    one.scores["score"] = awkward
    path = write_part(tmp_path, one)
    assert path == tmp_path / "parts" / f"{trial_id(0)}.0.parquet"
    back, scores = read_part(path)
    assert {**back.trial, "env_id": ""} == {**one.trial, "env_id": ""}
    assert back.epochs == one.epochs
    assert back.environment == one.environment
    assert scores["score"].to_numpy().tobytes() == awkward.tobytes()
    for name in ("split", "sample", "subject", "video"):
        assert scores[name].to_pylist() == one.scores[name].tolist()
    assert scores["prediction"].null_count == 4


def test_scores_of_other_types_are_stored_as_float64(tmp_path: Path) -> None:
    """float32 scores and whole labels, as NumPy may give them, widen without a change of value."""
    one = record()
    one.scores["score"] = np.array([0.1, 0.2, 0.3, np.nan], dtype=np.float32)
    one.scores["label"] = np.array([0, 1, 0, 1])
    one.scores["prediction"] = np.array([True, False, True, False])
    _, scores = read_part(write_part(tmp_path, one))
    assert scores["score"].to_pylist()[:3] == [float(np.float32(value)) for value in (0.1, 0.2, 0.3)]
    assert scores["score"].null_count == 1
    assert scores["label"].to_pylist() == [0.0, 1.0, 0.0, 1.0]
    assert scores["prediction"].type == pa.float64()


def test_a_failed_record_has_no_scores(tmp_path: Path) -> None:
    """A failure is a row: status, error, trace; its table of scores is empty and of the same types."""
    back, scores = read_part(write_part(tmp_path, record(status="failed")))
    assert back.trial["status"] == "failed"
    assert len(scores) == 0
    assert scores.schema == read_part(write_part(tmp_path, record(1)))[1].schema


def test_an_environment_has_one_id(tmp_path: Path) -> None:
    """Equal environments share their id, whatever the order of their keys; others do not."""
    one, two, three = record(0), record(1), record(2)
    two.environment.update({key: two.environment.pop(key) for key in list(two.environment)[:2]})
    three.environment["threads"] = 2
    ids = [read_part(write_part(tmp_path, each))[0].trial["env_id"] for each in (one, two, three)]
    assert ids[0] == ids[1] != ids[2]


def test_text_that_is_not_utf8_is_stored(tmp_path: Path) -> None:
    """A file name or an error with stray bytes costs neither the trial nor the difference between two samples."""
    one = record(error="cannot read \udcff.png")
    one.scores["sample"] = np.array(["\udcfe.png", "\udcff.png", "ü.png", "x"])
    back, scores = read_part(write_part(tmp_path, one))
    assert back.trial["error"] == "cannot read ?.png"
    assert len(set(scores["sample"].to_pylist())) == 4
    assert scores["sample"].to_pylist()[2] == "ü.png"


def test_a_good_record_is_never_replaced(tmp_path: Path) -> None:
    """When two runs of one study meet, the trial keeps its first good record, and a later failure stands beside it."""
    first = write_part(tmp_path, record())
    bytes_before = first.read_bytes()
    assert write_part(tmp_path, record(node="elsewhere")) == first
    assert write_part(tmp_path, record(attempt=1)) == first
    failed = write_part(tmp_path, record(status="failed"))
    assert failed.name == f"{trial_id(0)}.1.parquet"
    assert read_part(failed)[0].trial["attempt"] == 1
    assert first.read_bytes() == bytes_before


def test_a_good_record_stands_beside_a_failed_or_torn_one(tmp_path: Path) -> None:
    """The number of a taken attempt is passed over, so that a compacted failure cannot hide the success."""
    write_part(tmp_path, record(status="failed"))
    torn = tmp_path / "parts" / f"{trial_id(0)}.1.parquet"
    torn.write_bytes(b"PAR1 torn")
    assert write_part(tmp_path, record()).name == f"{trial_id(0)}.2.parquet"
    assert torn.read_bytes() == b"PAR1 torn"


def test_other_files_are_not_records(tmp_path: Path) -> None:
    """Only names of records are listed; a missing folder has none."""
    assert list(parts(tmp_path)) == []
    path = write_part(tmp_path, record())
    for name in ("notes.txt", "x.parquet", f".{path.name}.abc", f"{path.name}.bak", f"{trial_id(1)}.parquet", ".nfs01"):
        (path.parent / name).write_text("foreign")
    assert list(parts(tmp_path)) == [(path, trial_id(0), 0)]


def test_a_copy_under_another_name_is_not_a_record(tmp_path: Path) -> None:
    """A file whose name and content disagree would be counted twice."""
    path = write_part(tmp_path, record())
    copy = path.with_name(f"{trial_id(1)}.0.parquet")
    copy.write_bytes(path.read_bytes())
    with pytest.raises(ValueError, match="torn or not ours"):
        read_part(copy)


def test_foreign_parquet_is_not_a_record(tmp_path: Path) -> None:
    """Somebody else's table under a record's name is named, not read."""
    path = tmp_path / f"{trial_id(0)}.0.parquet"
    for metadata in (None, {"trial": "[]", "epochs": "[]", "environment": "{}"}, {"trial": "no JSON"}):
        pq.write_table(pa.table({"a": [1]}).replace_schema_metadata(metadata), path)
        with pytest.raises(ValueError, match=f"{path.name} is torn or not ours"):
            read_part(path)


def test_a_record_cut_short_anywhere_is_torn(tmp_path: Path) -> None:
    """Whatever the length at which a file ends, it is named, and no other error leaves."""
    path = write_part(tmp_path, record())
    whole = path.read_bytes()
    for length in [0, 1, 4, 8, *range(16, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="torn or not ours"):
            read_part(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_flipped_bits_are_noticed_in_the_scores(tmp_path: Path, place: float, flip: int) -> None:
    """A changed byte is either noticed, or the scores are unharmed: pages carry a checksum."""
    path = write_part(tmp_path / "whole", record(n=40))
    whole = path.read_bytes()
    expected = read_part(path)[1]
    hurt = tmp_path / path.name
    at = int(place * len(whole))
    hurt.write_bytes(whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
    try:
        _, scores = read_part(hurt)
    except ValueError as error:
        assert "torn or not ours" in str(error)  # noqa: PT017 (either outcome is right)
    else:
        assert scores.equals(expected)


def test_a_writer_that_raises_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """A full disk in the middle of writing costs the new content alone."""
    path = tmp_path / "table"
    replace_file(path, lambda file: file.write(b"old"))

    def half(file: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        replace_file(path, half)
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["table"]


def test_a_killed_writer_leaves_no_record(tmp_path: Path) -> None:
    """A process killed while it writes leaves at most a file that no reader takes."""
    program = (
        "import sys, time; from pathlib import Path; from sweep.store.places import replace_file\n"
        "def slowly(file):\n    file.write(b'half'); file.flush(); print('half', flush=True); time.sleep(60)\n"
        f"replace_file(Path({str(tmp_path)!r}) / 'parts' / '{trial_id(0)}.0.parquet', slowly)"
    )
    (tmp_path / "parts").mkdir()
    writer = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    with writer.stdout:
        assert writer.stdout.readline() == b"half\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait(10)
    assert list(parts(tmp_path)) == []
    assert not (tmp_path / "parts" / f"{trial_id(0)}.0.parquet").exists()


def test_a_reader_beside_a_writer_sees_old_or_new(tmp_path: Path) -> None:
    """While a file is replaced again and again, every look at it finds a whole one."""
    path = tmp_path / "table"
    program = (
        "from pathlib import Path; from sweep.store.places import replace_file\n"
        f"for at in range(60): replace_file(Path({str(path)!r}), lambda file: file.write(b'%06d' % at * 20000))"
    )
    writer = subprocess.Popen([sys.executable, "-c", program])
    seen = set()
    while writer.poll() is None:
        if path.exists():
            content = path.read_bytes()
            assert content == content[:6] * 20000
            seen.add(content[:6])
        time.sleep(0.0005)
    assert writer.returncode == 0
    assert seen


def test_a_file_has_the_users_own_permissions(tmp_path: Path) -> None:
    """Results are as open or as closed as the user's umask says."""
    before = os.umask(0o077)
    try:
        replace_file(tmp_path / "closed", lambda file: file.write(b""))
        os.umask(0o002)
        replace_file(tmp_path / "open", lambda file: file.write(b""))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "closed").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o664

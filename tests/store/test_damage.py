"""Tables that are gone, torn, changed or of another folder: made anew where the records allow it, else refused."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sweep.errors import InputError
from sweep.store import schemas, store
from sweep.store.records import write_part
from tests.store.recording import record, study_document, trial_id
from tests.store.test_store import TABLES, assert_same, frames, plain

PAST = sorted((Path(__file__).parent / "past").iterdir())


def stored(folder: Path, numbers: range = range(3), *, parts: bool) -> Path:
    """Return a folder with compacted trials, with or without their records."""
    folder.mkdir()
    store.write_study(folder, study_document(numbers))
    for at in numbers:
        write_part(folder, record(at))
    store.compact(folder)
    if not parts:
        shutil.rmtree(folder / "parts")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder but the lock."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".compact.lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def with_pandas(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    """Return what writes a table anew by pandas."""
    return lambda path: change(pd.read_parquet(path)).to_parquet(path)


def cut_in_the_middle(path: Path) -> None:
    """Overwrite pages, and leave the end of the file as it is."""
    content = bytearray(path.read_bytes())
    content[4 : len(content) // 3] = b"\xff" * (len(content) // 3 - 4)
    path.write_bytes(bytes(content))


def as_folder(path: Path) -> None:
    """Put a folder in a table's place."""
    path.unlink()
    path.mkdir()


def from_elsewhere(path: Path) -> None:
    """Put the same table of another folder, with other trials, in its place."""
    other = stored(path.parent.with_name("other"), range(7, 9), parts=False)
    shutil.copy(other / path.name, path)


def other_type(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with words where the first number or word was."""
    name = "seed" if "seed" in frame else "threads"
    return frame.assign(**{name: [f"word {at}" for at in range(len(frame))]})


DAMAGES: dict[str, Callable[[Path], None]] = {
    "missing": Path.unlink,
    "empty file": lambda path: path.write_bytes(b"") and None,
    "no table": lambda path: path.write_bytes(b"PAR1 not a table") and None,
    "end cut off": lambda path: path.write_bytes(path.read_bytes()[:-20]) and None,
    "pages torn": cut_in_the_middle,
    "a folder": as_folder,
    "another folder's": from_elsewhere,
    "a column gone": with_pandas(lambda frame: frame.drop(columns=frame.columns[1])),
    "another type": with_pandas(other_type),
    "rows gone": with_pandas(lambda frame: frame.iloc[:-1]),
    "rows twice": with_pandas(lambda frame: pd.concat([frame, frame])),
}


# Without checksums these cannot be told from a whole folder, or not which of its tables is the strange one.
UNTOLD = {("another folder's", "trials"), ("another folder's", "environments"), ("rows twice", "scores")}
CASES = [
    (damage, TABLES[(at + turn) % 4], checksums)
    for at, damage in enumerate(DAMAGES)
    for turn, checksums in ((0, True), (2, True), (1, False), (3, False))
]


@pytest.mark.parametrize(("damage", "name", "checksums"), [one for one in CASES if one[2] or one[:2] not in UNTOLD])
def test_a_damaged_table_is_named_and_nothing_is_lost(tmp_path: Path, damage: str, name: str, checksums: bool) -> None:
    """Without the records every question is refused and no file changes; with them every answer is that of before."""
    for parts in (False, True):
        folder = stored(tmp_path / f"faces-{parts}", parts=parts)
        before = frames(folder)
        DAMAGES[damage](folder / f"{name}.parquet")
        shutil.rmtree(tmp_path / "other", ignore_errors=True)
        if not checksums:
            (folder / "checksums.json").unlink()
        hurt = contents(folder)
        if not parts:
            for ask in (store.load, store.compact, store.check, store.finished):
                with pytest.raises(InputError, match=r"(?s)Expected (four )?whole .*\.parquet .*Nothing was changed"):
                    ask(folder)
            assert contents(folder) == hurt
            continue
        assert set(store.finished(folder).values()) == {"ok"}
        assert_same(frames(folder), before)
        assert contents(folder) == hurt
        said = store.compact(folder)
        assert ".parquet" in said[0] or "read unchecked" in said[0]  # where the record alone gives the row back
        assert_same(frames(folder), before)
        assert store.load(folder).notes == []
        if damage not in ("missing", "a folder"):
            kept = [path.read_bytes() for path in folder.glob("*.damaged-1")]
            assert hurt[f"{name}.parquet"] in kept or name not in said[0]


def test_records_that_hold_less_than_the_tables_replace_nothing(tmp_path: Path) -> None:
    """With one of three records gone, a damaged table is refused; the trial that ran later is kept."""
    folder = stored(tmp_path / "faces", parts=True)
    (folder / "parts" / f"{trial_id(0)}.0.parquet").unlink()
    write_part(folder, record(5))
    (folder / "environments.parquet").unlink()
    hurt = contents(folder)
    with pytest.raises(InputError, match=r"environments\.parquet is missing; parts/ holds the records of 3 attempts"):
        store.compact(folder)
    assert contents(folder) == hurt


def test_all_tables_gone_is_no_empty_folder(tmp_path: Path) -> None:
    """checksums.json tells that there were trials: the folder is refused, not begun anew."""
    folder = stored(tmp_path / "faces", parts=False)
    for name in TABLES:
        (folder / f"{name}.parquet").unlink()
    with pytest.raises(InputError, match=r"trials\.parquet is missing.*the tables knew 3"):
        store.compact(folder)


@pytest.mark.parametrize("parts", [False, True])
def test_no_flipped_bit_changes_an_answer_without_a_word(tmp_path: Path, parts: bool) -> None:
    """500 random flips in the tables and their checksums: each is refused, or named with every value as before."""
    folder = stored(tmp_path / "faces", range(1), parts=parts)
    before = frames(folder)
    rng = np.random.default_rng(11)
    files = [folder / name for name in ("checksums.json", *(f"{name}.parquet" for name in TABLES))]
    whole = {file: file.read_bytes() for file in files}
    for flip in range(500 if not parts else 50):
        file = files[flip % len(files)]
        content = bytearray(whole[file])
        content[rng.integers(len(content))] ^= 1 << rng.integers(8)
        file.write_bytes(bytes(content))
        try:
            results = store.load(folder)
        except InputError as error:
            assert not parts
            assert file.name in str(error)  # noqa: PT017
        else:
            assert any(file.name in note for note in results.notes)
            assert_same(plain(results), before)
        file.write_bytes(whole[file])


@pytest.mark.parametrize("past", PAST, ids=lambda path: path.name)
def test_every_past_schema_is_read_and_compacted(tmp_path: Path, past: Path) -> None:
    """A folder of each schema that shipped, compacted with a record beside it, gives today's answers."""
    folder = tmp_path / "faces"
    shutil.copytree(past, folder)
    today = tmp_path / "today"
    today.mkdir()
    store.write_study(today, study_document())
    for one in (record(0, status="failed"), record(0, attempt=1), record(1), record(2)):
        write_part(today, one)
    expected = frames(today)
    for _ in range(2):
        assert_same(frames(folder), expected)
        assert ("read unchecked" in "".join(store.load(folder).notes)) == (past.name < "3" and _ == 0)
        store.compact(folder)
    shutil.rmtree(folder / "parts")
    assert_same(frames(folder), expected)


def test_the_latest_schema_has_its_folder() -> None:
    """Each column that a table may lack is lacking in a folder under past, and the last folder lacks none."""
    lacking = [
        {
            (name, column)
            for name, columns in schemas.LATER.items()
            for column in columns
            if column not in pq.read_schema(folder / f"{name}.parquet").names
        }
        for folder in PAST
    ]
    assert set.union(*lacking) == {(name, column) for name, columns in schemas.LATER.items() for column in columns}
    assert not lacking[-1]


@pytest.mark.parametrize("where", ["study.json", "trials.parquet", "scores.parquet", "parts"])
def test_a_newer_schema_is_refused(tmp_path: Path, where: str) -> None:
    """Results of a later version are neither read as today's nor written over."""
    folder = stored(tmp_path / "faces", parts=True)
    if where == "study.json":
        text = (folder / where).read_text().replace('"schema_version": 1', '"schema_version": 2')
        (folder / where).write_text(text)
    else:
        path = folder / where if where != "parts" else write_part(folder, record(9))
        assert isinstance(path, Path)
        table = pq.read_table(path)
        pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), b"schema_version": b"2"}), path)
    hurt = contents(folder)
    for ask in (store.load, store.check, lambda folder: store.write_study(folder, study_document())):
        if where == "study.json" or ask in (store.load, store.check):
            with pytest.raises(InputError, match=rf"schema 2 in .*{where}.*update this one"):
                ask(folder)
    assert contents(folder) == hurt


def test_columns_of_the_users_are_kept(tmp_path: Path) -> None:
    """What a person added to older tables by pandas stands in every later one, an index too."""
    folder = tmp_path / "faces"
    shutil.copytree(PAST[0], folder)
    for name in TABLES:
        frame = pd.read_parquet(folder / f"{name}.parquet")
        frame["mine"] = [f"note {at}" for at in range(len(frame))]
        frame["when"] = pd.Timestamp("2026-01-01")
        frame.iloc[::-1].to_parquet(folder / f"{name}.parquet")
    for _ in range(2):
        results = store.load(folder)
        for name in TABLES:
            frame = getattr(results, name)
            assert frame["mine"].notna().sum() == frame["when"].notna().sum() > 0
        store.compact(folder)
    assert results.notes == []


def test_a_lost_study_json_keeps_stored_trials(tmp_path: Path) -> None:
    """Tables without their study.json are not taken for nothing: the message says what brings it back."""
    folder = stored(tmp_path / "faces", parts=False)
    (folder / "study.json").unlink()
    with pytest.raises(InputError, match=r"study\.json beside the tables.*sweep run.*stored trials stay"):
        store.load(folder)
    store.check(folder)
    store.compact(folder)
    store.write_study(folder, study_document())
    assert len(store.load(folder).trials) == 3


def test_what_killed_writers_left_is_removed(tmp_path: Path) -> None:
    """Half-written files whose process is gone leave parts/ at the next compaction; others' files stay."""
    folder = stored(tmp_path / "faces", parts=True)
    part = f".{trial_id(0)}.0.parquet"
    mine = store_name(part)
    gone = [folder / "parts" / mine.replace(".1.", ".4194305."), folder / store_name(".study.json", 4194305)]
    stays = [folder / "parts" / mine, folder / "parts" / ".notes", folder / "parts" / f"{part}.other.7.{'a' * 32}"]
    for path in (*gone, *stays):
        path.write_bytes(b"half")
    write_part(folder, record(4))
    store.compact(folder)
    assert [path.exists() for path in (*gone, *stays)] == [False] * 2 + [True] * 3


def store_name(name: str, pid: int = 1) -> str:
    """Return the name under which a process of this machine writes a file; process 1 runs always."""
    from sweep.store.left_behind import name_beside

    host = name_beside(Path("x")).name.split(".")[2]
    return f"{name}.{host}.{pid}.{'a' * 32}"


def test_a_dictionary_of_another_width_is_read(tmp_path: Path) -> None:
    """pandas writes words as categories of its own widths: they are read as ours."""
    folder = tmp_path / "faces"
    shutil.copytree(PAST[1], folder)
    before = frames(folder)
    frame = pd.read_parquet(folder / "scores.parquet")
    table = pa.Table.from_pandas(frame.astype({"split": str, "sample": "category"}))
    pq.write_table(table, folder / "scores.parquet")
    assert_same(frames(folder), before)

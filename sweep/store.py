"""The store: compacting the records of trials into the four tables, and reading them back.

`results/STUDY/` holds study.json, trials.parquet, scores.parquet, epochs.parquet and environments.parquet. They can
always be rebuilt from parts/. A trial's scores and epochs stand there once, those of the attempt that counts.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from sweep import tables
from sweep.errors import InputError, nearest
from sweep.places import ObjectPath, Place, absolute, at_random, place, replace_file, whole
from sweep.records import Record, parts, read_part

_TABLES = ("scores", "epochs", "environments", "trials")  # in the order of writing: the trials make the rest count
_PARTS_A_GROUP = 200  # records whose scores are held in memory at once while compacting
_READERS = {Path: 4, ObjectPath: 16}  # records read at once; an object store answers in tens of milliseconds
_MARK = b"compaction"  # beside the schema of every table: which compaction wrote it


@dataclass(frozen=True)
class Results:
    """What a study's folder holds, as pandas frames; the columns are those of the four tables.

    study: study.json: study, task, schema_version, resolved, configurations and plan. notes: what was skipped, and why.
    """

    path: Place
    study: dict[str, Any]
    trials: pd.DataFrame
    scores: pd.DataFrame
    epochs: pd.DataFrame
    environments: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def load(path: str | Place) -> Results:
    """Return the results of a study: what was compacted, and every later record beside it.

    Args:
        path: the study's folder, such as results/demo or s3://bucket/results/demo.

    Raises:
        InputError: no such folder, or none of ours.
    """
    folder = place(path)
    study = read_study(folder)
    notes: list[str] = []
    stored = _with_scores(folder, _compacted(folder, notes))
    fresh: list[Record] = []
    groups = list(_compacted_scores(stored))
    for records, new_scores in _new_records(folder, stored, notes):
        fresh += records
        groups.append(new_scores)
    scores = pa.concat_tables(groups).unify_dictionaries() if groups else tables.SCORES.empty_table()
    trials, epochs, environments = _with(stored, fresh)
    return Results(
        path=folder,
        study=study,
        trials=trials.to_pandas(),
        scores=scores.to_pandas(),
        epochs=epochs.to_pandas(),
        environments=environments.to_pandas(),
        notes=notes,
    )


def compact(path: str | Place) -> list[str]:
    """Bring the four tables up to date with the records under parts/, and return notes of what was skipped.

    The trials are written last: a record counts as compacted when its row stands there, so a break in the middle
    costs nothing but the work. Runs that compact at the same time take turns. An object store knows no turns: there
    tables of two compactions may come to lie side by side, which their marks tell, and then the records are read.
    """
    folder = place(path)
    notes: list[str] = []
    mark = uuid.uuid4().hex
    with _turn(folder):
        stored = _with_scores(folder, _compacted(folder, notes))
        if stored.trials is not None and all((trial, attempt) in stored.known for _, trial, attempt in parts(folder)):
            return notes
        fresh: list[Record] = []

        def write_scores(file: Any) -> None:
            schema = tables.SCORES.with_metadata({_MARK: mark})
            # A dictionary of the scores themselves, nearly all different, costs time and space.
            words = [field.name for field in schema if pa.types.is_dictionary(field.type)]
            with pq.ParquetWriter(file, schema, compression="zstd", use_dictionary=words) as writer:
                for scores in _compacted_scores(stored):
                    writer.write_table(scores)
                for records, scores in _new_records(folder, stored, notes):
                    fresh.extend(records)
                    writer.write_table(scores)

        replace_file(folder / "scores.parquet", write_scores)
        trials, epochs, environments = _with(stored, fresh)
        for name, table in (("epochs", epochs), ("environments", environments), ("trials", trials)):
            _write(folder / f"{name}.parquet", table.replace_schema_metadata({_MARK: mark}))
    return notes


def _turn(folder: Place) -> AbstractContextManager[object]:
    """Return what holds other compactions of a folder off; what a killed one left half-written is removed."""
    if not isinstance(folder, Path):
        return nullcontext()
    turn = FileLock(folder / ".compact.lock")
    turn.acquire()
    for name in _TABLES:
        for left in folder.glob(f".{name}.parquet.*"):
            left.unlink(missing_ok=True)
    return turn


def read_study(folder: Place) -> dict[str, Any]:
    """Return study.json of a folder of results.

    Raises:
        InputError: no such folder, or none of ours.
    """
    file = folder / "study.json"
    try:
        document = json.loads(file.read_bytes())
        if not isinstance(document, dict) or not {"study", "task", "resolved", "configurations", "plan"} <= set(
            document
        ):
            raise ValueError("keys are missing")
        return document
    except FileNotFoundError:
        above = absolute(folder).parent
        beside = [str(item.parent) for item in above.glob("*/study.json")] if isinstance(above, Path) else []
        raise InputError(
            f"Expected a folder of results with study.json in it. Received: {folder}."
            + (nearest(str(absolute(folder)), beside) or " `sweep run STUDY` makes one under results/.")
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"Expected a whole study.json. Received: {file}: {error}. The same `sweep run` command writes it again; "
            "stored trials stay."
        ) from None


def write_study(folder: Place, document: dict[str, Any]) -> None:
    """Write study.json, whole or not at all."""
    text = json.dumps(document, indent=1).encode()
    replace_file(folder / "study.json", lambda file: file.write(text))


def trials(folder: Place) -> pd.DataFrame:
    """Return the trials alone, as `load` does: a row an attempt. Torn records do not count."""
    stored = _compacted(folder, [])
    fresh = [record for records, _ in _new_records(folder, stored, []) for record in records]
    frame: pd.DataFrame = tables.trials(stored.trials, fresh).to_pandas()
    return frame


def finished(folder: Place) -> dict[str, str]:
    """Return trial_id -> "ok" or "failed" for every trial that the store has, its last good attempt counting.

    Torn records do not count: their trials are run again.
    """
    rows = trials(folder)
    status = dict(zip(rows["trial_id"], rows["status"], strict=True))
    return status | dict.fromkeys(rows["trial_id"][rows["status"] == "ok"], "ok")


def attempts(folder: Place) -> dict[str, int]:
    """Return trial_id -> number of attempts that were recorded, torn ones too: the next attempt's number."""
    count: dict[str, int] = {}
    known = _compacted(folder, []).known
    for trial, attempt in (*known, *((trial, attempt) for _, trial, attempt in parts(folder))):
        count[trial] = max(count.get(trial, 0), attempt + 1)
    return count


@dataclass(frozen=True)
class _Stored:
    """The small tables so far, None before the first compaction.

    scores: scores.parquet, once `_with_scores` has opened it. mark: of the compaction that wrote them.
    known: (trial_id, attempt) of their rows. scored: trials whose scores scores.parquet has.
    """

    trials: pa.Table | None = None
    epochs: pa.Table | None = None
    environments: pa.Table | None = None
    scores: Any = None
    mark: bytes | None = None

    @cached_property
    def known(self) -> set[tuple[str, int]]:
        if self.trials is None:
            return set()
        return set(zip(self.trials["trial_id"].to_pylist(), self.trials["attempt"].to_pylist(), strict=True))

    @cached_property
    def scored(self) -> set[str]:
        return {trial for trial, (_, ok) in tables.counting(self.trials).items() if ok}


def _compacted(folder: Place, notes: list[str]) -> _Stored:
    """Return what was compacted; nothing if a table is missing or torn, since all can be rebuilt."""
    try:
        found = [pq.read_table(whole(folder / f"{name}.parquet")) for name in ("trials", "epochs", "environments")]
        scores = pq.read_schema(at_random(folder / "scores.parquet"))
        for table, columns in zip(found, (tables.TRIALS, tables.EPOCHS, tables.ENVIRONMENTS), strict=True):
            table.select(list(columns))
        marks = {_mark(schema) for schema in (scores, *(table.schema for table in found))}
        if isinstance(folder, Path) or len(marks) == 1:  # those who take turns leave at worst more scores than trials
            trials, epochs, environments = (table.replace_schema_metadata(None) for table in found)
            return _Stored(trials, epochs, environments, mark=_mark(scores))
    except FileNotFoundError:
        pass  # not compacted yet
    except (pa.ArrowException, KeyError, OSError) as error:
        notes.append(f"a table of {folder} is torn ({type(error).__name__}); rebuilt from parts/.")
    return _Stored()


def _with_scores(folder: Place, stored: _Stored) -> _Stored:
    """Return the same with its scores at hand; nothing if another compaction has replaced them since."""
    if stored.trials is None:
        return stored
    path = folder / "scores.parquet"
    if isinstance(path, Path):
        return replace(stored, scores=path)
    content = whole(path)
    try:
        same = _mark(pq.read_schema(content)) == stored.mark
    except pa.ArrowException:
        same = False  # it grew or shrank while it was fetched
    return replace(stored, scores=content) if same else _Stored()


def _mark(schema: pa.Schema) -> bytes | None:
    return (schema.metadata or {}).get(_MARK)


def _compacted_scores(stored: _Stored) -> Iterator[pa.Table]:
    """Yield what scores.parquet has of stored trials: other rows come from a compaction that was cut off."""
    if stored.trials is None:
        return
    with pq.ParquetFile(stored.scores) as file:
        for group in range(file.num_row_groups):
            try:
                scores = file.read_row_group(group)
            except (pa.ArrowException, OSError) as error:
                raise InputError(
                    f"Expected a whole scores.parquet ({stored.scores}). Received: "
                    f"{' '.join(str(error).split())[:200]}. Delete it; it is rebuilt from parts/."
                ) from None
            yield tables.of_trials(scores, stored.scored)


def _new_records(folder: Place, stored: _Stored, notes: list[str]) -> Iterator[tuple[list[Record], pa.Table]]:
    """Yield records that are not compacted yet, with their scores as one table, some hundred at a time.

    A trial's scores come once: of its first good attempt.
    """
    scored = set(stored.scored)
    fresh = [path for path, trial, attempt in parts(folder) if (trial, attempt) not in stored.known]
    for start in range(0, len(fresh), _PARTS_A_GROUP):
        records: list[Record] = []
        groups: list[pa.Table] = []
        for read in _read_each(fresh[start : start + _PARTS_A_GROUP]):
            if isinstance(read, ValueError):
                notes.append(str(read))
                continue
            record, scores = read
            records.append(record)
            if record.trial.get("status") == "ok" and record.trial["trial_id"] not in scored:
                scored.add(record.trial["trial_id"])
                groups.append(tables.scores(record, scores))
        yield records, tables.with_schema(groups)


def _read_each(paths: Sequence[Place]) -> Iterator[tuple[Record, pa.Table] | ValueError]:
    """Yield what `read_part` says of each, in order; some are read at once."""

    def read(path: Place) -> tuple[Record, pa.Table] | ValueError:
        try:
            return read_part(path)
        except ValueError as error:
            return error

    with ThreadPoolExecutor(_READERS[Path if isinstance(paths[0], Path) else ObjectPath]) as readers:
        yield from readers.map(read, paths)


def _with(stored: _Stored, fresh: list[Record]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return trials, epochs and environments with the fresh records in them."""
    trials = tables.trials(stored.trials, fresh)
    before, now = tables.counting(stored.trials), tables.counting(trials)
    epochs = tables.epochs(stored.epochs, fresh, before, now)
    return trials, epochs, tables.environments(stored.environments, fresh)


def _write(path: Place, table: pa.Table) -> None:
    replace_file(path, lambda file: pq.write_table(table, file, compression="zstd"))

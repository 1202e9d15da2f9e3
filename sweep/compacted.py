"""Reading a study's folder back: what was compacted, and the records beside it that were not yet.

Both together are the answer to every question about the results, whether a compaction was cut off or has just happened.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sweep import tables
from sweep.errors import InputError
from sweep.places import ObjectPath, Place, at_random, whole
from sweep.records import Record, parts, read_part

MARK = b"compaction"  # beside the schema of every table: which compaction wrote it
_PARTS_A_GROUP = 200  # records whose scores are held in memory at once
_READERS = {Path: 4, ObjectPath: 16}  # records read at once; an object store answers in tens of milliseconds


@dataclass(frozen=True)
class Stored:
    """The small tables so far, None before the first compaction.

    scores: scores.parquet, once `with_scores` has opened it. mark: of the compaction that wrote them.
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


def compacted(folder: Place, notes: list[str]) -> Stored:
    """Return what was compacted; nothing if a table is missing or torn, since all can be rebuilt."""
    try:
        found = [pq.read_table(whole(folder / f"{name}.parquet")) for name in ("trials", "epochs", "environments")]
        scores = pq.read_schema(at_random(folder / "scores.parquet"))
        for table, columns in zip(found, (tables.TRIALS, tables.EPOCHS, tables.ENVIRONMENTS), strict=True):
            table.select(list(columns))
        marks = {_mark(schema) for schema in (scores, *(table.schema for table in found))}
        if isinstance(folder, Path) or len(marks) == 1:  # those who take turns leave at worst more scores than trials
            trials, epochs, environments = (table.replace_schema_metadata(None) for table in found)
            return Stored(trials, epochs, environments, mark=_mark(scores))
    except FileNotFoundError:
        pass  # not compacted yet
    except (pa.ArrowException, KeyError, OSError) as error:
        notes.append(f"a table of {folder} is torn ({type(error).__name__}); rebuilt from parts/.")
    return Stored()


def with_scores(folder: Place, stored: Stored) -> Stored:
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
    return replace(stored, scores=content) if same else Stored()


def _mark(schema: pa.Schema) -> bytes | None:
    return (schema.metadata or {}).get(MARK)


def scores_of(stored: Stored) -> Iterator[pa.Table]:
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


def new_records(folder: Place, stored: Stored, notes: list[str]) -> Iterator[tuple[list[Record], pa.Table]]:
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


def joined(stored: Stored, fresh: list[Record]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return trials, epochs and environments with the fresh records in them."""
    trials = tables.trials(stored.trials, fresh)
    before, now = tables.counting(stored.trials), tables.counting(trials)
    epochs = tables.epochs(stored.epochs, fresh, before, now)
    return trials, epochs, tables.environments(stored.environments, fresh)

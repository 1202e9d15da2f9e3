"""The store: compacting the records of trials into the four tables, and reading them back.

`results/STUDY/` holds study.json, trials.parquet, scores.parquet, epochs.parquet and environments.parquet. They can
always be rebuilt from parts/. A trial's scores and epochs stand there once, those of the attempt that counts.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from sweep import tables
from sweep.errors import InputError, nearest
from sweep.records import Record, parts, read_part, replace_file

_TABLES = ("scores", "epochs", "environments", "trials")  # in the order of writing: the trials make the rest count
_PARTS_A_GROUP = 200  # records whose scores are held in memory at once while compacting


@dataclass(frozen=True)
class Results:
    """What a study's folder holds, as pandas frames; the columns are those of the four tables.

    study: study.json: study, task, schema_version, resolved, configurations and plan. notes: what was skipped, and why.
    """

    path: Path
    study: dict[str, Any]
    trials: pd.DataFrame
    scores: pd.DataFrame
    epochs: pd.DataFrame
    environments: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def load(path: str | Path) -> Results:
    """Return the results of a study: what was compacted, and every later record beside it.

    Args:
        path: the study's folder, such as results/demo.

    Raises:
        InputError: no such folder, or none of ours.
    """
    folder = Path(path)
    study = read_study(folder)
    notes: list[str] = []
    stored = _compacted(folder, notes)
    fresh: list[Record] = []
    groups = list(_compacted_scores(folder, stored))
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


def compact(path: str | Path) -> list[str]:
    """Bring the four tables up to date with the records under parts/, and return notes of what was skipped.

    The trials are written last: a record counts as compacted when its row stands there, so a break in the middle
    costs nothing but the work. Runs that compact at the same time take turns.
    """
    folder = Path(path)
    notes: list[str] = []
    with FileLock(folder / ".compact.lock"):
        for name in _TABLES:  # what a compaction that was killed left half-written
            for left in folder.glob(f".{name}.parquet.*"):
                left.unlink(missing_ok=True)
        stored = _compacted(folder, notes)
        if stored.trials is not None and all((trial, attempt) in stored.known for _, trial, attempt in parts(folder)):
            return notes
        fresh: list[Record] = []

        def write_scores(file: Any) -> None:
            with pq.ParquetWriter(file, tables.SCORES, compression="zstd") as writer:
                for scores in _compacted_scores(folder, stored):
                    writer.write_table(scores)
                for records, scores in _new_records(folder, stored, notes):
                    fresh.extend(records)
                    writer.write_table(scores)

        replace_file(folder / "scores.parquet", write_scores)
        trials, epochs, environments = _with(stored, fresh)
        for name, table in (("epochs", epochs), ("environments", environments), ("trials", trials)):
            _write(folder / f"{name}.parquet", table)
    return notes


def read_study(folder: Path) -> dict[str, Any]:
    """Return study.json of a folder of results.

    Raises:
        InputError: no such folder, or none of ours.
    """
    file = folder / "study.json"
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(document, dict) or not {"study", "task", "resolved", "configurations", "plan"} <= set(
            document
        ):
            raise ValueError("keys are missing")
        return document
    except FileNotFoundError:
        beside = [str(item.parent) for item in folder.absolute().parent.glob("*/study.json")]
        raise InputError(
            f"Expected a folder of results with study.json in it. Received: {folder}."
            + (nearest(str(folder.absolute()), beside) or " `sweep run STUDY` makes one under results/.")
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"Expected a whole study.json. Received: {file}: {error}. The same `sweep run` command writes it again; "
            "stored trials stay."
        ) from None


def write_study(folder: Path, document: dict[str, Any]) -> None:
    """Write study.json by rename."""
    text = json.dumps(document, indent=1).encode()
    replace_file(folder / "study.json", lambda file: file.write(text))


def trials(folder: Path) -> pd.DataFrame:
    """Return the trials alone, as `load` does: a row an attempt. Torn records do not count."""
    stored = _compacted(folder, [])
    fresh = [record for records, _ in _new_records(folder, stored, []) for record in records]
    frame: pd.DataFrame = tables.trials(stored.trials, fresh).to_pandas()
    return frame


def finished(folder: Path) -> dict[str, str]:
    """Return trial_id -> "ok" or "failed" for every trial that the store has, its last good attempt counting.

    Torn records do not count: their trials are run again.
    """
    rows = trials(folder)
    status = dict(zip(rows["trial_id"], rows["status"], strict=True))
    return status | dict.fromkeys(rows["trial_id"][rows["status"] == "ok"], "ok")


def attempts(folder: Path) -> dict[str, int]:
    """Return trial_id -> number of attempts that were recorded, torn ones too: the next attempt's number."""
    count: dict[str, int] = {}
    known = _compacted(folder, []).known
    for trial, attempt in (*known, *((trial, attempt) for _, trial, attempt in parts(folder))):
        count[trial] = max(count.get(trial, 0), attempt + 1)
    return count


@dataclass(frozen=True)
class _Stored:
    """The small tables so far, None before the first compaction.

    known: (trial_id, attempt) of their rows. scored: trials whose scores scores.parquet has.
    """

    trials: pa.Table | None = None
    epochs: pa.Table | None = None
    environments: pa.Table | None = None

    @cached_property
    def known(self) -> set[tuple[str, int]]:
        if self.trials is None:
            return set()
        return set(zip(self.trials["trial_id"].to_pylist(), self.trials["attempt"].to_pylist(), strict=True))

    @cached_property
    def scored(self) -> set[str]:
        return {trial for trial, (_, ok) in tables.counting(self.trials).items() if ok}


def _compacted(folder: Path, notes: list[str]) -> _Stored:
    """Return what was compacted; nothing if a table is missing or torn, since all can be rebuilt."""
    try:
        found = [pq.read_table(folder / f"{name}.parquet") for name in ("trials", "epochs", "environments")]
        pq.read_metadata(folder / "scores.parquet")
        for table, columns in zip(found, (tables.TRIALS, tables.EPOCHS, tables.ENVIRONMENTS), strict=True):
            table.select(list(columns))
        return _Stored(*(table.replace_schema_metadata(None) for table in found))
    except FileNotFoundError:
        pass  # not compacted yet
    except (pa.ArrowException, KeyError, OSError) as error:
        notes.append(f"a table of {folder} is torn ({type(error).__name__}); rebuilt from parts/.")
    return _Stored()


def _compacted_scores(folder: Path, stored: _Stored) -> Iterator[pa.Table]:
    """Yield what scores.parquet has of stored trials: other rows come from a compaction that was cut off."""
    if stored.trials is None:
        return
    path = folder / "scores.parquet"
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            try:
                scores = file.read_row_group(group)
            except (pa.ArrowException, OSError) as error:
                raise InputError(
                    f"Expected a whole {path}. Received: {' '.join(str(error).split())[:200]}. "
                    "Delete it; it is rebuilt from parts/."
                ) from None
            yield tables.of_trials(scores, stored.scored)


def _new_records(folder: Path, stored: _Stored, notes: list[str]) -> Iterator[tuple[list[Record], pa.Table]]:
    """Yield records that are not compacted yet, with their scores as one table, some hundred at a time.

    A trial's scores come once: of its first good attempt.
    """
    scored = set(stored.scored)
    records: list[Record] = []
    groups: list[pa.Table] = []
    for path, trial, attempt in parts(folder):
        if (trial, attempt) in stored.known:
            continue
        try:
            record, scores = read_part(path)
        except ValueError as error:
            notes.append(str(error))
            continue
        records.append(record)
        if record.trial.get("status") == "ok" and trial not in scored:
            scored.add(trial)
            groups.append(tables.scores(record, scores))
        if len(records) == _PARTS_A_GROUP:
            yield records, tables.with_schema(groups)
            records, groups = [], []
    if records:
        yield records, tables.with_schema(groups)


def _with(stored: _Stored, fresh: list[Record]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return trials, epochs and environments with the fresh records in them."""
    trials = tables.trials(stored.trials, fresh)
    before, now = tables.counting(stored.trials), tables.counting(trials)
    epochs = tables.epochs(stored.epochs, fresh, before, now)
    return trials, epochs, tables.environments(stored.environments, fresh)


def _write(path: Path, table: pa.Table) -> None:
    replace_file(path, lambda file: pq.write_table(table, file, compression="zstd"))

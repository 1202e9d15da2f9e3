"""The store: compacting the records of trials into the four tables, and reading them back.

`results/STUDY/` holds study.json, trials.parquet, scores.parquet, epochs.parquet and environments.parquet. They can
always be rebuilt from parts/. A trial's scores and epochs stand there once, those of the attempt that counts.
"""

import json
import uuid
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from sweep import tables
from sweep.compacted import MARK, compacted, joined, new_records, scores_of, with_scores
from sweep.errors import InputError, nearest
from sweep.places import Place, absolute, place, replace_file
from sweep.reach import check_reach
from sweep.records import Record, parts

_TABLES = ("scores", "epochs", "environments", "trials")  # in the order of writing: the trials make the rest count


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
    stored = with_scores(folder, compacted(folder, notes))
    fresh: list[Record] = []
    groups = list(scores_of(stored))
    for records, new_scores in new_records(folder, stored, notes):
        fresh += records
        groups.append(new_scores)
    scores = pa.concat_tables(groups).unify_dictionaries() if groups else tables.SCORES.empty_table()
    trials, epochs, environments = joined(stored, fresh)
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
        stored = with_scores(folder, compacted(folder, notes))
        if stored.trials is not None and all((trial, attempt) in stored.known for _, trial, attempt in parts(folder)):
            return notes
        fresh: list[Record] = []

        def write_scores(file: Any) -> None:
            schema = tables.SCORES.with_metadata({MARK: mark})
            # A dictionary of the scores themselves, nearly all different, costs time and space.
            words = [field.name for field in schema if pa.types.is_dictionary(field.type)]
            with pq.ParquetWriter(file, schema, compression="zstd", use_dictionary=words) as writer:
                for scores in scores_of(stored):
                    writer.write_table(scores)
                for records, scores in new_records(folder, stored, notes):
                    fresh.extend(records)
                    writer.write_table(scores)

        replace_file(folder / "scores.parquet", write_scores)
        trials, epochs, environments = joined(stored, fresh)
        for name, table in (("epochs", epochs), ("environments", environments), ("trials", trials)):
            _write(folder / f"{name}.parquet", table.replace_schema_metadata({MARK: mark}))
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
    check_reach(folder)
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
    stored = compacted(folder, [])
    fresh = [record for records, _ in new_records(folder, stored, []) for record in records]
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
    known = compacted(folder, []).known
    for trial, attempt in (*known, *((trial, attempt) for _, trial, attempt in parts(folder))):
        count[trial] = max(count.get(trial, 0), attempt + 1)
    return count


def _write(path: Place, table: pa.Table) -> None:
    replace_file(path, lambda file: pq.write_table(table, file, compression="zstd"))

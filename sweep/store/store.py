"""The store: what a study's folder holds, read from its tables and from the records that are not in them yet.

`results/STUDY/` holds study.json, trials.parquet, scores.parquet, epochs.parquet, environments.parquet and
checksums.json. A trial's scores and epochs stand there once, those of the attempt that counts. A table that is gone or
damaged is made anew where parts/ holds every record; else the folder is refused, and nothing in it is changed.
"""

import importlib
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from sweep.errors import InputError, nearest
from sweep.store import schemas, shown_results, tables
from sweep.store.compacted import Stored, compacted, damage, joined, new_records, refuse_loss, scores_of
from sweep.store.compaction import compact as compact
from sweep.store.narrow_scores import joined_scores, narrow, with_one_dictionary
from sweep.store.places import Place, absolute, check_reach, place, replace_file, storage
from sweep.store.plots import Plots
from sweep.store.records import Record, parts
from sweep.store.saved_models import saved_model
from sweep.store.stored_json import fault_of_study
from sweep.store.table_file import NAMES

_READ = "all is read from the records under parts/, which hold every trial"


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

    def __repr__(self) -> str:
        return shown_results.as_text(self)

    def _repr_html_(self) -> str:
        return shown_results.as_html(self)

    @property
    def plot(self) -> Plots:
        """The figures of the report, drawn into axes of yours: `.seeds()`, `.forest()`, `.det()`, `.losses()`."""
        return Plots(self)

    def model(self, trial_id: str) -> Any:
        """Return the trained Keras model of a trial, as `train: {save: best}` or `last` kept it; not compiled.

        Raises:
            InputError: no such trial, no model saved, a file that is gone or another, or a model that needs classes
                which are not the reader's own (see SECURITY.md).
        """
        # By name: what is read here must not know Keras, which is imported when a model is asked for.
        loading = importlib.import_module("sweep.trial.loading")
        return loading.load(saved_model(self.path, self.trials, trial_id), self, trial_id)


def load(path: str | Place, *, only: Collection[str] | None = None) -> Results:
    """Return the results of a study: what was compacted, and every later record beside it.

    Args:
        path: the study's folder, such as results/demo or s3://bucket/results/demo.
        only: trial_ids whose scores are wanted; None: of all trials.

    Raises:
        InputError: no such folder, or none of ours.

    >>> import sweep
    >>> results = sweep.load("results/reference")
    >>> int((results.trials["status"] == "ok").sum())
    20
    """
    folder = place(path)
    study = read_study(folder)
    stored = compacted(folder)
    notes = [*damage(folder, stored, _READ), *stored.notes]
    wanted = None if only is None else set(only)
    some = (one if wanted is None else tables.of_trials(one, wanted) for one in scores_of(folder, stored))
    groups = [narrow(group) for group in some]
    fresh, brought = _fresh(folder, stored, notes, groups)
    refuse_loss(folder, stored, fresh, brought)
    trials, epochs, environments = joined(stored, fresh)
    return Results(
        path=folder,
        study=study,
        trials=trials.to_pandas(),
        scores=_frame(groups),
        epochs=epochs.to_pandas(),
        environments=environments.to_pandas(),
        notes=notes,
    )


def _fresh(
    folder: Place, stored: Stored, notes: list[str], groups: list[pa.Table] | None = None
) -> tuple[list[Record], Counter[str]]:
    """Return the records that are not compacted yet, and trial_id -> rows of scores of theirs, which join `groups`."""
    fresh: list[Record] = []
    brought: Counter[str] = Counter()
    for records, scores in new_records(folder, stored, notes):
        fresh += records
        brought.update(tables.rows_of(scores))
        if groups is not None:
            groups.append(narrow(scores))
    return fresh, brought


def _frame(groups: list[pa.Table]) -> pd.DataFrame:
    """Return the scores as one frame; the groups are emptied, so that no column is held twice for long."""
    left = _in_order(joined_scores(groups))
    groups.clear()
    columns: dict[str, pd.Series[Any]] = {}
    for name in left.column_names:
        column = left[name]
        left = left.drop_columns([name])
        columns[name] = with_one_dictionary(column).to_pandas()
        del column
        pa.default_memory_pool().release_unused()
    return pd.DataFrame(columns, copy=False)


def _in_order(scores: pa.Table) -> pa.Table:
    return scores.select(
        [
            *tables.SCORES.names,
            *(column_name for column_name in scores.column_names if column_name not in tables.SCORES.names),
        ]
    )


def check(path: str | Place) -> None:
    """Raise InputError where a folder's tables are damaged beyond what its records hold, or of a newer schema.

    A folder that is not there, or holds nothing yet, is as good as any.
    """
    folder = place(path)
    _refuse_newer_study(folder)
    trials(folder)


def read_study(folder: Place) -> dict[str, Any]:
    """Return study.json of a folder of results.

    Raises:
        InputError: no such folder, or none of ours.
    """
    file = folder / "study.json"
    check_reach(folder)
    try:
        document = json.loads(file.read_bytes())
        if isinstance(document, dict):
            schemas.refuse_newer(document, file)
        if fault := fault_of_study(document):
            raise ValueError(fault)
        found: dict[str, Any] = document
        return found
    except FileNotFoundError:
        if any((folder / f"{name}.parquet").exists() for name in NAMES):
            raise InputError(
                f"Expected study.json beside the tables in {folder}. Received: none. The same `sweep run` command "
                "writes it again; stored trials stay."
            ) from None
        beside = storage(absolute(folder).parent).folders_with("study.json")
        raise InputError(
            f"Expected a folder of results with study.json in it. Received: {folder}."
            + (nearest(str(absolute(folder)), beside) or " `sweep run STUDY` makes one under results/.")
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"Expected a whole study.json. Received: {file}: {error}. The same `sweep run` command writes it again; "
            "stored trials stay."
        ) from None


def write_study(folder: Place, document: dict[str, Any]) -> None:
    """Write study.json, whole or not at all.

    Raises:
        InputError: the one that is there is of a newer schema.
    """
    _refuse_newer_study(folder)
    text = json.dumps(document, indent=1).encode()
    replace_file(folder / "study.json", lambda file: file.write(text))


def trials(folder: Place) -> pd.DataFrame:
    """Return the trials alone, as `load` does: a row an attempt. Torn records do not count."""
    stored, fresh = _but_scores(folder)
    frame: pd.DataFrame = tables.trials(stored.trials, fresh).to_pandas()
    return frame


def environments(folder: Place) -> pd.DataFrame:
    """Return the environments of the trials, a row for each env_id."""
    stored, fresh = _but_scores(folder)
    frame: pd.DataFrame = tables.environments(stored.environments, fresh).to_pandas()
    return frame


def _but_scores(folder: Place) -> tuple[Stored, list[Record]]:
    """Return what was compacted and what was not yet, without the scores that were compacted."""
    stored = compacted(folder, scores=False)
    fresh, brought = _fresh(folder, stored, [])
    refuse_loss(folder, stored, fresh, brought)
    return stored, fresh


def finished(folder: Place) -> dict[str, str]:
    """Return trial_id -> "ok" or "failed" for every trial that the store has, its last good attempt counting.

    Torn records do not count: their trials are run again.
    """
    return status_in(trials(folder))


def status_in(rows: pd.DataFrame) -> dict[str, str]:
    """Return the same as `finished` from the rows of `trials`."""
    status = dict(zip(rows["trial_id"], rows["status"], strict=True))
    return status | dict.fromkeys(rows["trial_id"][rows["status"] == "ok"], "ok")


def attempts(folder: Place) -> dict[str, int]:
    """Return trial_id -> number of attempts that were recorded, torn ones too: the next attempt's number."""
    count: dict[str, int] = {}
    known = compacted(folder, scores=False).known
    for trial, attempt in (*known, *((trial, attempt) for _, trial, attempt in parts(folder))):
        count[trial] = max(count.get(trial, 0), attempt + 1)
    return count


def _refuse_newer_study(folder: Place) -> None:
    file = folder / "study.json"
    try:
        document = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return  # none, or one that is torn: the next takes its place
    if isinstance(document, dict):
        schemas.refuse_newer(document, file)

"""The four tables as Arrow builds them: every type is written down, and new records join what was compacted before.

A schema inferred from the first file silently loses what later files hold, hence the lists of columns here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sweep.store.records import SCORE_COLUMNS, Record

_TEXT, _WORD = pa.string(), pa.dictionary(pa.int32(), pa.string())
TRIALS = {
    "study": _TEXT,
    "trial_id": _TEXT,
    "config_id": _TEXT,
    "seed": pa.int64(),
    "attempt": pa.int64(),
    "status": _TEXT,
    "error": _TEXT,
    "threshold": pa.float64(),
    "n_train": pa.int64(),
    "n_dev": pa.int64(),
    "n_test": pa.int64(),
    "epochs": pa.int64(),
    "kept_epoch": pa.int64(),
    "init_sha256": _TEXT,
    "final_sha256": _TEXT,
    "scores_sha256": _TEXT,
    "data_id": _TEXT,
    "code_id": _TEXT,
    "env_id": _TEXT,
    "seconds.total": pa.float64(),
    "seconds.fit": pa.float64(),
    "node": _TEXT,
    "started_at": _TEXT,
}
# JSON or words; where a record has them.
TEXTS = ("init_layers", "layer_sizes", "outside", "streams", "batches", "files", "model_sha256", "model_error")
OF_TESTS = ("n_test.", "data_id.", "scores_sha256.")  # before the name of a further test set
EPOCHS = {"trial_id": _TEXT, "config_id": _TEXT, "seed": pa.int64(), "epoch": pa.int64()}
ENVIRONMENTS = {"env_id": _TEXT, "threads": pa.int64(), "determinism": pa.bool_()}
SCORES = pa.schema(
    [
        ("trial_id", _WORD),
        ("config_id", _WORD),
        ("seed", pa.int64()),
        *((name, _WORD if kind == _TEXT else kind) for name, kind in SCORE_COLUMNS.items()),
    ]
)

Attempts = dict[str, tuple[int, bool]]


def trials(old: pa.Table | None, fresh: Sequence[Record]) -> pa.Table:
    """Return trials.parquet: a row an attempt, with columns hp.* and metric.* as the records have them."""
    rows = []
    for record in fresh:
        row = {name: record.trial.get(name) for name in TRIALS}
        row |= {name: record.trial[name] for name in TEXTS if name in record.trial}
        row |= {name: value for name, value in record.trial.items() if name.startswith(OF_TESTS)}
        for group in ("hp", "metric", "check"):
            row |= {f"{group}.{key}": value for key, value in record.trial.get(group, {}).items()}
        rows.append(row)
    return _joined(old, rows, TRIALS, _number_or_text, order=("config_id", "seed", "trial_id", "attempt"))


def epochs(old: pa.Table | None, fresh: Sequence[Record], before: Attempts, now: Attempts) -> pa.Table:
    """Return epochs.parquet: of each trial the epochs of the attempt that counts, so that none stands twice.

    Args:
        old: the table so far; rows of a trial that it should not have, from a break in the middle, are dropped.
        fresh: records that are not compacted yet.
        before: `counting` of the trials so far.
        now: `counting` of the trials with the fresh ones.
    """
    rows = [
        {**{key: record.trial[key] for key in ("trial_id", "config_id", "seed")}, **epoch}
        for record in fresh
        if now[record.trial["trial_id"]][0] == record.trial["attempt"]
        for epoch in record.epochs
    ]
    if old is not None:
        old = old.filter(pc.is_in(old["trial_id"], pa.array([one for one in before if before[one] == now[one]], _TEXT)))
    return _joined(old, rows, EPOCHS, _text_if_digest, order=("config_id", "seed", "trial_id", "epoch"))


def environments(old: pa.Table | None, fresh: Iterable[Record]) -> pa.Table:
    """Return environments.parquet: a row for each env_id."""
    known = set() if old is None else set(old["env_id"].to_pylist())
    rows = {one.trial["env_id"]: {"env_id": one.trial["env_id"], **one.environment} for one in fresh}
    new = [row for env_id, row in rows.items() if env_id not in known]
    return _joined(old, new, ENVIRONMENTS, lambda *_: _TEXT, order=("env_id",))


def scores(record: Record, table: pa.Table) -> pa.Table:
    """Return the rows of scores.parquet of one record, whose own scores are `table`."""
    keys = [pa.repeat(pa.scalar(record.trial[name], kind), len(table)) for name, kind in _SCORE_KEYS.items()]
    return pa.table([*keys, *table.columns], names=[*_SCORE_KEYS, *table.column_names])


def with_schema(groups: Sequence[pa.Table]) -> pa.Table:
    """Return tables of `scores` as one, in the types of scores.parquet: words as categories.

    Sample columns that only some of them have stand at the end.
    """
    if not groups:
        return SCORES.empty_table()
    table = pa.concat_tables(groups, promote_options="default")
    further = [pa.field(name, _WORD) for name in table.column_names if name not in SCORES.names]
    return table.combine_chunks().cast(pa.schema([*SCORES, *further]))


def with_fields(table: pa.Table, fields: Iterable[pa.Field]) -> pa.Table:
    """Return a table with exactly these columns in their order; one that it lacks is null."""
    fields = list(fields)
    for field in fields:
        if field.name not in table.column_names:
            table = table.append_column(field, pa.nulls(len(table), field.type))
    return table.select([field.name for field in fields])


def of_trials(scores: pa.Table, ids: set[str]) -> pa.Table:
    """Return the rows of scores.parquet that belong to these trials; looks at categories, not at every row."""
    masks = []
    for chunk in scores["trial_id"].chunks:
        wanted = np.array([trial in ids for trial in chunk.dictionary.to_pylist()], dtype=bool)
        masks.append(wanted[chunk.indices.to_numpy()])
    mask = np.concatenate(masks) if masks else np.empty(0, bool)
    return scores if mask.all() else scores.filter(pa.array(mask))


def rows_of(scores: pa.Table) -> dict[str, int]:
    """Return trial_id -> number of its rows; looks at categories, not at every row."""
    counts: dict[str, int] = {}
    for chunk in scores["trial_id"].chunks:
        found = np.bincount(chunk.indices.drop_null().to_numpy(), minlength=len(chunk.dictionary))
        for trial, count in zip(chunk.dictionary.to_pylist(), found.tolist(), strict=True):
            if count:
                counts[trial] = counts.get(trial, 0) + count
    return counts


def counting(trials: pa.Table | None) -> Attempts:
    """Return trial_id -> (attempt, ok) for the attempt that counts: the first good one, else the last."""
    found: Attempts = {}
    columns = [] if trials is None else [trials[name].to_pylist() for name in ("trial_id", "attempt", "status")]
    for trial, attempt, status in sorted(zip(*columns, strict=True)) if columns else ():
        if not found.get(trial, (0, False))[1]:
            found[trial] = (attempt, status == "ok")
    return found


_SCORE_KEYS = {"trial_id": _TEXT, "config_id": _TEXT, "seed": pa.int64()}
_Kind = Callable[[str, pa.Table | None, list[dict[str, Any]]], pa.DataType]


def _joined(
    old: pa.Table | None,
    rows: list[dict[str, Any]],
    known: Mapping[str, pa.DataType],
    kind: _Kind,
    order: Sequence[str],
) -> pa.Table:
    """Return old rows and new in one order, whatever the history; a column that one side lacks is null there."""
    if old is not None and not rows:
        return old
    there = dict.fromkeys(old.column_names if old is not None else ())
    names = [*known, *sorted({name for row in rows for name in row} | set(there) - set(known))]
    said = {name for row in rows for name in row}
    kinds = dict(known) | {
        name: kind(name, old, rows) if old is None or name in said else old.schema.field(name).type
        for name in dict.fromkeys(names)
        if name not in known
    }
    fresh = {name: _array([row.get(name) for row in rows], one) for name, one in kinds.items()}
    if old is None:
        columns: list[Any] = list(fresh.values())
    else:
        nothing = [None] * len(old)
        columns = [
            pa.chunked_array([*_as(old[name] if name in there else pa.array(nothing, one), one), fresh[name]], one)
            for name, one in kinds.items()
        ]
    table = pa.table(columns, names=list(kinds))
    return table.sort_by([(name, "ascending") for name in order]).combine_chunks()


def _number_or_text(name: str, old: pa.Table | None, rows: list[dict[str, Any]]) -> pa.DataType:
    """Return the type of hp.* or metric.*: one setting as number here and word there is text, so that none is lost."""
    if name.startswith(("metric.", "check.")):
        return pa.float64()
    if name in TEXTS or name.startswith(OF_TESTS[1:]):
        return _TEXT
    if name.startswith(OF_TESTS):
        return pa.int64()
    was_text = old is not None and name in old.column_names and old.schema.field(name).type == _TEXT
    return _TEXT if was_text or any(isinstance(row.get(name), str) for row in rows) else pa.float64()


def _text_if_digest(name: str, *_: Any) -> pa.DataType:
    """Return the type of an epoch's column: a digest is text, all else was measured."""
    return _TEXT if name.endswith("_sha256") else pa.float64()


def _as(column: Any, kind: pa.DataType) -> list[pa.Array]:
    if column.type == kind:
        return list(column.chunks) if isinstance(column, pa.ChunkedArray) else [column]
    return [_array(column.to_pylist(), kind)]


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array([None if value is None or value != value else _typed(value, kind) for value in values], kind)


def _typed(value: Any, kind: pa.DataType) -> Any:
    if kind == _TEXT:
        return value if isinstance(value, str) else str(float(value)) if isinstance(value, int | float) else str(value)
    return float(value) if kind == pa.float64() else int(value) if kind == pa.int64() else value

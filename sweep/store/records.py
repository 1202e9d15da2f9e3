"""A trial's record as one file under parts/, written by rename or one request: all of it is stored, or nothing.

`parts/TRIAL.ATTEMPT.parquet` holds a trial's scores as rows, and its row, epochs and environment as JSON beside the
schema. `sweep/store.py` compacts the parts into the four tables.
"""

import errno
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sweep.store import schemas
from sweep.store.kept_files import keep_files
from sweep.store.places import Place, storage
from sweep.store.sample_columns import ALWAYS, IN_EVERY_TABLE, only_where_given
from sweep.store.saved_models import keep_model
from sweep.store.stored_json import fault_of_record

PATIENCE = 120.0  # seconds for storage that is away: a share that is mounted again, a server that starts again
_FULL = (errno.ENOSPC, errno.EDQUOT)  # of this a person must hear at once
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_RIGHT_IN_WORDS = re.compile(  # of Amazon's and Google's stores: no right, or no key that counts
    r"ACCESS_DENIED|INVALID_ACCESS_KEY|SIGNATURE_DOES_NOT_MATCH|(AUTHENTICATION|CLIENT)_TOKEN|(Expired|Invalid)Token"
    r"|PERMISSION_DENIED|UNAUTHENTICATED|HTTP status 40[13]\b"
)
PATIENCE_WITHOUT_RIGHT = 5.0  # seconds; a share that is mounted again may refuse for a moment
PART_NAME = re.compile(r"^(?P<trial_id>[0-9a-f]{16})\.(?P<attempt>\d+)\.parquet$")

_BITS = ("init_sha256", "final_sha256", "scores_sha256")  # columns that two good records of a trial share
_TEXT = pa.string()
SCORE_COLUMNS = {
    "split": _TEXT,
    **dict.fromkeys(ALWAYS, _TEXT),
    "label": pa.float64(),
    "score": pa.float64(),
    "prediction": pa.float64(),
    **{name: _TEXT for name in IN_EVERY_TABLE if name not in ALWAYS},  # null where the data give none
}


@dataclass(frozen=True)
class Record:
    """All that is kept of one attempt at a trial.

    trial: the columns of trials.parquet; `hp` and `metric` hold mappings for the columns hp.* and metric.*.
    scores: columns of scores.parquet without the keys, each (n,), and the sample columns that these data give beside
    them; empty for a failed trial.
    epochs: a mapping for each epoch. environment: what env_id stands for. files: name -> content of what the
    trial keeps beside the tables, see `sweep.store.kept_files`. model: the trained model as a file, at most one, see
    `sweep.store.saved_models`.
    """

    trial: dict[str, Any]
    scores: dict[str, Any] = field(default_factory=dict)
    epochs: list[dict[str, Any]] = field(default_factory=list)
    environment: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    model: list[bytes] = field(default_factory=list)


def write_part(folder: Place, record: Record) -> Place:
    """Store a record under folder/parts/ and return its file: all of it or nothing, and safe from a power cut.

    Nothing good is ever replaced, whatever the order of two writers. Where the attempt's number is taken, the next free
    one is used; a trial that is stored as ok with the same bits keeps that record alone. In a folder a file is made by
    one writer only. An object store may let two writers take one number at the same moment: there good records have
    even numbers and failed ones odd numbers, so that the two never meet.
    """
    storage(folder / "parts").make()
    exclusive = storage(folder).exclusive
    row, attempt = record.trial, -1
    ok = row.get("status") == "ok"
    while True:
        attempt += 1
        path, *after = (_part(folder, row["trial_id"], attempt + more) for more in range(3))
        if not path.exists():
            fits = exclusive or attempt % 2 != ok
            # A gap is left as it is: what is compacted already keeps counting.
            if attempt < row["attempt"] or not fits or any(one.exists() for one in after):
                continue
            with suppress(FileExistsError):  # another writer was faster
                storage(path).create(_writer(replace(record, trial=row | {"attempt": attempt})))
                return path
        if ok and _same_bits(path, row):
            return path


def _writer(record: Record) -> Callable[[Any], None]:
    """Return what writes a record into an open file."""
    trial = record.trial | {"env_id": _digest(record.environment)}
    said: dict[str, Any] = {"trial": trial, "epochs": record.epochs, "environment": record.environment}
    said[schemas.VERSION_KEY] = schemas.SCHEMA_VERSION
    n = len(record.scores.get("score", ()))
    kinds = columns_with(only_where_given(record.scores))
    columns = [
        _column(record.scores[name], kind) if name in record.scores else pa.nulls(n, kind)
        for name, kind in kinds.items()
    ]
    # An error may quote bytes that are no text; "replace" keeps such a record writable, now and in the tables.
    texts = {key: json.dumps(value, ensure_ascii=False).encode(errors="replace") for key, value in said.items()}
    table = pa.table(columns, schema=pa.schema(list(kinds.items()), texts))
    return lambda file: pq.write_table(table, file, compression="zstd", write_page_checksum=True)


def columns_with(further: Iterable[str]) -> dict[str, pa.DataType]:
    """Return the columns of a record's scores with their types, `further` sample columns at their end."""
    return {**SCORE_COLUMNS, **dict.fromkeys(further, _TEXT)}


def keep(folder: Place, record: Record, patience: float = PATIENCE) -> Place:
    """Store a record as `write_part` does, trying again with growing pauses while the storage is away.

    A folder that is not there is taken for a share that is not mounted, and is not made: the record would lie below it.

    Raises:
        OSError: the storage was away for `patience` seconds, is full, or gives no right to write.
    """
    started, pause = time.monotonic(), 0.5
    end = started + patience
    while True:
        try:
            storage(folder).check_there()
            keep_files(folder, record.trial["trial_id"], record.files)
            keep_model(folder, record.trial["trial_id"], record.model)
            return write_part(folder, record)
        except OSError as error:
            if without_right(error):
                end = min(end, started + PATIENCE_WITHOUT_RIGHT)
            if error.errno in _FULL or time.monotonic() + pause > end:
                raise
        time.sleep(pause)
        pause = min(2 * pause, 15.0)


def stored_since(folder: Place, trial_id: str, attempt: int) -> dict[str, Any] | None:
    """Return the row of a trial's record that another run stored after the attempts were counted, else None.

    attempt: the number that the next record was to have then.
    """
    for number in (attempt, attempt + 1):  # an object store uses one of the two, see `write_part`
        path = _part(folder, trial_id, number)
        if path.is_file() and (row := _row(path)):
            return row
    return None


def without_right(error: OSError) -> bool:
    """Return whether the storage is there and refuses; an object store says so in words."""
    return error.errno in _NO_RIGHT or bool(_NO_RIGHT_IN_WORDS.search(str(error)))


def read_part(path: Place) -> tuple[Record, pa.Table]:
    """Return a stored record without its scores, and these as a table.

    Raises:
        ValueError: torn or foreign.
        InputError: of a newer schema.
    """
    try:
        with pq.ParquetFile(storage(path).whole(), page_checksum_verification=True) as file:
            said = _said(file.schema_arrow.metadata)
            schemas.refuse_newer(said, path)
            if fault := fault_of_record(said):
                raise ValueError(fault)
            kinds = columns_with(only_where_given(file.schema_arrow.names))
            table = file.read(use_threads=False, columns=list(kinds)).replace_schema_metadata(None)
            for name in set(schemas.LATER["scores"]) - set(table.column_names):
                table = table.append_column(name, pa.nulls(len(table), SCORE_COLUMNS[name]))
        record = Record(said["trial"], {}, said["epochs"], said["environment"])
        if path.name != _part(path, record.trial["trial_id"], record.trial["attempt"]).name:
            raise ValueError("another name")
        return record, table.select(list(kinds)).cast(pa.schema(list(kinds.items())))
    except (pa.ArrowException, KeyError, TypeError, ValueError, OSError) as error:
        raise ValueError(f"{path} is torn or not ours ({type(error).__name__}); skipped. Delete it.") from error


def parts(folder: Place) -> Iterator[tuple[Place, str, int]]:
    """Yield (file, trial_id, attempt) for every file under parts/ that has the name of a record."""
    place = folder / "parts"
    for name in storage(place).names():
        match = PART_NAME.match(name)
        if match:
            yield place / name, match["trial_id"], int(match["attempt"])


def _part(folder: Place, trial_id: str, attempt: int) -> Place:
    return folder / "parts" / f"{trial_id}.{attempt}.parquet"


def _digest(environment: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(environment, sort_keys=True).encode()).hexdigest()[:12]


def _said(metadata: Mapping[bytes, bytes] | None) -> dict[str, Any]:
    return {key.decode(): json.loads(value) for key, value in (metadata or {}).items() if key != b"ARROW:schema"}


def _row(path: Place) -> dict[str, Any]:
    """Return the row that a record says, nothing if it cannot be read."""
    try:
        return dict(_said(pq.read_schema(storage(path).whole()).metadata)["trial"])
    except (pa.ArrowException, KeyError, TypeError, ValueError, OSError):
        return {}


def _same_bits(path: Place, row: Mapping[str, Any]) -> bool:
    """Return whether a good record is stored there, of the same weights and scores."""
    stored = _row(path)
    return stored.get("status") == "ok" and all(stored.get(name) == row.get(name) for name in _BITS)


def _column(values: Any, kind: pa.DataType) -> pa.Array:
    """Return a column of scores; NaN becomes null, and a name with bytes that are no text is written with escapes."""
    values = np.asarray(values)
    if kind != _TEXT:
        return pa.array(values.astype(np.float64), from_pandas=True)
    try:
        return pa.array(values.tolist(), kind)
    except UnicodeEncodeError:
        return pa.array([one.encode(errors="backslashreplace").decode() for one in values.tolist()], kind)

"""One table's file: opened once, its digest taken, and its columns in the types that are written down.

What is read is what the digest was taken of, also while another process puts a new file in the place.
"""

import errno
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sweep.errors import InputError
from sweep.store import schemas, tables
from sweep.store.places import Place, storage

MARK = b"compaction"  # beside the schema of every table: which compaction wrote it
NAMES = ("trials", "epochs", "environments", "scores")  # in the order of reading: whoever sees new trials sees the rest
COLUMNS: Mapping[str, Mapping[str, pa.DataType]] = {
    "trials": tables.TRIALS,
    "epochs": tables.EPOCHS,
    "environments": tables.ENVIRONMENTS,
    "scores": {field.name: field.type for field in tables.SCORES},
}
_BLOCK_BYTES = 8 * 2**20


@dataclass(frozen=True)
class TableFile:
    """A table that was opened. source: what pyarrow reads it from. sha256: None where the file was not read whole."""

    name: str
    source: Any
    size: int
    sha256: str | None
    mark: bytes | None
    rows: int
    schema: pa.Schema
    n_groups: int

    @property
    def further(self) -> list[pa.Field]:
        """Columns that are not ours; they are kept."""
        return [field for field in self.schema if field.name not in COLUMNS[self.name]]

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """Return the table, or some columns of it.

        Raises:
            ValueError: damaged, with what is wrong.
        """
        return conform(self.name, _told(lambda: self._file.read(columns=columns)), some=columns is not None)

    def group(self, number: int) -> pa.Table:
        """Return one of the table's groups of rows; raises as `read`."""
        return conform(self.name, _told(lambda: self._file.read_row_group(number)))

    @cached_property
    def _file(self) -> pq.ParquetFile:
        return pq.ParquetFile(self.source, page_checksum_verification=True)


def open_table(folder: Place, name: str, *, digest: bool) -> TableFile:
    """Return the file of a table, its schema looked at.

    digest: whether to read it whole for its sha256.

    Raises:
        FileNotFoundError: there is none.
        ValueError: damaged, with what is wrong.
        InputError: it cannot be read at all, or is of a newer schema.
    """
    path = folder / f"{name}.parquet"
    try:
        source = storage(path).table(whole=digest)
        size = int(source.size())
        sha256 = _sha256(source) if digest else None
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unreadable(path, error) from None
    file = _told(lambda: pq.ParquetFile(source))
    schema = file.schema_arrow
    said = schema.metadata or {}
    schemas.refuse_newer(said, path)
    lacking = [one for one in COLUMNS[name] if one not in schema.names and one not in schemas.LATER[name]]
    if lacking:
        raise ValueError(f"lacks the column{'s' * (len(lacking) > 1)} {', '.join(lacking)}")
    conform(name, schema.empty_table())  # types that are not ours are told before anything is read
    return TableFile(name, source, size, sha256, said.get(MARK), file.metadata.num_rows, schema, file.num_row_groups)


def conform(name: str, table: pa.Table, *, some: bool = False) -> pa.Table:
    """Return a table with its known columns in their types; further columns stay as they are.

    some: whether only some columns were read; else one that an older schema lacks is added, empty.

    Raises:
        ValueError: a column holds something else.
    """
    table = table.replace_schema_metadata(None)
    for column, kind in COLUMNS[name].items():
        if column not in table.column_names:
            if not some:
                table = table.append_column(pa.field(column, kind), _cast(pa.nulls(len(table)), kind))
            continue
        at = table.column_names.index(column)
        if (found := table.schema.field(at).type) == kind:
            continue
        try:
            if _family(found) not in (_family(kind), "empty"):
                raise ValueError(f"of another type: {found}")
            table = table.set_column(at, pa.field(column, kind), _cast(table.column(at), kind))
        except (pa.ArrowException, ValueError) as error:
            raise ValueError(f"holds {found} as {column}, not {kind} ({' '.join(str(error).split())[:80]})") from None
    return table


def _family(kind: pa.DataType) -> str:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_null(value):
        return "empty"
    if pa.types.is_integer(value) or pa.types.is_floating(value):
        return "number"
    return "text" if value in (pa.string(), pa.large_string(), pa.string_view()) else str(value)


def _cast(column: Any, kind: pa.DataType) -> Any:
    if not pa.types.is_dictionary(kind):
        return column.cast(kind)
    return column.cast(kind.value_type).cast(kind)


def _sha256(source: Any) -> str:
    digest = hashlib.sha256()
    while len(block := source.read_buffer(_BLOCK_BYTES)):
        digest.update(block)
    source.seek(0)
    return digest.hexdigest()


def _told(read: Any) -> Any:
    """Return what `read` returns; what pyarrow says of a damaged file becomes a ValueError."""
    try:
        return read()
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):
            raise
        raise ValueError(f"is torn ({' '.join(str(error).split())[:100]})") from None
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise ValueError(f"is torn ({' '.join(str(error).split())[:100]})") from None


def _unreadable(path: Place, error: OSError) -> InputError:
    why = error.strerror or " ".join(str(error).split())[:200]
    return InputError(f"Expected a table that can be read. Received: {path}: {why}. Nothing was changed.")

"""`checksums.json`: the sha256, size and rows of each table, so that a table which changed or is gone is seen.

A compaction writes it twice: before the first table takes its place, with the tables of before and those to come; and
last, with those that are there. A table is whole where its digest is one of these, at every moment between.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweep.store.places import Place, replace_file
from sweep.store.sealed_json import sealed, sha256_of, unsealed

NAME = "checksums.json"


@dataclass(frozen=True)
class Checksum:
    """What is known of one table file. sha256: 64 hexadecimal digits. size: bytes. rows: of the table."""

    sha256: str
    size: int
    rows: int


Tables = Mapping[str, Checksum]  # "trials" and so on -> its checksum


@dataclass(frozen=True)
class Checksums:
    """The tables of the last compaction, and those of before while they are being replaced, else None.

    mark: of that compaction, as it stands in each of its tables.
    """

    mark: str
    tables: Tables
    before: Tables | None = None

    def rows(self, name: str) -> int:
        """Return how many rows a table had, the larger number while it is being replaced."""
        return max((one[name].rows for one in self._sets() if name in one), default=0)

    def may_be_absent(self, name: str) -> bool:
        """Return whether the first compaction was cut off before this table."""
        return self.before is not None and name not in self.before

    def _sets(self) -> Iterator[Tables]:
        yield self.tables
        if self.before is not None:
            yield self.before


def read(folder: Place) -> Checksums | None:
    """Return the checksums of a folder of results, None where it has none.

    Raises:
        ValueError: checksums.json is torn or was changed.
    """
    try:
        content = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ValueError(error.strerror or "cannot be read") from error
    try:
        document = unsealed(content)
        before = document["before"]
        return Checksums(
            document["compaction"], _tables(document["tables"]), None if before is None else _tables(before)
        )
    except (KeyError, TypeError) as error:
        raise ValueError("a key is missing") from error


def write(folder: Place, said: Checksums) -> None:
    """Write checksums.json, whole or not at all."""
    before = None if said.before is None else _document(said.before)
    content = sealed({"compaction": said.mark, "tables": _document(said.tables), "before": before})
    replace_file(folder / NAME, lambda file: file.write(content))


def of_file(path: Path, rows: int) -> Checksum:
    """Return the checksum of a file."""
    return Checksum(sha256_of(path), path.stat().st_size, rows)


def _document(tables: Tables) -> dict[str, Any]:
    return {
        f"{name}.parquet": {"sha256": one.sha256, "bytes": one.size, "rows": one.rows} for name, one in tables.items()
    }


def _tables(document: dict[str, Any]) -> Tables:
    return {
        name.removesuffix(".parquet"): Checksum(one["sha256"], one["bytes"], one["rows"])
        for name, one in document.items()
    }

"""The four tables brought up to date with the records: written beside, counted, vouched for, then renamed."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sweep.errors import ClusterError
from sweep.store import checksums, schemas, tables
from sweep.store.checksums import Checksum, Checksums
from sweep.store.compacted import Stored, compacted, damage, joined, new_records, refuse_loss, scores_of
from sweep.store.folder import write_new
from sweep.store.places import Place, place, storage
from sweep.store.rebuilding import attempts_of
from sweep.store.records import Record, parts
from sweep.store.table_file import MARK

_WRITING = ("scores", "epochs", "environments", "trials")  # the trials last: their rows make the rest count
_FILES = {name: f"{name}.parquet" for name in _WRITING}


def compact(path: str | Place) -> list[str]:
    """Bring the four tables up to date with the records under parts/, and return notes of what was skipped.

    Nothing stored is replaced by less: the new tables are written beside the old, their rows are counted against what
    was read, checksums.json names both, and only then they take their places, the trials last. A break anywhere costs
    nothing but the work. Runs that compact at the same time take turns. An object store knows no turns: tables of two
    compactions may come to lie side by side there, which the checksums tell, and then the records are read.

    Raises:
        InputError: a table is damaged and the records do not hold all of it, or the folder is of a newer schema.
        ClusterError: what was written is not what was read.
    """
    folder = place(path)
    with storage(folder).turn(".compact.lock"):
        _remove_left(folder)
        stored = compacted(folder)
        notes: list[str] = []
        if stored.settled and all((trial, attempt) in stored.known for _, trial, attempt in parts(folder)):
            return notes
        with storage(folder).drafts(list(_FILES.values())) as drafts:
            _replace_tables(folder, stored, {name: drafts[file] for name, file in _FILES.items()}, notes)
    return notes


def _replace_tables(folder: Place, stored: Stored, drafts: Mapping[str, Path], notes: list[str]) -> None:
    mark = uuid.uuid4().hex
    said = {MARK: mark, schemas.VERSION_KEY: str(schemas.SCHEMA_VERSION)}
    further = [] if stored.trials is None else list(stored.files["scores"].further)
    while True:
        schema = pa.schema([*tables.SCORES, *further], said)
        written = _write_scores(drafts["scores"], folder, stored, schema, notes)
        if not written.met:
            break
        further += written.met  # once more, with the columns that a fresh record brought
        drafts["scores"].unlink()
        notes.clear()
    fresh, rows = written.fresh, {"scores": written.n_rows}
    refuse_loss(folder, stored, fresh, written.brought)
    small = dict(zip(("trials", "epochs", "environments"), joined(stored, fresh), strict=True))
    _refuse_fewer(folder, stored, small, fresh)
    for name, table in small.items():
        rows[name] = len(table)
        _write(drafts[name], table.replace_schema_metadata(said))
    sums = {name: _counted(drafts[name], rows[name]) for name in _WRITING}
    before = {name: Checksum(one.sha256 or "", one.size, one.rows) for name, one in stored.files.items()}
    checksums.write(folder, Checksums(mark, sums, before))
    kept = [] if stored.quiet else _kept_aside(folder, stored)
    for name in _WRITING:
        storage(folder / _FILES[name]).take(drafts[name])
    checksums.write(folder, Checksums(mark, sums))
    done = f"the tables were made anew from the records under parts/{''.join(f', {one} is kept' for one in kept)}"
    notes[:0] = damage(folder, stored, done)
    notes[:0] = [f"{note} They were written anew, with checksums." for note in stored.notes]


@dataclass
class _Written:
    """What went into scores.parquet.

    fresh: records that were not compacted yet. brought: trial_id -> rows of theirs. n_rows: of the table.
    met: columns of a fresh record that the table lacks; it is then not whole.
    """

    fresh: list[Record] = field(default_factory=list)
    brought: Counter[str] = field(default_factory=Counter)
    n_rows: int = 0
    met: list[pa.Field] = field(default_factory=list)


def _write_scores(draft: Path, folder: Place, stored: Stored, schema: pa.Schema, notes: list[str]) -> _Written:
    """Write scores.parquet with these columns."""
    done = _Written()

    def write_scores(file: Any) -> None:
        # A dictionary of the scores themselves, nearly all different, costs time and space.
        words = [column.name for column in schema if pa.types.is_dictionary(column.type)]
        options = {"compression": "zstd", "use_dictionary": words, "write_page_checksum": True}
        with pq.ParquetWriter(file, schema, **options) as writer:
            for scores in scores_of(folder, stored):
                writer.write_table(tables.with_fields(scores, schema))
                done.n_rows += len(scores)
            for records, scores in new_records(folder, stored, notes):
                done.fresh.extend(records)
                done.brought.update(tables.rows_of(scores))
                done.n_rows += len(scores)
                done.met.extend(column for column in scores.schema if column.name not in schema.names)
                if done.met:
                    return
                writer.write_table(tables.with_fields(scores, schema))

    write_new(draft, write_scores)
    return done


def _write(path: Path, table: pa.Table) -> None:
    write_new(path, lambda file: pq.write_table(table, file, compression="zstd", write_page_checksum=True))


def _counted(draft: Path, rows: int) -> Checksum:
    """Return the checksum of a table that was just written, after it was read back.

    Raises:
        ClusterError: it has other rows than were written.
    """
    with pq.ParquetFile(draft, page_checksum_verification=True) as file:
        key = next(name for name in ("trial_id", "env_id") if name in file.schema_arrow.names)
        found = file.read([key]).num_rows
    if found != rows:
        raise ClusterError(
            f"Expected {rows} rows in {draft} after writing. Received: {found}. The disk does not keep what it is "
            "given; nothing stored was changed."
        )
    return checksums.of_file(draft, rows)


def _refuse_fewer(folder: Place, stored: Stored, now: Mapping[str, pa.Table], fresh: list[Record]) -> None:
    """Raise ClusterError where a table to be written lacks what one of before has: nothing is replaced by less."""
    if stored.trials is None or stored.epochs is None or stored.environments is None:
        return
    before = set(stored.epochs["trial_id"].to_pylist()) & set(stored.trials["trial_id"].to_pylist())
    fewer = {
        "trials": len(now["trials"]) != len(stored.trials) + len(fresh)
        or not stored.known <= attempts_of(now["trials"]),
        "epochs": not before <= set(now["epochs"]["trial_id"].to_pylist()),
        "environments": len(now["environments"]) < len(stored.environments),
    }
    for name, lost in fewer.items():
        if lost:
            raise ClusterError(
                f"Expected {name}.parquet to grow in {folder}. Received: a table that lacks rows of the one before. "
                "Nothing was changed; this is a fault of the program: please report it with that folder."
            )


def _kept_aside(folder: Place, stored: Stored) -> list[str]:
    """Keep damaged tables under another name, since a person may have written them, and return these names."""
    kept = []
    for name in stored.damaged:
        path, number = folder / _FILES[name], 1
        while (aside := folder / f"{path.name}.damaged-{number}").exists():
            number += 1
        if storage(path).set_aside(aside.name):
            kept.append(aside.name)
    return kept


def _remove_left(folder: Place) -> None:
    """Remove what killed writers left half-written; the turn is ours."""
    storage(folder).remove_drafts(list(_FILES.values()))
    storage(folder).remove_left(r"checksums\.json|study\.json")
    storage(folder / "parts").remove_left(r"[0-9a-f]{16}\.\d+\.parquet")

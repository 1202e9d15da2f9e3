"""Reading a study's folder back: what was compacted, and the records beside it that were not yet.

Both together are the answer to every question about the results, whether a compaction was cut off or has just happened.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from sweep.errors import InputError
from sweep.store import checksums, tables
from sweep.store.checksums import Checksums
from sweep.store.consistency import inconsistent
from sweep.store.places import Place, storage
from sweep.store.rebuilding import Held, attempts_of, held_by, held_by_records, refuse_less, said_of
from sweep.store.records import Record, parts, read_part
from sweep.store.table_file import NAMES, TableFile, open_table

_PARTS_A_GROUP = 200  # records whose scores are held in memory at once
_OTHER = "is of another compaction"
_LOOKS = 100  # at tables that are being replaced meanwhile, each some milliseconds later than the one before


@dataclass(frozen=True)
class Stored:
    """The tables so far; None before the first compaction, and where they are damaged.

    files: table -> its file, where it is whole. damaged: table -> what is wrong with it; then all is read from the
    records. before: what damaged tables held, as far as known. quiet: whether the damage is no more than two
    compactions that met in an object store. sums: checksums.json. settled: whether it names these tables alone.
    """

    trials: pa.Table | None = None
    epochs: pa.Table | None = None
    environments: pa.Table | None = None
    files: Mapping[str, TableFile] = field(default_factory=dict)
    damaged: Mapping[str, str] = field(default_factory=dict)
    before: Held = field(default_factory=Held)
    quiet: bool = False
    sums: Checksums | None = None
    settled: bool = False
    notes: tuple[str, ...] = ()

    @cached_property
    def known(self) -> frozenset[tuple[str, int]]:
        """(trial_id, attempt) of the rows of the trials."""
        return frozenset() if self.trials is None else attempts_of(self.trials)

    @cached_property
    def scored(self) -> set[str]:
        """Trials whose scores scores.parquet has."""
        return {trial for trial, (_, ok) in tables.counting(self.trials).items() if ok}


def compacted(folder: Place, *, scores: bool = True) -> Stored:
    """Return what was compacted. Tables that are damaged are not given; then `refuse_loss` is due on the records.

    scores: whether scores.parquet is needed. If not, an object store is asked for its end alone.

    Raises:
        InputError: a table cannot be read at all, or is of a newer schema.
    """
    found = Stored()
    for _ in range(_LOOKS):
        found = _looked_at(folder, scores)
        if not found.damaged or _vouched(folder)[0] == found.sums:  # they change before any table does
            break
    return found


def _vouched(folder: Place) -> tuple[Checksums | None, str]:
    """Return checksums.json and "", or None and why the tables are read without it."""
    try:
        return checksums.read(folder), f"no {checksums.NAME} beside the tables, as older ones have none"
    except ValueError as error:
        return None, f"{checksums.NAME} is damaged ({error})"


def refuse_loss(folder: Place, stored: Stored, fresh: Sequence[Record], scores: Mapping[str, int]) -> None:
    """Raise InputError where damaged tables held more than the records that are read in their place.

    fresh: these records. scores: trial_id -> rows that they bring.
    """
    if stored.damaged:
        refuse_less(folder, stored.damaged, stored.before, held_by_records(fresh, scores))


def damage(folder: Place, stored: Stored, done: str) -> list[str]:
    """Return a line that names the damaged tables, none where all are whole. done: what was done about it."""
    return [f"{folder}: {said_of(stored.damaged)}; {done}."] if stored.damaged and not stored.quiet else []


def _looked_at(folder: Place, with_scores: bool) -> Stored:
    notes: tuple[str, ...] = ()
    sums, without = _vouched(folder)
    files, damaged, missing = _opened(folder, with_scores)
    absent = {name for name in missing if sums is not None and sums.may_be_absent(name)}
    if len(missing) == len(NAMES) and (sums is None or len(absent) == len(NAMES)):
        return Stored(sums=sums)  # not compacted yet
    damaged |= {name: "is missing" for name in missing if name not in absent}
    if sums is not None:
        damaged |= _changed(sums, files)
    content = _contents(files, damaged)
    if sums is None:
        notes = (f"{folder}: {without}; the tables are read unchecked.",)
        if not damaged:
            damaged = inconsistent(content, {(trial, attempt) for _, trial, attempt in parts(folder)})
    whole = {name: file for name, file in files.items() if name not in damaged}
    if damaged:
        rows = {} if sums is None else {name: sums.rows(name) for name in NAMES}
        before = held_by({name: content[name] for name in whole}, rows)
        quiet = not storage(folder).exclusive and set(damaged.values()) == {_OTHER}
        return Stored(files=whole, damaged=damaged, before=before, quiet=quiet, sums=sums)
    if absent:  # the first compaction was cut off: the records are all there
        return Stored(files=whole, sums=sums)
    small = {name: content[name] for name in ("trials", "epochs", "environments")}
    settled = sums is not None and sums.before is None
    return Stored(**small, files=whole, sums=sums, settled=settled, notes=notes)


def _opened(folder: Place, with_scores: bool) -> tuple[dict[str, TableFile], dict[str, str], list[str]]:
    """Return the tables that can be opened, what is wrong with others, and those that are not there."""
    files, damaged, missing = {}, {}, []
    every = storage(folder).reads_whole or with_scores
    for name in NAMES:
        try:
            files[name] = open_table(folder, name, digest=every or name != "scores")
        except FileNotFoundError:
            missing.append(name)
        except ValueError as error:
            damaged[name] = str(error)
    return files, damaged, missing


def _changed(sums: Checksums, files: Mapping[str, TableFile]) -> dict[str, str]:
    """Return table -> what is wrong, for tables that checksums.json does not name."""
    wrong, old = {}, []
    for name, file in files.items():
        if _is(file, sums.tables):
            continue
        if sums.before is not None and _is(file, sums.before):
            old.append(name)
        else:
            other = file.mark is not None and file.mark != sums.mark.encode() and sums.before is None
            wrong[name] = _OTHER if other else "is not as it was written (its sha256 is another)"
    if old and "trials" in files and "trials" not in old:  # they are renamed last
        wrong |= dict.fromkeys(old, _OTHER)
    return wrong


def _is(file: TableFile, known: checksums.Tables) -> bool:
    one = known.get(file.name)
    return one is not None and file.size == one.size and file.sha256 in (one.sha256, None)


def _contents(files: Mapping[str, TableFile], damaged: dict[str, str]) -> dict[str, pa.Table]:
    """Return the tables, of the scores the column trial_id; what cannot be read joins the damaged."""
    content = {}
    for name, file in files.items():
        if name in damaged:
            continue
        try:
            content[name] = file.read(["trial_id"] if name == "scores" else None)
        except ValueError as error:
            damaged[name] = str(error)
    return content


def scores_of(folder: Place, stored: Stored) -> Iterator[pa.Table]:
    """Yield what scores.parquet has of stored trials: other rows come from a compaction that was cut off.

    Raises:
        InputError: it is torn in the middle, in a folder without checksums.
    """
    if stored.trials is None:
        return
    file = stored.files["scores"]
    for number in range(file.n_groups):
        try:
            scores = file.group(number)
        except ValueError as error:
            raise InputError(
                f"Expected a whole scores.parquet in {folder}. Received: one that {error}. Put it back from a copy, or "
                "move it away: it is made anew where parts/ holds every record. Nothing was changed."
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

    with ThreadPoolExecutor(storage(paths[0]).readers) as readers:
        yield from readers.map(read, paths)


def joined(stored: Stored, fresh: list[Record]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return trials, epochs and environments with the fresh records in them."""
    trials = tables.trials(stored.trials, fresh)
    before, now = tables.counting(stored.trials), tables.counting(trials)
    epochs = tables.epochs(stored.epochs, fresh, before, now)
    return trials, epochs, tables.environments(stored.environments, fresh)

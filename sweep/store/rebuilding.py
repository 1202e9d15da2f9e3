"""Whether the records under parts/ hold all that a folder's tables held: only then may these be made anew from them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from sweep.errors import InputError
from sweep.store import tables
from sweep.store.places import Place
from sweep.store.records import Record


@dataclass(frozen=True)
class Held:
    """What a folder holds, counted.

    attempts: (trial_id, attempt) of the trials. scores, epochs: trial_id -> rows. environments: env_ids.
    rows: table -> rows, where checksums.json tells them of a table that cannot be read.
    """

    attempts: frozenset[tuple[str, int]] = frozenset()
    scores: Mapping[str, int] = field(default_factory=dict)
    epochs: Mapping[str, int] = field(default_factory=dict)
    environments: frozenset[str] = frozenset()
    rows: Mapping[str, int] = field(default_factory=dict)


def held_by(found: Mapping[str, pa.Table], rows: Mapping[str, int]) -> Held:
    """Return what tables tell of a folder.

    found: those that can be read; of the scores the column trial_id suffices. rows: as in `Held`.
    """
    trials, epochs, environments = (found.get(name) for name in ("trials", "epochs", "environments"))
    scores = found.get("scores")
    return Held(
        attempts=frozenset() if trials is None else attempts_of(trials),
        scores={} if scores is None else tables.rows_of(scores),
        epochs={} if epochs is None else Counter(epochs["trial_id"].to_pylist()),
        environments=frozenset() if environments is None else frozenset(environments["env_id"].to_pylist()),
        rows=rows,
    )


def held_by_records(records: Sequence[Record], scores: Mapping[str, int]) -> Held:
    """Return what records hold. scores: trial_id -> rows that they would bring into scores.parquet."""
    counts = {"trials": len(records), "scores": sum(scores.values())}
    epochs: dict[str, int] = {}
    for one in records:  # of the longest attempt: a table may have been of an earlier one than counts now
        epochs[one.trial["trial_id"]] = max(len(one.epochs), epochs.get(one.trial["trial_id"], 0))
    environments = frozenset(record.trial["env_id"] for record in records)
    return Held(
        attempts=frozenset((record.trial["trial_id"], record.trial["attempt"]) for record in records),
        scores=scores,
        epochs=epochs,
        environments=environments,
        rows=counts | {"epochs": sum(epochs.values()), "environments": len(environments)},
    )


def attempts_of(trials: pa.Table) -> frozenset[tuple[str, int]]:
    """Return (trial_id, attempt) of a table of trials."""
    return frozenset(zip(trials["trial_id"].to_pylist(), trials["attempt"].to_pylist(), strict=True))


def refuse_less(folder: Place, damaged: Mapping[str, str], before: Held, now: Held) -> None:
    """Raise InputError where the records hold less than the tables told.

    damaged: table -> what is wrong with it. before: what is known of the tables. now: what the records hold.
    """
    lost = (
        not before.attempts <= now.attempts
        or any(now.scores.get(trial, 0) < count for trial, count in before.scores.items())
        or any(now.epochs.get(trial, 0) < count for trial, count in before.epochs.items())
        or not before.environments <= now.environments
        or any(now.rows[name] < count for name, count in before.rows.items())
    )
    if not lost:
        return
    known = {trial for trial, _ in before.attempts} | set(before.scores) | set(before.epochs)
    n_known = max(len(known), len(before.attempts), before.rows.get("trials", 0))
    raise InputError(
        f"Expected four whole tables in {folder}. Received: {said_of(damaged)}; parts/ holds the records of "
        f"{len(now.attempts)} attempts and the tables knew {n_known or 'others'}, so that nothing can be made anew "
        "without loss. Nothing was changed. Put the file back from a copy of this folder, or name another folder."
    )


def said_of(damaged: Mapping[str, str]) -> str:
    """Return one phrase for what is wrong with each table."""
    return "; ".join(f"{name}.parquet {what}" for name, what in damaged.items())

"""What is stored already, as it travels: the person's machine tells the job, whose folder then counts it as stored."""

from pathlib import Path
from typing import Any

from sweep.store import records, store

# Not the error: its trace holds paths and words of this machine.
_KEYS = ("study", "trial_id", "config_id", "seed", "attempt", "status", "data_id", "code_id")


def stored_trials(folder: Path) -> list[dict[str, Any]]:
    """Return the attempts of a folder of results, without scores and measures; empty where there is none."""
    rows = store.trials(folder).sort_values(["trial_id", "attempt"])
    kept = rows[[key for key in _KEYS if key in rows]].to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in kept]


def count_as_stored(folder: Path, trials: list[dict[str, Any]]) -> None:
    """Write a record without scores for every attempt that the folder lacks; it is never fetched, only counted."""
    known = {(trial, attempt) for _, trial, attempt in records.parts(folder)}
    for row in trials:
        if (row["trial_id"], row["attempt"]) not in known:
            records.write_part(folder, records.Record({"error": ""} | row))


def _plain(value: Any) -> Any:
    """Return a number of pandas as JSON knows it."""
    return value.item() if hasattr(value, "item") else value

"""A stored trial as every tracker takes it: settings, metrics, epochs by number, and words that identify it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from sweep.errors import InputError
from sweep.store.attempts import counting
from sweep.store.store import Results

_WORDS = (
    "config_id",
    "status",
    "init_sha256",
    "final_sha256",
    "scores_sha256",
    "data_id",
    "code_id",
    "env_id",
    "node",
)


@dataclass(frozen=True)
class ExportedTrial:
    """A trial for a tracker.

    name: settings and seed, for people. params: every setting and the seed. metrics: of the finished trial; none of a
    failed one. epochs: (epoch, name -> number). words: status, digests, ids. error: its first line, "" where it is ok.
    started: milliseconds since 1970, UTC; seconds: how long it took, 0 where that is not known.
    """

    trial_id: str
    name: str
    params: dict[str, float | str]
    metrics: dict[str, float]
    epochs: tuple[tuple[int, dict[str, float]], ...]
    words: dict[str, str]
    error: str
    started: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the trial finished."""
        return self.words["status"] == "ok"


def exported(results: Results) -> Iterator[ExportedTrial]:
    """Yield every stored trial once: its good attempt, or else its last.

    Raises:
        InputError: there is no trial.
    """
    if not len(results.trials):
        raise InputError(f"Expected stored trials in {results.path}. Received: none. Run the study first.")
    labels = {key: said["label"] for key, said in results.study["configurations"].items()}
    order = pd.concat(counting(results.trials.sort_values("attempt", kind="stable")))
    epochs = dict(iter(results.epochs.groupby("trial_id"))) if len(results.epochs) else {}
    for row in order.sort_values(["config_id", "seed"], kind="stable").to_dict("records"):
        own = epochs.get(row["trial_id"])
        ok = row["status"] == "ok"
        yield ExportedTrial(
            trial_id=str(row["trial_id"]),
            name=f"{labels.get(row['config_id']) or results.study['study']} seed={row['seed']}",
            params={"seed": float(row["seed"])} | _starting("hp.", row),
            metrics={key: value for key, value in _starting("metric.", row).items() if isinstance(value, float)},
            epochs=() if own is None else _epochs(own),
            words={name: str(row[name]) for name in _WORDS if name in row and not _missing(row[name])},
            error="" if ok else str(row["error"] or "no error was recorded").strip().partition("\n")[0],
            started=_milliseconds(row.get("started_at")),
            seconds=0.0 if _missing(row.get("seconds.total")) else float(row["seconds.total"]),
        )


def _starting(prefix: str, row: dict[Any, Any]) -> dict[str, Any]:
    return {
        str(key).removeprefix(prefix): value
        for key, value in row.items()
        if str(key).startswith(prefix) and not _missing(value)
    }


def _epochs(rows: pd.DataFrame) -> tuple[tuple[int, dict[str, float]], ...]:
    """Return the numbers of each epoch, each once; the store keeps those of the attempt that counts."""
    found = {}
    for row in rows.drop_duplicates("epoch", keep="last").sort_values("epoch").to_dict("records"):
        numbers = {
            str(name): float(value)
            for name, value in row.items()
            if name not in ("epoch", "seed") and isinstance(value, float) and not _missing(value)
        }
        found[int(row["epoch"])] = numbers
    return tuple(found.items())


def _milliseconds(text: Any) -> int:
    try:
        return int(datetime.fromisoformat(str(text)).timestamp() * 1000)
    except ValueError:
        return 0


def _missing(value: Any) -> bool:
    return bool(pd.isna(value))

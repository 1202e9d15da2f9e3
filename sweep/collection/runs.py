"""What is collected: runs that were made elsewhere, each one configuration with one seed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sweep.errors import InputError

LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class CollectedRun:
    """One run: its settings, its seed, and what is known of it.

    hp: setting -> number or word, for the columns hp.*. metrics: by name. threshold: on dev, where there are scores.
    scores: columns of scores.parquet, each (n,); none where metrics alone are known. samples: a digest of the samples
    that were scored, with their labels, and the number of them in each split. error: why the run has no metrics, "" for
    a good one.
    """

    hp: dict[str, float | str]
    seed: int
    metrics: dict[str, float] = field(default_factory=dict)
    threshold: float | None = None
    scores: dict[str, Any] = field(default_factory=dict)
    samples: str = ""
    n_samples: dict[str, int] = field(default_factory=dict)
    error: str = ""

    @cached_property
    def config_id(self) -> str:
        """Return a digest of the settings."""
        return digest_of(["collected", self.hp])[:12]

    @cached_property
    def scores_sha256(self) -> str:
        """Return a digest of the scores; of none where metrics alone are known."""
        content = self.scores["score"].astype("<f8").tobytes() if self.scores else b""
        return hashlib.sha256(content).hexdigest()

    @cached_property
    def trial_id(self) -> str:
        """Return a digest of all that is known of the run."""
        what = [self.hp, self.seed, self.samples, self.scores_sha256, self.metrics, self.error]
        return digest_of(["collected", *what])[:16]

    @property
    def label(self) -> str:
        """Return the settings for people, as the grid's are written."""
        return label_of(self.hp)


def label_of(hp: Mapping[str, float | str]) -> str:
    """Return settings for people: "system=A"; numbers short."""
    return " ".join(f"{key}={value:.6g}" if isinstance(value, float) else f"{key}={value}" for key, value in hp.items())


def as_settings(fields: Sequence[Mapping[str, Any]]) -> list[dict[str, float | str]]:
    """Return the settings of each run: a field that is a number in all of them as float, any other as a word."""
    frame = pd.DataFrame([{str(key): value for key, value in one.items()} for one in fields])
    for name in frame.columns:
        texts = frame[name].map(lambda value: str(value).strip())
        numbers = pd.to_numeric(texts, errors="coerce")
        plain = not texts.str.fullmatch(r"0\d+").any()  # 007 is a name
        frame[name] = numbers.astype(float) if plain and numbers.notna().all() else texts
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")] or [{}] * len(fields)


def seed_of(value: Any, where: str) -> int:
    """Return a seed; raise InputError unless it is a whole number from 0 to 2**32 - 1."""
    try:
        number = -1.0 if isinstance(value, bool | np.bool_) else float(value)
    except (TypeError, ValueError):
        number = -1.0
    if number != number:
        raise InputError(f"Expected a seed, a whole number from 0 to 2**32 - 1. Received: none in {where}. Fill it in.")
    if not number.is_integer() or not 0 <= number <= LARGEST_SEED:
        raise InputError(f"Expected a seed, a whole number from 0 to 2**32 - 1. Received: {str(value)!r} in {where}.")
    return int(number)


def refuse_empty(cells: "pd.Series[Any]", name: str) -> None:
    """Raise InputError where a cell of a column is empty."""
    empty = cells.isna().to_numpy()
    if empty.any():
        raise InputError(
            f"Expected something in every row of the column {name}. Received: {int(empty.sum())} of {len(empty)} rows "
            f"without, as row {int(empty.argmax()) + 1}. Fill them in, or leave these rows out."
        )


def refuse_repeated(runs: Sequence[CollectedRun]) -> None:
    """Raise InputError where one configuration has one seed twice."""
    seen: set[tuple[str, int]] = set()
    for run in runs:
        key = (run.label, run.seed)
        if key in seen:
            raise InputError(
                f"Expected each configuration with each seed once. Received: {run.label or 'the configuration'} with "
                f"seed {run.seed} twice. Name another column that tells the two apart."
            )
        seen.add(key)


def digest_of(value: Any) -> str:
    """Return the sha256 of a value as JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()

"""Every metric of every configuration over its seeds, and the trials that failed: the numbers that a report shows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.analysis.current import Current
from sweep.metrics.catalogue import metric_called
from sweep.stats import THIS_TEST_SET, Interval, t_interval
from sweep.stats.interval import OTHER_SPLITS, Kind
from sweep.stats.seeds import T_OVER_SEEDS


@dataclass(frozen=True)
class MetricOverSeeds:
    """One metric of one configuration.

    values: (S,) a value a seed that is ok and has one, in the order of the plan. interval: mean and limits over seeds;
    NaN where `interval.note` says why. n_undefined: ok seeds for which the metric has no value, such as a precision
    when nothing was accepted. new_subjects: the interval for other subjects, where it was asked for and exists.
    """

    values: NDArray[np.float64]
    interval: Interval
    n_undefined: int = 0
    new_subjects: Interval | None = None

    @property
    def minimum(self) -> float:
        """The smallest value; NaN without a seed."""
        return float(self.values.min()) if self.values.size else math.nan

    @property
    def maximum(self) -> float:
        """The largest value; NaN without a seed."""
        return float(self.values.max()) if self.values.size else math.nan

    def as_dict(self) -> dict[str, Any]:
        """Return the interval's fields, min, max and n_undefined; new_subjects where there is one."""
        found = self.interval.as_dict() | {
            "min": self.minimum,
            "max": self.maximum,
            "n_undefined": self.n_undefined,
        }
        return found | ({"new_subjects": self.new_subjects.as_dict()} if self.new_subjects else {})


@dataclass(frozen=True)
class Row:
    """One configuration: its settings, how many of its trials are ok, and its metrics by name."""

    config_id: str
    label: str
    hp: Mapping[str, float | str]
    n_planned: int
    n_ok: int
    n_failed: int
    metrics: Mapping[str, MetricOverSeeds]

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, for JSON."""
        return {
            "config_id": self.config_id,
            "label": self.label,
            "hp": dict(self.hp),
            "n_ok": self.n_ok,
            "n_planned": self.n_planned,
            "n_failed": self.n_failed,
            "metrics": {name: metric.as_dict() for name, metric in self.metrics.items()},
        }


@dataclass(frozen=True)
class Failure:
    """A planned trial without a good attempt, and the first line of its last error."""

    trial_id: str
    label: str
    seed: int
    error: str


def rows_of(now: Current, configurations: Mapping[str, Any], shown: tuple[str, ...], level: float) -> tuple[Row, ...]:
    """Return a row a configuration, in the order of the plan.

    shown: metrics that every row has, in this order; others that are stored follow.
    """
    names = _metric_names(now.ok, shown)
    ok = {str(key): rows for key, rows in now.ok.groupby("config_id", sort=False)} if len(now.ok) else {}
    planned = now.plan["config_id"].value_counts().to_dict()
    failed = now.failed["config_id"].value_counts().to_dict() if len(now.failed) else {}
    rows = []
    for config_id, said in configurations.items():
        seeds = ok.get(config_id, now.ok.iloc[:0])
        rows.append(
            Row(
                config_id=config_id,
                label=said["label"],
                hp=said["hp"],
                n_planned=int(planned.get(config_id, 0)),
                n_ok=len(seeds),
                n_failed=int(failed.get(config_id, 0)),
                metrics={name: _over_seeds(seeds, name, level, int(failed.get(config_id, 0))) for name in names},
            )
        )
    return tuple(rows)


def _metric_names(ok: pd.DataFrame, headline: tuple[str, ...]) -> list[str]:
    stored = [name.removeprefix("metric.") for name in ok.columns if name.startswith("metric.")]
    return [*headline, *(name for name in stored if name not in headline)]


def _over_seeds(seeds: pd.DataFrame, name: str, level: float, n_failed: int) -> MetricOverSeeds:
    """Return one metric over the seeds of one configuration; the place of the interval for new subjects."""
    column = f"metric.{name}"
    every = seeds[column].to_numpy(float) if column in seeds else np.full(len(seeds), np.nan)
    values = every[np.isfinite(every)]
    n_undefined = len(every) - len(values)
    if values.size:
        interval = replace(
            t_interval(values, level, rate=metric_called(name).rate), n_failed=n_failed, covers=_covers(seeds)
        )
    else:
        why = "no value in any seed" if len(every) else "no seed finished"
        interval = Interval(
            math.nan,
            math.nan,
            math.nan,
            level,
            T_OVER_SEEDS,
            _covers(seeds),
            0,
            n_failed=n_failed,
            note=why,
            kind=Kind.STUDENT,
        )
    return MetricOverSeeds(values, interval, n_undefined)


def _covers(seeds: pd.DataFrame) -> str:
    """Return what an interval over these seeds covers: seeds with other data were tested on other samples."""
    return THIS_TEST_SET if not len(seeds) or seeds["data_id"].nunique() <= 1 else OTHER_SPLITS


def failures_of(now: Current, configurations: Mapping[str, Any]) -> tuple[Failure, ...]:
    """Return the planned trials without a good attempt."""
    found = []
    for row in now.failed.to_dict("records"):
        lines = str(row["error"] or "").strip().splitlines()
        label = configurations[row["config_id"]]["label"]
        error = lines[0] if lines else "no error was recorded"
        found.append(Failure(row["trial_id"], label, int(row["seed"]), error))
    return tuple(found)

"""Trials run again on another kind of processor: bits cannot agree, so are the results those of one distribution?

Other instructions sum in another order, and a training carries each last bit on. What can be asked is whether the runs
here give the numbers of the stored ones: the difference of each trial from itself, against the spread over seeds.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep import stats
from sweep.errors import InputError
from sweep.explain.surroundings import Factor
from sweep.metrics.catalogue import headline
from sweep.stats.student import t_quantile
from sweep.store.store import Results

MARGIN = 0.5  # of the SD over seeds
_FEWEST = 3  # trials, to tell anything
_LEVEL = 0.95  # of each of the two one-sided tests
_MOST = 10_000  # trials, beyond which none is named


@dataclass(frozen=True)
class MetricElsewhere:
    """One metric of the trials that were run again.

    difference, sd: mean and SD of now - stored, over trials. low, high: the interval that belongs to two one-sided
    tests of 5 %. seed_sd: SD over seeds, of the stored trials. margin: what counts as equal. equivalent: None where it
    cannot be told. trials_needed: so many would tell, if the true difference is 0; 0 where it is told, or none would.
    """

    metric: str
    difference: float
    sd: float
    low: float
    high: float
    seed_sd: float
    margin: float
    equivalent: bool | None
    trials_needed: int = 0

    def __str__(self) -> str:
        """Return one line."""
        said = (
            f"{self.metric}: now - stored {self.difference:+.4f}, seed SD {self.seed_sd:.4f}, margin {self.margin:.4f}"
        )
        if math.isnan(self.low):
            verdict = "cannot tell"
        else:
            said += f", interval [{self.low:+.4f}, {self.high:+.4f}]"
            verdict = {True: "equivalent", False: "not equivalent", None: "cannot tell"}[self.equivalent]
        more = f"; {self.trials_needed} trials would tell (--trials {self.trials_needed})" if self.trials_needed else ""
        return f"{said}: {verdict}{more}"


@dataclass(frozen=True)
class Elsewhere:
    """The verdict on trials that were run again on another kind of processor.

    cause: why bits differ. metrics: of the task's headline. correlation: the lowest over trials between the scores of
    test as stored and as they are now, NaN where a trial has none. n: trials that were compared.
    """

    cause: str
    metrics: tuple[MetricElsewhere, ...]
    correlation: float
    n: int

    @property
    def equivalent(self) -> bool | None:
        """Return whether all metrics are equivalent; False where one is not, None where it cannot be told."""
        found = [one.equivalent for one in self.metrics]
        return False if False in found else None if None in found or not found else True

    def as_dict(self) -> dict[str, Any]:
        """Return every field and the verdict, for JSON."""
        return asdict(self) | {"equivalent": self.equivalent}

    def lines(self) -> list[str]:
        """Return some lines for a person."""
        word = {True: "equivalent", False: "not equivalent", None: "cannot tell"}[self.equivalent]
        scores = "" if math.isnan(self.correlation) else f" Scores of test correlate by {self.correlation:.4f} or more."
        return [
            f"{self.cause[0].upper()}{self.cause[1:]}",
            f"Do the {self.n} trials give the same results? {word[0].upper()}{word[1:]}.{scores}",
            *(f"  {one}" for one in self.metrics),
        ]


def other_processor(factors: Sequence[Factor]) -> Factor | None:
    """Return what differs between two kinds of processor, None where the kind is the same or other code or data ran.

    Trials of earlier releases do not say the generation, of which one name may have several: `stored` is "" then.
    """
    names = {one.name: one for one in factors if one.known}
    if {"code_id", "data_id", "gpu_model", "backend"} & {one.name for one in factors if one.known}:
        return None
    return names.get("cpu_model") or names.get("cpu_features")


def cause_of(processor: Factor) -> str:
    """Return why bits differ, as a sentence without its first capital."""
    if not processor.stored:
        return (
            f"perhaps another generation of the processor: the stored trials do not say which (here: {processor.now}). "
            "Bits of two generations cannot agree."
        )
    return f"another kind of processor (stored: {processor.stored}, here: {processor.now}): bits cannot agree."


def beside_processor(factors: Sequence[Factor], *, portable: bool = False) -> list[Factor]:
    """Return the known factors that do not come with another processor, as its name and the system's build do.

    portable: of a trial whose bits the processor does not decide; there another C library may, which the system names.
    """
    libraries = {
        end.rpartition("-with-")[2] for one in factors if one.name == "platform" for end in (one.stored, one.now)
    }
    without = {"cpu_model", "cpu_features", "machine"} | ({"platform"} if not portable or len(libraries) < 2 else set())
    return [one for one in factors if one.known and one.name not in without]


def portable_cause(processor: Factor) -> str:
    """Return what is said where a trial with `determinism: portable` has other bits and only the processor differs."""
    return (
        f"not known. With `determinism: portable` another kind of processor (stored: {processor.stored or 'unknown'}, "
        f"here: {processor.now}) should give the same bits, and it does not: docs/portable.md says what was compared. "
        "Please report it."
    )


def compare_elsewhere(
    results: Results,
    task: str,
    pairs: Sequence[Mapping[str, tuple[float, float]]],
    correlations: Sequence[float],
    processor: Factor,
    margin: float = MARGIN,
) -> Elsewhere:
    """Return whether trials that were run on another kind of processor give the results of the stored ones.

    Two one-sided t tests (Schuirmann 1987) of the paired differences, each of 5 %, for each metric of the headline.

    Args:
        results: the stored trials, which show the SD over seeds.
        task: whose headline is compared.
        pairs: a mapping a trial, metric -> (stored, now).
        correlations: of each trial's scores of test, as stored and as they are now.
        processor: the kinds.
        margin: how large a difference counts as none, in SD over seeds.

    Raises:
        InputError: a margin that is not above 0.
    """
    if not margin > 0 or not math.isfinite(margin):
        raise InputError(f"Expected a margin above 0, in SD over seeds. Received: {margin:g}.")
    found = []
    for name in headline(task):
        differences = np.array([now - before for pair in pairs for before, now in [pair.get(name, (math.nan,) * 2)]])
        found.append(_metric(name, differences[np.isfinite(differences)], _seed_sd(results, name), margin))
    known = [one for one in correlations if math.isfinite(one)]
    return Elsewhere(cause_of(processor), tuple(found), min(known, default=math.nan), len(pairs))


def score_correlation(stored: Mapping[tuple[str, str], float], again: Mapping[tuple[str, str], float]) -> float | None:
    """Return Pearson's correlation of the scores of test, None where they are too few or all the same."""
    both = [(value, again[key]) for key, value in stored.items() if key[0] == "test" and key in again]
    values: NDArray[np.float64] = np.array(both, np.float64).reshape(-1, 2)
    values = values[np.isfinite(values).all(axis=1)]
    if len(values) < 2 or np.ptp(values[:, 0]) == 0 or np.ptp(values[:, 1]) == 0:
        return None
    return float(np.asarray(np.corrcoef(values.T))[0, 1])


def _metric(name: str, differences: NDArray[np.float64], seed_sd: float, margin: float) -> MetricElsewhere:
    n, nan = differences.size, math.nan
    mean = float(differences.mean()) if n else nan
    sd = float(differences.std(ddof=1)) if n > 1 else nan
    near = margin * seed_sd
    needed = _needed(sd, near) if n > 1 else 0
    if n < _FEWEST or not near > 0:
        return MetricElsewhere(name, mean, sd, nan, nan, seed_sd, near, None, max(needed, _FEWEST) if near > 0 else 0)
    half = t_quantile(_LEVEL, n - 1) * sd / math.sqrt(n)
    low, high = mean - half, mean + half
    if -near < low and high < near:
        return MetricElsewhere(name, mean, sd, low, high, seed_sd, near, equivalent=True)
    apart = low >= near or high <= -near
    return MetricElsewhere(name, mean, sd, low, high, seed_sd, near, False if apart else None, 0 if apart else needed)


def _needed(sd: float, near: float) -> int:
    """Return how many trials would show a difference of 0 to be within the margin."""
    if not near > 0 or math.isnan(sd):
        return 0
    for n in range(_FEWEST, _MOST):
        if t_quantile(_LEVEL, n - 1) * sd / math.sqrt(n) < near:
            return n
    return 0


def _seed_sd(results: Results, metric: str) -> float:
    """Return the SD of a metric over seeds, pooled over configurations; NaN where none has two seeds."""
    rows = results.trials[results.trials["status"] == "ok"]
    column = f"metric.{metric}"
    if column not in rows:
        return math.nan
    each = rows.groupby("config_id")[column].agg(["var", "count"])
    each = each[each["count"] > 1]
    return stats.pooled_sd(each["var"].to_numpy(), each["count"].to_numpy() - 1)[0] if len(each) else math.nan

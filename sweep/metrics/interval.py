"""What every interval of an error rate says about itself: ends, counts, method, unit of resampling, cautions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sweep.metrics.interval_methods import IntervalMethod, Kind
from sweep.metrics.proportion import Bounds
from sweep.metrics.scores import FloatArray

# Doddington, Speech Communication 31, 2000: with 30 errors the rate is within 30 % of the truth at 90 % confidence.
RULE_OF_30 = 30
# Below this many clusters the percentile bootstrap covers too little.
FEW_SUBJECTS = 20
# Below this many scores of a class the threshold hangs on single ones.
FEW_SCORES = 20


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval.

    estimate, low, high: fractions. method: how the interval was found. unit: what was drawn again ("score", "subject",
    ...), of which there are n_units. replicates: draws, 0 for a closed form. cautions: sentences the reader needs.
    kind: what the method is, for code.
    """

    estimate: float
    low: float
    high: float
    confidence: float
    method: str
    unit: str
    n_units: int
    n_genuine: int
    n_impostor: int
    replicates: int = 0
    cautions: tuple[str, ...] = ()
    kind: Kind = field(kw_only=True)

    def __str__(self) -> str:
        """Return one line in per cent, with method and unit."""
        return (
            f"{100 * self.estimate:.3f} % [{100 * self.low:.3f}, {100 * self.high:.3f}] at {100 * self.confidence:g} % "
            f"({self.method}; unit: {self.unit}, {self.n_units} of them)"
        )


def interval_of(
    estimate: float,
    bounds: Bounds,
    confidence: float,
    method: IntervalMethod,
    sizes: tuple[int, int],
    unit: str,
    n_units: int,
    replicates: int,
    cautions: tuple[str, ...],
) -> Interval:
    """Return the interval of a rate over genuine and impostor scores; sizes: how many of each."""
    return Interval(
        estimate=estimate,
        low=bounds.low,
        high=bounds.high,
        confidence=confidence,
        method=method.title,
        kind=method.kind,
        unit=unit,
        n_units=n_units,
        n_genuine=sizes[0],
        n_impostor=sizes[1],
        replicates=replicates,
        cautions=cautions,
    )


def percentile(values: FloatArray, confidence: float) -> Bounds:
    """Return the percentile interval of the replicates (B,), NaN left out: its ends are values that occurred.

    Percentile, not BCa: the rates live on a lattice, on which the bias correction loses coverage.
    """
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail], method="inverted_cdf")
    return Bounds(float(low), float(high))


def count_cautions(errors: dict[str, int]) -> tuple[str, ...]:
    """Return the caution of the rule of 30 for the error counts that are below it, by their names."""
    few = [f"{name} {count}" for name, count in errors.items() if count < RULE_OF_30]
    return (f"Fewer than 30 errors ({', '.join(few)}): the rate itself is uncertain (rule of 30).",) if few else ()


def fmr_cautions(wanted: Sequence[float], n_genuine: int, n_impostor: int) -> tuple[str, ...]:
    """Return the caution of the rule of 30 for FNMRs at wanted FMRs, where so few false matches are expected.

    wanted: fractions. Below one expected false match no threshold has the wanted FMR: the FNMR is that at FMR 0.
    """
    few = [one for one in wanted if 0 < one < 1 and one * n_impostor < RULE_OF_30 * (1 - 1e-9)]
    said = []
    if few:
        points, counts = (
            " and ".join(f"{k * one:.4g}{sign}" for one in few) for k, sign in ((100, " %"), (n_impostor, ""))
        )
        none = [one for one in few if one * n_impostor < 1 - 1e-9]
        least = ""
        if none:
            lower = " and lower" if len(none) > 1 else ""
            least = f", and at FMR {100 * max(none):.4g} %{lower} the FNMR at no false match, an extrapolation"
        said.append(
            f"FNMR at FMR {points}: {n_impostor} impostor scores give {counts} false matches, fewer than {RULE_OF_30}: "
            f"it is uncertain (rule of 30){least}."
        )
    if wanted and n_genuine < RULE_OF_30:
        said.append(f"FNMR at a wanted FMR: only {n_genuine} genuine scores, fewer than {RULE_OF_30}: it is uncertain.")
    return tuple(said)


def few_cautions(sizes: tuple[int, int], unit: str, n_units: int, drawn: FloatArray) -> tuple[str, ...]:
    """Return what few scores or few clusters mean for an interval that covers with them: it is wide, and rough.

    sizes: genuine and impostor scores. unit: what was drawn again, "" for single scores. drawn: (B,) the replicates.
    """
    answer = []
    for name, size in zip(("genuine", "impostor"), sizes, strict=True):
        if size < FEW_SCORES:
            answer.append(f"Only {size} {name} scores, fewer than {FEW_SCORES}: the interval is rough.")
    if unit and n_units < FEW_SUBJECTS:
        answer.append(f"Only {n_units} to draw from (unit: {unit}), fewer than {FEW_SUBJECTS}: the interval is rough.")
    undefined = int(np.isnan(drawn).sum())
    if undefined:
        answer.append(f"{undefined} replicates drew no score of one class and were left out.")
    return tuple(answer)


def cluster_cautions(unit: str, n_units: int, undefined: int) -> tuple[str, ...]:
    """Return the cautions of a cluster bootstrap: too few clusters, replicates in which a class was empty."""
    answer = []
    if n_units < FEW_SUBJECTS:
        answer.append(f"Only {n_units} to draw from (unit: {unit}), fewer than 20: the interval is likely too narrow.")
    if undefined:
        answer.append(f"{undefined} replicates drew no score of one class and were left out.")
    return tuple(answer)

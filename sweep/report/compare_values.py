"""What can be said from a value a seed alone: the interval on this test set, and a published number against it."""

from dataclasses import dataclass, replace
from typing import Any

from sweep.analysis.published import Paper, known_sd, with_source
from sweep.errors import InputError
from sweep.metrics.catalogue import metric_called
from sweep.report.text_columns import limits, number
from sweep.stats import Against, Interval, against, rate_variance, t_interval
from sweep.stats.outlying_seeds import apart_note


@dataclass(frozen=True)
class ComparedValues:
    """The interval over given values, and a published number against them; per_cent: how they are written."""

    metric: str
    here: Interval
    against: Against | None
    per_cent: bool
    apart: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return everything as one object for JSON."""
        said = {"metric": self.metric, **self.here.as_dict(), "per_cent": self.per_cent, "apart": self.apart}
        return said | {"against": self.against.as_dict() if self.against else None}

    def as_text(self) -> str:
        """Return some lines for a person."""
        unit = ", in per cent" if self.per_cent else ""
        seeds = "1 seed" if self.here.n_seeds == 1 else f"{self.here.n_seeds} seeds"
        lines = [
            f"{self.metric} over {seeds}{unit}: mean {number(self.here.value)}, "
            f"SD {number(self.here.sd)}, {100 * self.here.level:g} % interval for {self.here.covers} "
            f"{limits(self.here.low, self.here.high)} ({self.here.method})",
        ]
        if self.here.note:
            lines.append(f"{self.here.note[0].upper()}{self.here.note[1:]}.")
        if self.apart:
            lines.append(f"{self.apart[0].upper()}{self.apart[1:]}.")
        if self.against:
            lines += ["", f"Published {self.metric}={self.against.published:g}:", f"- {self.against}"]
        return "\n".join(lines)


def compare_values(
    metric: str,
    values: list[float],
    *,
    published: Paper | None = None,
    seed_sd: float | tuple[float, float] | None = None,
    n_test: float | None = None,
    per_cent: bool = False,
    level: float = 0.95,
) -> ComparedValues:
    """Return what the values of some seeds say, and of a published number.

    Args:
        metric: its name, for the words.
        values: one a seed.
        published: what a paper says, in the same unit; where its test set is another one the metric is taken as a rate.
        seed_sd: the SD of a run, where it is known, in the same unit, or (SD, degrees of freedom).
        n_test: samples of the own test set; None: as many as the paper's.
        per_cent: whether rates are in per cent.
        level: nominal coverage.

    Raises:
        InputError: no value, one that is not finite, or no rate where a size is given.
    """
    unit = 100.0 if per_cent else 1.0
    rate = metric_called(metric).rate and all(0 <= value <= unit for value in values)
    here = _in_unit(t_interval([value / unit for value in values], level, rate=True), unit) if rate else None
    here, found = here or t_interval(values, level), None
    if published is not None:
        found = _against(metric, values, here.value, published, seed_sd, n_test, unit, level)
    names = [f"value {number} of {len(values)}" for number in range(1, len(values) + 1)]
    return ComparedValues(metric, here, found, per_cent, _apart(values, unit, names, rate=rate, level=level))


def _against(
    metric: str,
    values: list[float],
    mean: float,
    paper: Paper,
    seed_sd: float | tuple[float, float] | None,
    n_test: float | None,
    unit: float,
    level: float,
) -> Against:
    number = paper.number(metric, unit)
    is_rate = metric_called(metric).rate
    if is_rate and min(values) >= 0 and max(values) <= 1 < number and unit == 1:
        raise InputError(
            f"Expected a published {metric} from 0 to 1, as your values are. Received: {number:g}. Give "
            "fractions, or say --per-cent if all are in per cent."
        )
    if not (is_rate or (paper.n is None and paper.errors is None)):
        raise InputError(f"Expected a rate where another test set is named. Received: {metric}, which is none.")
    n_paper = paper.n or (sum(n for _, n in paper.errors) if paper.errors else None)
    own, variance = n_test or n_paper, 0.0
    if own is not None and n_paper is not None:
        variance = unit**2 * rate_variance(mean / unit, own)
    known = paper.variance()
    found = against(
        values,
        number,
        level=level,
        pooled=known_sd(seed_sd),
        test_set_variance=variance,
        n_published=paper.n,
        n_test=own,
        best_of=paper.best_of,
        n_seeds=paper.n_seeds,
        sd=paper.sd,
        higher_is_better=metric_called(metric).direction == "higher",
        published_variance=None if known is None else unit**2 * known,
        rate=is_rate and unit == 1 and min(values) >= 0 and max(values) <= 1,
    )
    found = with_source(found, seed_sd)
    if is_rate and min(values) >= 0 and max(values) <= 100:
        # Without a word of it, numbers above 1 can only be per cent.
        most = unit if max(values) <= unit else 100.0
        found = replace(found, low=max(found.low, 0.0), high=min(found.high, most))
    return found


def _apart(values: list[float], unit: float, names: list[str], *, rate: bool, level: float) -> str:
    """Return which values stand apart; of rates in per cent judged, and written, as fractions."""
    return apart_note([value / unit for value in values] if rate else values, names, rate=rate, level=level)


def _in_unit(interval: Interval, unit: float) -> Interval:
    """Return an interval of fractions in the unit in which the values were given."""
    scaled = {name: unit * getattr(interval, name) for name in ("value", "low", "high", "sd", "se")}
    return replace(interval, **scaled)

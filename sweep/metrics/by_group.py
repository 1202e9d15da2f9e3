"""FMR and FNMR of groups of people at one threshold, with intervals that hold for all groups at once.

At one threshold for all, a group with more false non-matches is served worse, and one with more false matches is
protected worse (ISO/IEC 19795-10). The more groups are looked at, the more differ by chance: so the intervals are
simultaneous, by Bonferroni's inequality over all rates that are shown.
"""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError
from sweep.errors.display import displayed
from sweep.metrics.clustered_rate import CLUSTERED, EXACT, ClusteredRate, Marked, clustered_rates
from sweep.metrics.interval import FEW_SUBJECTS
from sweep.metrics.largest_ratio import LargestRatio, largest_ratio
from sweep.metrics.proportion import check_confidence

RATES = ("fmr", "fnmr")
_CLASS = {"fmr": "impostor", "fnmr": "genuine"}


@dataclass(frozen=True)
class GroupRow:
    """One group: its error rates at the threshold; None where it has no score of that class. note: what to know."""

    name: str
    fmr: ClusteredRate | None
    fnmr: ClusteredRate | None
    note: str = ""


@displayed
@dataclass(frozen=True)
class GroupRates:
    """What `rates_by_group` found.

    rows: a group each, by name. fmr_ratio, fnmr_ratio: the largest ratio between two groups, None with fewer than two.
    confidence: that all intervals hold their rates together. each: of one interval alone. unit: what was taken for
    independent. n_unnamed: scores of no group, which are left out. n_failed: without a score, left out too.
    """

    threshold: float
    rows: tuple[GroupRow, ...]
    fmr_ratio: LargestRatio | None
    fnmr_ratio: LargestRatio | None
    confidence: float
    each: float
    method: str
    unit: str
    n_unnamed: int = 0
    n_failed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return every field; a limit that does not exist is None."""
        rows = {row.name: {key: value for key, value in asdict(row).items() if key != "name"} for row in self.rows}
        ratios = {f"{rate}_ratio": one.as_dict() if one else None for rate, one in self.ratios.items()}
        other = ("threshold", "confidence", "each", "method", "unit", "n_unnamed", "n_failed")
        return {name: getattr(self, name) for name in other} | {"groups": rows} | ratios

    @property
    def ratios(self) -> dict[str, LargestRatio | None]:
        """Return rate -> the largest ratio of it between two groups."""
        return {"fmr": self.fmr_ratio, "fnmr": self.fnmr_ratio}

    def __str__(self) -> str:
        """Return the table, the ratios and what to know beside them."""
        return "\n".join(lines_of(self))


def rates_by_group(
    score: ArrayLike,
    label: ArrayLike,
    group: ArrayLike,
    *,
    threshold: float,
    subject: ArrayLike | None = None,
    other: ArrayLike | None = None,
    unit: str = "subject",
    confidence: float = 0.95,
) -> GroupRates:
    """Return FMR and FNMR of each group at a threshold, with simultaneous intervals, and their largest ratios.

    Args:
        score: (n,) higher is more genuine, accepted when score >= threshold; NaN is a failure to acquire, left out.
        label: (n,) 1 genuine, 0 impostor.
        group: (n,) names; "", None and NaN are no group, and are left out and counted.
        threshold: the same for all groups, chosen on other data, as the threshold of a development set's EER.
        subject: (n,) whose score it is; None takes every score as independent.
        other: (n,) the second person of a comparison, where there is one.
        unit: what `subject` holds, in words.
        confidence: with which all intervals hold their rates together.

    Raises:
        InputError: lengths that differ, another label, an infinity, a threshold that is no number, or no named group.

    References: ISO/IEC 19795-10:2024 (differential performance at a global threshold); Miller, Simultaneous
    Statistical Inference, 1981, section 1.3 (Bonferroni's inequality); the intervals of `clustered_rates`.

    >>> from sweep import metrics
    >>> found = metrics.rates_by_group([0.9, 0.2, 0.8, 0.7], [1, 0, 1, 0], ["a", "a", "b", "b"], threshold=0.5)
    >>> [(row.name, row.fmr.value, row.fnmr.value) for row in found.rows]
    [('a', 0.0, 0.0), ('b', 1.0, 0.0)]
    """
    check_confidence(confidence)
    if not math.isfinite(threshold):
        raise InputError(f"Expected a finite threshold. Received: {threshold}.")
    scores, genuine = _scores(score, label)
    names = _words("group", group, scores.size)
    people = None if subject is None else _words("subject", subject, scores.size)
    second = None if subject is None or other is None else _words("other", other, scores.size)
    if people is not None and (people == "").any():
        raise InputError(
            f"Expected a {unit} for every score. Received: {int((people == '').sum())} without one. Name them, or "
            "leave `subject` out, which takes every score as independent."
        )
    failed, named = np.isnan(scores), names != ""
    if not named.any():
        raise InputError(f"Expected names of groups. Received: none for {scores.size} scores.")
    kept = named & ~failed
    every = sorted(set(names[named].tolist()))
    sides = {"fmr": ~genuine, "fnmr": genuine}
    wrong = {"fmr": scores >= threshold, "fnmr": scores < threshold}
    marked: dict[str, dict[str, Marked]] = {rate: {} for rate in RATES}
    for name in every:
        for rate in RATES:
            rows = kept & (names == name) & sides[rate]
            if rows.any():
                marked[rate][name] = Marked(wrong[rate][rows], *_units(people, second, rows))
    # A group of one person has no limits that could be wrong: it costs the others nothing.
    n_intervals = max(1, sum(one.n_units != 1 for rate in RATES for one in marked[rate].values()))
    each = 1 - (1 - confidence) / n_intervals
    found = {rate: clustered_rates(marked[rate], confidence=each) for rate in RATES}
    table = tuple(_row(name, found["fmr"].get(name), found["fnmr"].get(name), unit) for name in every)
    shown = GroupRates(
        threshold=float(threshold),
        rows=table,
        fmr_ratio=largest_ratio(found["fmr"], unit),
        fnmr_ratio=largest_ratio(found["fnmr"], unit),
        confidence=confidence,
        each=each,
        method=f"{EXACT if people is None else CLUSTERED.format(unit=unit)}; Bonferroni over {n_intervals} rates",
        unit="score" if people is None else unit,
    )
    return replace(shown, n_unnamed=int((~named).sum()), n_failed=int((failed & named).sum()))


def lines_of(found: GroupRates) -> list[str]:
    """Return the answer as lines of text, rates in per cent."""
    head = ("group", "FMR (%)", "", "FNMR (%)", "", "")
    rows = [(row.name[:40], *_shown(row.fmr), *_shown(row.fnmr), row.note) for row in found.rows]
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = [
        "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    ]
    lines += [f"{rate.upper()}: {ratio}" for rate, ratio in found.ratios.items() if ratio]
    if len(found.rows) < 2:
        lines.append("One group alone: there is no ratio.")
    lines.append(
        f"All intervals hold together at {100 * found.confidence:g} % ({found.method}), at the threshold "
        f"{found.threshold:.6g}."
    )
    lines += [f"{found.n_unnamed} scores of no named group are left out."] if found.n_unnamed else []
    lines += [f"{found.n_failed} attempts without a score are left out."] if found.n_failed else []
    return lines


def _shown(rate: ClusteredRate | None) -> tuple[str, str]:
    if rate is None:
        return "-", ""
    return f"{100 * rate.value:.3f} [{100 * rate.low:.3f}, {100 * rate.high:.3f}]", f"{rate.n_errors} of {rate.n}"


def _row(name: str, fmr: ClusteredRate | None, fnmr: ClusteredRate | None, unit: str) -> GroupRow:
    """Return a group with what to know of it: a class that it lacks, few people."""
    notes = [f"no {_CLASS[rate]} scores" for rate, one in zip(RATES, (fmr, fnmr), strict=True) if one is None]
    counts = [one.n_units for one in (fmr, fnmr) if one and one.n_units]
    if counts and min(counts) < FEW_SUBJECTS:
        few = min(counts)
        notes.append(f"one {unit}: nothing is known of others" if few == 1 else f"few {unit}s: {few}")
    return GroupRow(name, fmr, fnmr, "; ".join(notes))


def _scores(score: ArrayLike, label: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    scores, labels = np.asarray(score, dtype=np.float64), np.asarray(label)
    if scores.ndim != 1 or labels.shape != scores.shape or not scores.size:
        raise InputError(
            f"Expected a score and a label for each comparison. Received: shapes {scores.shape} and {labels.shape}."
        )
    if not np.isin(labels, (0, 1)).all():
        raise InputError("Expected labels 1 (genuine) and 0 (impostor). Received: others.")
    if np.isinf(scores).any():
        raise InputError(f"Expected finite scores. Received: {int(np.isinf(scores).sum())} infinite.")
    return scores, labels == 1


def _words(what: str, given: ArrayLike, n: int) -> NDArray[np.str_]:
    """Return names as words without blanks around, "" for none."""
    values = np.asarray(given, dtype=object)
    if values.shape != (n,):
        raise InputError(f"Expected a {what} for each of {n} scores. Received: shape {values.shape}.")
    words = ["" if one is None or one != one else str(one).strip() for one in values.tolist()]
    return np.array(["" if word.lower() in ("nan", "none", "<na>") else word for word in words], dtype=np.str_)


def _units(
    people: NDArray[np.str_] | None, second: NDArray[np.str_] | None, rows: NDArray[np.bool_]
) -> tuple[NDArray[np.intp] | None, NDArray[np.intp] | None]:
    """Return the numbers of both people of the chosen scores."""
    if people is None or not rows.any():
        return None, None
    first = people[rows]
    other = first if second is None else np.where(second[rows] == "", first, second[rows])
    _, numbers = np.unique(np.concatenate((first, other)), return_inverse=True)
    one, two = np.split(numbers.astype(np.intp), 2)
    return one, two

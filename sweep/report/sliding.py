"""What the threshold slider of a page shows: FAR, FRR and HTER of dev and test at fixed thresholds, as JSON."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.analysis.configurations import of_configuration
from sweep.analysis.folds import gathered
from sweep.analysis.study_scores import study_scores
from sweep.errors import InputError
from sweep.report.class_scores import ClassScores
from sweep.report.labels import names
from sweep.report.summary import Report
from sweep.stats.fixed_threshold import METHOD, RATES, rates_at, thresholds_of
from sweep.stats.scored_trials import TrialScores
from sweep.store.store import Results

DIGITS = 5  # of a rate, as a fraction


def sliding(report: Report, results: Results, found: list[ClassScores]) -> dict[str, Any] | None:
    """Return the numbers of the slider for the configurations that the figures show; None where there are none.

    Keys: method; configurations: name, place (in the histogram), cases (how many and of what), threshold (where the
    slider begins, an index), thresholds, and dev and test: rate -> a list of [mean, low, high], null where unknown.
    """
    results, whole = gathered(results), names(report)
    every = []
    cases = "cases"
    for place, own in enumerate(found):
        row = report.rows[own.at]
        try:
            scores = _scores(results, row.config_id)
        except InputError:  # seeds with test sets of their own have no subjects in common
            continue
        rows = np.flatnonzero(scores.config == row.config_id)
        marks = np.array([rounded(float(np.median(own.thresholds)))]) if own.thresholds else np.empty(0)
        thresholds = thresholds_of(scores, rows, marks, rounded=rounded)
        cases = f"{scores.unit}s"
        said: dict[str, Any] = {
            "name": whole[own.at],
            "place": place,
            "seeds": len(rows),
            "cases": f"{scores.n_units()} {cases}",
            "threshold": int(np.abs(thresholds - marks[0]).argmin()) if marks.size else len(thresholds) // 2,
            "thresholds": thresholds.tolist(),
        }
        for split in ("dev", "test") if scores.dev is not None else ("test",):
            at = rates_at(scores, rows, thresholds, on_dev=split == "dev", level=report.level)
            said[split] = {name: _told(at.rates[name]) for name in RATES}
        every.append(said)
    if not every:
        return None
    return {"method": METHOD.format(cases=cases), "level": report.level, "configurations": every}


def _scores(results: Results, config_id: str) -> TrialScores:
    """Return the scores of all trials, or of those of one configuration where others have another test set."""
    try:
        return study_scores(results)
    except InputError:
        return study_scores(of_configuration(results, config_id))


def rounded(value: float) -> float:
    """Return a threshold as it is written: six digits."""
    return float(f"{value:.6g}")


def as_script(data: dict[str, Any]) -> str:
    """Return JSON that stands in a script element: no mark in a name can end it."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def _told(rates: NDArray[np.float64]) -> list[list[float | None]]:
    lines: list[list[float | None]] = rates.round(DIGITS).tolist()
    if np.isnan(rates).any():
        return [[None if one != one else one for one in line] for line in lines]
    return lines

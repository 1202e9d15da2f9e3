"""The classes of a classification study: precision, recall and F1 with intervals, for each configuration."""

from dataclasses import replace
from typing import Any

import numpy as np

from sweep.errors import InputError
from sweep.report.answer import Table
from sweep.report.current import current
from sweep.report.study_scores import study_scores
from sweep.stats.class_report import QUANTITIES, ClassReport, class_report
from sweep.stats.interval import Interval
from sweep.store.store import Results

MOST = 20  # classes; of more the page would show nothing that is read, and every class costs three bootstraps


def class_reports(results: Results, level: float = 0.95) -> dict[str, ClassReport]:
    """Return config_id -> its classes, where a trial is ok and its predictions are stored; {} for other tasks.

    Configurations may have test sets of their own: each is read alone. The bootstrap draws from seed 0.
    """
    if results.study["task"] != "classification" or not len(results.scores):
        return {}
    found = {}
    for config_id, said in results.study["configurations"].items():
        one = of_configuration(results, config_id)
        names = tuple(map(str, said.get("classes", ())))
        if not len(current(one).ok) or len(names) > MOST:
            continue
        try:
            scores = study_scores(one)
        except InputError:  # seeds on test sets of their own have no confusion matrix in common
            continue
        prediction = scores.test.prediction
        if prediction is not None and np.isfinite(prediction).all() and prediction.max() < MOST:
            found[str(config_id)] = class_report(scores, names, level=level, rng=np.random.default_rng(0))
    return found


def of_configuration(results: Results, config_id: str) -> Results:
    """Return the results with the plan of one configuration alone."""
    study: dict[str, Any] = dict(results.study)
    study["configurations"] = {config_id: results.study["configurations"][config_id]}
    study["plan"] = [one for one in results.study["plan"] if one["config_id"] == config_id]
    return replace(results, study=study)


def class_tables(label: str, found: ClassReport, level: float) -> list[Table]:
    """Return the table of the classes of one configuration, and its confusion matrix."""
    wide = f"{100 * level:g} %"
    rows = tuple(
        (row.name, *(f"{_said(row.here[key])} {_limits(row.new[key])}" for key in QUANTITIES), str(row.support))
        for row in found.rows
    )
    new = found.rows[0].new["recall"]
    note = (
        f"In per cent, mean over {found.n_seeds} seeds. First [low, high]: {wide} for this test set (t over seeds); "
        f"second: {wide} for {new.covers} ({new.method}). 0 where a class was never predicted."
    )
    names = [row.name for row in found.rows]
    cells = tuple(
        (name, *(_share(share, sd) for share, sd in zip(shares, sds, strict=True)))
        for name, shares, sds in zip(names, found.share, found.share_sd, strict=True)
    )
    return [
        Table(f"Classes, {label}", ("class", "precision", "recall", "F1", "support"), rows, note),
        Table(
            f"Confusion, {label}", ("true \\ predicted", *names), cells,
            "Per cent of the row's samples: mean over seeds (SD over seeds).",
        ),
    ]  # fmt: skip


def _said(interval: Interval) -> str:
    return f"{100 * interval.value:.1f} {_limits(interval)}"


def _limits(interval: Interval) -> str:
    return "[-]" if np.isnan(interval.low) else f"[{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def _share(share: float, sd: float) -> str:
    return f"{100 * share:.1f}" + ("" if np.isnan(sd) else f" ({100 * sd:.1f})")

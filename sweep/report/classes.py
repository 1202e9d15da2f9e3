"""The tables of the classes of a classification: precision, recall and F1 with intervals, and who is taken for whom."""

import math

from sweep.report.study_answer import Table
from sweep.stats.class_report import QUANTITIES, ClassReport
from sweep.stats.interval import Interval


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
    return "[-]" if math.isnan(interval.low) else f"[{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def _share(share: float, sd: float) -> str:
    return f"{100 * share:.1f}" + ("" if math.isnan(sd) else f" ({100 * sd:.1f})")

"""The figures that a report's results allow, as SVG."""

from dataclasses import dataclass

from sweep.analysis.current import current, epochs_of
from sweep.analysis.folds import gathered
from sweep.report.class_scores import ClassScores, class_scores
from sweep.report.labels import names
from sweep.report.summary import Report
from sweep.report.vector.canvas import Canvas
from sweep.report.vector.epochs import losses
from sweep.report.vector.histograms import scores
from sweep.report.vector.looks import decisions
from sweep.report.vector.matrices import confusion
from sweep.report.vector.rates import det, roc
from sweep.report.vector.rows import forest, variance
from sweep.report.vector.strips import strips
from sweep.store.store import Results


@dataclass(frozen=True)
class Drawn:
    """name -> figure, in the order in which a page shows them; and the scores that curves were drawn from."""

    figures: dict[str, Canvas]
    scores: list[ClassScores]


def drawn_from(report: Report, results: Results) -> Drawn:
    """Return the figures that the results allow."""
    results = gathered(results)
    ok = current(results).ok
    label = dict(zip((row.config_id for row in report.rows), names(report), strict=True))
    found = class_scores(report, results) if report.task == "verification" else []
    figures = {
        "decisions": decisions(report),
        "seeds": strips(report, ok),
        "forest": forest(report),
        "variance": variance(report),
        "confusion": confusion({label[key]: one for key, one in report.classes.items()}),
        "det": det(report, found),
        "roc": roc(report, found),
        "scores": scores(report, found),
        "losses": losses(report, epochs_of(results, ok)),
    }
    return Drawn({name: figure for name, figure in figures.items() if figure is not None}, found)

"""The figures of Matplotlib, for who asks for PNG or PDF: `sweep report --figures png,pdf`."""

from contextlib import nullcontext

from sweep.analysis.current import current, epochs_of, test_scores
from sweep.analysis.folds import gathered
from sweep.report.confusion import confusion_figure
from sweep.report.decisions_figure import decisions_figure
from sweep.report.det import det_figure
from sweep.report.figure_style import paper, pdf, png
from sweep.report.forest import forest_figure
from sweep.report.labels import names
from sweep.report.losses import losses_figure
from sweep.report.seeds import seeds_figure
from sweep.report.summary import Report
from sweep.report.variance import variance_figure
from sweep.store.store import Results


def plot(report: Report, results: Results, kind: str) -> dict[str, bytes]:
    """Return the figures that results allow, file name -> content; kind: "png", or "pdf" for a column of a paper."""
    results = gathered(results)
    ok = current(results).ok
    with paper() if kind == "pdf" else nullcontext():
        drawn = {
            "seeds": seeds_figure(report),
            "forest": forest_figure(report),
            "variance": variance_figure(report),
            "losses": losses_figure(report, epochs_of(results, ok)),
            "decisions": decisions_figure(report),
        }
        if report.classes:
            label = dict(zip((row.config_id for row in report.rows), names(report), strict=True))
            drawn["confusion"] = confusion_figure({label[key]: one for key, one in report.classes.items()})
        if report.task == "verification":
            drawn["det"] = det_figure(report, ok, test_scores(results, ok))
        content = pdf if kind == "pdf" else png
        return {f"{name}.{kind}": content(figure) for name, figure in drawn.items() if figure is not None}

"""The figures of `sweep metrics --plot`: DET, ROC, EPC and score histograms, each with its band, as PNG files."""

from pathlib import Path

import numpy as np

from sweep.metrics.band import curves, thresholds_for
from sweep.metrics.canvas import DEV, TEST, Shown
from sweep.metrics.equal_error_rate import eer
from sweep.metrics.figure_curves import det_figure, epc_figure, roc_figure
from sweep.metrics.figure_scores import bin_edges, scores_figure
from sweep.metrics.score_set import ScoreSet, Unit


def write_figures(
    folder: Path,
    dev: ScoreSet,
    test: ScoreSet | None,
    *,
    rng: np.random.Generator,
    unit: Unit = "score",
    confidence: float = 0.95,
    distances: bool = False,
) -> list[Path]:
    """Write det.png, roc.png, scores.png and, with a test set, epc.png; return their paths.

    Bands are pointwise percentile bands over draws of the unit. distances: the scores are negated distances.
    Raises InputError when a file does not name the unit, OSError when the folder cannot be written.
    """
    given = [("dev", DEV, dev)] + ([("test", TEST, test)] if test else [])
    genuine, impostor = (
        np.concatenate([row.scores for row in rows])
        for rows in ([s.genuine for *_, s in given], [s.impostor for *_, s in given])
    )
    grid = np.union1d(thresholds_for(genuine, impostor), bin_edges([s for *_, s in given]))
    sets = [
        Shown(name, colour, s, curves(s.genuine.scores, s.impostor.scores, grid, s.clusters(unit), stream))
        for (name, colour, s), stream in zip(given, rng.spawn(len(given)), strict=True)
    ]
    threshold = eer(dev.genuine.scores, dev.impostor.scores).threshold
    note = f"bands: {100 * confidence:g} %, pointwise, drawn by {unit}"
    made = {
        "det": det_figure(sets, threshold, confidence, note),
        "roc": roc_figure(sets, threshold, confidence, note),
        "scores": scores_figure(sets, threshold, confidence, note, distances),
    }
    if test:
        made["epc"] = epc_figure(sets[0], sets[1], confidence, note)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.png" for name in made]
    for path, figure in zip(paths, made.values(), strict=True):
        figure.savefig(path, dpi=160)
    return paths

"""The figures: drawn from any study, quickly, and the DET curve right."""

import struct
import time
from pathlib import Path

import numpy as np
import pytest

from sweep import report
from sweep.report.det import fnmr_at
from sweep.report.shown_configurations import said, spread
from sweep.report.writing import draw
from sweep.store import store
from tests.report.conftest import Simulate
from tests.report.simulated import stored

LABELS = tuple(f"model.dropout={at / 12:.3f}" for at in range(12))


@pytest.mark.parametrize(("labels", "seeds"), [(("",), 1), (LABELS[:2], 3), (LABELS, 3)])
def test_every_figure_is_drawn(simulate: Simulate, labels: tuple[str, ...], seeds: int) -> None:
    """Strip plot, losses and DET exist as PNG of a readable size, at one seed and one configuration as well."""
    written = report.write(simulate(labels=labels, seeds=seeds))
    for name in ("seeds.png", "losses.png", "det.png"):
        head = (written.path / "report" / name).read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", head[16:24])
        assert 600 < width < 2000
        assert 250 < height < 4000


def test_a_crowded_figure_shows_best_and_worst_and_says_so(simulate: Simulate) -> None:
    """Of more configurations than fit, the choice spans the ranks, in the order of the plan."""
    found = report.summarise(simulate(labels=LABELS))
    shown = spread(found, 6)
    means = [row.metrics["eer"].interval.value for row in found.rows]
    assert len(shown) == 6
    assert shown == sorted(shown)
    assert {int(np.argmin(means)), int(np.argmax(means))} <= set(shown)
    assert said(found, shown) == "6 of 12 configurations, from the best to the worst mean EER"


def test_det_curve_is_the_fnmr_at_the_lowest_threshold_that_holds_the_fmr() -> None:
    """Compared with a plain search over all thresholds, ties included."""
    rng = np.random.default_rng(1)
    genuine = rng.random(200) < 0.4
    score = np.round(rng.normal(genuine * 1.5), 1)
    rates = np.array([0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.9])
    thresholds = np.append(np.unique(score), np.inf)
    expected = [
        min(np.mean(score[genuine] < t) for t in thresholds if np.mean(score[~genuine] >= t) <= rate) for rate in rates
    ]
    assert fnmr_at(rates, genuine, score) == pytest.approx(expected)


def test_a_big_study_takes_seconds(tmp_path: Path) -> None:
    """The figures of fifty trials with a thousand scores each are drawn while one waits."""
    results = store.load(stored(tmp_path / "big", labels=LABELS[:5], seeds=10, n=1000))
    found = report.summarise(results)
    at = time.process_time()
    assert set(draw(found, results)) >= {"seeds.png", "losses.png", "det.png"}
    assert time.process_time() - at < 8

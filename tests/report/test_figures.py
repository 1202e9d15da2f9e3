"""The figures: drawn from any study, quickly, and the DET curve right."""

import struct
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.special import ndtri

from sweep import report
from sweep.report.det import fnmr_at
from sweep.report.plotted import plot
from sweep.report.shown_configurations import said, spread
from sweep.store import store
from tests.drawn import bars, dots, ticks
from tests.report.conftest import Simulate
from tests.report.simulated import stored

LABELS = tuple(f"model.dropout={at / 12:.3f}" for at in range(12))


@pytest.mark.parametrize(("labels", "seeds"), [(("",), 1), (LABELS[:2], 3), (LABELS, 3)])
def test_every_figure_is_drawn(simulate: Simulate, drawn: list[Figure], labels: tuple[str, ...], seeds: int) -> None:
    """Every figure is a PNG of a readable size with all its marks in sight, at one seed and one configuration as well.

    Strip plot: a dot a seed, a diamond a configuration. Losses: both curves, and each seed's. DET: a line a seed.
    """
    results = simulate(labels=labels, seeds=seeds)
    written = report.write(results, figures=["png"])
    paths = [one for one in written.files if one.name.endswith(".png")]
    for one in paths:
        head = (written.path / "report" / one.name).read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", head[16:24])
        assert 600 < width < 2000
        assert 250 < height < 4000
    figures = dict(zip([one.name for one in paths], drawn, strict=True))
    assert set(figures) >= {"seeds.png", "losses.png", "det.png"} | ({"forest.png"} if seeds > 1 else set())
    _check_strips(figures["seeds.png"], written, labels, seeds)
    if "forest.png" in figures:
        _check_forest(figures["forest.png"], written)
    _check_losses(figures["losses.png"], results, min(9, len(labels)), seeds)
    _check_det(figures["det.png"], min(6, len(labels)), seeds)


def _check_strips(figure: Figure, written: report.Report, labels: tuple[str, ...], seeds: int) -> None:
    assert len(figure.axes) == len(written.headline) == 2
    for axes, name in zip(figure.axes, written.headline, strict=True):
        seen, means = dots(axes)
        values = np.concatenate([np.sort(row.metrics[name].values) for row in written.rows])
        np.testing.assert_allclose(seen[:, 0], 100 * values)
        assert np.round(seen[:, 1]).astype(int).tolist() == np.repeat(np.arange(len(labels)), seeds).tolist()
        np.testing.assert_allclose(means[:, 0], [100 * row.metrics[name].interval.value for row in written.rows])
        assert name.upper() in axes.get_xlabel()
        assert axes.get_ylim() == pytest.approx((len(labels) - 0.45, -0.55))
    words = ticks(figure.axes[0], "y")
    assert [word.endswith(f"{seeds}/{seeds}") for word in words] == [True] * len(labels)


def _check_forest(figure: Figure, written: report.Report) -> None:
    for axes, name in zip(figure.axes, written.headline, strict=True):
        middles = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "D"]
        np.testing.assert_allclose(middles, [100 * row.metrics[name].interval.value for row in written.rows])
        ends = [tuple(segments[0][:, 0]) for segments in bars(axes) if len(segments) == 1]
        for row in written.rows:
            for interval in (row.metrics[name].interval, row.metrics[name].new_subjects):
                assert interval is not None
                limits = (100 * interval.low, 100 * interval.high)
                assert any(end == pytest.approx(limits) for end in ends), (limits, ends)
                assert axes.get_xlim()[0] <= limits[0] <= limits[1] <= axes.get_xlim()[1]


def _check_losses(figure: Figure, results: store.Results, panels: int, seeds: int) -> None:
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == panels
    assert [text.get_text() for text in shown[0].get_legend().get_texts()] == ["train loss", "dev loss"]
    for axes in shown:
        named = {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}
        assert set(named) == {"train loss", "dev loss"}
        assert len(axes.lines) == 2 * (seeds + 1)
        assert len(axes.collections) == 2
        longest = max(len(line.get_xdata()) for line in axes.lines)
        assert 4 <= longest <= results.epochs["epoch"].max() + 1
        low, high = axes.get_ylim()
        assert all(low <= value <= high for line in named.values() for value in line.get_ydata())


def _check_det(figure: Figure, curves: int, seeds: int) -> None:
    axes = figure.axes[0]
    drawn_at_once = bars(axes)
    assert [len(lines) for lines in drawn_at_once] == [seeds] * curves
    thick = [line for line in axes.lines if len(line.get_xdata()) > 2]
    assert [f"({seeds} seed" in line.get_label() for line in thick] == [True] * curves
    assert [len(points) for points in dots(axes)] == [1] * curves
    assert axes.get_xlim() == axes.get_ylim()
    for lines in drawn_at_once:
        assert (np.diff(lines[:, :, 0]) > 0).all()
        assert (np.diff(lines[:, :, 1]) <= 1e-9).all(), "FNMR cannot grow with FMR"
    per_cent = np.array([float(word) for word in ticks(axes, "x")]) / 100
    np.testing.assert_allclose(axes.get_xticks(), ndtri(per_cent))


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


def test_the_marks_of_a_figure_do_not_grow_with_the_scores(tmp_path: Path, drawn: list[Figure]) -> None:
    """A DET curve of a thousand scores has as many points as one of sixty, so that a big study is drawn as soon."""
    points = []
    for n in (60, 1000):
        results = store.load(stored(tmp_path / f"with {n}", labels=LABELS[:2], seeds=3, n=n))
        names = list(plot(report.summarise(results), results, "png"))
        figure = dict(zip(names, drawn[-len(names) :], strict=True))["det.png"]
        points.append([lines.shape[:2] for lines in bars(figure.axes[0])])
    assert points[0] == points[1] == [(3, 240)] * 2

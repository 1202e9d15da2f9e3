"""`results.plot`: the report's figures in axes of the caller."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sweep import report
from sweep.errors import InputError
from sweep.store import store
from tests.drawn import bars, dots, ticks
from tests.report.conftest import Simulate

LABELS = ("model.dropout=0", "model.dropout=0.5", "model.dropout=0.7")


@pytest.fixture(scope="module")
def reference() -> store.Results:
    """The committed results of two configurations with ten seeds."""
    return store.load("results/reference")


@pytest.fixture
def axes() -> Axes:
    """Axes of a caller who needs no pyplot."""
    return Figure().subplots()


@pytest.fixture(autouse=True)
def no_figure_left() -> Iterator[None]:
    """Close what a test made with pyplot."""
    yield
    pyplot.close("all")


def test_the_prompt_names_the_plots(reference: store.Results) -> None:
    """`dir` of results and of their plots, for completion, and one line that tells them."""
    assert "plot" in dir(reference)
    assert [name for name in dir(reference.plot) if not name.startswith("_")] == [
        "det", "forest", "losses", "results", "seeds",
    ]  # fmt: skip
    assert repr(reference.plot) == "results.plot: seeds, forest, det, losses"


@pytest.mark.parametrize("metric", [None, "eer"])
def test_seeds_are_the_values_of_the_trials(reference: store.Results, axes: Axes, metric: str | None) -> None:
    """A dot a seed at its value in per cent, a diamond at the mean; None is HTER, as in `sweep.estimate`."""
    assert reference.plot.seeds(axes, metric) is axes
    seen, means = dots(axes)
    column = f"metric.{metric or 'hter'}"
    of = reference.trials.groupby("hp.model.dropout")[column]
    np.testing.assert_allclose(seen[:, 0], 100 * np.concatenate([np.sort(own) for _, own in of]))
    np.testing.assert_allclose(means[:, 0], 100 * of.mean())
    assert (metric or "hter").upper() in axes.get_xlabel()
    assert ticks(axes, "y") == ["dropout=0  10/10", "dropout=0.5  10/10"]


def test_the_forest_has_the_intervals_of_the_report(reference: store.Results, axes: Axes) -> None:
    """Each limit for this test set and for new subjects is the end of a bar."""
    assert reference.plot.forest(axes, level=0.9) is axes
    ends = [tuple(segments[0][:, 0]) for segments in bars(axes) if len(segments) == 1]
    for row in report.summarise(reference, 0.9).rows:
        for interval in (row.metrics["hter"].interval, row.metrics["hter"].new_subjects):
            assert interval is not None
            assert any(end == pytest.approx((100 * interval.low, 100 * interval.high)) for end in ends)


@pytest.mark.parametrize(("config_id", "curves"), [(None, 2), ("dropout=0.5", 1)])
def test_det_has_a_line_a_seed(reference: store.Results, axes: Axes, config_id: str | None, curves: int) -> None:
    """Of all configurations, or of the one that is asked for, which the title then names."""
    assert reference.plot.det(axes, config_id=config_id) is axes
    assert [len(lines) for lines in bars(axes)] == [10] * curves
    legend = axes.get_legend()
    assert legend is not None
    assert len(legend.get_texts()) == curves
    assert axes.get_title("left") == (config_id or "")
    assert axes.get_xlim() == axes.get_ylim()


def test_losses_of_several_configurations_are_told_apart(reference: store.Results, axes: Axes) -> None:
    """A colour a configuration, train solid and dev dashed; the medians are those of the stored epochs."""
    assert reference.plot.losses(axes) is axes
    named = {str(line.get_label()): line for line in axes.lines if not str(line.get_label()).startswith("_")}
    assert list(named) == [f"dropout={at}, {word} loss" for at in ("0", "0.5") for word in ("train", "dev")]
    assert len({line.get_color() for line in named.values()}) == 2
    config = reference.trials.set_index("hp.model.dropout")["config_id"][0.5].iloc[0]
    own = reference.epochs[reference.epochs["config_id"] == config]
    found = named["dropout=0.5, dev loss"].get_ydata()
    np.testing.assert_allclose(found, own.groupby("epoch")["val_loss"].median()[: len(found)])


def test_losses_of_one_configuration_are_those_of_the_report(reference: store.Results, axes: Axes) -> None:
    """Train and dev in the colours of the report's figure."""
    reference.plot.losses(axes, config_id="dropout=0")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["train loss", "dev loss"]  # type: ignore[union-attr]
    assert axes.get_title("left") == "dropout=0"


def test_without_axes_there_is_a_figure_that_a_notebook_shows(reference: store.Results) -> None:
    """One of pyplot; with axes of the caller there is none."""
    drawn = reference.plot.seeds()
    assert [pyplot.figure(number).axes for number in pyplot.get_fignums()] == [[drawn]]


def test_what_was_drawn_before_stays(reference: store.Results, axes: Axes) -> None:
    """A line of the caller's own is still there, and no other axes were added."""
    (line,) = axes.plot([10, 11], [0, 1])
    reference.plot.seeds(axes)
    assert line in axes.lines
    assert axes.figure.axes == [axes]


def test_a_study_without_a_name_for_its_only_configuration(simulate: Simulate, axes: Axes) -> None:
    """The row has the study's name."""
    simulate(labels=("",), seeds=3).plot.seeds(axes)
    assert ticks(axes, "y") == ["simulated  3/3"]


def test_an_answer_that_is_not_trusted_is_not_asked_for(simulate: Simulate, axes: Axes) -> None:
    """Figures need no function of a stranger's study."""
    results = simulate(seeds=2)
    results.study["resolved"]["answer"] = "os:system"
    assert results.plot.seeds(axes) is axes


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda plot: plot.seeds(metric="hterr"), "Expected a metric: .*Did you mean 'hter'"),
        (lambda plot: plot.seeds(metric=3), "Expected metric as a name"),
        (lambda plot: plot.seeds("hter"), "Expected ax as Axes of Matplotlib, or None for new ones. Received: str"),
        (lambda plot: plot.forest(level=95), r"Expected .*level.* Received: 95"),
        (lambda plot: plot.det(config_id="dropout=0.6"), "Expected a configuration: .* Received: dropout=0.6"),
        (lambda plot: plot.losses(config_id=1), "Expected config_id as an id or a label"),
        (lambda plot: plot.losses(3), "Expected ax as Axes"),
    ],
)
def test_what_cannot_be_drawn_is_one_message(reference: store.Results, asked: Callable[[Any], Any], said: str) -> None:
    """It names what was expected and what came, and no empty figure is left."""
    with pytest.raises(InputError, match=said):
        asked(reference.plot)
    assert pyplot.get_fignums() == []


def test_results_that_lack_what_a_figure_needs_say_so(simulate: Simulate) -> None:
    """No trial that is ok; no scores; no epochs; one seed; another task."""
    none = simulate(labels=LABELS, seeds=1, failed=tuple((at, 0) for at in range(3)), name="none").plot
    for ask in (none.seeds, none.forest):
        with pytest.raises(InputError, match=r"Expected a trial of none that is ok and has hter. Received: none, of 3"):
            ask()
    with pytest.raises(InputError, match=r"Expected stored scores of test .* Received: none"):
        none.det()
    with pytest.raises(InputError, match=r"Expected stored losses of epochs .* Received: none"):
        none.losses()
    partly = simulate(labels=LABELS, seeds=1, failed=((1, 0),), name="partly").plot
    with pytest.raises(InputError, match=r"configuration dropout=0\.5"):
        partly.det(config_id="dropout=0.5")
    with pytest.raises(InputError, match="Expected a metric with an interval for new subjects"):
        partly.forest()
    with pytest.raises(InputError, match=r"Expected results of task verification .* Received: task classification"):
        simulate(task="classification", name="classes").plot.det()
    assert pyplot.get_fignums() == []

"""Both intervals, the sources of variance and the methods paragraph in the report, true to what was run."""

import numpy as np
import pytest

import sweep
from sweep import report
from sweep.report.forest import forest_figure
from sweep.report.intervals import shares
from sweep.report.latex import as_latex, plain
from sweep.report.variance import variance_figure
from tests.report.conftest import Simulate

GRID = tuple(f"model.dropout=0.{at}" for at in range(5))


@pytest.mark.parametrize("task", ["verification", "regression"])
def test_the_report_holds_the_interval_for_new_subjects(simulate: Simulate, task: str) -> None:
    """The report's interval for new subjects is that of `estimate`, in every headline metric."""
    results = simulate(task=task)
    summary = report.summarise(results)
    for name in summary.headline:
        for row, one in zip(summary.rows, sweep.estimates(results, name), strict=True):
            assert row.metrics[name].new_subjects == one.new_subjects


def test_seeds_with_their_own_split_have_no_interval_for_new_subjects(simulate: Simulate) -> None:
    """Where seeds had different test sets the interval is absent, with the reason, and no forest is drawn."""
    summary = report.summarise(simulate(own_split=True))
    assert all(metric.new_subjects is None for row in summary.rows for metric in row.metrics.values())
    assert "not one test set" in " ".join(summary.notes)
    assert forest_figure(summary) is None
    assert "other splits of these data" in summary.methods


def test_a_grid_of_five_is_moderated_and_says_so(simulate: Simulate) -> None:
    """From five configurations on the variances are shared, in the table's words and in the paragraph."""
    summary = report.summarise(simulate(labels=GRID, seeds=3))
    assert all("moderated" in row.metrics["hter"].interval.method for row in summary.rows)
    assert "moderated t over seeds, logit scale (Smyth 2004)" in " ".join(summary.notes)
    assert "Smyth 2004" in summary.methods
    few = report.summarise(simulate(labels=GRID[:4], seeds=3, name="few"))
    assert "Smyth" not in few.methods + " ".join(few.notes)


def test_one_seed_draws_nothing_and_says_why(simulate: Simulate) -> None:
    """One seed has no interval, no forest and no shares of variance."""
    summary = report.summarise(simulate(seeds=1))
    assert forest_figure(summary) is None
    assert variance_figure(summary) is None
    assert "confidence intervals" not in summary.methods


def test_shares_add_up_to_one(simulate: Simulate) -> None:
    """The shares of a metric are at least 0 and add up to 1."""
    summary = report.summarise(simulate())
    for row in summary.rows:
        values = list(shares(row.metrics["hter"]).values())
        assert min(values) >= 0
        assert np.sum(values) == pytest.approx(1)


def test_the_paragraph_tells_failures_and_seeds(simulate: Simulate) -> None:
    """The methods paragraph counts runs, seeds and failures, and says what was held and what each interval covers."""
    summary = report.summarise(simulate(failed=((0, 1), (1, 2))))
    said = summary.methods
    assert "2 configurations" in said
    assert "each with 5 seeds; 8 of 10 runs finished; 2 did not finish" in said
    assert "split was held fixed" in said
    assert "another seed evaluated on other subjects" in said
    assert "the same test samples only" in said


def test_latex_escapes_and_labels(simulate: Simulate) -> None:
    """The LaTeX table has a row a configuration, both intervals named, and special characters escaped."""
    table = as_latex(report.summarise(simulate(labels=("model.use_a=x&y", "model.use_a=50%"))))
    assert r"use\_a=x\&y" in table
    assert r"use\_a=50\%" in table
    assert table.count("new subjects") >= 2
    assert table.count(r"\\") == 4
    assert plain("a~b^c\\") == r"a\textasciitilde{}b\textasciicircum{}c\textbackslash{}"

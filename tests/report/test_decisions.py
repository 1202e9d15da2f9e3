"""The report of a study that stopped by itself: its verdict, its wider intervals, its figure."""

from dataclasses import replace

import pytest

from sweep.analysis.decisions import standing_of
from sweep.report import as_json, as_text, summarise
from sweep.report.decisions_figure import decisions_figure
from sweep.report.figure_style import png
from sweep.report.summary import Report
from sweep.report.vector.looks import decisions
from sweep.report.verdict import opening
from sweep.stats.simulation import Design
from sweep.store.store import Results
from tests.analysis.raced import World, raced_study

STOP = {"until": "decided", "first": 5, "step": 5, "most": 20}
DESIGN = Design(n_dev=40, n_test=20, frames=8, seed_sd=0.3, subject_sd=0.2, config_sd=0.05, interaction_sd=0.1)


@pytest.fixture(scope="module")
def results() -> Results:
    """Return a race of two configurations, all seeds of which are there."""
    return World(raced_study(2, STOP), (0.0, -1.0), design=DESIGN).results()


@pytest.fixture(scope="module")
def report(results: Results) -> Report:
    """Return its report."""
    return summarise(results)


def test_text_json_and_methods_tell_the_verdict(report: Report) -> None:
    """Whoever reads the report learns who won, by which rule, and what the intervals are."""
    assert report.decisions is not None
    assert " ".join(report.decisions.verdict.split()) in " ".join(as_text(report).split())
    said = as_json(report)["decisions"]
    assert isinstance(said, dict)
    assert said["verdict"] == report.decisions.verdict
    assert {"look", "config_id", "reason"} <= set(said["looks"][0])
    assert "Lan and DeMets 1983" in report.methods
    assert any("repeated confidence intervals" in note for note in report.notes)


def test_intervals_of_one_look_are_not_shown(results: Results, report: Report) -> None:
    """Every interval over seeds and for new subjects is wider than that of the same trials without a stop."""
    plain = {**results.study, "resolved": {**results.study["resolved"], "stop": None}}
    naive = summarise(Results(**{**vars(results), "study": plain}))
    for row, other in zip(report.rows, naive.rows, strict=True):
        for name in report.headline:
            shown, before = row.metrics[name], other.metrics[name]
            assert shown.interval.half_width > before.interval.half_width
            assert "repeated" in shown.interval.method
            assert shown.new_subjects is not None
            assert before.new_subjects is not None
            assert shown.new_subjects.half_width > before.new_subjects.half_width
    assert naive.decisions is None


def test_the_figure_shows_every_look(report: Report) -> None:
    """The figure has a line a configuration, and is a picture."""
    drawn = decisions_figure(report)
    assert drawn is not None
    assert len(drawn.axes[0].get_legend().get_texts()) == 2  # type: ignore[union-attr]
    assert png(drawn).startswith(b"\x89PNG")


def test_the_test_set_that_chose_is_named() -> None:
    """Where HTER decides, the report says that the test set chose, and corrects the winner's value."""
    raced = World(raced_study(3, STOP | {"metric": "hter"}), (0.0, -2.0, -2.0), design=DESIGN).results()
    found = standing_of(raced)
    assert found is not None
    assert found.winner == raced.study["plan"][0]["config_id"]
    assert "The test set chose" in found.notes[0]
    assert "corrected for that" in found.notes[1]


def test_the_page_begins_with_the_verdict_and_draws_the_looks(results: Results, report: Report) -> None:
    """No verdict of one look stands there; a dot names configuration, seeds, interval and decision."""
    assert report.decisions is not None
    assert opening(report, results) == (report.decisions.verdict,)
    drawn = decisions(report)
    assert drawn is not None
    assert drawn.element().count("<circle") == len(report.decisions.decisions)
    assert "dropped" in drawn.element()
    assert decisions(replace(report, decisions=None)) is None

"""Answers on a further test set: those that its scores would give as the only test set, at the same threshold."""

from dataclasses import replace

import pytest

import sweep
from sweep.analysis.further_tests import names_of_tests, on_test
from sweep.errors import InputError
from sweep.report.latex import as_latex
from sweep.report.summarising import summarise
from sweep.report.tables import as_csv, as_markdown
from sweep.report.text import as_text
from sweep.store.store import Results


def test_an_estimate_is_that_of_its_scores_as_test(elsewhere: Results) -> None:
    """The same value, the same limits: as if B had been the test set of the study."""
    scores = elsewhere.scores
    alone = scores[scores["split"].isin(["dev", "test.B"])].replace({"split": {"test.B": "test"}})
    trials = elsewhere.trials.drop(columns="metric.B.hter").assign(**{"metric.hter": elsewhere.trials["metric.B.hter"]})
    config = elsewhere.study["plan"][0]["config_id"]
    there = sweep.estimate(elsewhere, "B.hter", config)
    same = sweep.estimate(replace(elsewhere, trials=trials, scores=alone), "hter", config)
    own = sweep.estimate(elsewhere, "hter", config)
    assert there.metric == "B.hter"
    assert there.new_subjects.value == same.new_subjects.value != own.new_subjects.value
    assert (there.this_test_set.low, there.this_test_set.high) == (same.this_test_set.low, same.this_test_set.high)
    assert there.new_subjects.half_width == pytest.approx(same.new_subjects.half_width, rel=0.1)
    assert names_of_tests(elsewhere) == ("B",)
    assert set(on_test(elsewhere, "B").scores["split"]) == {"dev", "test"}


def test_its_eer_is_its_own_and_further_metrics_come_from_its_scores(elsewhere: Results) -> None:
    """`B.eer` has a threshold of B; what no trial stored is computed from the stored scores; others are refused."""
    config = elsewhere.study["plan"][0]["config_id"]
    rows = elsewhere.scores[elsewhere.scores["split"] == "test.B"]
    by_hand = [
        sweep.metrics.eer(one["score"][one["label"] == 1], one["score"][one["label"] == 0]).value
        for _, one in rows[rows["config_id"] == config].groupby("seed")
    ]
    assert sweep.estimate(elsewhere, "B.eer", config).values == pytest.approx(by_hand)
    assert 0 < sweep.estimate(elsewhere, "B.fmr100", config).new_subjects.value < 1
    assert len(sweep.compare(elsewhere, "B.hter")) == 1
    with pytest.raises(InputError, match=r"Expected a metric: .*Received: htre"):
        sweep.estimate(elsewhere, "B.htre", config)


def test_a_report_shows_every_test_set_with_both_intervals(elsewhere: Results) -> None:
    """The text, Markdown, CSV and JSON have the matrix; a study with one test set has none."""
    report = summarise(elsewhere, metrics=["fmr100"])
    metric = report.rows[0].metrics["B.hter"]
    assert metric.new_subjects is not None
    text = as_text(report)
    line = next(one for one in text.splitlines() if one.split() == ["configuration", "test", "B"])
    below = text.splitlines()[text.splitlines().index(line) + 1 :]
    assert f"{100 * metric.interval.value:.1f} [" in below[0]
    assert below[1].count("*") == 2
    assert "all at the threshold of their own development set" in " ".join(text.split())
    assert "| configuration | test | B |" in as_markdown(report)
    head = as_csv(report).splitlines()[0].split(",")
    assert {"B.hter", "B.hter.low", "B.hter.new_subjects.high", "B.fmr100.new_subjects.low"} <= set(head)
    assert report.as_dict()["tests"]["hter"] == {"test": "hter", "B": "B.hter"}
    tables = as_latex(report).split("\\begin{tabular}")[1:]
    assert len(tables) == 3  # the headline, and a matrix each of HTER and FMR100
    assert r"\multicolumn{3}{c}{test} & \multicolumn{3}{c}{B} \\" in tables[1]
    body = tables[1].partition("\\midrule")[2].partition("\\bottomrule")[0].strip().splitlines()
    assert [line.count(" & ") for line in body] == [6] * len(report.rows)
    assert f"{100 * metric.interval.value:.1f} & [" in body[0]
    assert "B (80 samples)" in report.methods
    plain = summarise(replace(elsewhere, trials=elsewhere.trials.drop(columns="n_test.B")))
    assert "tests" not in plain.as_dict()
    assert "each test set" not in as_text(plain)

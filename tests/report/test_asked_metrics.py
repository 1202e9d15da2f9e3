"""Metrics that no trial stored: asked for by name, computed from the stored scores, with both intervals."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

import sweep
from sweep import metrics
from sweep.commands.cli import app
from sweep.errors import InputError
from sweep.report import summarise
from tests.report.conftest import Simulate

ASKED = ["fmr100", "fmr1000", "min_dcf", "min_cllr", "cllr", "d_prime", "eer_hull", "test_eer"]


def command(*words: str) -> dict[str, Any]:
    """Return what a command answers with --json."""
    answer = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return dict(json.loads(answer.stdout))


@pytest.mark.parametrize("metric", ASKED)
def test_both_intervals_of_a_metric_that_nobody_stored(simulate: Simulate, metric: str) -> None:
    """The estimate has an interval for new subjects and one for this test set, in the order of better and worse."""
    results = simulate(n=200)
    assert f"metric.{metric}" not in results.trials
    for one in sweep.estimates(results, metric):
        assert one.metric == metric
        assert one.new_subjects.low < one.new_subjects.value < one.new_subjects.high
        assert one.this_test_set.low < one.this_test_set.value < one.this_test_set.high
        assert len(set(one.values)) > 1


def test_values_are_those_of_the_scores(simulate: Simulate) -> None:
    """FMR100 of each seed is what `sweep.metrics` gives for its stored scores of test."""
    results = simulate(labels=("",), n=200)
    test = results.scores[results.scores["split"] == "test"]
    expected = []
    for trial in results.trials.sort_values("seed")["trial_id"]:
        own = test[test["trial_id"] == trial]
        g, i = (own.loc[own["label"] == label, "score"].to_numpy() for label in (1, 0))
        expected.append(metrics.fnmr_at_fmr(g, i, 0.01).fnmr)
    assert sweep.estimate(results, "fmr100").values == pytest.approx(expected, abs=1e-12)


def test_seeds_on_other_samples_have_values_too(simulate: Simulate) -> None:
    """Where seeds have test sets of their own each one's value is computed; new subjects have no interval, and why."""
    one = sweep.estimate(simulate(labels=("",), own_split=True, n=200), "fmr100")
    assert len(one.values) == 5
    assert math.isnan(one.new_subjects.low)
    assert "split is not held still" in one.new_subjects.note
    assert one.this_test_set.low < one.this_test_set.value


def test_the_report_shows_what_is_asked_for(simulate: Simulate) -> None:
    """`report --metric` adds columns beside the headline, with both intervals; without it nothing changes."""
    results = simulate(n=200)
    plain = command("report", str(results.path))
    asked = command("report", str(results.path), "--metric", "fmr100", "--metric", "d_prime")
    row = asked["configurations"][0]["metrics"]
    assert row["fmr100"]["new_subjects"]["low"] < row["fmr100"]["value"] < row["fmr100"]["new_subjects"]["high"]
    assert row["d_prime"]["n_seeds"] == 5
    assert set(row) - set(plain["configurations"][0]["metrics"]) == {"fmr100", "d_prime"}
    assert "FNMR at FMR 1 %, test" in (results.path / "report" / "table.md").read_text()
    assert summarise(results, metrics=["hter"]).headline == ("eer", "hter")


def test_compare_and_plan_take_them(simulate: Simulate) -> None:
    """`compare --metric` and `plan --precision` answer for a metric that only scores give."""
    folder = str(simulate(n=200).path)
    assert {one["metric"] for one in command("compare", folder, "--metric", "min_dcf")["estimates"]} == {"min_dcf"}
    assert command("compare", folder, "--published", "fmr100=0.4")["against"]["published"] == 0.4
    assert command("plan", folder, "--precision", "fmr100=0.05")["metric"] == "fmr100"


def test_a_column_that_some_trials_lack_is_filled(simulate: Simulate) -> None:
    """Of trials of an older version the metric is computed, those of others stay as they were stored."""
    results = simulate(labels=("",), n=200)
    trials = results.trials.assign(**{"metric.fmr100": math.nan})
    trials.loc[trials["seed"] == 0, "metric.fmr100"] = 0.125
    report = summarise(replace(results, trials=trials), metrics=["fmr100"])
    values = report.rows[0].metrics["fmr100"].values
    assert len(values) == 5
    assert values[0] == 0.125
    assert values[1:] == pytest.approx(sweep.estimate(results, "fmr100").values[1:], abs=1e-12)


@pytest.mark.parametrize(
    ("task", "metric", "says"),
    [
        ("verification", "fnmr100", r"min_dcf, test_eer\. Received: fnmr100\. Did you mean 'fmr100'"),
        ("classification", "fmr100", r"Expected a metric: accuracy.*Received: fmr100"),
        ("regression", "d_prime", r"Expected a metric: .*rmse\. Received: d_prime"),
    ],
)
def test_an_unknown_metric_is_answered_with_the_known(simulate: Simulate, task: str, metric: str, says: str) -> None:
    """The message lists what is stored and what scores give, with the nearest; what another task has is refused."""
    results = simulate(task=task)
    with pytest.raises(InputError, match=says):
        sweep.estimates(results, metric)
    with pytest.raises(InputError, match=says):
        summarise(results, metrics=[metric])


def test_attack_metrics_need_types(simulate: Simulate) -> None:
    """ACER and BPCER come with both intervals where attack types are stored, and are not offered where none are."""
    typed = simulate(labels=("",), attacks=("print", "replay"), n=200, name="typed")
    stored = typed.trials.sort_values("seed")
    acer = (stored["metric.apcer"] + stored["metric.frr"]) / 2
    assert sweep.estimate(typed, "acer").values == pytest.approx(acer.to_numpy(), abs=1e-12)
    assert sweep.estimate(typed, "bpcer").new_subjects.low < stored["metric.frr"].mean()
    plain = simulate(labels=("",))
    with pytest.raises(InputError, match="attack type"):
        sweep.estimate(plain, "acer")
    with pytest.raises(InputError) as said:
        sweep.estimate(plain, "acerr")
    assert "bpcer" not in str(said.value)

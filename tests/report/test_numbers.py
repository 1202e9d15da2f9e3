"""The report's numbers: the plan's trials each once, and an interval that says what it covers."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

import sweep
from sweep import report
from sweep.commands.output import say_json
from sweep.errors import InputError
from sweep.report.metric_format import scale_of
from sweep.report.tables import as_csv
from sweep.stats import THIS_TEST_SET, t_interval
from sweep.store import store
from sweep.store.records import Record, write_part
from tests.report.conftest import Simulate


def test_a_metric_is_the_t_interval_over_its_seeds(simulate: Simulate) -> None:
    """Mean, limits, SD, extremes and counts come from the stored trials of that configuration."""
    results = simulate(seeds=6)
    row = report.summarise(results, level=0.9).rows[1]
    values = results.trials.query("config_id == @row.config_id")["metric.hter"].to_numpy()
    got, expected = row.metrics["hter"], t_interval(values, 0.9, rate=True)
    assert (got.interval.value, got.interval.high, got.interval.sd) == pytest.approx(
        (expected.value, expected.high, expected.sd)
    )
    assert (got.minimum, got.maximum) == (values.min(), values.max())
    assert (got.interval.level, got.interval.covers, got.interval.n_seeds) == (0.9, THIS_TEST_SET, 6)
    assert (row.n_ok, row.n_planned, row.n_failed) == (6, 6, 0)


def test_attack_types_stand_in_the_report_and_have_intervals(simulate: Simulate) -> None:
    """A type that the trials measured is in the numbers and tables, and is estimated for new subjects."""
    results = simulate(attacks=("print", "replay"))
    found = report.summarise(results)
    row = found.rows[0]
    expected = results.trials.query("config_id == @row.config_id")["metric.apcer:print"].mean()
    assert row.metrics["apcer:print"].interval.value == pytest.approx(expected)
    assert scale_of(found, "apcer:print").heading == "APCER of print, test (%)"
    assert scale_of(found, "apcer").heading == "APCER of the worst attack type, test (%)"
    assert {"apcer", "apcer.low", "apcer:replay", "apcer:replay.low"} <= set(as_csv(found).splitlines()[0].split(","))
    own = results.trials.query("config_id == @row.config_id")
    worst = own[["metric.apcer:print", "metric.apcer:replay"]].max(axis=1)
    assert row.metrics["apcer"].interval.value == pytest.approx(worst.mean())
    one = sweep.estimates(results, "apcer:print")[0]
    assert one.this_test_set.value == pytest.approx(expected)
    assert one.new_subjects.low < expected < one.new_subjects.high
    untyped = replace(results, scores=results.scores.drop(columns="attack_type"))
    assert "hold no attack types" in sweep.estimates(untyped, "apcer")[0].new_subjects.note
    plain = report.summarise(simulate(name="plain"))
    assert not any(name.startswith("apcer") for name in plain.rows[0].metrics)


def test_failures_and_missing_trials_are_counted_not_averaged(simulate: Simulate) -> None:
    """Every count is of the plan; a failed trial is listed with the first line of its error."""
    found = report.summarise(simulate(failed=((0, 1),), unrun=((1, 2), (1, 3))))
    assert [(row.n_ok, row.n_planned, row.n_failed) for row in found.rows] == [(4, 5, 1), (3, 5, 0)]
    assert found.rows[0].metrics["eer"].interval.n_failed == 1
    [failure] = found.failures
    assert (failure.label, failure.seed) == ("model.dropout=0", 1)
    assert failure.error.endswith("nan in epoch 2.")
    assert any("Not run yet: 2 of 10" in sentence for sentence in found.notes)
    assert any("Failed: 1 of 10" in sentence for sentence in found.notes)


def test_a_trial_is_ok_when_any_attempt_is(simulate: Simulate) -> None:
    """A second attempt that succeeds makes the trial ok, and it counts once."""
    results = simulate(seeds=3, failed=((0, 1),))
    bad = results.trials.query("status == 'failed'").iloc[0]
    good = results.trials.query("status == 'ok'").iloc[0]
    row = {name: bad[name] for name in ("study", "trial_id", "config_id", "data_id")} | {
        "seed": int(bad["seed"]),
        "attempt": 1,
        "status": "ok",
        "error": "",
        "metric": {"eer": float(good["metric.eer"]), "hter": float(good["metric.hter"])},
    }
    write_part(results.path, Record(row))
    found = report.summarise(store.load(results.path))
    assert (found.rows[0].n_ok, found.rows[0].n_failed, found.failures) == (3, 0, ())


def test_trials_of_an_earlier_plan_are_left_out_and_said(simulate: Simulate) -> None:
    """A plan that changed leaves stored trials behind: a note counts them, no number holds them."""
    results = simulate(seeds=4)
    results.study["plan"] = [trial for trial in results.study["plan"] if trial["seed"] < 2]
    found = report.summarise(results)
    assert [row.n_planned for row in found.rows] == [2, 2]
    assert found.rows[0].metrics["eer"].interval.n_seeds == 2
    assert any(sentence.startswith("Not shown: 4 stored trials of earlier") for sentence in found.notes)


def test_nothing_finished_and_one_seed_are_defined_and_said(simulate: Simulate) -> None:
    """Without a seed there is no mean, with one there is no interval, and both are said."""
    found = report.summarise(simulate(seeds=1, failed=((0, 0),)))
    nothing, single = (row.metrics["hter"] for row in found.rows)
    assert math.isnan(nothing.interval.value)
    assert nothing.interval.note == "no seed finished"
    assert math.isnan(nothing.minimum)
    assert not math.isnan(single.interval.value)
    assert math.isnan(single.interval.low)
    assert any("one seed: one seed gives no spread" in sentence for sentence in found.notes)
    text = report.as_text(found)
    assert "no seed finished" in text
    assert "(one seed)" in text


def test_a_metric_undefined_in_a_seed_is_counted(simulate: Simulate) -> None:
    """A precision without accepted scores leaves the seed ok, and the mean says over how many seeds it is."""
    results = simulate(seeds=3)
    results.trials.loc[0, "metric.precision"] = np.nan
    metric = report.summarise(results).rows[0].metrics["precision"]
    assert (metric.interval.n_seeds, metric.n_undefined) == (2, 1)


def test_different_test_sets_make_another_kind_of_interval(simulate: Simulate) -> None:
    """Where each seed drew its own split the interval no longer claims to be for this test set."""
    found = report.summarise(simulate(own_split=True))
    assert found.rows[0].metrics["hter"].interval.covers != THIS_TEST_SET
    assert any("different test sets" in sentence for sentence in found.notes)
    assert not any("on this same test set" in sentence for sentence in found.notes)


def test_different_machines_are_said(simulate: Simulate) -> None:
    """Trials from two environments are noted with what differs."""
    (note,) = [one for one in report.summarise(simulate(machines=2)).notes if "2 environments" in one]
    assert "2 environments (cpu_model differ)" in note
    assert "by env_id: " in note
    assert not any("environments" in note for note in report.summarise(simulate(name="alike")).notes)


def machines_said(found: report.Report) -> str:
    """Return what the report says of kinds of machine."""
    (note,) = [one for one in found.notes if "kinds of machine" in one]
    return note


def test_kinds_of_machine_are_tested(simulate: Simulate) -> None:
    """Alike: no effect is found. One with better models: found, with the difference. Too few: it cannot be told."""
    alike = machines_said(report.summarise(simulate(machines=2, seeds=10, name="alike")))
    assert alike.startswith("Trials ran on 2 kinds of machine (cpu 0: 10; cpu 1: 10), whose bits differ. No effect on")
    moved = machines_said(report.summarise(simulate(machines=2, seeds=10, machine_skill=1.0, name="moved")))
    assert "The kind moves the result (Holm over 2 configurations; " in moved
    assert re.search(r"cpu 0 - cpu 1: HTER, test \d+\.\d+ \[\d+\.\d+, \d+\.\d+\]%, p \S+\)", moved), moved
    few = machines_said(report.summarise(simulate(machines=2, seeds=3, name="few")))
    assert "cannot be told: no configuration has two seeds on each of two kinds" in few
    assert not any("kinds of machine" in one for one in report.summarise(simulate(name="one")).notes)


def test_rates_stay_between_0_and_1(simulate: Simulate) -> None:
    """Limits of a rate are on the logit scale, which neither end of [0, 1] cuts."""
    results = simulate(seeds=3)
    results.trials["metric.eer"] = [0.0, 0.1, 0.0, 0.1, 0.0, 0.2]
    found = report.summarise(results)
    interval = found.rows[0].metrics["eer"].interval
    assert 0 < interval.low < interval.value < interval.high < 1
    assert any("t over seeds, logit scale" in sentence for sentence in found.notes)


def test_a_wrong_polarity_is_said(simulate: Simulate) -> None:
    """An EER above one half means that lower scores are more genuine."""
    results = simulate()
    results.trials["metric.eer"] = 0.6
    assert any("lower scores look more genuine" in note for note in report.summarise(results).notes)


@pytest.mark.parametrize(
    ("task", "names"), [("classification", ("accuracy", "macro_f1")), ("regression", ("mse", "mae"))]
)
def test_each_task_has_its_headline(simulate: Simulate, task: str, names: tuple[str, ...]) -> None:
    """Classification shows accuracy and macro F1, regression MSE and MAE."""
    found = report.summarise(simulate(task=task))
    assert found.headline == names
    assert all(found.rows[0].metrics[name].interval.n_seeds == 5 for name in names)


def test_json_is_one_object_of_plain_numbers(simulate: Simulate, capsys: pytest.CaptureFixture[str]) -> None:
    """The object holds every configuration with counts and metrics, and a NaN is null."""
    say_json(report.as_json(report.summarise(simulate(seeds=1))))
    answer = json.loads(capsys.readouterr().out)
    lists = {"configurations", "failures", "findings", "cautions", "notes", "files"}
    assert {"study", "task", "level", "methods", "answer", *lists} == set(answer)
    first = answer["configurations"][0]
    assert {"config_id", "label", "hp", "n_ok", "n_planned", "n_failed", "metrics"} == set(first)
    assert first["metrics"]["eer"]["low"] is None
    assert {"value", "low", "high", "level", "method", "covers", "n_seeds", "sd", "min", "max"} <= set(
        first["metrics"]["eer"]
    )


def test_refuses_a_level_that_is_none(simulate: Simulate) -> None:
    """A level is a fraction."""
    with pytest.raises(InputError, match="between 0 and 1"):
        report.summarise(simulate(), level=95)

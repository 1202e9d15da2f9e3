"""Estimates, comparisons, published numbers and plans of stored studies, in Python and by command."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import sweep
from sweep import report
from sweep.analysis.configurations import shares_a_factor
from sweep.analysis.study_scores import study_scores
from sweep.commands.cli import app
from sweep.errors import InputError
from sweep.store import store
from sweep.store.store import Results
from tests.report.conftest import Simulate

KEYS = {"value", "low", "high", "level", "method", "covers", "n_seeds", "n_failed", "n_subjects", "components"}
REFERENCE = Path(__file__).resolve().parents[2] / "results"


def command(*words: str) -> dict[str, Any]:
    """Return what a command answers with --json."""
    answer = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert answer.exit_code == 0
    return dict(json.loads(answer.stdout))


@pytest.mark.parametrize("task", ["verification", "regression"])
def test_estimates_are_those_of_the_stored_metrics(simulate: Simulate, task: str) -> None:
    """The values that scores give again are those of the trials' table, and the interval is for new subjects."""
    results = simulate(task=task)
    metric = {"verification": "hter", "regression": "mse"}[task]
    for one in sweep.estimates(results):
        stored = results.trials[results.trials["config_id"] == one.config].sort_values("seed")[f"metric.{metric}"]
        assert one.values == pytest.approx(stored.to_numpy(), abs=1e-9)
        assert one.new_subjects.covers == "new subjects"
        assert one.new_subjects.low < one.new_subjects.value < one.new_subjects.high


def test_every_verification_metric_is_that_of_the_table(simulate: Simulate) -> None:
    """Whatever the metric, its values are the stored ones; those that scores do not give have a reason instead."""
    results = simulate()
    for column in (name for name in results.trials.columns if name.startswith("metric.")):
        one = sweep.estimates(results, column.removeprefix("metric."))[0]
        rows = results.trials[results.trials["config_id"] == one.config].sort_values("seed")
        assert one.values == pytest.approx(rows[column].to_numpy(), abs=1e-9), column
        assert bool(one.new_subjects.note) or not math.isnan(one.new_subjects.low)


def test_a_configuration_is_named_by_id_or_label(simulate: Simulate) -> None:
    """Id, label and short label name the same configuration; a wrong one is answered with the known ones."""
    results = simulate()
    found = [sweep.estimate(results, "hter", name) for name in ("c00000000001", "model.dropout=0.5", "dropout=0.5")]
    assert found[0] == found[1] == found[2]
    with pytest.raises(InputError, match=r"model\.dropout=0\.5"):
        sweep.estimate(results, "hter", "dropout=0.4")
    with pytest.raises(InputError, match="configuration"):
        sweep.estimate(results, "hter")
    with pytest.raises(InputError, match="hter"):
        sweep.estimate(results, "htre", "dropout=0.5")


def test_the_same_trials_give_the_same_answer(simulate: Simulate) -> None:
    """Two calls draw the same replicates, and another generator others."""
    results = simulate()
    assert sweep.compare(results) == sweep.compare(results.path)
    assert sweep.compare(results) != sweep.compare(results, rng=np.random.default_rng(1))


def test_seeds_with_their_own_split_are_no_one_test_set(simulate: Simulate) -> None:
    """Where the split follows the seed the answer for new subjects is withheld, and seeds are paired."""
    results = simulate(own_split=True)
    one = sweep.estimates(results)[0]
    assert math.isnan(one.new_subjects.low)
    assert "not one test set" in one.new_subjects.note
    assert one.this_test_set.covers == "other splits of these data"
    compared = sweep.compare(results)[0]
    assert compared.paired
    assert compared.better == ""
    with pytest.raises(InputError, match="same test set"):
        study_scores(results)


def test_pairing_is_the_studys_decision(simulate: Simulate) -> None:
    """Seeds are paired where the study holds a stream beside the split, and not where all else follows the seed."""
    results = simulate()
    assert not shares_a_factor(results)
    with pytest.raises(InputError, match="stream"):
        sweep.compare(results, paired=True)
    held = replace(results, study={**results.study, "resolved": {"hold": {"split": 0, "init": 0}}})
    assert sweep.compare(held)[0].paired
    assert not sweep.compare(held, paired=False)[0].paired


def _without(results: Results, row: int) -> Results:
    test = results.scores.index[results.scores["split"] == "test"]
    return replace(results, scores=results.scores.drop(test[row]))


def test_a_missing_sample_is_not_the_same_test_set(simulate: Simulate) -> None:
    """A trial that lacks a test sample, or has another one, is refused by the scores and answered by the metrics."""
    results = simulate()
    with pytest.raises(InputError, match="same test samples"):
        study_scores(_without(results, 3))
    other = results.scores.copy()
    at = other.index[(other["split"] == "test")][3]
    other["sample"] = other["sample"].astype(str)
    other.loc[at, "sample"] = "another"
    with pytest.raises(InputError, match="same test samples"):
        study_scores(replace(results, scores=other))
    assert math.isnan(sweep.estimates(_without(results, 3))[0].new_subjects.low)


def test_rows_in_any_order_give_the_same_scores(simulate: Simulate) -> None:
    """The order of the score table does not matter."""
    results = simulate()
    mixed = replace(results, scores=results.scores.sample(frac=1, random_state=0))
    one, other = study_scores(results), study_scores(mixed)
    for a, b in ((one.test, other.test), (one.dev, other.dev)):
        assert a is not None
        assert b is not None
        assert np.sort(a.score, axis=1) == pytest.approx(np.sort(b.score, axis=1))


@pytest.mark.parametrize(("missing", "case"), [(("subject",), "videos"), (("subject", "video"), "samples")])
def test_without_subjects_the_next_smaller_case_is_used(
    simulate: Simulate, missing: tuple[str, ...], case: str
) -> None:
    """Without subjects the video is the case, without videos the sample, and the answer says so."""
    results = simulate()
    scores = results.scores.copy()
    known = scores["subject"].astype(str)
    for name in ("subject", "video"):
        scores[name] = "" if name in missing else known
    got = sweep.estimates(replace(results, scores=scores))[0].new_subjects
    assert got.covers == f"new {case}"
    assert "no subjects" in got.note


def test_failed_seeds_are_counted(simulate: Simulate) -> None:
    """A failed seed is counted beside the estimate, and the report says how the mean looks with it."""
    results = simulate(failed=((0, 1),))
    one = sweep.estimates(results)[0]
    assert (one.new_subjects.n_seeds, one.new_subjects.n_failed) == (4, 1)
    assert "1 seed failed" in one.new_subjects.note
    notes = " ".join(report.summarise(results).notes)
    assert "1 of 5 seeds failed, 1 to 72 % (Clopper-Pearson)" in notes
    assert "with failures at chance" in notes


def test_all_seeds_failed(simulate: Simulate) -> None:
    """A study in which everything failed has no estimate, in one message."""
    results = simulate(seeds=2, failed=((0, 0), (0, 1), (1, 0), (1, 1)))
    with pytest.raises(InputError, match="none; 4 failed"):
        sweep.estimates(results)


def test_published_numbers(simulate: Simulate) -> None:
    """A number near the mean is consistent, one far away is not, and per cent are refused."""
    results = simulate()
    mean = sweep.estimate(results, "hter", "dropout=0").new_subjects.value
    assert sweep.against(results, "hter", mean, config="dropout=0").consistent
    far = sweep.against(results, "hter", 0.9, config="dropout=0")
    assert not far.consistent
    assert "pooled" in far.assumes
    mean = sweep.estimate(results, "eer", "dropout=0.5").new_subjects.value
    wide, narrow = (sweep.against(results, "eer", mean, n_published=n, config="dropout=0.5") for n in (20, 2000))
    assert wide.high - wide.low > narrow.high - narrow.low
    with pytest.raises(InputError, match="fraction"):
        sweep.against(results, "hter", 3.1)


def test_compare_by_command(simulate: Simulate) -> None:
    """The command answers with the promised keys, and its values are those of Python."""
    results = simulate()
    answer = command("compare", str(results.path))
    assert answer["estimates"][0].keys() >= KEYS
    assert answer["comparisons"][0].keys() >= KEYS
    assert answer["comparisons"][0]["this_test_set"].keys() >= KEYS
    assert answer["comparisons"][0]["low"] == sweep.compare(results)[0].new_subjects.low
    against = command("compare", str(results.path), "--published", "hter=0.2", "--published-n", "6488")["against"]
    assert against.keys() >= KEYS


def test_values_by_command() -> None:
    """Three accuracies against a published one give the known interval, with another test set as well."""
    words = ("compare", "--values", "accuracy=75.57,75.85,76.39", "--published", "accuracy=74.5")
    against = command(*words)["against"]
    assert f"{against['low']:.2f} {against['high']:.2f} {against['p']:.3f}" == "73.87 78.01 0.096"
    other = command(*words, "--published-n", "6488", "--per-cent")["against"]
    assert f"{(other['high'] - other['low']) / 2:.2f}" == "1.84"


def test_plan_by_command(simulate: Simulate) -> None:
    """The plan says the seeds of each configuration, and holds the pilot's estimate."""
    answer = command("plan", str(simulate().path), "--precision", "hter=0.05")
    assert answer["plans"][0].keys() >= KEYS
    assert answer["plans"][0]["seeds"] >= 2
    given = command("plan", "demo", "--precision", "hter=0.005", "--sd", "0.01")
    assert (given["seeds"], given["seeds_assured"]) == (18, 24)


def test_a_plan_prints_a_table_for_each_question(simulate: Simulate) -> None:
    """A plan has one table for this test set and one for new subjects, each with its own numbers in its row."""
    planned = sweep.plan_precision(str(simulate().path), "hter", 0.05)
    label, _, plan = planned.plans[0]
    text = planned.as_text()
    here, new = text.split("For this test set:\n")[1].split("\nFor new subjects:\n")
    assert [cell for cell in here.splitlines()[1].split("  ") if cell][-2].strip() == f"{plan.seeds_assured}"
    head, row = new.splitlines()[:2]
    assert head.split("  ")[0] == "configuration"
    assert row.startswith(label)
    assert f"{plan.floor:.4g}" in row


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare",), "neither"),
        (("compare", "x", "--values", "hter=1"), "both"),
        (("compare", "--values", "hter"), "METRIC=NUMBER"),
        (("compare", "--values", "hter=0.1,0.2", "--published", "eer=0.1"), "one metric"),
        (("compare", "--values", "hter=0.1,0.2", "--published-n", "10"), "--published"),
        (("compare", "nowhere"), "study.json"),
        (("plan", "demo", "--precision", "0.005"), "METRIC=NUMBER"),
        (("plan", "demo", "--precision", "hter=0", "--sd", "0.1"), "precision above 0"),
    ],
)
def test_bad_words_are_one_message(words: tuple[str, ...], said: str, monkeypatch: Any, tmp_path: Path) -> None:
    """A wrong option is answered by one message that says what was expected."""
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(app, list(words))
    assert isinstance(answer.exception, InputError)
    assert said in str(answer.exception)


def test_the_committed_reference_study() -> None:
    """Estimate, compare, against and plan work on every study that is committed under results/."""
    folders = [path.parent for path in REFERENCE.glob("*/study.json")]
    if not folders:
        pytest.skip("no reference study is under results/")
    for folder in folders:
        results = store.load(folder)
        metric = {"verification": "hter", "classification": "accuracy", "regression": "mse"}[results.study["task"]]
        one = sweep.estimates(results)[0]
        assert one.new_subjects.n_seeds >= 2
        assert sweep.against(results, metric, one.new_subjects.value, config=one.config).consistent
        assert sweep.plan_precision(results, metric, one.this_test_set.half_width).plans
        if len(results.study["configurations"]) > 1:
            assert sweep.compare(results)

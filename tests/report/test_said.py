"""What a reader is told beside the numbers: who it holds for, dev's part, and what is not adjusted."""

import numpy as np

from sweep import report
from sweep.report.joint_notes import said_once
from sweep.stats import compare, verdict
from sweep.stats.measured_trials import values_only
from sweep.stats.measures import MEASURES
from tests.report.conftest import Simulate


def test_a_sentence_names_those_that_it_holds_for() -> None:
    """A part of a note that all have is said once; one that some have starts with their names."""
    notes = [("A", "rough; odd"), ("B", "rough"), ("C", "rough; odd"), ("D", "rough; few")]
    assert said_once(notes) == ["Rough.", "A, C: odd.", "D: few."]
    many = [(name, "odd") for name in "ABCDE"] + [("F", "")]
    assert said_once(many) == ["A, B, C and 2 more: odd."]


def test_dev_is_described_and_called_optimistic(simulate: Simulate) -> None:
    """The methods paragraph says how many people dev has; dev's EER after a choice on dev is called so."""
    results = simulate()
    results.trials["n_dev"] = results.trials["n_test"] = 60
    results.study["resolved"]["train"]["keep"] = "best"
    found = report.summarise(results)
    assert "The development set had 60 samples of 20 subjects" in found.methods
    assert "Each replicate draws one fewer than there are" in found.methods
    assert "the EER of that set is optimistic" in found.methods
    assert any(note.startswith("EER of dev is optimistic") for note in found.notes)
    results.study["resolved"]["train"]["keep"] = "last"
    last = report.summarise(results)
    assert "optimistic" not in last.methods + " ".join(last.notes)


def test_an_interval_and_a_verdict_that_disagree_are_explained() -> None:
    """Where Holm's p does not reject and the interval excludes 0, the verdict says so of the interval."""
    rng = np.random.default_rng(0)
    shifts = (0.0, 3.0, 0.1, 0.2, -0.1)
    values = np.concatenate([shift + rng.permutation(np.linspace(-2, 2, 5)) for shift in shifts])
    config, seed = np.repeat(list("ABCDE"), 5), np.tile(np.arange(5), 5)
    measured = values_only(config, seed, values, MEASURES["mse"], why_not="no scores were kept")
    [one] = [one for one in compare(measured) if {one.a, one.b} == {"A", "B"}]
    gap = one.this_test_set
    assert (gap.low > 0 or gap.high < 0, one.better_here) == (True, "")
    assert "the interval is not adjusted and excludes 0" in verdict(one)
    assert one.probability_a_better == 1 - one.probability.value


def test_shared_variances_are_said_where_they_happen(simulate: Simulate) -> None:
    """From five configurations on the report says that the intervals depend on each other; below it does not."""
    labels = tuple(f"model.dropout={at / 10}" for at in range(5))
    said = "share their variances"
    assert any(said in note for note in report.summarise(simulate(labels=labels, seeds=3)).notes)
    few = report.summarise(simulate(labels=labels[:4], seeds=3, name="few"))
    assert not any(said in note for note in few.notes)

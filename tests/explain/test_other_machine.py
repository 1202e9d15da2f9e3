"""Trials run again on another kind of processor: a verdict of its own, and a question to statistics."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sweep.errors import InputError
from sweep.explain.other_machine import (
    Elsewhere,
    beside_processor,
    cause_of,
    compare_elsewhere,
    other_processor,
    portable_cause,
    score_correlation,
)
from sweep.explain.surroundings import Factor
from sweep.explain.verification import Verification, Verified

KIND = Factor("cpu_model", "CPU model", "AMD EPYC", "Intel Xeon", known=True)
BUILD = Factor("platform", "operating system", "6.1", "6.2", known=True)
CODE = Factor("code_id", "the model's code", "a", "b", known=True)


def results(sd: float) -> Any:
    """Return as much of a study as is asked: two configurations of ten seeds, whose metrics have this SD."""
    values = np.tile(np.linspace(-1, 1, 10), 2)
    values = 0.1 + sd * values / np.std(values[:10], ddof=1)
    rows = {"status": "ok", "config_id": ["a"] * 10 + ["b"] * 10, "metric.eer": values, "metric.hter": values}
    return SimpleNamespace(trials=pd.DataFrame(rows))


def verdict(differences: list[float], sd: float = 0.02, **options: Any) -> Elsewhere:
    """Return what is said of trials whose metrics differ by so much."""
    pairs = [{"eer": (0.1, 0.1 + one), "hter": (0.1, 0.1 + one)} for one in differences]
    return compare_elsewhere(results(sd), "verification", pairs, [0.99] * len(pairs), KIND, **options)


@pytest.mark.parametrize(
    ("differences", "equivalent"),
    [
        ([0.001, -0.001, 0.0, 0.002, -0.002], True),
        ([0.03, 0.031, 0.029, 0.03, 0.032], False),
        ([0.02, -0.02, 0.01, -0.01], None),
        ([0.0001, -0.0001], None),
    ],
)
def test_differences_are_judged_against_the_seeds(differences: list[float], equivalent: bool | None) -> None:
    """Within half the seed SD, beyond it, not to be told, and two trials, of which nothing is told."""
    found = verdict(differences)
    assert found.equivalent is equivalent
    assert found.metrics[0].seed_sd == pytest.approx(0.02)
    if equivalent is None:
        assert found.metrics[0].trials_needed >= 3
        assert "trials would tell" in str(found.metrics[0])
    else:
        assert found.metrics[0].trials_needed == 0


def test_two_one_sided_tests_keep_their_error() -> None:
    """Trials that differ by the margin itself are called equivalent in about 5 % of studies, and no more."""
    rng, wrong = np.random.default_rng(3), 0
    for _ in range(400):
        wrong += verdict(list(rng.normal(0.01, 0.004, 6))).equivalent is True
    assert 0.02 < wrong / 400 < 0.09


def test_the_margin_is_the_callers() -> None:
    """In SD over seeds; nothing else is taken."""
    differences = [0.012, 0.013, 0.012, 0.011, 0.012]
    assert verdict(differences).equivalent is False
    assert verdict(differences, margin=1.0).equivalent is True
    for margin in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InputError, match="margin above 0"):
            verdict(differences, margin=margin)


def test_only_another_processor_is_no_fault() -> None:
    """The system's build comes with it; other code is a cause of its own."""
    assert other_processor([KIND, BUILD]) is KIND
    assert other_processor([BUILD]) is None
    assert other_processor([KIND, CODE]) is None
    generation = Factor("cpu_features", "CPU generation", "", "family 25, model 1: avx avx2", known=True)
    assert other_processor([generation]) is generation
    assert "perhaps another generation" in cause_of(generation)
    assert "stored: AMD EPYC, here: Intel Xeon" in cause_of(KIND)


def test_the_verdict_is_read_as_such() -> None:
    """Not 'differs'; the results hold if they are equivalent, and the text says why bits do not agree."""
    trial = Verified("t", "", 0, equal=False, factors=(KIND,), cause="another kind of processor")
    for differences, holds in (([0.001, -0.001, 0.0], True), ([0.03, 0.031, 0.032], False)):
        found = Verification("r", 3, (trial,), elsewhere=verdict(differences))
        assert found.holds is holds
        assert not found.equal
        assert "stored: AMD EPYC, here: Intel Xeon" in found.as_text()
        assert found.as_json()["other_machine"]["equivalent"] is holds
    assert Verification("r", 3, (trial,)).as_json()["other_machine"] is None


def test_scores_are_correlated_sample_by_sample() -> None:
    """Over test alone; of scores that are all the same there is none."""
    stored = {("test", str(at)): float(at) for at in range(5)} | {("dev", "x"): 9.0}
    again = {key: 2 * value + 1 for key, value in stored.items()}
    assert score_correlation(stored, again) == pytest.approx(1.0)
    assert score_correlation(stored, dict.fromkeys(stored, 0.0)) is None
    assert score_correlation({}, {}) is None


def test_metrics_without_a_spread_cannot_be_judged() -> None:
    """One seed a configuration shows no SD, so no margin."""
    one = results(0.02)
    one.trials = one.trials.iloc[[0, 10]]
    found = compare_elsewhere(one, "verification", [{"eer": (0.1, 0.1), "hter": (0.1, 0.1)}] * 4, [], KIND)
    assert found.equivalent is None
    assert found.metrics[0].trials_needed == 0


def test_a_portable_trial_is_not_excused_by_the_processor() -> None:
    """Its bits should be equal there; the cause is what else differs, such as the C library, or it is not known."""
    builds = [Factor("platform", "operating system", f"{a}-with-glibc2.36", f"b-with-glibc{b}", known=True)
              for a, b in (("a", "2.36"), ("a", "2.41"))]  # fmt: skip
    assert beside_processor([KIND, builds[0]], portable=True) == []
    assert beside_processor([KIND, builds[1]], portable=True) == [builds[1]]
    assert beside_processor([KIND, builds[1], CODE]) == [CODE]
    assert "Intel Xeon) should give the same bits, and it does not" in portable_cause(KIND)


def test_equal_bits_of_another_processor_are_told() -> None:
    """That is what `determinism: portable` is for."""
    trial = Verified("a1", "", 0, equal=True, factors=(KIND, BUILD))
    said = Verification("results/x", 1, (trial,)).as_text()
    assert "1 of 1 trials run again are equal to the bit" in said
    assert "1 of them were stored on another kind of processor (AMD EPYC; here: Intel Xeon)." in said

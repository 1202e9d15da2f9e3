"""Configurations that end alike: a setting that changes nothing is a finding of the report."""

import pandas as pd

from sweep.checks.results import findings_of
from sweep.checks.same_weights import twin_findings


def trials(**of: str) -> pd.DataFrame:
    """Return rows of two seeds: configuration -> a letter for the final weights of each seed."""
    rows = [
        {"config_id": key, "seed": seed, "final_sha256": letter, "hp.model.rate": float(at), "hp.train.epochs": 5.0}
        for at, (key, letters) in enumerate(of.items())
        for seed, letter in enumerate(letters)
    ]
    return pd.DataFrame(rows)


def test_equal_weights_in_every_seed_are_a_finding() -> None:
    """Three rates with equal weights name the setting that changes nothing, once."""
    [one] = twin_findings(trials(a="xy", b="xy", c="xy"), {"a": "model.rate=0", "b": "model.rate=1"})
    assert (one.name, one.severity) == ("equal_configurations", "error")
    assert "3 configurations" in one.evidence
    assert "model.rate=0 and model.rate=1" in one.evidence
    assert one.evidence.endswith("model.rate changes nothing.")


def test_one_seed_that_differs_is_enough() -> None:
    """Configurations that differ in a seed, or share none, are not alike."""
    assert twin_findings(trials(a="xy", b="xz"), {}) == []
    rows = trials(a="xx", b="xx")
    assert twin_findings(rows.assign(seed=[0, 1, 2, 3]), {}) == []


def test_settings_of_stopping_may_keep_the_same_epoch() -> None:
    """More epochs that keep the same one are a caution."""
    rows = trials(a="xy", b="xy").assign(**{"hp.model.rate": 0.0, "hp.train.epochs": [5.0, 5.0, 9.0, 9.0]})
    [one] = twin_findings(rows, {})
    assert one.caution
    assert "train.epochs kept the same epoch" in one.evidence


def test_no_row_gives_no_finding() -> None:
    """A study of failures alone has nothing to compare."""
    assert findings_of(trials(a="xy").iloc[:0], {}) == ()

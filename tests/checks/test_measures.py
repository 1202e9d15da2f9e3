"""What the checks measure, on numbers whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from sweep.checks.before_run import data_findings, settings_findings
from sweep.checks.measures import checks, optimism
from sweep.checks.results import findings_of, still_arms
from sweep.data import synthetic_vectors
from sweep.study.study import Study


def epochs(*orders):
    """Return records of epochs with these orders."""
    return [{"order_sha256": order} for order in orders]


@pytest.fixture
def splits():
    """Return small vectors."""
    return synthetic_vectors()


def outputs(splits, high=0.9):
    """Return scores that are right, `high` for genuine."""
    return {name: np.where(one.y[:, None] == 1, high, 1 - high).astype(np.float32) for name, one in splits.items()}


def test_one_order_in_every_epoch_is_seen(splits):
    """Equal digests of the order in all epochs are the trap; one that differs, or a single epoch, is not."""
    values = outputs(splits)
    seen = [
        checks("verification", splits, values, epochs(*orders), None, 9)["same_order_every_epoch"]
        for orders in (("a", "a", "a"), ("a", "b", "a"), ("a",))
    ]
    assert seen == [1, 0, 0]


def test_right_scores_give_no_finding(splits):
    """Right scores between 0 and 1 trip no limit."""
    found = checks("verification", splits, outputs(splits), epochs("a", "b"), None, 9)
    row = {f"check.{name}": [value] for name, value in found.items()}
    frame = pd.DataFrame({"config_id": ["c"], "seed": [0], "final_sha256": ["x"], **row})
    assert findings_of(frame, {}) == ()


def test_logits_are_not_saturated(splits):
    """Scores beyond 0 and 1 are logits; only probabilities have ends to stick to."""
    values = [checks("verification", splits, outputs(splits, high), epochs("a"), None, 9) for high in (5.0, 1.0)]
    assert [one["saturated_scores"] for one in values] == [0, 1]


def test_optimism_is_near_zero_for_many_samples_and_positive_for_few():
    """A threshold judged on its own samples flatters few subjects more than many."""
    rng = np.random.default_rng(0)

    def of(n):
        label = np.tile([0, 1], n)
        score = rng.normal(label * 1.5, 1)
        return optimism(label, score, np.repeat(np.arange(n), 2))

    few, many = np.mean([of(10) for _ in range(60)]), np.mean([of(1000) for _ in range(10)])
    assert few > 0.005
    assert abs(many) < 0.003


def test_settings_that_cannot_do_what_they_say():
    """Patience as long as the training, and streams that are all held still, are told before a run."""
    still = dict.fromkeys(("init", "order", "dropout", "augment", "split"), 0)
    study = Study.model_validate(
        {"study": "s", "data": {"use": "a:b"}, "model": {"use": "a:b"}, "hold": still}
        | {"train": {"epochs": 5, "early_stopping": {"patience": 5}}}
    )
    assert {one.name for one in settings_findings(study)} == {"never_stopped", "seeds_do_nothing"}
    assert settings_findings(study.model_copy(update={"hold": {}, "train": type(study.train)()})) == []


def test_an_arm_that_holds_every_stream_asks_for_repeats():
    """In such an arm equal weights are the wish and different ones the finding; elsewhere equal ones are."""
    hold = dict.fromkeys(("init", "order", "dropout", "augment", "split"), 0)
    study = Study.model_validate({"study": "s", "data": {"use": "a:b"}, "model": {"use": "a:b"}, "hold": hold})
    assert settings_findings(study, "nothing varies") == []
    said = {
        "resolved": {"hold": {"split": 0}, "arms": {"free": {}, "still": {"hold": hold}}},
        "configurations": {name: {"hp": {"arm": name}} for name in ("free", "still")},
    }
    assert still_arms(said) == {"still"}
    trials = pd.DataFrame({"config_id": ["free", "free", "still", "still"], "seed": [0, 1, 0, 1]})
    equal, other = (trials.assign(final_sha256=list(digests)) for digests in ("abcc", "aabc"))
    assert findings_of(equal, {}, {"still"}) == ()
    assert [one.name for one in findings_of(other, {}, {"still"})] == ["seeds_do_nothing", "repeats_differ"]


def test_leaks_that_were_allowed_have_a_name():
    """Subjects, videos and samples in two splits are three findings; in dev and test, that is a choice on test too."""
    named = {
        "subject_in_two_splits": "Allowed by `leakage: allow`: subject 12 in train and test.",
        "video_in_two_splits": "Allowed by `leakage: allow`: video a in train and test.",
        "sample_in_two_splits": "Allowed by `leakage: allow`: identical to the byte: a in train and b in test.",
    }
    assert [one.name for one in data_findings(named.values())] == list(named)
    both = data_findings(["Allowed by `leakage: allow`: identical to the byte: a in dev and b in test."])
    assert [one.name for one in both] == ["sample_in_two_splits", "chosen_on_test"]

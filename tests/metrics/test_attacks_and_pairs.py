"""Presentation attacks, operating points and two systems on cases worked by hand."""

import numpy as np
import pytest

from sweep.errors import InputError
from sweep.metrics import (
    attack_rates,
    by_unit,
    discordant_test,
    eer_difference,
    fnmr_at_fmr,
    hter_difference,
    min_dcf,
    trials,
)


def test_attack_rates() -> None:
    """APCER is that of the worst type; a presentation without a score counts against BPCER alone."""
    answer = attack_rates([0.9, 0.4, np.nan, 0.8], {"print": [0.1, 0.6], "mask": [0.7, 0.8, np.nan]}, 0.5)
    assert answer.by_type == {"print": 0.5, "mask": pytest.approx(2 / 3)}
    assert (answer.worst_type, answer.bpcer) == ("mask", 0.5)
    assert answer.acer == pytest.approx((2 / 3 + 0.5) / 2)
    assert answer.counts == {"print": 2, "mask": 3}
    with pytest.raises(InputError, match="at least one attack type"):
        attack_rates([0.9], {}, 0.5)


def test_operating_point_by_hand() -> None:
    """With 10 impostors FMR 10 % allows one of them, FMR 1 % none."""
    impostor = np.arange(10.0)
    genuine = [7.5, 8.5, 9.5, 10.5]
    assert fnmr_at_fmr(genuine, impostor, 0.1).fnmr == 0.25
    assert fnmr_at_fmr(genuine, impostor, 0.1).threshold == 8.25
    assert fnmr_at_fmr(genuine, impostor, 0.01).fnmr == 0.5
    with pytest.raises(InputError, match="from 0 to 1"):
        fnmr_at_fmr(genuine, impostor, 5)


def test_least_cost_of_useless_scores_is_one() -> None:
    """Where no threshold helps, the better constant decision is the least cost, hence 1."""
    assert min_dcf([0, 0], [0, 0], p_genuine=0.3) == 1
    with pytest.raises(InputError, match="0 < p_genuine < 1"):
        min_dcf([1], [0], p_genuine=1)


def test_discordant_trials_alone_count() -> None:
    """Two impostors that A alone accepts, one genuine that B alone rejects: z by the formula."""
    both = trials([1, 1, 1, 1], [0, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0])
    answer = discordant_test(both, 0.5, 0.5)
    assert (answer.false_accepts, answer.false_rejects) == ((2, 0), (0, 1))
    assert answer.difference == pytest.approx((2 / 4 - 1 / 4) / 2)
    assert answer.z == pytest.approx(answer.difference / np.sqrt((2 / 4) / 16 + (1 / 4) / 16))
    same = discordant_test(trials([1], [1], [0], [0]), 0.5, 0.5)
    assert (same.z, same.p_value) == (0, 1)


def test_a_better_system_is_told_from_a_worse() -> None:
    """A far better B has a positive difference with a small p; a system against itself has none."""
    rng = np.random.default_rng(0)
    subject_g, subject_i = np.repeat(np.arange(30), 10), np.repeat(np.arange(30), 30)
    genuine, impostor = rng.normal(1, 1, 300), rng.normal(0, 1, 900)
    better = trials(genuine, genuine + 1, impostor, impostor)
    clusters = by_unit(subject_g, subject_i)
    for answer in (
        eer_difference(better, rng=rng, replicates=500),
        eer_difference(better, rng=rng, replicates=500, clusters=clusters),
        hter_difference(better, better, rng=rng, replicates=500),
        hter_difference(better, better, rng=rng, replicates=500, dev_clusters=clusters, test_clusters=clusters),
    ):
        assert 0 < answer.low < answer.value < answer.high
        assert answer.p_value == pytest.approx(2 / 501)
        assert answer.value == pytest.approx(answer.a - answer.b)
    itself = eer_difference(trials(genuine, genuine, impostor, impostor), rng=rng, replicates=200)
    assert (itself.value, itself.low, itself.high, itself.p_value) == (0, 0, 0, 1)


def test_trials_must_match() -> None:
    """Different numbers of trials stop; a trial that failed for either system leaves both."""
    with pytest.raises(InputError, match="3 scores of A and 2 of B"):
        trials([1, 2, 3], [1, 2], [0], [0])
    kept = trials([1, np.nan, 3], [1, 2, np.nan], [0, 1], [0, 1])
    assert list(kept.a_genuine) == [1]
    with pytest.raises(InputError, match="none of 1"):
        trials([np.nan], [1], [0], [0])

"""What must hold of any scores: orderings, mirrors, permutations, and bounds."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sweep.metrics import (
    auc,
    by_unit,
    cllr,
    clopper_pearson,
    d_prime,
    det_points,
    eer,
    eer_interval,
    fmr,
    fnmr,
    fnmr_at_fmr,
    hter_at,
    least_hter,
    min_cllr,
    min_dcf,
    wilson,
)

Scores = NDArray[np.float64]

# A coarse grid makes ties between the classes common.
scores = st.lists(st.integers(-12, 12), min_size=1, max_size=40).map(lambda x: np.array(x, dtype=np.float64) / 4)
quick = settings(max_examples=150, deadline=None)


def by_hand(genuine: Scores, impostor: Scores) -> tuple[float, float]:
    """Return step and interpolated EER by walking along all thresholds: slow, and plain to see."""
    points = [(fmr(impostor, t), fnmr(genuine, t)) for t in np.unique(np.concatenate((genuine, impostor)))] + [
        (0.0, 1.0)
    ]
    step = min(max(point) for point in points)
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 > y0 and x1 <= y1:
            share = (x0 - y0) / ((x0 - y0) + (y1 - x1))
            return step, x0 + share * (x1 - x0)
    raise AssertionError


@quick
@given(scores, scores)
def test_eer_is_the_crossing(genuine: Scores, impostor: Scores) -> None:
    """Both EERs are those of a walk along all thresholds, and the threshold is the first with FMR <= FNMR."""
    answer = eer(genuine, impostor)
    assert (answer.step, answer.value) == pytest.approx(by_hand(genuine, impostor), abs=1e-12)
    assert fmr(impostor, answer.threshold) <= fnmr(genuine, answer.threshold)
    assert answer.value <= answer.step + 1e-12
    assert eer(genuine, impostor, method="hull").value <= answer.value + 1e-12


@quick
@given(scores, scores)
def test_increasing_transform_changes_nothing(genuine: Scores, impostor: Scores) -> None:
    """EER, AUC, min-Cllr and least HTER know the order of the scores alone."""
    stretched = np.exp(genuine), np.exp(impostor)
    assert eer(*stretched).value == eer(genuine, impostor).value
    assert auc(*stretched) == auc(genuine, impostor)
    assert min_cllr(*stretched) == pytest.approx(min_cllr(genuine, impostor), abs=1e-12)
    assert least_hter(*stretched).value == least_hter(genuine, impostor).value


@quick
@given(scores, scores)
def test_mirror(genuine: Scores, impostor: Scores) -> None:
    """Classes exchanged and signs turned give the same EER, AUC and d'; classes exchanged alone, the complement."""
    assert eer(-impostor, -genuine).value == pytest.approx(eer(genuine, impostor).value, abs=1e-12)
    assert auc(-impostor, -genuine) == pytest.approx(auc(genuine, impostor), abs=1e-12)
    assert eer(impostor, genuine).value == pytest.approx(1 - eer(genuine, impostor).value, abs=1e-12)
    assert d_prime(-impostor, -genuine) == pytest.approx(d_prime(genuine, impostor), abs=1e-9, nan_ok=True)


@quick
@given(scores, scores, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(genuine: Scores, impostor: Scores, random: Random) -> None:
    """Shuffled rows, and rows without a score among them, give the same answer."""
    shuffled = list(genuine)
    random.shuffle(shuffled)
    assert eer(np.array([*shuffled, np.nan]), impostor).value == eer(genuine, impostor).value
    assert eer_interval(np.array(shuffled), impostor) == eer_interval(genuine, impostor)


@quick
@given(scores, scores)
def test_curve_and_bounds(genuine: Scores, impostor: Scores) -> None:
    """The DET falls, its trapezoids are the AUC, and every rate lies where it must."""
    curve = det_points(genuine, impostor)
    assert (np.diff(curve.fmr) <= 0).all()
    assert (np.diff(curve.fnmr) >= 0).all()
    area = float(np.sum(-np.diff(curve.fmr) * (2 - curve.fnmr[1:] - curve.fnmr[:-1]) / 2))
    assert auc(genuine, impostor) == pytest.approx(area, abs=1e-12)
    best = least_hter(genuine, impostor)
    assert best.value == pytest.approx(((curve.fmr + curve.fnmr) / 2).min(), abs=1e-12)
    assert best.value == hter_at(genuine, impostor, best.threshold).value
    assert -1e-12 <= min_cllr(genuine, impostor) <= min(1, cllr(genuine, impostor)) + 1e-12
    assert 0 <= min_dcf(genuine, impostor, p_genuine=0.1) <= 1


@quick
@given(scores, scores, st.sampled_from([0, 0.01, 0.1, 0.25, 0.5, 1]))
def test_operating_point_is_the_best(genuine: Scores, impostor: Scores, wanted: float) -> None:
    """No threshold with FMR <= the wanted one has a lower FNMR, and the threshold given makes both rates."""
    answer = fnmr_at_fmr(genuine, impostor, wanted)
    curve = det_points(genuine, impostor)
    assert answer.fnmr == pytest.approx(curve.fnmr[curve.fmr <= wanted + 1e-12].min(), abs=1e-12)
    assert fmr(impostor, answer.threshold) == pytest.approx(answer.fmr, abs=1e-12)
    assert fnmr(genuine, answer.threshold) == pytest.approx(answer.fnmr, abs=1e-12)


@quick
@given(scores, scores)
def test_exact_interval_holds_for_any_scores(genuine: Scores, impostor: Scores) -> None:
    """The interval is ordered and within [0, 1], for ties, one score, inverted and separated classes."""
    answer = eer_interval(genuine, impostor)
    assert 0 <= answer.low <= answer.high <= 1
    wider = eer_interval(genuine, impostor, confidence=0.99)
    assert wider.low <= answer.low
    assert wider.high >= answer.high


@quick
@given(st.integers(1, 500), st.data())
def test_intervals_of_a_rate(n: int, data: st.DataObject) -> None:
    """Both intervals hold the rate, are mirrored, and Clopper-Pearson's tails are exact."""
    count = data.draw(st.integers(0, n))
    for interval in (wilson, clopper_pearson):
        low, high = interval(count, n)
        assert 0 <= low <= count / n <= high <= 1
        mirrored = interval(n - count, n)
        assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((low, high), abs=1e-9)


def test_ids_may_be_words_or_numbers() -> None:
    """Clusters take any ids, and one missing id stops."""
    from sweep.errors import InputError

    assert by_unit(["a", "b"], ["b", "c"]).n_units == 3
    assert by_unit([7, 9], [9]).n_units == 2
    with pytest.raises(InputError, match="1 scores without one"):
        by_unit(["a", ""], ["b"])

"""Rates at a threshold, the EER and the HTER on cases worked by hand."""

import numpy as np
import pytest

from sweep.errors import InputError
from sweep.metrics import auc, det_points, eer, far, fmr, fnmr, frr, hter, hter_at

NAN = float("nan")


def test_accepts_at_the_threshold() -> None:
    """A score equal to the threshold is accepted."""
    assert fmr([1, 2, 3], 2) == pytest.approx(2 / 3)
    assert fnmr([1, 2, 3], 2) == pytest.approx(1 / 3)


def test_failure_to_acquire_is_a_rejection() -> None:
    """FAR and FRR count NaN as a rejected attempt; FMR and FNMR are over the scores alone."""
    assert far([1, 3, NAN, NAN], 2) == 0.25
    assert fmr([1, 3, NAN, NAN], 2) == 0.5
    assert frr([1, 3, NAN, NAN], 2) == 0.75
    assert fnmr([1, 3, NAN, NAN], 2) == 0.5


def test_eer_of_a_tie_is_interpolated() -> None:
    """One tied score: the crossing lies on the segment that the tie makes, the step EER at its worse end."""
    # Thresholds 0, 1, 2, above: FMR 1, 1/2, 0, 0 and FNMR 0, 0, 1/2, 1.
    answer = eer([1, 2], [0, 1])
    assert (answer.value, answer.step, answer.threshold, answer.ties) == (0.25, 0.5, 2, 1)
    assert eer([1, 2], [0, 1], method="step").value == 0.5


def test_separated_threshold_is_the_middle_of_the_gap() -> None:
    """With no error on either side the threshold stands as far from one class as from the other."""
    answer = eer([4, 5], [1, 2])
    assert (answer.value, answer.threshold) == (0, 3)


def test_all_scores_equal() -> None:
    """No threshold parts equal scores: EER one half, step one, and the threshold accepts nothing."""
    answer = eer([1, 1], [1, 1, 1])
    assert (answer.value, answer.step) == (0.5, 1)
    assert answer.threshold > 1


def test_inverted_polarity() -> None:
    """Distances given as similarities have an EER above one half, and the answer says so."""
    answer = eer([0, 1], [2, 3])
    assert answer.value == 1
    assert answer.inverted


def test_one_score_a_class() -> None:
    """One score a class is enough for a defined value."""
    assert eer([1], [0]).value == 0
    assert eer([0], [0]).value == 0.5


def test_hter_takes_the_threshold_from_dev() -> None:
    """The development set gives the threshold, the test set the counts; failures stand apart."""
    answer = hter([4, 5], [1, 2], [2.5, 3, 9, NAN], [0, 3.5])
    assert answer.threshold == 3
    assert (answer.false_rejects, answer.n_genuine, answer.false_accepts, answer.n_impostor) == (1, 3, 1, 2)
    assert answer.value == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert answer.frr_of_attempts == 0.5
    assert answer == hter_at([2.5, 3, 9, NAN], [0, 3.5], 3)


def test_auc_counts_a_tie_as_half() -> None:
    """The area is the Mann-Whitney share, whichever class is the larger."""
    assert auc([1, 2], [1]) == 0.75
    assert auc([1], [1, 0, 2]) == 0.5


def test_det_points_run_from_accept_all_to_reject_all() -> None:
    """The curve starts at FMR 1 and ends at FNMR 1."""
    curve = det_points([1, 2], [0, 1])
    np.testing.assert_allclose(curve.fmr, [1, 0.5, 0, 0])
    np.testing.assert_allclose(curve.fnmr, [0, 0, 0.5, 1])
    np.testing.assert_allclose(curve.thresholds, [0, 1, 2, np.inf])


@pytest.mark.parametrize(
    ("genuine", "impostor", "message"),
    [
        ([], [1.0], "at least one genuine score"),
        ([1.0], [NAN], "at least one impostor score"),
        ([np.inf], [1.0], "finite genuine scores"),
        (["a"], [1.0], "genuine scores as numbers"),
        ([[1.0]], [1.0], "one dimension"),
    ],
)
def test_bad_scores_stop(genuine: list[float], impostor: list[float], message: str) -> None:
    """Bad scores raise one message; nothing becomes a silent 0."""
    with pytest.raises(InputError, match=message):
        eer(genuine, impostor)


def test_unknown_method_names_the_known() -> None:
    """A misspelt method is answered with the known ones."""
    with pytest.raises(InputError, match="Did you mean 'interpolated'"):
        eer([1], [0], method="interpolate")  # type: ignore[arg-type]


def test_arguments_stay_as_they_were() -> None:
    """No function sorts or writes the caller's arrays, read-only ones included."""
    genuine, impostor = np.array([3.0, NAN, 1.0]), np.array([2.0, 0.0, 5.0])
    before = genuine.copy(), impostor.copy()
    genuine.flags.writeable = impostor.flags.writeable = False
    eer(genuine, impostor), hter(genuine, impostor, genuine, impostor), auc(genuine, impostor)
    np.testing.assert_array_equal(genuine, before[0])
    np.testing.assert_array_equal(impostor, before[1])

"""What the public functions of metrics and stats say of an argument that they cannot work with."""

import math
import pickle
from typing import Any

import numpy as np
import pytest

import sweep
from sweep import metrics, stats
from sweep.errors import InputError


@pytest.mark.parametrize(
    ("function", "arguments", "said"),
    [
        (metrics.clopper_pearson, (0, None), r"metrics.clopper_pearson: n: expected a whole number. Received: None"),
        (metrics.wilson, (0, 1e300), r"n: expected a whole number. Received: 1e\+300"),
        (metrics.wilson, (True, 3), r"count: expected a whole number. Received: True"),
        (metrics.wilson, (0, 10**400), r"Received: count=0, n=1000.*OverflowError"),
        (metrics.rule_of_3, (None,), r"n: expected a whole number"),
        (stats.failures, ([], 1j), r"n_failed: expected a whole number. Received: 1j"),
        (stats.t_interval, ([0.1, 0.2], "0.95"), r"level: expected a number. Received: '0.95'"),
        (metrics.hter_at, ([1], [0], None), r"threshold: expected a number"),
        (metrics.eer, ([1e301], [0]), r"Expected genuine scores from -1e\+300 to 1e\+300"),
        (stats.estimate, ({},), r"measured: expected sweep.stats.Measured. Received: {}"),
    ],
)
def test_an_argument_of_another_kind_is_named(function: Any, arguments: tuple[Any, ...], said: str) -> None:
    """The function, the argument, what was expected and what came."""
    with pytest.raises(InputError, match=said):
        function(*arguments)


def test_whole_numbers_of_any_type_are_whole_numbers() -> None:
    """NumPy's, and a float without a fraction, as a sum gives it."""
    expected = metrics.wilson(1, 3)
    assert metrics.wilson(np.int64(1), 3) == metrics.wilson(1, 3.0) == metrics.wilson(np.array(1), 3) == expected  # type: ignore[arg-type]


def test_a_wrong_keyword_is_a_type_error_as_everywhere() -> None:
    """What a programmer mistypes is Python's to say."""
    with pytest.raises(TypeError, match="metod"):
        metrics.eer([1], [0], metod="step")  # type: ignore[call-arg]


def test_the_public_functions_can_be_sent_to_another_process() -> None:
    """`multiprocessing` and joblib pickle them by name."""
    assert pickle.loads(pickle.dumps(metrics.eer)) is metrics.eer  # noqa: S301 (made here)


def test_d_prime_is_the_same_on_every_scale() -> None:
    """Squares of large scores are no numbers; the index has none."""
    genuine, impostor = np.array([3.0, 4.0, 7.0]), np.array([0.0, 1.0, 1.5])
    assert metrics.d_prime(genuine * 1e299, impostor * 1e299) == pytest.approx(metrics.d_prime(genuine, impostor))
    assert math.isnan(metrics.d_prime([1], [0]))


def test_a_message_names_the_function_as_people_know_it() -> None:
    """By the public door, not by the module behind it."""
    with pytest.raises(InputError, match=r"sweep.estimate: level: expected a number"):
        sweep.estimate("nowhere", level="0.9")  # type: ignore[arg-type]

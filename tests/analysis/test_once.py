"""What a report keeps while it is made."""

import numpy as np
import pytest

from sweep.analysis.measured_study import measure_study
from sweep.analysis.once import asked_once, once
from sweep.store import store

RESULTS = "results/reference"


def test_an_answer_is_kept_for_what_it_came_from_and_no_longer() -> None:
    """Once for each question and object within the block, each time outside it; an error is not kept."""
    calls: list[str] = []
    one, equal = ["x"], ["x"]

    def work() -> int:
        calls.append("called")
        return len(calls)

    with asked_once():
        assert once("a", (one,), work) == once("a", (one,), work) == 1
        assert once("a", (equal,), work) == 2  # equal, but not the same
        assert once("b", (one,), work) == 3
        with pytest.raises(ZeroDivisionError):
            once("c", (one,), lambda: 1 // 0)
        assert once("c", (one,), work) == 4
    assert once("a", (one,), work) == 5
    assert once("a", (one,), work) == 6


def test_metrics_that_are_measured_together_are_those_measured_alone() -> None:
    """Values, replicates and the state that the generator is left in are equal to the bit."""
    results = store.load(RESULTS)
    for name in ("hter", "eer"):
        alone, together = np.random.default_rng(0), np.random.default_rng(0)
        expected = measure_study(results, name, rng=alone, n_replicates=50)
        with asked_once(together=("eer", "hter")):
            first = measure_study(results, "eer", rng=np.random.default_rng(0), n_replicates=50)
            found = measure_study(results, name, rng=together, n_replicates=50)
            again = measure_study(results, name, rng=together, n_replicates=50)
        np.testing.assert_array_equal(found.replicates, expected.replicates)
        np.testing.assert_array_equal(found.value, expected.value)
        assert (found is first) == (name == "eer")
        assert not np.array_equal(again.replicates, found.replicates)  # it drew on, as the generator did
        alone_again = measure_study(results, name, rng=alone, n_replicates=50)
        np.testing.assert_array_equal(again.replicates, alone_again.replicates)

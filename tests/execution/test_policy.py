"""What is run next, told by the store and the plan alone."""

from types import SimpleNamespace
from typing import Any

import pandas as pd

from sweep.running.policy import next_orders

PLAN: Any = [SimpleNamespace(trial_id=name) for name in "abcd"]


def ids(stored: list[tuple[str, str]], **options: Any) -> str:
    """Return the trials of the next round, one letter each."""
    rows = pd.DataFrame(stored, columns=["trial_id", "status"])
    return "".join(one.trial_id for one in next_orders(rows, PLAN, **options))


def test_what_the_store_lacks_is_next_in_the_order_of_the_plan() -> None:
    """A stored failure is stored; what is not of the plan does not matter; all stored ends the run."""
    assert ids([]) == "abcd"
    assert ids([("c", "ok"), ("a", "failed"), ("z", "ok")]) == "bd"
    assert ids([(name, "ok") for name in "dcba"]) == ""


def test_failures_are_run_again_only_when_asked_and_only_where_no_attempt_was_good() -> None:
    """A failure followed or preceded by a good attempt is a good trial."""
    stored = [("a", "failed"), ("b", "failed"), ("b", "ok"), ("c", "ok"), ("c", "failed"), ("d", "ok")]
    assert ids(stored, retry_failed=True) == "a"
    assert ids(stored) == ""


def test_no_trial_is_ordered_twice_in_a_run() -> None:
    """A trial that was ordered and is not stored was lost, and one that failed again is not run for ever."""
    assert ids([("a", "failed")], ordered={"a", "b"}, retry_failed=True) == "cd"

"""The border to Ray Tune, which carries dictionaries: an outcome goes out as one, and comes back as what it was."""

from collections.abc import Mapping
from typing import Any

from sweep.trial.order import TrialOrder
from sweep.trial.outcome import Status, TrialOutcome


def to_tune(outcome: TrialOutcome) -> dict[str, Any]:
    """Return the result that a slot hands to Tune, which ends the trial there; its record is stored before."""
    return outcome.as_dict() | {"done": True}


def from_tune(result: Mapping[str, Any], order: TrialOrder) -> TrialOutcome:
    """Return the outcome of an order from Tune's result, in which Tune's own trial_id stands in place of ours."""
    carried = {name: result[name] for name in ("stage", "metrics", "error", "elsewhere", "holder")}
    status = Status(result["status"])
    return TrialOutcome(order.trial_id, status, config_id=order.config_id, seed=order.seed, **carried)

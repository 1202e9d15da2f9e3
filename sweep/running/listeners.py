"""Functions of the user's that hear what became of each trial, in the driver's process, as soon as it is stored."""

import sys
from collections.abc import Callable, Sequence

from sweep.errors import InputError, one_line
from sweep.trial.outcome import TrialOutcome

Listener = Callable[[TrialOutcome], None]


def check_listeners(listeners: Sequence[Listener]) -> None:
    """Raise InputError unless each listener can be called."""
    for listener in listeners:
        if not callable(listener):
            raise InputError(
                "listeners: expected functions that take the outcome of a trial. "
                f"Received: {listener!r}. See `sweep.trial.outcome.TrialOutcome`."
            )


def heard_by(listeners: Sequence[Listener]) -> Listener:
    """Return a function that calls every listener with an outcome, in their order.

    A listener that raises loses neither the run nor its trial: the first time is said on standard error, and the
    listener is called again with the next outcome.
    """
    failed: set[int] = set()

    def hear(outcome: TrialOutcome) -> None:
        for at, listener in enumerate(listeners):
            try:
                listener(outcome)
            except (Exception, SystemExit) as error:  # noqa: BLE001 (of the user's code, which must not end the run)
                if at not in failed:
                    failed.add(at)
                    name = getattr(listener, "__qualname__", type(listener).__name__)
                    sys.stderr.write(
                        f"sweep: the listener {name} failed at trial {outcome.trial_id}: {one_line(error)}. The run "
                        "goes on; further errors of this listener are not shown\n"
                    )
                    sys.stderr.flush()

    return hear

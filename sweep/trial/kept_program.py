"""A trial in a process that trains one configuration: its program is kept here from call to call."""

from sweep.trial.order import TrialOrder
from sweep.trial.outcome import TrialOutcome
from sweep.trial.program import Program
from sweep.trial.trial import run_trial

_program = Program()


def run_with_program(order: TrialOrder) -> tuple[TrialOutcome, bool]:
    """Return the outcome of a trial as `run_trial` does, with the program that this process traced before.

    Also return whether this process must train no other: the user's modules hold something now that they did not.
    """
    outcome = run_trial(order, _program)
    _program.look_again()
    return outcome, _program.spoiled

"""The claims of a run, which its slots ask for.

On a cluster one Ray actor on the driver's node takes, renews and removes them for all slots: not every node sees the
results. Where all slots are on the driver's machine, each does it itself, in the name of the run.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import ray
from ray.exceptions import RayError

from sweep.running.ray_session import actor_here
from sweep.store import claims, records
from sweep.store.places import place
from sweep.trial.outcome import Status, TrialOutcome


class Claimant:
    """Answers the slots of one run whether a trial is theirs to train."""

    def __init__(self, results: str, owner: claims.Owner) -> None:
        """Take the address of the study's results and the run; claims are renewed from now on."""
        self._claims = claims.Claims(place(results), owner)
        self._ended = threading.Event()
        threading.Thread(target=self._renew, daemon=True).start()

    def ask(self, trial_id: str, attempt: int) -> TrialOutcome | None:
        """Claim a trial and return None, or return its outcome where another run holds it or has stored it.

        attempt: the number that its record is to have. Storage that is away gives no claim and hinders nobody: the
        record waits for it, see `sweep.store.records.keep`. Where it refuses, the trial would be trained in vain: the
        outcome says so.
        """
        elsewhere = partial(TrialOutcome, trial_id, elsewhere=True)
        try:
            holder = self._claims.take(trial_id)
            row = records.stored_since(self._claims.folder, trial_id, attempt)
        except OSError as error:
            return elsewhere(Status.UNSTORED, error=str(error)) if records.without_right(error) else None
        if row is not None:
            if holder is None:
                self._claims.release(trial_id)
            return elsewhere(
                Status(row["status"]), error=row["error"].partition("\n")[0], metrics=row.get("metric", {})
            )
        return None if holder is None else elsewhere(Status.HELD, holder=str(holder))

    def release(self, trial_id: str) -> None:
        """Give up the claim of a trial that has ended."""
        self._claims.release(trial_id)

    def end(self) -> None:
        """Stop renewing."""
        self._ended.set()

    def _renew(self) -> None:
        while not self._ended.wait(claims.RENEWED):
            self._claims.renew()


@contextmanager
def claiming(results: str, owner: claims.Owner, *, here: bool) -> Iterator[Any]:
    """Give what the slots of a run need to claim trials, for a while.

    here: whether all slots are on this machine; then it is the run's name alone, else an actor that answers them.
    """
    if here:
        yield owner
        return
    actor = actor_here(Claimant, results, owner)
    try:
        yield actor
    finally:
        ray.kill(actor)


def claimant_of(claiming: Any, results: str) -> Any:
    """Return what a slot asks: itself, where it was given the run's name, or the actor that it was given, or None."""
    return Claimant(results, claiming) if isinstance(claiming, claims.Owner) else claiming


def ask(claimant: Any, trial_id: str, attempt: int) -> TrialOutcome | None:
    """Return what `Claimant.ask` says to a slot; None where there is no claimant, or none that answers.

    A share that is mounted again may refuse for a moment, and is asked again.
    """
    if claimant is None:
        return None
    end = time.monotonic() + records.PATIENCE_WITHOUT_RIGHT
    while True:
        try:
            answer: TrialOutcome | None = (
                claimant.ask(trial_id, attempt)
                if isinstance(claimant, Claimant)
                else ray.get(claimant.ask.remote(trial_id, attempt))
            )
        except RayError:
            return None  # rather trained twice than not at all
        if answer is None or answer.status is not Status.UNSTORED or time.monotonic() > end:
            return answer
        time.sleep(0.5)


def release(claimant: Any, trial_id: str) -> None:
    """Tell the claimant, if there is one, that a trial has ended, without waiting for an actor."""
    if isinstance(claimant, Claimant):
        claimant.release(trial_id)
    elif claimant is not None:
        with suppress(RayError):
            claimant.release.remote(trial_id)

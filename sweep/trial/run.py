"""The object `run` that the functions of a study's `fit`, `trial` and `measure` are given: the door to their trial."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweep.errors import InputError
from sweep.trial.handed_weights import digest_of
from sweep.trial.journal import Journal
from sweep.trial.stream_seeds import StreamSeeds

_TAKEN = ("epoch", "seed", "trial_id", "config_id", "weights_sha256", "layers_sha256", "order_sha256")


class Run(StreamSeeds):
    """One trial, as a function of the user's sees it.

    trial_id: names the trial. number: the seed as the study counts it. hp: setting -> number or word, by dotted keys
    such as "fit.margin".
    """

    def __init__(self, trial_id: str, number: int, hp: Mapping[str, float | str], journal: Journal) -> None:
        """Take what the trial is, and where to note what is told."""
        super().__init__(journal.seeds, journal.asked)
        self.trial_id, self.number, self.hp = trial_id, number, dict(hp)
        self._journal = journal

    def epoch(self, loss: float | None = None, *, dev: Any = None, **numbers: float) -> dict[str, float]:
        """Note the end of an epoch: a row of epochs.parquet; return it, with dev's metrics.

        Args:
            loss: of the training; must be finite.
            dev: for a `trial`: dev's scores now, from which dev's metrics follow. `fit` leaves it away: its model is
                asked.
            numbers: further columns.

        Raises:
            ArithmeticError: the loss is not finite.
            InputError: a number that is none, or has a name that is taken.
        """
        if self._journal.role == "measure":
            raise InputError("run.epoch: expected it in fit or trial. Received: a call after the training.")
        given = {name: _number(name, value) for name, value in {"loss": loss, **numbers}.items() if value is not None}
        if not math.isfinite(given.get("loss", 0.0)):
            raise ArithmeticError(f"Expected a finite loss. Received: {given['loss']} in epoch {self._n + 1}.")
        measured = {} if dev is None and self._journal.role == "trial" else self._journal.dev(dev)
        if shared := sorted(given.keys() & (measured.keys() | set(_TAKEN))):
            raise InputError(f"run.epoch: expected names that are free. Received: {', '.join(shared)}.")
        self._journal.add_epoch(given, measured)
        return given | measured

    def dev(self, scores: Any = None) -> dict[str, float]:
        """Return dev's metrics now: of the model's outputs, or of the scores that a `trial` has for dev."""
        return self._journal.dev(scores)

    def state(self, weights: Any) -> None:
        """Hand in weights, of which digests are kept: bytes, arrays, lists and mappings of them, a `state_dict`.

        The first call is the state before the training, if a later one follows; the last is the state at the end. A
        call between two epochs belongs to the second.
        """
        self._journal.hand_in(digest_of(weights))

    @property
    def folder(self) -> Path:
        """Return an empty folder; the files that are left in it are kept with the trial, under files/TRIAL.

        At most 256 MiB in 1,000 files; links are not kept.
        """
        return self._journal.make_folder()

    @property
    def should_stop(self) -> bool:
        """Return whether the study's `train.early_stopping` says that the training has ended."""
        return self._journal.should_stop

    @property
    def _n(self) -> int:
        return len(self._journal.epochs)


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError(f"run.epoch: expected a number as {name}. Received: {value!r:.80}.") from None

"""How a slot trains its orders: each in a fresh process, or seeds of a configuration in one where the bits allow it.

A process that trains several seeds traces the configuration's program once (`sweep.trial.program`). Whether this gives
the bits of a fresh process is proved before it counts: the first seed that would share a program is trained in a fresh
process, whose record is stored, and once more in the process with the program. All digests, scores and metrics must be
equal. Where they are not, the configuration goes on in fresh processes, and its trials say so.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sweep.machine.memory import resident
from sweep.machine.process import KeptProcess, Outcome, call
from sweep.store.records import Record
from sweep.study.study import Study
from sweep.trial.kept_program import run_with_program
from sweep.trial.order import TrialOrder
from sweep.trial.outcome import Status, TrialOutcome
from sweep.trial.program import shareable
from sweep.trial.trial import hand_in

WORTH = 5  # so many orders of a configuration pay for the proof, which trains one seed twice
MOST_TRIALS = 200  # of a process: each model that it builds leaves some memory behind
MOST_GROWTH = 150 * 2**20  # bytes by which a process may grow over its trials

Train = Callable[[TrialOrder], TrialOutcome]


def in_turns(orders: Sequence[TrialOrder], n_slots: int) -> list[TrialOrder]:
    """Return the orders so that each slot has a configuration of its own for as long as possible, longest first.

    As many configurations as there are slots are in work at once, with all their seeds; within them the order stays.
    Where no configuration has seeds enough to share a program, longer ones come first, and else the order stays.
    """
    lengths = {order.config_id: n_epochs(order) for order in orders}
    places = {name: at for at, name in enumerate(sorted(lengths, key=lambda name: -lengths[name]))}
    if max(Counter(order.config_id for order in orders).values(), default=0) < WORTH:
        return sorted(orders, key=lambda order: -lengths[order.config_id])
    return sorted(orders, key=lambda order: places[order.config_id] // max(1, n_slots))


def n_epochs(order: TrialOrder) -> int:
    """Return how many epochs a trial trains at most, by which its length is guessed; 1 where no study says it."""
    train = order.study.get("train") or {}
    return max(1, sum(phase.get("epochs") or 0 for phase in (train, *(train.get("then") or ()))))


class SeedsTogether:
    """Trains the orders of one slot.

    It has at most one process with a program, of the configuration that it was given last.
    """

    def __init__(
        self, run: Train, orders: Sequence[TrialOrder], *, together: bool, variables: Mapping[str, str]
    ) -> None:
        """Take what a fresh process runs, every order of the run, and whether seeds may share a process at all.

        variables: of each process, see `sweep.machine.process.KeptProcess`.
        """
        self._run, self._process, self._config_id = run, KeptProcess(variables), ""
        self._variables = dict(variables)
        counts = Counter(order.config_id for order in orders)
        studies = {order.config_id: order.study for order in orders if counts[order.config_id] >= WORTH}
        self._shareable = {
            name for name, study in studies.items() if together and shareable(Study.model_validate(study))
        }
        self._proved: set[str] = set()
        self._apart: set[str] = set()  # of which a proof failed
        self._died: set[str] = set()  # of which a proof died before it could tell
        self._n_trials, self._first_size = 0, 0

    @property
    def pid(self) -> int | None:
        """Return the number of the process with a program, None where there is none."""
        return self._process.pid

    def train(self, order: TrialOrder) -> Outcome:
        """Return what became of an order, as `sweep.machine.process.call` does; its record is stored or in it.

        Only an order that is tried for the first time shares a process: who knows why the last one died.
        """
        name = order.config_id
        if name in self._apart:
            order = replace(order, apart=True)
        if name not in self._shareable or name in self._apart or order.crashed:
            return call(self._run, order, variables=self._variables)
        if self._config_id != name or self._process.pid is None or self._tired():
            self.end()
            self._config_id = name
            return self._in_process(order)
        if name not in self._proved:
            return self._proving(order)
        ended = self._in_process(order)
        if not ended.crash and ended.value.status is Status.NOT_SHARED:
            return self._in_pieces(order)
        return ended

    def end(self) -> None:
        """End the process with the program."""
        self._process.end()
        self._n_trials = 0

    def _in_process(self, order: TrialOrder) -> Outcome:
        ended = self._process.call(run_with_program, order)
        self._n_trials += 1
        if not ended.crash:
            outcome, spoiled = ended.value
            ended = Outcome(outcome)
            if spoiled:
                self._give_up(order)
        if self._n_trials == 2 and self._process.pid is not None:  # with the first one the program itself grows
            self._first_size = resident(self._process.pid) or 0
        return ended

    def _tired(self) -> bool:
        size = resident(self._process.pid) if self._process.pid is not None else None
        grown = size - self._first_size if size is not None and self._n_trials > 1 else 0
        return self._n_trials >= MOST_TRIALS or grown > MOST_GROWTH

    def _proving(self, order: TrialOrder) -> Outcome:
        """Train an order in a fresh process and in the one with the program, and compare; the fresh one counts."""
        fresh = call(self._run, replace(order, results=""), variables=self._variables)
        if fresh.crash or fresh.value.record is None:
            return fresh
        again = self._in_process(replace(order, results=""))
        if again.crash and order.config_id not in self._died:  # it says nothing of bits: another seed proves it
            self._died.add(order.config_id)
        elif again.crash or again.value.record is None or not same_bits(fresh.value.record, again.value.record):
            self._give_up(order)
            fresh.value.record.trial.setdefault("check", {})["runs_apart"] = 1.0
        elif fresh.value.status is Status.OK:  # a trial that failed proves nothing
            self._proved.add(order.config_id)
        return Outcome(hand_in(order, fresh.value.record, replace(fresh.value, record=None)))

    def _in_pieces(self, order: TrialOrder) -> Outcome:
        self._give_up(order)
        return call(self._run, replace(order, apart=True), variables=self._variables)

    def _give_up(self, order: TrialOrder) -> None:
        self._apart.add(order.config_id)
        self.end()


def same_bits(first: Record, second: Record) -> bool:
    """Return whether two records of a trial hold the same bits: weights, epochs, scores, metrics, checks."""
    row, other = first.trial, second.trial
    told = ("status", "init_sha256", "init_layers", "final_sha256", "kept_epoch", "metric", "check", "threshold")
    if any(not _same(row.get(name), other.get(name)) for name in told):
        return False
    return _same(first.epochs, second.epochs) and _same(first.scores, second.scores)


def _same(value: object, other: object) -> bool:
    """Return whether two values are equal to the bit; NaN equals NaN."""
    if isinstance(value, dict) and isinstance(other, dict):
        return value.keys() == other.keys() and all(_same(value[name], other[name]) for name in value)
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(_same(*pair) for pair in zip(value, other, strict=True))
    if isinstance(value, np.ndarray) and isinstance(other, np.ndarray):
        return value.dtype == other.dtype and value.shape == other.shape and value.tobytes() == other.tobytes()
    return value == other or (value != value and other != other)

"""Where the processor seconds of a trial go: of the first one of a process, and of one that shares its program."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from statistics import median
from typing import Any
from unittest import mock

from sweep.machine import process
from sweep.machine.import_path import find_modules_in
from sweep.running import opening, preparation, shared_run
from sweep.trial.order import TrialOrder

# What is measured -> the functions, as "module:name" of where they are called. An inner part counts for itself alone.
PARTS = {
    "build the model": ["sweep.trial.keras_trial:build"],
    "compile, make the optimizer": ["sweep.trial.keras_trial:begin_phase"],
    "put its state into the traced one": ["sweep.trial.program:Program.adopt"],
    "fit: steps and Keras": ["sweep.trial.fitting:fit"],
    "scores of train, dev, test": ["sweep.trial.scoring:predict"],
    "losses of splits": ["sweep.trial.scoring:mean_loss"],
    "digests of weights": ["sweep.trial.weights:by_layer", "sweep.trial.weights:digest"],
    "checks": ["sweep.trial.keras_trial:_checks"],
    "look at the user's modules": ["sweep.trial.program:module_state"],
}
REST = "all else"


class Clock:
    """Processor seconds by part; the innermost part that runs has the clock."""

    def __init__(self) -> None:
        """Start with nothing, all of it `REST`."""
        self.spent: dict[str, float] = defaultdict(float)
        self._running, self._since = [REST], time.process_time()

    def turn(self) -> None:
        """Charge the part that runs with the time since the last turn."""
        now = time.process_time()
        self.spent[self._running[-1]] += now - self._since
        self._since = now

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, its time charged to a part."""

        def call(*args: Any, **keywords: Any) -> Any:
            self.turn()
            self._running.append(part)
            try:
                return function(*args, **keywords)
            finally:
                self.turn()
                self._running.pop()

        return call


@contextmanager
def timed(clock: Clock) -> Iterator[None]:
    """Charge the functions of PARTS to the clock for a moment."""
    with ExitStack() as patched:
        for part, places in PARTS.items():
            for place in places:
                head, _, name = place.rpartition(".") if "." in place.partition(":")[2] else place.partition(":")
                owner = resolve_name(head)
                patched.enter_context(mock.patch.object(owner, name, clock.timed(part, getattr(owner, name))))
        yield


def parts_of(orders: Sequence[TrialOrder]) -> list[dict[str, float]]:
    """Return part -> processor seconds of each trial, one after the other in this process."""
    from sweep.trial.kept_program import run_with_program

    found = []
    for order in orders:
        clock = Clock()
        with timed(clock):
            outcome, spoiled = run_with_program(order)
            clock.turn()
        assert outcome.status.value == "ok", outcome.error
        assert not spoiled, "the trials cannot share a process"
        found.append(dict(clock.spent))
    return found


def print_parts(study: Path, seeds: int) -> None:
    """Print a table of the parts: a trial alone in its process, the first of several, and the median of the others."""
    modules = opening.module_folders(study)
    find_modules_in(modules)
    trials, _ = preparation.prepare(opening.resolve(study, seeds=seeds, results=study.parent))
    first = trials[0].configuration.config_id
    orders = [
        replace(shared_run.order_of(trial, study.parent, str(study.parent), modules), results="")
        for trial in trials
        if trial.configuration.config_id == first
    ]
    process.warm_up("sweep.trial.preload")
    told = process.call(parts_of, orders)
    assert not told.crash, told.log
    first_trial, *others = told.value
    print(f"{'processor seconds of a trial':36} {'first of a process':>19} {'each further one':>17}")
    sums = [0.0, 0.0]
    for part in (*PARTS, REST):
        seconds = first_trial.get(part, 0.0), median(one.get(part, 0.0) for one in others)
        sums = [total + one for total, one in zip(sums, seconds, strict=True)]
        print(f"{part:36} {seconds[0]:19.3f} {seconds[1]:17.3f}")
    print(f"{'sum':36} {sums[0]:19.3f} {sums[1]:17.3f}")

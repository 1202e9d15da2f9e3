"""One run of a user's own training, watched: what every `fit` started from and ended with, under stated conditions.

This runs in a fresh process. The script is not changed; Keras's `fit` and NumPy's constructors of generators are
wrapped around it, and put nothing between the script and its results.
"""

import hashlib
import importlib
import runpy
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sweep.machine.import_path import find_modules_in
from sweep.trial import backends, seeding, weights
from sweep.trial.process_state import Machine, begin_trial


def generators() -> tuple[str, ...]:
    """Return the names of the generators that a script may draw from: "own" are those that it makes itself."""
    return ("python", "numpy", backends.current().NAME, "own")


@dataclass(frozen=True)
class Conditions:
    """How a script is run.

    seeds: generator -> seed, for Python's `random`, NumPy's global one, the backend's and those that the script makes
    without a seed; none of them is touched where it is empty. times: how often in one process. probe: whether the order
    of the samples in two epochs is looked at, which disturbs the run.
    """

    threads: int = 1
    determinism: bool = False
    seeds: Mapping[str, int] = field(default_factory=dict)
    times: int = 1
    probe: bool = False


@dataclass(frozen=True)
class Request:
    """What is run: a script's path or "package.module:function", the folder it runs in, its conditions."""

    target: str
    folder: str
    conditions: Conditions


@dataclass
class Fit:
    """One call of `fit`. model: which object, from 0. steps: of the optimizer before it. losses: an epoch each."""

    model: int
    steps: int
    init: str
    final: str = ""
    losses: tuple[float, ...] = ()


@dataclass
class Run:
    """One run of the script. value: digest of what a function returned. unseeded: where it made generators without a
    seed. same_order: whether two epochs met the samples in one order, None where that was not looked at."""

    fits: list[Fit] = field(default_factory=list)
    value: str = ""
    error: str = ""
    unseeded: list[str] = field(default_factory=list)
    same_order: bool | None = None

    @property
    def bits(self) -> tuple[Any, ...]:
        """What two runs are compared by."""
        return tuple((fit.init, fit.final) for fit in self.fits), self.value, self.error


def run_watched(request: Request) -> list[Run]:
    """Return the runs of a script in this process, which must be fresh."""
    conditions = request.conditions
    begin_trial(Machine(conditions.threads, conditions.determinism), request.folder)
    find_modules_in((request.folder,))
    call = _caller(request.target)
    found = []
    for _ in range(conditions.times):
        run = Run()
        seeding.seed_generators(conditions.seeds)
        fit = partial(_fit_into, run, conditions.probe)
        own_seed = partial(_own_seed, run, conditions.seeds, request.target)
        with seeding.watched_fit(fit), seeding.watched_generators(own_seed):
            _call(call, run)
        found.append(run)
    return found


def _caller(target: str) -> Callable[[], Any]:
    if target.endswith(".py"):
        sys.argv = [target]
        sys.path.insert(0, str(Path(target).parent))
        return lambda: runpy.run_path(target, run_name="__main__") and None
    module, _, name = target.partition(":")
    return lambda: getattr(importlib.import_module(module), name)()


def _call(call: Callable[[], Any], run: Run) -> None:
    try:
        run.value = _digest(call())
    except SystemExit:
        pass  # a script may end itself
    except Exception as error:  # noqa: BLE001 (the script's own failure is part of the answer)
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f" ({Path(last.filename).name}, line {last.lineno})"
        run.error = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}{where}"


def _fit_into(run: Run, probe: bool, original: Any) -> Any:
    models: list[Any] = []  # kept, so that no two models share an id

    def fit(model: Any, *args: Any, **keywords: Any) -> Any:
        if not any(model is known for known in models):
            models.append(model)
        if probe and run.same_order is None:
            from sweep.explain.order_probe import same_order

            run.same_order = same_order(original, args, keywords)
        at = next(place for place, known in enumerate(models) if known is model)
        optimizer = getattr(model, "optimizer", None)
        steps = int(np.asarray(optimizer.iterations)) if optimizer is not None else 0
        run.fits.append(Fit(at, steps, weights.digest(model.get_weights())))
        history = original(model, *args, **keywords)
        run.fits[-1].final = weights.digest(model.get_weights())
        run.fits[-1].losses = tuple(map(float, history.history.get("loss", ())))
        return history

    return fit


def _own_seed(run: Run, seeds: Mapping[str, int], target: str, kind: str) -> int | None:
    """Note where a generator without a seed is made, and return the seed that it gets instead; None leaves it."""
    frame = sys._getframe(2)
    name = frame.f_code.co_filename
    if "site-packages" in name and Path(target).name != Path(name).name:
        return None  # a library's own business
    run.unseeded.append(f"{kind}() in {Path(name).name}, line {frame.f_lineno}")
    return None if "own" not in seeds else seeds["own"] * 1000 + len(run.unseeded)


def _digest(value: Any) -> str:
    """Return a digest of what a function returned: numbers, arrays, mappings, a model's weights; "" for nothing."""
    if value is None:
        return ""
    if hasattr(value, "get_weights"):
        return weights.digest(value.get_weights())
    if hasattr(value, "history"):
        return _digest(value.history)
    if isinstance(value, Mapping):
        text = ",".join(f"{key}:{_digest(item)}" for key, item in value.items())
    elif isinstance(value, list | tuple):
        text = ",".join(map(_digest, value))
    elif isinstance(value, int | float | str | bool):
        text = repr(value)
    else:
        try:
            return weights.digest([np.asarray(value, dtype=np.float64)])
        except (TypeError, ValueError):
            return type(value).__name__
    return hashlib.sha256(text.encode()).hexdigest()

"""Why a user's own training gives other results: run unmodified under changed conditions, and what each change does.

Runs are compared by the weights before and after every `fit`, and by what a function returns. One thing is changed at a
time, so that the generator, the thread count or the state that changes the result is named, not guessed.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sweep.errors import InputError
from sweep.errors.display import displayed
from sweep.explain.watched_run import Conditions, Request, Run, generators, run_watched
from sweep.machine import process
from sweep.machine.folders import current_folder
from sweep.machine.variables import quiet_environment
from sweep.trial import backends

MEANING = {
    "python": "Python's `random`, from which Keras draws initial weights and dropout",
    "numpy": "NumPy's global generator (`np.random.*`)",
    "own": "a generator that the code makes without a seed",
}
MOST_AT_ONCE = 4  # runs, each with a TensorFlow of its own in memory


@dataclass(frozen=True)
class Cause:
    """One thing that may change the result. changes: whether it does; evidence: what was seen; remedy: what to do."""

    name: str
    changes: bool
    evidence: str
    remedy: str = ""


@displayed
@dataclass(frozen=True)
class ScriptAnswer:
    """What was found. repeats: whether two runs as they stand are equal to the bit. n_fits: calls of `fit` a run."""

    target: str
    repeats: bool
    n_fits: int
    causes: tuple[Cause, ...]

    @property
    def found(self) -> tuple[str, ...]:
        """The names of the causes that change the result."""
        return tuple(cause.name for cause in self.causes if cause.changes)

    def as_json(self) -> dict[str, Any]:
        """Return one object for JSON."""
        return asdict(self) | {"found": list(self.found)}

    def as_text(self) -> str:
        """Return some lines for a person."""
        said = "gives the same bits in every run" if self.repeats else "gives other results in every run"
        lines = [f"{self.target}, unchanged, {said} ({self.n_fits} calls of fit a run)."]
        for cause in sorted(self.causes, key=lambda one: not one.changes):
            lines.append(f"  {'CHANGES' if cause.changes else 'no effect':9}  {cause.name}: {cause.evidence}")
            lines += [f"             {cause.remedy}"] if cause.changes and cause.remedy else []
        return "\n".join(lines)


def explain_script(target: str, *, hear: Callable[[str], None] = lambda text: None) -> ScriptAnswer:
    """Run a script or function about a dozen times under changed conditions, and return what changes its result.

    Args:
        target: a Python file, or "package.module:function", a function without arguments.
        hear: called with a line of progress before each run.

    Raises:
        InputError: no such file, it fails, or it neither calls Keras's `fit` nor returns anything.
    """
    if target.endswith(".py"):
        if not Path(target).is_file():
            raise InputError(f"Expected a Python file. Received: {target}, which is not there.")
        target = str(Path(target).absolute())
    elif ":" not in target:
        raise InputError(f"Expected FILE.py or package.module:function. Received: {target}.")
    quiet_environment()
    process.warm_up("sweep.trial.preload")
    all_seeded = dict.fromkeys(generators(), 1)
    with ThreadPoolExecutor(max_workers=min(MOST_AT_ONCE, os.cpu_count() or 1)) as pool:

        def runs(what: str, **conditions: Any) -> Future[list[Run]]:
            hear(what)
            return pool.submit(_run, target, Conditions(**conditions))

        stands = [runs(f"unchanged, {n} of 2") for n in (1, 2)]
        twice = runs("seeded, twice in one process", seeds=all_seeded, determinism=True, times=2)
        first, second = (run.result()[0] for run in stands)
        _check(target, first)
        free = [runs(f"seeded, determinism off, {n} of 2", seeds=all_seeded) for n in (1, 2)]
        deterministic, shared = twice.result()
        on = (
            not deterministic.error
        )  # not: an operation that has no deterministic kernel, or a script that sets threads
        if not on:
            shared = runs("seeded, twice in one process", seeds=all_seeded, times=2).result()[1]
        base = deterministic if on else free[0].result()[0]
        asked = {
            "again": runs("seeded, again", seeds=all_seeded, determinism=on),
            "threads": runs("2 threads", seeds=all_seeded, determinism=on, threads=2),
            "probe": runs("order of the samples", seeds=all_seeded, determinism=on, probe=True),
            **{one: runs(f"{one} seeded otherwise", seeds=all_seeded | {one: 2}, determinism=on) for one in all_seeded},
        }
        done = {name: run.result()[0] for name, run in asked.items()}
        freed = [run.result()[0] for run in free]
    other = {name: done[name] for name in all_seeded}
    repeats = first.bits == second.bits
    seeded = base.bits == done["again"].bits
    causes = [
        *_generators(repeats, seeded, base, other, [*first.unseeded, *base.unseeded]),
        _threads(seeded, base, done["threads"]),
        _operations(deterministic, base, freed),
        _carried_over(base),
        _shared_process(seeded, base, shared),
        _order(done["probe"]),
    ]
    return ScriptAnswer(Path(target).name, repeats, len(first.fits), tuple(causes))


def _run(target: str, conditions: Conditions) -> list[Run]:
    outcome = process.call(run_watched, Request(target, current_folder(), conditions))
    if outcome.crash:
        raise InputError(f"Expected {target} to run. Its process was {outcome.crash}. {outcome.log[-500:]}")
    return list(outcome.value)


def _check(target: str, run: Run) -> None:
    if run.error:
        raise InputError(f"Expected {target} to run. It raised {run.error}.")
    if not run.fits and not run.value:
        raise InputError(
            f"Expected {target} to call a Keras model's `fit`, or to return a result. Received: neither. "
            "Give a function, package.module:function, that returns what you compare."
        )


def _generators(repeats: bool, seeded: bool, base: Run, other: dict[str, Run], unseeded: list[str]) -> list[Cause]:
    if not seeded:
        return [
            Cause(
                "unknown source",
                True,
                "two runs differ although every generator is seeded, with one thread and deterministic operations: the "
                "code reads the clock, the operating system's randomness, or a file that changes.",
            )
        ]
    found = []
    backend = backends.current()
    for name, run in other.items():
        acts = run.bits != base.bits
        evidence = (
            f"{MEANING.get(name) or backend.GENERATOR}: another seed gives {'another' if acts else 'the same'} result"
        )
        if name == "own" and unseeded:
            evidence += f" ({', '.join(dict.fromkeys(unseeded))})"
        remedy = (
            "give default_rng a seed." if name == "own" else "keras.utils.set_random_seed(0) before the model is built."
        )
        if acts and repeats:  # it repeats as it stands, so nothing may reach it from outside
            evidence += ", but the unchanged code repeats"
        found.append(Cause(f"unseeded generator: {name}", acts and not repeats, evidence, remedy))
    return found


def _threads(seeded: bool, base: Run, two: Run) -> Cause:
    changes = seeded and two.bits != base.bits
    said = f"1 and 2 threads give {'other' if changes else 'the same'} bits"
    if two.error != base.error:
        said = f"with 2 threads it raised {two.error}"
    return Cause("thread count", changes, said, f"{backends.current().ONE_THREAD} at the start.")


def _operations(deterministic: Run, base: Run, free: list[Run]) -> Cause:
    if deterministic.error:
        return Cause("nondeterministic operation", True, deterministic.error, "Replace that operation.")
    if free[0].bits != free[1].bits:
        said = "without op determinism two seeded runs differ, with it they agree"
        return Cause("nondeterministic operation", True, said, f"{backends.current().DETERMINISTIC}.")
    same = "the same bits" if free[0].bits == base.bits else "different bits, and both repeat"
    return Cause("nondeterministic operation", False, f"determinism on and off give {same}")


def _carried_over(run: Run) -> Cause:
    ends: dict[int, str] = {}
    carried = []
    for at, fit in enumerate(run.fits, 1):
        if ends.get(fit.model) == fit.init or fit.steps:
            carried.append((at, fit.steps))
        ends[fit.model] = fit.final
    if not carried:
        said = "every fit starts with a new model and an optimizer at step 0"
        return Cause("carried-over model or optimizer", False, said)
    at, steps = carried[0]
    losses = ", ".join(f"{fit.losses[0]:.3f}" for fit in run.fits[:6] if fit.losses)
    said = (
        f"fit {at} of {len(run.fits)} starts from the weights of an earlier fit, with its optimizer at step {steps}; "
        f"loss of the first epoch of each: {losses}"
    )
    return Cause(
        "carried-over model or optimizer",
        True,
        said,
        "Build and compile the model inside the loop; a seed does not reset it.",
    )


def _shared_process(seeded: bool, base: Run, shared: Run) -> Cause:
    changes = seeded and shared.bits != base.bits
    said = f"a second run in the same process, seeded again, gives {'other' if changes else 'the same'} bits"
    return Cause(
        "state left in the process", changes, said, "Make models and data inside the function, or use a fresh process."
    )


def _order(probe: Run) -> Cause:
    name = "same order in every epoch"
    if probe.same_order is None:
        return Cause(name, False, "not checked, as the data are neither arrays nor a tf.data.Dataset")
    orders = "the same order" if probe.same_order else "two orders"
    said = f"after seeding, two epochs of fit use the samples in {orders}"
    remedy = "Give the data as a keras.utils.PyDataset that draws its own order for each epoch, with shuffle=False."
    return Cause(name, probe.same_order, said, remedy)

"""Before the first trial: each distinct model is built, called and trained on one batch, in a process of its own."""

import faulthandler
import os
import pickle
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sweep.data import open_prepared
from sweep.errors import ClusterError, InputError
from sweep.machine import process, scratch
from sweep.machine.folders import cache_folder, current_folder
from sweep.machine.import_path import find_modules_in
from sweep.machine.library_notes import is_note
from sweep.machine.memory import limit_memory
from sweep.machine.streams import stream_seeds
from sweep.study.plan import Configuration, PlannedTrial
from sweep.study.study import Study
from sweep.trial import backends
from sweep.trial.distinct_configurations import Keys, spread
from sweep.trial.first_step import Seen, look
from sweep.trial.process_state import Machine, begin_trial

SECONDS_A_BUILD = 60  # one that takes longer hangs
_SECONDS = 300  # for all of them
_PROCESSES = min(2, os.cpu_count() or 1)  # building a model keeps one core busy
_CRASHES = 5  # processes that died, after which no further one is started
_DIED_OF_TIME = re.compile(r'^ *File ".*", line \d+ in ', re.MULTILINE)  # as faulthandler writes, and exits with 1


@dataclass(frozen=True)
class Rehearsal:
    """What one batch showed.

    seen: config_id -> what was seen; configurations that differ only in what one batch cannot show share it.
    n_builds: distinct Keras models. n_seen: those that were built. alike: pairs of config_ids whose model keywords
    differ and whose weights are equal to the bit after a step from the same seed.
    """

    seen: dict[str, Seen]
    n_builds: int
    n_seen: int
    alike: tuple[tuple[str, str], ...] = ()

    def refused(self, every: Mapping[str, Configuration], surely: bool = False) -> dict[str, list[str]]:
        """Return reason -> the labels of configurations that cannot run; surely: only where that holds everywhere."""
        found: dict[str, list[str]] = {}
        for key, one in every.items():
            seen = self.seen.get(key, Seen())
            if seen.refused and (seen.surely or not surely):
                found.setdefault(seen.refused, []).append(one.label)
        return found

    def refuse_all(self, every: Mapping[str, Configuration], surely: bool = False) -> None:
        """Raise InputError where no configuration can run: one message of at most three reasons."""
        reasons = self.refused(every, surely)
        if not reasons or sum(map(len, reasons.values())) < len(every):
            return
        said = [f"{reason} (at {some(labels)})" for reason, labels in reasons.items()]
        more = f" And {len(said) - 3} more reasons." if len(said) > 3 else ""
        raise InputError(next(iter(reasons)) if len(reasons) == 1 else " ".join(said[:3]) + more)


@dataclass(frozen=True)
class _Asked:
    """What the process is asked: the studies to look at, each with its data and seed; `seconds` for each of them."""

    orders: tuple[tuple[Study, str, int, bool], ...]
    modules: tuple[str, ...]
    folder: str
    answers: str
    ends: float
    seconds: int


def some(labels: Sequence[str]) -> str:
    """Return the names of at most three configurations, and how many more there are."""
    return "; ".join(labels[:3]) + (f" and {len(labels) - 3} more configurations" if len(labels) > 3 else "")


def rehearse(trials: Sequence[PlannedTrial], modules: tuple[str, ...]) -> Rehearsal:
    """Return what one batch shows of each configuration of a plan; their data are prepared.

    modules: where the user's modules are found.
    """
    with_model = [
        trial for trial in trials if trial.configuration.study.trial is None
    ]  # a trial of its own is run alone
    first = {one.configuration.config_id: one for one in reversed(with_model)}
    groups: dict[str, list[PlannedTrial]] = {}
    keys = Keys()
    for one in reversed(first.values()):
        groups.setdefault(keys.of(one), []).append(one)
    chosen = spread([members[0] for members in groups.values()])
    seen: dict[str, Seen] = {}
    ends = time.monotonic() + _SECONDS
    for determinism in (True, False):  # a process that asked TensorFlow for it cannot take that back
        some = [one for one in chosen if bool(one.configuration.study.determinism) == determinism]
        seen |= _shared_out(some, modules, ends)
    by_config = {
        member.configuration.config_id: seen[members[0].configuration.config_id]
        for members in groups.values()
        for member in members
        if members[0].configuration.config_id in seen
    }
    return Rehearsal(by_config, len(groups), len(seen), tuple(_alike(chosen, seen, keys)))


def _shared_out(chosen: Sequence[PlannedTrial], modules: tuple[str, ...], ends: float) -> dict[str, Seen]:
    """Return config_id -> what was seen, by two processes: building a model keeps one core busy.

    The first compares two calls of each model function it meets, so that the second gets one model more.
    """
    if _PROCESSES == 1 or not chosen:
        return _look_at(chosen, (), modules, ends)
    first, second = [*chosen[:1], *chosen[3::2]], [*chosen[1:2], *chosen[2::2]]
    compared = {one.configuration.study.maker.use for one in first}
    with ThreadPoolExecutor(_PROCESSES) as pool:  # of threads that wait for the processes
        beside = pool.submit(_look_at, second, compared, modules, ends)
        return _look_at(first, (), modules, ends) | beside.result()


def _look_at(
    chosen: Sequence[PlannedTrial], compared: Iterable[str], modules: tuple[str, ...], ends: float
) -> dict[str, Seen]:
    """Return config_id -> what was seen; where a process dies, another one takes what is left.

    compared: model functions of which another process compares two calls.
    """
    found: dict[str, Seen] = {}
    left, crashes = list(chosen), 0
    built = set(compared)  # model functions of which two calls were compared
    while left and crashes < _CRASHES and time.monotonic() < ends:
        orders: list[tuple[Study, str, int, bool]] = []
        for one in left:
            study = one.configuration.study
            met = built | {order[0].maker.use for order in orders}
            orders.append((study, one.data_id, one.seed, study.maker.use not in met))
        with tempfile.TemporaryDirectory(prefix="check-", dir=scratch.folder()) as folder:
            answers = str(Path(folder) / "answers")
            asked = _Asked(tuple(orders), modules, current_folder(), answers, ends, SECONDS_A_BUILD)
            outcome = process.call(_answer, asked, variables=backends.variables(orders[0][0]))
            seen = list(_read(answers))
        for one, what in zip(left, seen, strict=False):
            found[one.configuration.config_id] = what
            built.add(one.configuration.study.maker.use)
        left = left[len(seen) :]
        if not outcome.crash:
            break
        if left:
            found[left[0].configuration.config_id] = Seen(refused=_crashed(left[0], outcome), surely=False)
            left, crashes = left[1:], crashes + 1
    return found


def _answer(asked: _Asked) -> None:
    """Look at one study after the other in a fresh process, and write down each before the next may kill it."""
    find_modules_in(asked.modules)
    limit_memory(0.6 / _PROCESSES)
    first = asked.orders[0][0]
    threads = 1 if first.is_portable else os.cpu_count() or 1
    machine = Machine(threads, bool(first.determinism), portable=first.is_portable)
    preload = dict.fromkeys(name for order in asked.orders for name in order[0].preload)
    with Path(asked.answers).open("ab") as file:
        try:
            begin_trial(machine, asked.folder, backend=first.keras_backend, preload=tuple(preload))
        except ClusterError as error:  # this machine cannot; another may
            for _ in asked.orders:
                pickle.dump(Seen(refused=str(error), surely=False), file)
            return
        for study, data_id, seed, twice in asked.orders:
            if time.monotonic() > asked.ends:
                return
            faulthandler.dump_traceback_later(asked.seconds, exit=True, file=sys.__stderr__ or sys.stderr)
            splits = open_prepared(cache_folder(), data_id)
            seen = look(study, splits, stream_seeds(seed, study.hold), twice)
            faulthandler.cancel_dump_traceback_later()
            pickle.dump(seen, file)
            file.flush()


def _read(path: str) -> Iterator[Seen]:
    try:
        with Path(path).open("rb") as file:
            while True:
                yield pickle.load(file)  # noqa: S301 (written a moment ago by `_answer`)
    except (OSError, EOFError, pickle.UnpicklingError):
        return


def _crashed(planned_trial: PlannedTrial, outcome: process.Outcome) -> str:
    use = planned_trial.configuration.study.maker.use
    if _DIED_OF_TIME.search(outcome.log) and "exit code 1 " in outcome.crash:
        return (
            f"model: expected {use} to be built and trained on one batch within {SECONDS_A_BUILD} s. Received: no end. "
            "Look for a loop without end or a wait; what it downloads should lie there beforehand."
        )
    said = [line for line in outcome.log.splitlines() if line.strip() and not is_note(line)]
    last = f" It said: {said[-1].strip()[:200]}" if said else ""
    return f"model: expected {use} to be built and trained on one batch. The process was {outcome.crash}.{last}"


def _alike(chosen: Sequence[PlannedTrial], seen: Mapping[str, Seen], keys: Keys) -> Iterator[tuple[str, str]]:
    first: dict[tuple[str, str], str] = {}
    for one in chosen:
        config_id = one.configuration.config_id
        trained = seen[config_id].trained if config_id in seen else ""
        if trained:
            twin = first.setdefault((trained, keys.of(one, model=False)), config_id)
            if twin != config_id:
                yield twin, config_id

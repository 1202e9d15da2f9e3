"""Running what is missing of a plan while other runs of the same study may do so, too: each trial is trained by one."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sweep.errors import ClusterError, InputError
from sweep.machine import process
from sweep.machine.output import output_as_errors
from sweep.machine.repository import git_commit
from sweep.machine.signals import ending_signals
from sweep.machine.variables import quiet_environment
from sweep.running.head_start import RayAhead
from sweep.running.listeners import heard_by
from sweep.running.options import RunOptions
from sweep.running.preparation import Ready
from sweep.running.progress import Progress
from sweep.store import claims, records, store
from sweep.store.places import Place
from sweep.study.plan import PlannedTrial
from sweep.trial import backends
from sweep.trial.frameworks import preloaded
from sweep.trial.order import TrialOrder
from sweep.trial.outcome import Status, TrialOutcome
from sweep.trial.rehearsal import Rehearsal, rehearse, some

if TYPE_CHECKING:
    from sweep.running.ray_session import RaySession

_LOOK_AGAIN = 2.0  # seconds between two looks at trials that another run holds


@dataclass
class SharedRun:
    """One run of a study, which may share the trials with others; a context that ends the Ray that its rounds used.

    ready: the study with the whole plan. proved: config_ids of which a trial is stored that is ok. ahead: a Ray
    that is being started for it; None starts one at need. n_run: trials trained so far.
    """

    ready: Ready
    options: RunOptions
    proved: frozenset[str]
    ahead: RayAhead | None = None
    n_run: int = 0
    owner: claims.Owner = field(default_factory=claims.this_process)
    _looked: bool = False
    _told: set[str] = field(default_factory=set)  # the other runs that a person was told of
    _ray: "RaySession | None" = None
    _open: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        """Remember from round to round which listener failed."""
        self._heard = heard_by(self.options.listeners)

    @property
    def n_planned(self) -> int:
        """Return how many trials the plan has."""
        return len(self.ready.trials)

    @property
    def n_slots(self) -> int:
        """Return how many trials the Ray of this run trains at once; 1 where it has none yet."""
        from sweep.running import driver

        takes = self.ready.study.resources
        return driver.slots_of(self._ray, takes.cpu, takes.gpu) if self._ray is not None else 1

    @property
    def folder(self) -> Place:
        """Return where the results are."""
        return self.ready.folder

    def __enter__(self) -> Self:
        """Start nothing: Ray starts with the first trial."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End Ray, if a round started it, and remove the claims of this run."""
        try:
            self._end_ray(kind, error, at)
        finally:
            claims.remove_void(self.folder, self.owner.run)

    def share(self, missing: Sequence[PlannedTrial]) -> None:
        """Run what is missing and what nobody else trains; then what others gave up, until all is stored.

        That is a round; all rounds of a run use one Ray.

        Raises:
            ClusterError: another run is training the rest, and this one is not to wait for it.
        """
        attempts = store.attempts(self.folder)
        waiting = False
        met: set[str] = set()  # trials that another run was seen with
        while missing:
            with room(self.folder):
                holders = claims.held(self.folder, [one.trial_id for one in missing])
            missing = [one for one in missing if one.trial_id not in met or not self._is_stored(one, attempts)]
            lines = claims.told(holders.values(), self.n_planned)
            free = [one for one in missing if one.trial_id not in holders]
            if not missing:
                return
            if not free and not self.options.follow:
                self._end_ray()
                raise ClusterError(
                    f"Expected to finish {self.n_planned} trials. Received: {'; '.join(lines)}. The rest is stored. "
                    "Give the same command again later, or with --follow, which waits and takes over what is given up."
                )
            others = {str(holder) for holder in holders.values()}
            if not self._told >= others or (not free and not waiting):
                self._told |= others
                self._say("; ".join(lines) + ("" if free else "; waiting for them"))
            waiting = not free
            if waiting:
                self._end_ray()
            met = set(holders) | (self._train(free, len(missing), attempts) if free else set())
            missing = [one for one in missing if one.trial_id in met]
            if not free:
                with ending_signals():
                    time.sleep(_LOOK_AGAIN)

    def _train(self, missing: Sequence[PlannedTrial], n_left: int, attempts: dict[str, int]) -> set[str]:
        """Run these trials, and return those that another run was training when their turn came."""
        quiet_environment()
        unproved = (
            [one for one in missing if one.configuration.config_id not in self.proved] if not self._looked else []
        )
        self._looked = True
        import_once(missing)
        with ThreadPoolExecutor(1) as aside:  # a first batch takes seconds, and so does Ray's start: both at once
            looking = aside.submit(rehearse, unproved, self.ready.modules)
            return self._run(missing, n_left, attempts, looking)

    def _run(
        self, missing: Sequence[PlannedTrial], n_left: int, attempts: dict[str, int], looking: Future[Rehearsal]
    ) -> set[str]:
        from sweep.running import driver  # imports Ray, which a study that is finished does not need

        met: set[str] = set()
        here = str(Path.cwd())
        commit = git_commit(here)
        orders = [
            order_of(one, self.folder, here, self.ready.modules, commit, attempts.get(one.trial_id, 0))
            for one in missing
        ]
        done = self.n_planned - n_left
        progress = Progress(self.ready.study.task, self.n_planned, done, show=self.options.progress)
        with progress, output_as_errors():

            def hear(outcome: TrialOutcome) -> None:
                if outcome.status is Status.HELD:
                    met.add(outcome.trial_id)
                    if outcome.holder not in self._told:
                        self._told.add(outcome.holder)
                        progress.note(f"trials of this study are being trained by {outcome.holder}, too")
                    return
                self.n_run += not outcome.elsewhere
                progress.hear(outcome)
                self._heard(outcome)

            def ready() -> None:
                progress.wait_for("importing what trains, trying one batch")
                every = {trial.configuration.config_id: trial.configuration for trial in self.ready.trials}
                looking.result().refuse_all(every, surely=True)
                for reason, labels in looking.result().refused(every).items():
                    where = f" of {some(labels)}" if any(labels) else ""
                    progress.note(f"all trials{where} are expected to fail: {reason}")
                progress.wait_for("training the first trials")

            driver.run_orders(
                self._started_ray(progress.note),
                orders,
                hear,
                cpu=self.ready.study.resources.cpu,
                gpu=self.ready.study.resources.gpu,
                note=progress.note,
                ready=ready,
                owner=self.owner,
            )
        return met

    def _started_ray(self, note: Callable[[str], None]) -> "RaySession":
        """Return the Ray of this run, which the first round starts."""
        from sweep.running.ray_session import ray_session

        if self._ray is None:
            ahead = self.ahead.session() if self.ahead is not None else None
            self._ray = ahead or self._open.enter_context(ray_session(self.options.address, self.options.slots))
            for text in self._ray.notes:
                note(text)
        return self._ray

    def _end_ray(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        at: TracebackType | None = None,
    ) -> None:
        """End Ray, or the connection to it; the next round would start another. The arguments say how a run ends."""
        self._ray = None
        with output_as_errors():
            self._open.__exit__(kind, error, at)
            if self.ahead is not None:
                self.ahead.end(kind, error, at)

    def _is_stored(self, one: PlannedTrial, attempts: dict[str, int]) -> bool:
        return records.stored_since(self.folder, one.trial_id, attempts.get(one.trial_id, 0)) is not None

    def _say(self, text: str) -> None:
        if self.options.progress:
            sys.stderr.write(f"sweep: {text}\n")
            sys.stderr.flush()


def import_once(trials: Sequence[PlannedTrial]) -> None:
    """Start what imports the trials' framework, beside Ray: for the first batch, and for all slots of this machine."""
    studies = list({one.configuration.config_id: one.configuration.study for one in trials}.values())
    process.warm_up(*preloaded(studies), variables=backends.variables(studies[0]))


def order_of(
    one: PlannedTrial, results: Place, folder: str, modules: tuple[str, ...], git_commit: str = "", attempt: int = 0
) -> TrialOrder:
    """Return what a worker needs to run a planned trial; see `sweep.trial.order.TrialOrder` for the arguments."""
    return TrialOrder(
        trial_id=one.trial_id,
        config_id=one.configuration.config_id,
        seed=one.seed,
        data_id=one.data_id,
        code_id=one.code_id,
        study=one.configuration.study.model_dump(mode="json"),
        hp=one.configuration.hp,
        results=str(results),
        folder=folder,
        modules=modules,
        git_commit=git_commit,
        attempt=attempt,
    )


@contextmanager
def room(folder: Place) -> Iterator[None]:
    """Turn a folder that cannot be written, or a full disk, into one message."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"Expected a results folder that can be written. Received: {folder}: "
            f"{error.strerror or ' '.join(str(error).split())}. "
            "Name another with --results, or see to its rights and room; what was stored is whole."
        ) from None

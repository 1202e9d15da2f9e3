"""The driver: Ray Tune runs one trial for each order, keeps every slot busy, and starts crashed trials again."""

import logging
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import ray
from ray import tune
from ray.tune.search import BasicVariantGenerator

from sweep.errors import ClusterError, InputError, SweepError
from sweep.machine import process, scratch
from sweep.machine.signals import ending_signals
from sweep.running.claiming_actor import claiming
from sweep.running.lean_ray import is_lean, lean_actors
from sweep.running.preflight import check_nodes
from sweep.running.ray_session import RaySession
from sweep.running.record_relay import linked
from sweep.running.repairs import InOrder, out_of_memory, repaired
from sweep.running.same_kind import Kept, kept
from sweep.running.seeds_together import in_turns
from sweep.running.slot import CRASHES, TrialActor, Work, store_crash
from sweep.running.tune_result import from_tune
from sweep.store.claims import Owner
from sweep.trial.order import TrialOrder
from sweep.trial.outcome import Status, TrialOutcome

_NOT_A_REASON = r" Some common causes| Memory on the node"  # where Ray's advice begins, or its figures

Report = Callable[[TrialOutcome], None]


class _Watcher(tune.Callback, tune.Stopper):  # type: ignore[misc]
    """Hears of every trial's end; ends all of them when going on is in vain.

    heard: the places of the orders that ended. losses: how often Tune gave up each of the others.
    starved: those that were killed for memory, perhaps for what another ate; they run again at the end, one at a time.
    alone: whether trials run one at a time now. ended: how Tune ended itself the last time, if it did.
    """

    def __init__(self, orders: Sequence[TrialOrder], report: Report) -> None:
        self._orders, self._report = orders, report
        self.fatal: SweepError | None = None
        self.heard: set[int] = set()
        self.losses: Counter[int] = Counter()
        self.starved: set[int] = set()
        self.alone = False
        self.ended = ""

    def __getstate__(self) -> dict[str, Any]:
        """Return nothing: Tune pickles callbacks to restore a run; we resume from the store, and no screen pickles."""
        return {}

    def on_trial_result(self, iteration: int, trials: list[Any], trial: Any, result: dict[str, Any], **_: Any) -> None:
        """Report a trial that ended by itself."""
        at = trial.config["at"]
        self._hear(at, from_tune(result, self._orders[at]))

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **_: Any) -> None:
        """Store and report a trial whose worker was lost more often than is tried again; else leave it for later."""
        at = trial.config["at"]
        reasons = _reasons(trial)
        if not self.alone and any(out_of_memory(reason) for reason in reasons):
            self.starved.add(at)
            return
        said, starved = reasons[-1], out_of_memory(reasons[-1])
        self.losses[at] += 1
        if starved or trial.num_failures > CRASHES or self.losses[at] > CRASHES:
            often = "when it ran alone, too" if starved else f"{CRASHES + 1} times"
            how = f"lost with its worker, {often}: {re.split(_NOT_A_REASON, said)[0]}"
            order = self._orders[at]
            self._hear(at, replace(store_crash(order, how, said), config_id=order.config_id, seed=order.seed))

    def _hear(self, at: int, outcome: TrialOutcome) -> None:
        self.heard.add(at)
        if outcome.status is Status.UNSTORED:
            self.fatal = InputError(
                f"Expected to store the record of trial {outcome.trial_id} in the results folder. Received: "
                f"{outcome.error}. Make room or bring the storage back, and give the same command again; "
                "what was stored is whole."
            )
        elif outcome.status is Status.UNFIT:
            self.fatal = ClusterError(f"{outcome.error} What was stored is whole; the same command goes on.")
        self._report(outcome)

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        """Return False: a trial ends by itself."""
        return False

    def stop_all(self) -> bool:
        """Return whether the run is in vain."""
        return self.fatal is not None


def _reasons(trial: Any) -> list[str]:
    """Return why Tune lost a trial's worker each time: each reason stands in a file, below a line with its number."""
    told = Path(trial.error_file).read_text(errors="replace") if trial.error_file else ""
    each = [" ".join(one.partition("\n")[2].split()) for one in told.split("Failure # ")[1:]]
    return [one or "no reason was given" for one in each] or ["no reason was given"]


def run_orders(
    cluster: RaySession,
    orders: Sequence[TrialOrder],
    report: Report,
    *,
    cpu: float,
    gpu: float,
    note: Callable[[str], None] = lambda text: None,
    ready: Callable[[], None] = lambda: None,
    work: Work | None = None,
    owner: Owner | None = None,
) -> None:
    """Run every order as a Tune trial; each stores its own record, `report` hears its outcome.

    Args:
        cluster: the Ray that runs them, which may have run other orders before and may run more afterwards.
        orders: what to run, in this order, but with the seeds of a configuration together where they may share a
            program, see `sweep.running.seeds_together`.
        report: called with each trial's outcome, see `sweep.trial.outcome`.
        cpu, gpu: what a trial takes of a node, as Ray counts.
        note: called with what a person should know of a cluster's nodes, see `sweep.running.preflight.check_nodes`.
        ready: called before the first trial, once the nodes are known to have what a trial asks for; what it raises
            ends the run.
        work: what is done with an order; None runs the trial.
        owner: this run, which claims each trial before it starts it; what another run trains is reported as "held".
            None claims nothing.

    Raises:
        ClusterError: no node has what a trial asks for, or a node cannot run this study.
        InputError: the results can no longer be written.
    """
    _check_resources(cpu, gpu)
    logging.getLogger("ray.tune").setLevel(logging.CRITICAL)  # every failure is stored and told once, by us
    at_once = _most_at_once(cluster, cpu)
    orders = in_turns(orders, slots_of(cluster, cpu, gpu))
    watcher = _Watcher(orders, report)
    with nullcontext() if cluster.own else linked(orders[0].results) as link, ExitStack() as room:
        exam = check_nodes(orders, link, cpu, gpu) if link is not None else None
        only = kept(orders, exam, cpu, gpu)
        for text in (*(exam.notes if exam is not None else ()), *only.notes):
            note(text)
        if cluster.own:
            note(_at_once(_n_slots(cpu, gpu), cpu, gpu))
        ready()
        claims = None
        if owner is not None:
            claims = room.enter_context(claiming(orders[0].results, owner, here=cluster.own))
        parameters = {"orders": orders, "link": link, "exam": exam, "work": work or Work(), "claims": claims}
        parameters["server"] = process.server() if cluster.own and work is None else None
        for turn in range(2 * (CRASHES + 1)):
            watcher.alone = turn > CRASHES
            left = [at for at in range(len(orders)) if at not in watcher.heard]
            now = [at for at in left if (at in watcher.starved) == watcher.alone]
            if not now or watcher.fatal is not None:
                continue
            if watcher.alone:
                note(f"{len(now)} trials that Ray ended where memory ran out run again, one at a time")
            _fit(parameters, now, watcher, only, cpu, gpu, 1 if watcher.alone else at_once)
    if watcher.fatal is not None:
        raise watcher.fatal
    if len(watcher.heard) < len(orders):
        logs = f" Ray's logs: {scratch.root() / scratch.KEPT_LOGS}." if cluster.own else ""
        raise ClusterError(
            f"Expected Ray Tune to run {len(orders)} trials. Received: {len(watcher.heard)}, then "
            f"{watcher.ended or 'nothing more'}. What finished is stored: give the same command again.{logs}"
        )


def _fit(
    parameters: dict[str, Any],
    places: Sequence[int],
    watcher: _Watcher,
    only: Kept,
    cpu: float,
    gpu: float,
    at_once: int,
) -> None:
    """Run the orders at these places, at most so many at once (0: all that there is room for); some may be left.

    A worker that dies between two trials makes Tune 2.60 give up a trial at once, or end itself with a KeyError.
    What is left when all was tried is no failure of a trial: the store lacks it, and the run says so.
    """
    watcher.ended = ""
    storage = tempfile.mkdtemp(prefix="tune-", dir=scratch.folder())
    scheduler = InOrder([order.config_id for order in parameters["orders"]], at_once or _n_slots(cpu, gpu))
    tuner = tune.Tuner(
        tune.with_resources(tune.with_parameters(TrialActor, **parameters), only.resources(cpu, gpu)),
        param_space={"at": tune.randint(0, max(places) + 1)},
        tune_config=tune.TuneConfig(
            num_samples=len(places),
            search_alg=BasicVariantGenerator([{"at": at} for at in places], max_concurrent=at_once),
            scheduler=scheduler,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(
            name="study",
            storage_path=storage,
            stop=watcher,
            callbacks=[watcher],
            failure_config=tune.FailureConfig(max_failures=0 if watcher.alone else CRASHES),
            checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False),
            verbose=0,
        ),
    )
    try:
        # The signals after Ray's start, which sets a handler of its own.
        with ending_signals(), repaired(), lean_actors() if is_lean() else nullcontext():
            tuner.fit()
    except (KeyError, ValueError, RuntimeError, tune.TuneError) as error:
        watcher.ended = f"{type(error).__name__}: {error}"
    finally:
        scheduler.end_actors()
        shutil.rmtree(storage, ignore_errors=True)


def slots_of(cluster: RaySession, cpu: float, gpu: float) -> int:
    """Return how many trials that take this much run at once."""
    return _most_at_once(cluster, cpu) or _n_slots(cpu, gpu)


def _most_at_once(cluster: RaySession, cpu: float) -> int:
    """Return how many trials the person allows in a Ray that is somebody else's; 0: all that there is room for."""
    if cluster.own or cluster.slots is None:
        return 0
    return max(1, int(cluster.slots / cpu)) if cpu else cluster.slots


def _n_slots(cpu: float, gpu: float) -> int:
    """Return how many trials the nodes can run at once."""
    there = ray.cluster_resources()
    asked = [(there.get(kind, 0), each) for kind, each in (("CPU", cpu), ("GPU", gpu)) if each]
    return max(1, min((int(found / each) for found, each in asked), default=1))


def _at_once(count: int, cpu: float, gpu: float) -> str:
    """Return in words how many trials run at once, and what each takes."""
    takes = f"{cpu:g} processor{'s' if cpu != 1 else ''}" + (f" and {gpu:g} GPU" if gpu else "")
    return f"{count} trials at once, each with {takes}" if count > 1 else f"one trial at a time, with {takes}"


def _check_resources(cpu: float, gpu: float) -> None:
    """Refuse at once what no node has: Ray would wait for it without end."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    if any(node.get("CPU", 0) >= cpu and node.get("GPU", 0) >= gpu for node in nodes):
        return
    found = "; ".join(sorted({f"{node.get('CPU', 0):g} CPU and {node.get('GPU', 0):g} GPU" for node in nodes}))
    raise ClusterError(
        f"Expected a node with {cpu:g} CPU and {gpu:g} GPU for a trial. Received nodes with: {found}. "
        "Change `resources` in the study, or name a cluster that has them with --address."
    )

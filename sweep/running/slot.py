"""A slot of the cluster: a Ray actor that runs one trial after the other, in processes of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ray
from ray import tune

from sweep.machine import process
from sweep.machine.shared_server import Server
from sweep.running import claiming_actor
from sweep.running.preflight import Exam, late
from sweep.running.ray_session import node_address
from sweep.running.record_relay import Link, sees
from sweep.running.seeds_together import SeedsTogether
from sweep.running.tune_result import to_tune
from sweep.store import records
from sweep.study.study import Study
from sweep.trial import backends
from sweep.trial.frameworks import preloaded
from sweep.trial.order import TrialOrder, first_row
from sweep.trial.outcome import Status, TrialOutcome
from sweep.trial.trial import hand_in, run_trial

CRASHES = 2  # how often a trial whose process dies is started again, from scratch, before it counts as failed


@dataclass(frozen=True)
class Work:
    """What a slot does with an order.

    run: called in a fresh process. preload: what its fork server imports before; None: what the trials need.
    """

    run: Callable[[TrialOrder], TrialOutcome] = run_trial
    preload: str | None = None


class TrialActor(tune.Trainable):  # type: ignore[misc]
    """A slot: it trains what it is given in processes of its own, and outlives them all."""

    def setup(
        self,
        config: dict[str, Any],
        orders: Sequence[TrialOrder],
        link: Link | None,
        exam: Exam | None,
        work: Work,
        claims: Any = None,
        server: Server | None = None,
    ) -> None:
        """Take the first trial, and see to the fork server, which imports their framework once for all of them.

        server: of the driver, for slots on its machine.
        """
        said = {order.config_id: order.study for order in orders}.values()
        studies = [Study.model_validate(study) for study in said]
        preload = (work.preload,) if work.preload else preloaded(studies)
        variables = backends.variables(studies[0])
        process.warm_up(*preload, variables=variables, server=server)
        self._orders, self._link = orders, link
        self._claims = claiming_actor.claimant_of(claims, orders[0].results)
        self._together = SeedsTogether(work.run, orders, together=work.run is run_trial, variables=variables)
        self._at: int = config["at"]
        context = ray.get_runtime_context()
        self._gpus = ",".join(context.get_accelerator_ids().get("GPU", []))
        self._node = node_address()
        self._unfit = late(exam, context.get_node_id(), self._node) if exam else ""
        self._direct = link is None or sees(link.results, link.token)

    def reset_config(self, new_config: dict[str, Any]) -> bool:
        """Take the next trial; nothing of the last one is left here, since it ran in another process."""
        self._at = new_config["at"]
        return True

    def step(self) -> dict[str, Any]:
        """Run the trial and return its outcome, as Tune takes it; its record is stored then.

        A trial whose process dies is run again from scratch; one that another run trains or has stored is not run.
        """
        order = replace(self._orders[self._at], gpus=self._gpus, node=self._node)
        if not self._direct:
            order = replace(order, results="")
        if self._unfit:
            return to_tune(TrialOutcome(order.trial_id, Status.UNFIT, "session", error=self._unfit))
        elsewhere = claiming_actor.ask(self._claims, order.trial_id, order.attempt)
        if elsewhere is not None:
            return to_tune(elsewhere)
        try:
            return to_tune(self._train(order))
        finally:
            claiming_actor.release(self._claims, order.trial_id)

    def _train(self, order: TrialOrder) -> TrialOutcome:
        """Return the outcome of a trial, after at most `CRASHES` crashes."""
        for crash in range(CRASHES + 1):
            order = replace(order, attempt=order.attempt + (crash > 0), crashed=crash > 0)
            ended = self._together.train(order)
            outcome: TrialOutcome = store_crash(order, ended.crash, ended.log) if ended.crash else ended.value
            if outcome.status is Status.UNFIT:
                outcome = replace(outcome, error=f"{outcome.error} Node: {self._node}.")
            outcome = self._delivered(outcome)
            if not ended.crash:
                break
        return outcome

    def cleanup(self) -> None:
        """End the process that waits for another seed, as Tune ends the slot."""
        self._together.end()

    def _delivered(self, outcome: TrialOutcome) -> TrialOutcome:
        """Return the outcome of a trial, after the record that it may carry was stored on the driver's node."""
        record, outcome = outcome.record, replace(outcome, record=None)
        if record is None or self._link is None:
            return outcome
        error = ray.get(self._link.relay.store.remote(self._link.results, record))
        return replace(outcome, status=Status.UNSTORED, error=error, metrics={}) if error else outcome


def store_crash(order: TrialOrder, how: str, log: str = "") -> TrialOutcome:
    """Store an attempt whose process or worker died before it could, and return its outcome."""
    row = first_row(order) | {"status": "failed", "error": f"crash: the trial's process was {how}\n{log}".rstrip()}
    outcome = TrialOutcome(order.trial_id, Status.FAILED, "crash", error=row["error"].partition("\n")[0])
    return hand_in(order, records.Record(row, environment={"git_commit": order.git_commit}), outcome)

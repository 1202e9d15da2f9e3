"""What a study costs: its trials, those that are stored, and the time for the rest, from stored trials of its own."""

import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sweep.checks import Finding
from sweep.checks.resources import resource_findings
from sweep.forecast.trial_cost import STEPS, TrialCost, trial_cost
from sweep.machine import process
from sweep.running.preparation import plan_in, ready
from sweep.store import claims, store
from sweep.study.plan import PlannedTrial
from sweep.study.study import Study
from sweep.trial import backends


@dataclass(frozen=True)
class Cost:
    """The cost of a study.

    configurations: label by config_id. n_seeds, n_planned, n_stored: counts. slots: trials at a time on this machine.
    seconds_a_trial: median of the stored trials, NaN without any. seconds_left: for what is missing, on this machine.
    measured: config_id -> what a trial takes, where some steps of each were trained to learn it. cautions: what a trial
    asks for and this machine lacks.
    other_code: what changed -> number of stored trials of other code, which are not counted. notes: the same, spoken,
    and who trains trials of the plan now. folds: of the study's division, each a configuration here; 0 without one.
    """

    study: str
    results: str
    configurations: dict[str, str]
    n_seeds: int
    n_planned: int
    n_stored: int
    slots: int
    seconds_a_trial: float
    seconds_left: float
    measured: dict[str, TrialCost] = field(default_factory=dict)
    other_code: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    cautions: list[Finding] = field(default_factory=list)
    folds: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return every field; a number that is not known is null."""
        return {key: value for key, value in asdict(self).items() if key != "folds" or value}

    def as_text(self) -> str:
        """Return some lines for a person."""
        listed = self.configurations.items()
        n, folds = len(self.configurations), f" x {self.folds} folds" if self.folds else ""
        lines = [
            f"{self.study}: {n // max(1, self.folds)} configurations{folds} x {self.n_seeds} seeds = "
            f"{self.n_planned} trials; {self.n_stored} stored in {self.results}",
            *(f"  {config_id}  {label or '(no grid)'}{self._took(config_id)}" for config_id, label in listed),
        ]
        lines += [f"Note: {note}" for note in self.notes]
        missing = self.n_planned - self.n_stored
        if not missing:
            lines.append("Nothing is missing.")
        elif self.measured:
            memory = max(one.memory for one in self.measured.values())
            lines.append(
                f"{missing} to run: at most about {self.seconds_left / 60:.1f} minutes on this machine while nothing "
                f"else runs, {self.slots} at a time, {memory / 2**30:.1f} GB of memory each. {STEPS} steps of each "
                "configuration were trained to learn this."
            )
        elif not math.isnan(self.seconds_left):
            lines.append(
                f"{missing} to run: about {self.seconds_left / 60:.1f} minutes on this machine, "
                f"{self.slots} at a time, at {self.seconds_a_trial:.1f} s a trial (median of those stored)."
            )
        elif self.n_stored:
            lines.append(f"{missing} to run, {self.slots} at a time on this machine. The stored trials failed.")
        else:
            lines.append(
                f"{missing} to run, {self.slots} at a time on this machine. Run one seed first (--seeds 1) to learn "
                "what a trial takes; it is not run again. Or let --measure train a few steps."
            )
        return "\n".join([*lines, *(f"Caution: {caution}" for caution in self.cautions)])

    def _took(self, config_id: str) -> str:
        one = self.measured.get(config_id)
        return f"  {one.seconds:.0f} s a trial, {one.memory / 2**30:.1f} GB" if one else ""


def cost(
    study: str,
    *,
    seeds: int | None,
    results: str | None,
    measure: bool = False,
    accept_code: bool = False,
    until: str | None = None,
) -> Cost:
    """Return what a study costs; its data are prepared, since the trials' ids depend on them.

    measure: whether some steps of every configuration with missing trials are trained, to learn time and memory.
    accept_code: whether stored trials of other code count, as `sweep run --accept-code` would take them.
    until: when the study ends by itself, in place of the study's.

    Raises:
        InputError: study, data or code are wrong.
    """
    there = ready(study, seeds=seeds, results=results, until=until)
    rows = store.trials(there.folder)
    found = plan_in(there.folder, there.trials, rows, accept_code=accept_code)
    trials = found.trials
    done = set(rows["trial_id"])
    stored = [trial for trial in trials if trial.trial_id in done]
    seconds = float(rows["seconds.total"][rows["status"] == "ok"].median())
    slots = max(1, int((os.cpu_count() or 1) / there.study.resources.cpu))
    missing = [trial for trial in trials if trial.trial_id not in done]
    left = seconds * -(-len(missing) // slots)
    holders = claims.held(there.folder, [one.trial_id for one in missing])
    measured: dict[str, TrialCost] = {}
    if measure:
        process.warm_up("sweep.trial.preload", variables=backends.variables(there.study))
        for one in {one.configuration.config_id: one for one in missing}.values():
            measured[one.configuration.config_id] = trial_cost(one, there.modules)
        left = sum(measured[one.configuration.config_id].seconds for one in missing) / slots
    return Cost(
        study=there.study.study,
        results=str(there.folder),
        configurations={trial.configuration.config_id: trial.configuration.label for trial in trials},
        n_seeds=len(there.study.seed_list),
        n_planned=len(trials),
        n_stored=len(stored),
        slots=slots,
        seconds_a_trial=seconds,
        seconds_left=left,
        measured=measured,
        other_code=found.other_code,
        notes=(*_stop(there.study, trials), *found.notes, *claims.told(holders.values(), len(trials))),
        cautions=resource_findings(there.study.resources),
        folds=there.study.division.folds if there.study.division is not None else 0,
    )


def _stop(study: Study, trials: Sequence[PlannedTrial]) -> list[str]:
    """Return what a study that stops by itself takes at least and at most."""
    stop, n = study.stop, len({trial.configuration.config_id for trial in trials})
    if stop is None:
        return []
    what = f"+- {stop.half_width:g} in {stop.metric_of(study.task)}" if not stop.races else "decided"
    return [
        f"The study stops by itself, until {what}: from {n * stop.first} trials ({n} configurations x {stop.first} "
        f"seeds) to the {len(trials)} above, which are the most."
    ]

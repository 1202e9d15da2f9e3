"""What a study costs: its trials, those that are stored, and the time for the rest, from stored trials of its own."""

import math
import os
from dataclasses import asdict, dataclass
from typing import Any

from sweep import session, store
from sweep.execution import check_code, module_folders, prepare, resolve, results_folder


@dataclass(frozen=True)
class Cost:
    """The cost of a study.

    configurations: label by config_id. n_seeds, n_planned, n_stored: counts. slots: trials at a time on this machine.
    seconds_a_trial: median of the stored trials, NaN without any. seconds_left: for what is missing, on this machine.
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

    def as_json(self) -> dict[str, Any]:
        """Return every field; a number that is not known is null."""
        return asdict(self)

    def as_text(self) -> str:
        """Return some lines for a person."""
        lines = [
            f"{self.study}: {len(self.configurations)} configurations x {self.n_seeds} seeds = "
            f"{self.n_planned} trials; {self.n_stored} stored in {self.results}",
            *(f"  {config_id}  {label or '(no grid)'}" for config_id, label in self.configurations.items()),
        ]
        missing = self.n_planned - self.n_stored
        if not missing:
            lines.append("Nothing is missing.")
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
                "what a trial takes; it is not run again."
            )
        return "\n".join(lines)


def cost(study: str, *, seeds: int | None, results: str | None) -> Cost:
    """Return what a study costs; its data are prepared, since the trials' ids depend on them.

    Raises:
        InputError: study, data or code are wrong.
    """
    session.find_modules_in(module_folders(study))
    resolved = resolve(study, seeds=seeds, results=results)
    check_code(resolved)
    trials, _ = prepare(resolved)
    folder = results_folder(resolved)
    rows = store.trials(folder)
    done = set(rows["trial_id"])
    stored = [one for one in trials if one.trial_id in done]
    seconds = float(rows["seconds.total"][rows["status"] == "ok"].median())
    slots = max(1, int((os.cpu_count() or 1) / resolved.resources.cpu))
    return Cost(
        study=resolved.study,
        results=str(folder),
        configurations={one.configuration.config_id: one.configuration.label for one in trials},
        n_seeds=len(resolved.seed_list),
        n_planned=len(trials),
        n_stored=len(stored),
        slots=slots,
        seconds_a_trial=seconds,
        seconds_left=seconds * -(-(len(trials) - len(stored)) // slots),
    )

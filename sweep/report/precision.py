"""What a precision costs, from a finished pilot: seeds of each configuration, and what only subjects could buy."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sweep import stats
from sweep.analysis.current import current
from sweep.analysis.folds import gathered, n_folds
from sweep.analysis.measured_study import measure_study
from sweep.errors import InputError
from sweep.errors.display import displayed
from sweep.report.fold_text import runs
from sweep.report.labels import shortened
from sweep.report.text_columns import columns, number
from sweep.stats import Estimate, Plan
from sweep.store import store
from sweep.store.places import Place
from sweep.store.store import Results


@displayed
@dataclass(frozen=True)
class Precision:
    """The seeds that a half-width needs in every configuration.

    plans: a (label, estimate of the pilot, plan) a configuration. seconds_a_trial: median of the stored trials, of all
    folds of a seed where the study has some. folds: how many those are, else 0.
    """

    study: str
    metric: str
    half_width: float
    level: float
    plans: tuple[tuple[str, Estimate, Plan], ...]
    seconds_a_trial: float
    folds: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return everything as one object for JSON; each configuration holds its pilot's estimate as well."""
        return {
            "study": self.study,
            "metric": self.metric,
            "half_width": self.half_width,
            "level": self.level,
            "seconds_a_trial": self.seconds_a_trial,
            "plans": [{"label": label, **pilot.as_dict(), **plan.as_dict()} for label, pilot, plan in self.plans],
        }

    def as_text(self) -> str:
        """Return two tables, for this test set and for new subjects, and what follows from them."""
        title = f"{self.study}: seeds for {self.metric} +- {self.half_width:g} ({100 * self.level:g} % interval)"
        covers = self.plans[0][1].new_subjects.covers
        tables = ["For this test set:", *self._this_test_set(), "", f"For {covers}:", *self._new_subjects()]
        legend = (
            "Numbers of seeds are for each configuration. However many seeds you run, the half-width stays above the "
            "smallest one."
        )
        return "\n".join([title, "", *tables, "", legend, *self._sentences()])

    def __str__(self) -> str:
        """Return what `as_text` does."""
        return self.as_text()

    def _this_test_set(self) -> list[str]:
        head = (
            "configuration", "pilot seeds", f"SD [{100 * self.level:g} %]", "seeds on average",
            "seeds with 90 % probability", "seeds in two stages",
        )  # fmt: skip
        rows = [
            (
                label,
                f"{plan.n_pilot}",
                f"{number(plan.sd)} [{number(plan.sd_low)}, {number(plan.sd_high)}]",
                f"{plan.seeds}",
                f"{plan.seeds_assured}",
                _count(plan.seeds_two_stage),
            )
            for label, _, plan in self.plans
        ]
        return columns(head, rows)

    def _new_subjects(self) -> list[str]:
        head = ("configuration", "half-width of the pilot", "smallest half-width", "seeds needed", "subjects needed")
        rows = [
            (
                label,
                number(plan.half_width_now),
                number(plan.floor),
                _count(plan.seeds_new_subjects),
                _count(plan.subjects),
            )
            for label, _, plan in self.plans
        ]
        return columns(head, rows)

    def _sentences(self) -> list[str]:
        worst = max((plan for _, _, plan in self.plans), key=lambda plan: plan.seeds)
        said = [
            f"This test set: {worst.seeds} seeds bring the interval to +- {self.half_width:g} on average, "
            f"{worst.seeds_assured} with 90 % probability. This includes the uncertainty of the pilot's SD.",
            f"Two stages (Stein 1945): take {_count(worst.seeds_two_stage)} seeds in all, with those of the pilot. The "
            f"interval is then the mean of all +- {number(worst.half_width_two_stage)}, which is "
            f"t({worst.n_pilot - 1}) x the pilot's SD / sqrt({_count(worst.seeds_two_stage)}). It keeps its coverage "
            "although the pilot decided the number of seeds.",
            f"To see a difference of {self.half_width:g} with 80 % power on this test set, run {worst.seeds_power} "
            "seeds in each arm.",
        ]
        said += [_on_subjects(self, label, plan) for label, _, plan in self.plans if not math.isnan(plan.floor)]
        few = min(plan.n_pilot for _, _, plan in self.plans)
        if few < 10:
            said.append(
                f"The pilot has {few} seeds, which give a poor estimate of the SD. If the SD is at its upper 80 % "
                f"limit, {_count(worst.seeds_upper)} seeds are needed."
            )
        if math.isfinite(self.seconds_a_trial):
            more = sum(max(plan.seeds - plan.n_pilot, 0) for _, _, plan in self.plans)
            hours = more * self.seconds_a_trial / 3600
            what = runs(self.folds)
            said.append(f"For this test set {more} more {what} are needed: {hours:.1f} hours, one trial at a time.")
        return said


def plan_precision(
    results: Results | str | Place,
    metric: str | None,
    half_width: float,
    *,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> Precision:
    """Return what a half-width of the interval needs, from the trials of a finished pilot.

    Args:
        results: what `load` returned, or a study's folder.
        metric: as in `sweep.estimate`.
        half_width: wanted, in the unit of the metric (a rate as a fraction).
        level: nominal coverage.
        rng: for the bootstrap; None draws from seed 0.

    Raises:
        InputError: no such metric, no trial that is ok, one seed only, or a half-width not above 0.
    """
    results = gathered(results if isinstance(results, Results) else store.load(results))
    measured = measure_study(results, metric, rng=rng or np.random.default_rng(0))
    configurations = results.study["configurations"]
    labels = dict(
        zip(
            configurations,
            shortened([configuration["label"] for configuration in configurations.values()]),
            strict=True,
        )
    )
    plans = []
    every = stats.estimates(measured, level=level)
    pilots = [one for one in every if one.this_test_set.n_seeds > 1]
    if not pilots:
        raise InputError("Expected a pilot of at least two seeds, better ten. Received: one. Run more, or give --sd.")
    shared = math.nan if measured.why_not else float(np.mean([pilot.components.cov2 for pilot in pilots]))
    for pilot in pilots:
        plan = stats.plan_seeds(
            half_width,
            pilot.this_test_set.sd,
            pilot.this_test_set.n_seeds,
            level=level,
            cov2=math.nan if measured.why_not else pilot.components.cov2,
            shared_cov2=shared,
            n_subjects=measured.n_units,
        )
        plans.append((labels[pilot.config] or str(results.study["study"]), pilot, plan))
    seconds = current(results).ok["seconds.total"]
    median = float(seconds.median()) if seconds.notna().any() else math.nan
    return Precision(
        str(results.study["study"]), measured.measure.name, half_width, level, tuple(plans), median, n_folds(results)
    )


def _on_subjects(asked: Precision, label: str, plan: Plan) -> str:
    unit = next(pilot.new_subjects.cases for _, pilot, _ in asked.plans)
    if plan.shared:
        label = f"{label} (variance of the {unit}: mean over the configurations, as its own estimate is below 0)"
    if plan.floor == 0:
        return (
            f"{label}: for new {unit} {_count(plan.seeds_new_subjects)} seeds are needed. The {unit} add no variance "
            "that can be measured."
        )
    if plan.seeds_new_subjects is None:
        more = f"You need at least {plan.subjects_floor} {unit}, however many seeds you run"
        with_these = f", and {plan.subjects} with the pilot's {plan.n_pilot} seeds" if plan.subjects else ""
        return (
            f"{label}: for new {unit} no number of seeds is enough. With {plan.n_subjects} {unit} the half-width stays "
            f"above {number(plan.floor)}. {more}{with_these}."
        )
    return (
        f"{label}: for new {unit} {plan.seeds_new_subjects} seeds are needed. With {plan.n_subjects} {unit} the "
        f"half-width stays above {number(plan.floor)}; only more {unit} make it smaller."
    )


def _count(n: int | None) -> str:
    return "-" if n is None else f"{n}"

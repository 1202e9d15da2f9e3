"""The answer of `transport-mode`: what a random split over segments overstates, and one run against 74.5 %."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sweep import stats
from sweep.analysis.answers import against, compare, estimate
from sweep.analysis.configurations import of_configuration
from sweep.errors import InputError
from sweep.report.study_answer import Answer, Table
from sweep.report.text_columns import probability
from sweep.stats import Against, Comparison, Estimate, Interval
from sweep.stats.two_sets import difference_of_sets
from sweep.store.store import Results

METRIC = "accuracy"
PUBLISHED = 0.745
SOURCE = (0.7557, 0.7585, 0.7639)  # the three seeds of the source, which asked whether 74.5 % was reached


@dataclass(frozen=True)
class Arm:
    """One protocol: its accuracy with both intervals, and one run of it against the published number."""

    name: str
    config: str
    accuracy: Estimate
    one_run: Against


def answer(results: Results, *, level: float = 0.95) -> Answer:
    """Return the accuracy of both protocols, their difference, and whether one run of each could give the 74.5 %.

    Raises:
        InputError: an arm without trials, or no arms `segments` and `users`.
    """
    arms = _arms(results, level)
    users, segments = arms["users"], arms["segments"]
    (here,) = compare(results, METRIC, reference=users.config, level=level)
    new, p_new = difference_of_sets(segments.accuracy.new_subjects, users.accuracy.new_subjects)
    source = stats.against(SOURCE, PUBLISHED, level=level)
    pooled = _pooled(results, arms, level)
    runs = {f"one run, {one.name}": one.one_run for one in arms.values()}
    runs |= {f"one run, {name}, SD of both arms": one for name, one in pooled.items()}
    runs["the source's three seeds"] = source
    values = {
        "arms": {name: one.accuracy.as_dict() for name, one in arms.items()},
        "overstated": here.as_dict(),
        "overstated_new_subjects": new.as_dict() | {"p": p_new},
        "against": {name: one.as_dict() for name, one in runs.items()},
    }
    return Answer(
        (*_overstated(segments, users, here, new, p_new), *_against(results, arms, source)),
        (_accuracies(arms, level), _differences(here, new, p_new), _published(runs, level)),
        values=values,
    )


def _arms(results: Results, level: float) -> dict[str, Arm]:
    found = {}
    for config_id, said in results.study["configurations"].items():
        alone = of_configuration(results, config_id)  # each arm has a test set of its own
        one = estimate(alone, METRIC, config_id, level=level)
        run = against(alone, METRIC, PUBLISHED, config=config_id, level=level)
        found[str(said["hp"].get("arm"))] = Arm(str(said["hp"].get("arm")), config_id, one, run)
    if set(found) != {"segments", "users"}:
        raise InputError(f"Expected the arms segments and users, without a grid. Received: {', '.join(found)}.")
    return found


def _pooled(results: Results, arms: dict[str, Arm], level: float) -> dict[str, Against]:
    """Return one run of each arm with the SD of both, where the intervals of the two SDs overlap; else nothing."""
    limits = []
    for one in arms.values():
        here = one.accuracy.this_test_set
        if here.n_seeds < 2:
            return {}
        limits.append(stats.sd_interval(here.sd, here.n_seeds - 1, level))
    if max(low for low, _ in limits) > min(high for _, high in limits):
        return {}
    return {one.name: against(results, METRIC, PUBLISHED, config=one.config, level=level) for one in arms.values()}


def _overstated(segments: Arm, users: Arm, here: Comparison, new: Interval, p_new: float) -> list[str]:
    a, b = segments.accuracy.this_test_set, users.accuracy.this_test_set
    gap, alpha = here.this_test_set, 1 - here.this_test_set.level
    told = here.p_this_test_set <= alpha
    verb = "overstates" if gap.value > 0 else "understates"
    size = f"{100 * abs(gap.value):.1f} points {_points(gap)} over seeds (Welch, {_p(here.p_this_test_set)})"
    first = (
        f"The random split over segments gives {_per_cent(a)}, a split by users gives {_per_cent(b)}. "
        + (f"It {verb} the accuracy by {size}" if told else f"The difference of {size} may be zero")
        + ", on these two test sets."
    )
    if np.isnan(new.low):
        return [first, f"For new users there is no interval: {segments.accuracy.new_subjects.note}."]
    word = "is not zero" if p_new <= alpha else "may be zero"
    return [
        first,
        f"With other users in the test sets the difference {word}: {_points(new)}, {_p(p_new)}. The interval takes the "
        "two test sets as independent. They share users, so the interval is too wide rather than too narrow.",
    ]


def _against(results: Results, arms: dict[str, Arm], source: Against) -> list[str]:
    found = []
    for one in arms.values():
        run = one.one_run
        word = "is consistent with" if run.consistent else "is not what to expect from"
        found.append(
            f"{100 * PUBLISHED:.1f} % {word} one run of {one.name}: it falls in {_points(run)} % "
            f"({_p(run.p)}, {run.n_seeds} seeds)."
        )
    if "synthetic" in str(results.study["resolved"]["data"]["use"]):
        found.append("These trips are made up. They show how to read the comparison, and say nothing about the paper.")
    word = "consistent with" if source.consistent else "not what to expect from"
    found.append(
        f"The source's own three seeds, {', '.join(f'{100 * one:.2f}' for one in SOURCE)}: one more run falls in "
        f"[{100 * source.low:.2f}, {100 * source.high:.2f}], and 74.5 is {word} it ({_p(source.p)})."
    )
    return found


def _accuracies(arms: dict[str, Arm], level: float) -> Table:
    wide = f"{100 * level:g} %"
    rows = []
    for one in arms.values():
        here, new, values = one.accuracy.this_test_set, one.accuracy.new_subjects, one.accuracy.values
        cells = (f"{100 * here.sd:.2f}", f"{100 * min(values):.1f}", f"{100 * max(values):.1f}", str(here.n_seeds))
        rows.append((one.name, f"{100 * here.value:.1f} {_points(here)}", _points(new), str(new.n_subjects), *cells))
    new = next(iter(arms.values())).accuracy.new_subjects
    return Table(
        "Accuracy on test (%)",
        ("protocol", f"mean [{wide}, this test set]", f"[{wide}, {new.covers}]", "subjects", "SD", "min", "max", "n"),
        tuple(rows),
        "segments: the subjects of test were trained on too, and the epoch was chosen on test; its interval for new "
        "subjects covers others of that kind only.",
    )


def _differences(here: Comparison, new: Interval, p_new: float) -> Table:
    gap = here.this_test_set
    rows = (
        ("these test sets", f"{100 * gap.value:.1f} {_points(gap)}", probability(here.p_this_test_set), gap.method),
        (new.covers, f"{100 * new.value:.1f} {_points(new)}", probability(p_new), new.method),
    )
    return Table("Overstated by: segments less users (points)", ("covers", "difference", "p", "method"), rows)


def _published(runs: dict[str, Against], level: float) -> Table:
    rows = tuple(
        (
            name,
            f"{100 * one.value:.2f}",
            f"[{100 * one.low:.2f}, {100 * one.high:.2f}]",
            probability(one.p),
            str(one.n_seeds),
            "yes" if one.consistent else "no",
        )
        for name, one in runs.items()
    )
    head = ("", "mean", f"one more run [{100 * level:g} %]", "p", "seeds", "consistent")
    return Table(f"Against the published {100 * PUBLISHED:.1f} %", head, rows, "Prediction intervals, same test set.")


def _per_cent(one: Interval) -> str:
    return f"{100 * one.value:.1f} % {_points(one)}"


def _p(p: float) -> str:
    said = probability(p)
    return f"p {said}" if said.startswith("<") else f"p = {said}"


def _points(one: Any) -> str:
    return "[-]" if np.isnan(one.low) else f"[{100 * one.low:.1f}, {100 * one.high:.1f}]"

"""The answer of `face-verify`: how well pairs are told apart, and how sure that is when a pair shares two people."""

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np

from sweep import stats
from sweep.analysis.answers import compare_measured
from sweep.analysis.measured_study import SEED, measure_study
from sweep.analysis.study_scores import study_scores
from sweep.errors import InputError
from sweep.report.study_answer import Answer, Table
from sweep.report.text_columns import probability
from sweep.stats import Comparison, Estimate, Interval, Measured
from sweep.stats.scored_trials import SplitScores, TrialScores
from sweep.store.store import Results

METRICS = ("eer", "hter")
UNITS = ("both persons of a pair", "the first person of a pair", "the pair")


def answer(results: Results, *, level: float = 0.95) -> Answer:
    """Return EER and HTER of every configuration, the best one, and what its interval would be by other units.

    Raises:
        InputError: data whose samples are no pairs, or fewer than two seeds.
    """
    scores = study_scores(results)
    if not len(scores.pairs) or len(set(scores.seed.tolist())) < 2:
        raise InputError(
            "Expected two seeds or more of pairs of people. Received: others. Take sweep.data:identity_pairs."
        )
    labels = {key: said["label"] or key for key, said in results.study["configurations"].items()}
    measured = {metric: measure_study(results, metric, rng=np.random.default_rng(SEED)) for metric in METRICS}
    found = {metric: {one.config: one for one in stats.estimates(measured[metric], level=level)} for metric in METRICS}
    best = min(found["hter"].values(), key=lambda one: one.new_subjects.value)
    by_unit = [
        stats.estimate(one, best.config, level=level).new_subjects
        for one in (measured["hter"], *(_measured(other, "hter") for other in (_by_first(scores), _by_pair(scores))))
    ]
    compared = (
        compare_measured(results, measured["hter"], reference=None, paired=None, level=level) if len(labels) > 1 else ()
    )
    n_people = scores.n_units()
    sentences = [_rates(found, best.config, labels, n_people, scores), _width(by_unit), *_told(compared, labels)]
    wide = f"{100 * level:g} %"
    tables = [
        Table(
            "Pairs of people never seen in training",
            ("configuration", "seeds", f"EER % [{wide}, new people]", f"HTER % [{wide}, new people]", "[these people]"),
            tuple(_row(labels[key], found["eer"][key], found["hter"][key]) for key in found["hter"]),
            f"EER is of {scores.n_units(on_dev=True)} people of dev. HTER is of {n_people} people of test, at the "
            "threshold of dev's EER. The interval for new people resamples seeds and persons. The weight of an "
            "impostor pair depends on both of its persons.",
        ),
        Table(
            f"The HTER of {labels[best.config]}, by the unit that is resampled",
            ("resampled unit", "how many", f"HTER % [{wide}]", "half-width, points"),
            tuple(_unit_row(unit, one) for unit, one in zip(UNITS, by_unit, strict=True)),
            "Only the first line is right. Pairs are not independent, since each person is in many pairs.",
        ),
    ]
    values: dict[str, Any] = {
        labels[key]: {metric: found[metric][key].as_dict() for metric in METRICS} for key in labels
    }
    values["by_unit"] = {unit: one.as_dict() for unit, one in zip(UNITS, by_unit, strict=True)}
    return Answer(tuple(sentences), tuple(tables), values=values)


def _measured(scores: TrialScores, metric: str) -> Measured:
    return stats.measure(scores, metric, rng=np.random.default_rng(SEED))


def _by_first(scores: TrialScores) -> TrialScores:
    """Return the scores as if a pair belonged to its first person alone."""
    of_column = np.concatenate((np.arange(scores.units.size), scores.pairs[:, 0]))
    return _with_units(scores, [of_column[split.unit] for split in _splits(scores)], scores.units, "subject")


def _by_pair(scores: TrialScores) -> TrialScores:
    """Return the scores as if every pair were a case of its own."""
    sizes = np.cumsum([0, *(split.label.size for split in _splits(scores))])
    units = [np.arange(start, end) for start, end in itertools.pairwise(sizes)]
    return _with_units(scores, units, np.arange(sizes[-1]).astype(np.str_), "pair")


def _splits(scores: TrialScores) -> list[SplitScores]:
    return [split for split in (scores.test, scores.dev) if split is not None]


def _with_units(scores: TrialScores, units: list[Any], names: Any, unit: str) -> TrialScores:
    test, *dev = (replace(split, unit=of) for split, of in zip(_splits(scores), units, strict=True))
    return replace(
        scores, test=test, dev=dev[0] if dev else None, units=names, unit=unit, pairs=np.empty((0, 2), dtype=np.intp)
    )


def _row(label: str, eer: Estimate, hter: Estimate) -> tuple[str, ...]:
    here = _limits(hter.this_test_set)
    return (label, str(len(hter.values)), _percent(eer.new_subjects), _percent(hter.new_subjects), here)


def _unit_row(unit: str, one: Interval) -> tuple[str, ...]:
    return (unit, str(one.n_subjects), _percent(one), f"{50 * (one.high - one.low):.1f}")


def _rates(
    found: dict[str, dict[str, Estimate]], config: str, labels: dict[str, str], n_people: int, scores: TrialScores
) -> str:
    eer, hter = (found[metric][config] for metric in METRICS)
    genuine = int((scores.test.label == 1).sum())
    impostor = scores.test.label.size - genuine
    return (
        f"The HTER for telling whether two images show one person is {_percent(hter.new_subjects, '%')} for new people "
        f"({labels[config]}, {len(hter.values)} seeds; EER of dev {_percent(eer.new_subjects, '%')}), measured on "
        f"{genuine} genuine and {impostor} impostor pairs of {n_people} people who were not in training."
    )


def _width(by_unit: list[Interval]) -> str:
    people, first, pair = (one.high - one.low for one in by_unit)
    ratio = people / pair if pair > 0 else math.nan
    if math.isnan(ratio):
        return "The intervals by unit cannot be compared."
    verdict = (
        f"would give an interval {ratio:.1f} times too narrow"
        if ratio > 1.1
        else "would give about the same interval here"
        if ratio > 1 / 1.1
        else f"would give an interval {1 / ratio:.1f} times as wide here"
    )
    return (
        f"The test depends on {by_unit[0].n_subjects} people, not on {by_unit[2].n_subjects} pairs. Counting pairs as "
        f"independent {verdict} (ratio {people / first:.1f} if only the first person of a pair is resampled)."
    )


def _told(compared: tuple[Comparison, ...], labels: dict[str, str]) -> list[str]:
    sentences = []
    for one in compared:
        a, b = labels[one.a], labels[one.b]
        here = f"HTER {_percent(one.new_subjects)} points, p = {probability(one.p_new_subjects_holm)} for new people"
        if one.better:
            better, other = (a, b) if one.better == one.a else (b, a)
            sentences.append(f"{better} is better than {other} ({a} less {b}: {here}).")
        else:
            sentences.append(f"{a} and {b} are not told apart ({a} less {b}: {here}).")
    return sentences


def _percent(found: Interval, unit: str = "") -> str:
    space = " " if unit else ""
    return f"{100 * found.value:.1f}{space}{unit} {_limits(found)}"


def _limits(found: Interval) -> str:
    return "-" if math.isnan(found.low) else f"[{100 * found.low:.1f}, {100 * found.high:.1f}]"

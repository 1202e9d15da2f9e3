"""The answer of `face-attack`: which of several runs is true, and what a model made outside the loop does to them."""

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sweep import stats
from sweep.analysis.current import current
from sweep.analysis.measured_study import measure_study
from sweep.errors import InputError
from sweep.report.study_answer import Answer, Table
from sweep.report.text_columns import probability
from sweep.stats import Comparison, Estimate, Interval
from sweep.store.store import Results

METRICS = ("hter", "eer")


@dataclass(frozen=True)
class Pass:
    """A pass of the loop: its place from 1, its label, and what its seeds measured.

    first_loss: loss of the first epoch by seed. epochs: before the test, those of earlier passes not counted, by seed.
    estimates: metric -> estimate. against: metric -> comparison with the first pass, none for that itself.
    """

    place: int
    label: str
    first_loss: "pd.Series[float]"
    epochs: "pd.Series[float]"
    estimates: dict[str, Estimate]
    against: dict[str, Comparison]


def answer(results: Results, *, level: float = 0.95) -> Answer:
    """Return the spread of honest runs with both intervals, and how later passes of a loop differ from the first.

    Passes are paired by seed: those of one seed begin with the same weights.

    Raises:
        InputError: no trial whose model was made for it, or fewer than two seeds.
    """
    passes = _passes(results, level)
    inside = passes[0]
    wide = f"{100 * level:g} %"
    tables = (
        Table(
            "Each pass of the loop",
            ("arm", "pass", "seeds", "loss of epoch 1", f"HTER % [{wide}, these people] [{wide}, new people]", "EER %"),
            tuple(_row(one) for one in passes),
            "HTER is of the test set, at the threshold of dev's EER. Loss of epoch 1 is a mean over seeds. Pass 1 is "
            "one trial.",
        ),
        Table(
            f"Later passes less the first, paired by seed [{wide}]",
            ("arm", "loss of epoch 1", "HTER, points", "p (Holm)", "EER, points", "p (Holm)"),
            tuple(_difference_row(one, inside, level) for one in passes[1:]),
            "The intervals are for other seeds on these people. Equal seeds start from the same weights.",
        ),
    )
    sentences = [_truth(inside, level)]
    if passes[1:]:
        sentences += [_loop(passes, level), _metrics(passes)]
    return Answer(
        tuple(sentences), tables[: len(sentences)], values={one.label: _values(one, inside, level) for one in passes}
    )


def _passes(results: Results, level: float) -> list[Pass]:
    ok, hp = current(results).ok, {key: said["hp"] for key, said in results.study["configurations"].items()}
    places = {key: 1 + int(float(said.get("train.carry_over", 0))) for key, said in hp.items()}
    first = next((key for key, place in places.items() if place == 1), None)
    rng = np.random.default_rng(0)
    if first is None or (ok["config_id"] == first).sum() < 2:
        raise InputError("Expected two seeds or more of trials with `train.carry_over: 0`. Received: fewer. Run them.")
    estimates: dict[str, dict[str, Estimate]] = {}
    against: dict[str, dict[str, Comparison]] = {}
    for metric in METRICS:
        measured = measure_study(results, metric, rng=rng)
        estimates[metric] = {one.config: one for one in stats.estimates(measured, level=level)}
        compared = stats.compare(measured, first, paired=True, level=level) if len(measured.configs) > 1 else ()
        against[metric] = {one.a: one for one in compared}
    epochs = results.epochs[results.epochs["epoch"] == 0].set_index("trial_id")["loss"]
    found: list[Pass] = []
    for key in sorted(places, key=lambda key: places[key]):
        rows = ok[ok["config_id"] == key].sort_values("seed")
        if len(rows):
            seeds = rows["seed"].to_numpy()
            found.append(
                Pass(
                    places[key],
                    str(hp[key].get("arm", results.study["configurations"][key]["label"])),
                    pd.Series(epochs.loc[rows["trial_id"]].to_numpy(), seeds),
                    pd.Series(rows["epochs"].to_numpy(np.float64), seeds),
                    {metric: estimates[metric][key] for metric in METRICS},
                    {metric: against[metric][key] for metric in METRICS if key in against[metric]},
                )
            )
    return found


def _row(one: Pass) -> tuple[str, ...]:
    hter, eer = (one.estimates[metric] for metric in METRICS)
    both = f"{_percent(hter.this_test_set)} {_limits(hter.new_subjects)}"
    return (
        one.label,
        str(one.place),
        str(len(hter.values)),
        f"{one.first_loss.mean():.3f}",
        both,
        _percent(eer.this_test_set),
    )


def _difference_row(one: Pass, inside: Pass, level: float) -> tuple[str, ...]:
    loss = _loss_difference(one, inside, level)
    cells = [one.label, f"{loss.value:.3f} [{loss.low:.3f}, {loss.high:.3f}]"]
    for metric in METRICS:
        found = one.against[metric]
        cells += [_percent(found.this_test_set), probability(found.p_this_test_set_holm)]
    return tuple(cells)


def _loss_difference(one: Pass, inside: Pass, level: float) -> Interval:
    shared = one.first_loss.index.intersection(inside.first_loss.index)
    return stats.t_interval((one.first_loss[shared] - inside.first_loss[shared]).to_numpy(), level)


def _truth(inside: Pass, level: float) -> str:
    one = inside.estimates["hter"]
    values = np.array(one.values)
    text = (
        f"No single run is the true one: {len(values)} runs of the same code, each with a new model, gave HTER from "
        f"{100 * values.min():.1f} % to {100 * values.max():.1f} %. Report their mean, "
        f"{100 * values.mean():.1f} %, with {_limits(one.this_test_set)} for other seeds on these people and "
        f"{_limits(one.new_subjects)} for new people ({100 * level:g} % intervals)"
    )
    if len(values) < 3:
        return text + "."
    apart = np.mean([np.ptp(values[list(three)]) for three in combinations(range(len(values)), 3)])
    return text + f". Three runs differ by {100 * apart:.1f} points on average."


def _loop(passes: list[Pass], level: float) -> str:
    """Return what the loss of the first epoch says: passes that repeat each other would begin alike."""
    inside, later = passes[0], passes[1:]
    course = ", ".join(f"{one.first_loss.mean():.3f} in pass {one.place}" for one in passes)
    lower = [one for one in later if _loss_difference(one, inside, level).high < 0]
    text = f"If the model is made outside the loop, the loss of the first epoch is {course}: "
    if len(lower) == len(later):
        return (
            text
            + "later passes start from trained weights, although each is seeded, so they are no repeats of the first."
        )
    if lower:
        return text + f"pass {', '.join(str(one.place) for one in lower)} starts from trained weights."
    return text + "with these seeds later passes are not told apart from a fresh start."


def _metrics(passes: list[Pass]) -> str:
    parts = []
    for metric in METRICS:
        better: list[str] = []
        worse: list[str] = []
        same: list[str] = []
        for one in passes[1:]:
            found = one.against[metric]
            told = found.p_this_test_set_holm <= found.alpha
            (same if not told else worse if found.this_test_set.value > 0 else better).append(str(one.place))
        said = [
            f"{word} in pass {', '.join(which)}"
            for word, which in (("lower", better), ("higher", worse), ("not told apart from the first", same))
            if which
        ]
        course = ", ".join(f"{100 * one.estimates[metric].this_test_set.value:.1f} %" for one in passes)
        parts.append(f"{metric.upper()} by pass is {course} ({'; '.join(said)})")
    return (
        f"{' and '.join(parts)}. A number from a later pass belongs to a longer training, which no setting of the "
        "code describes."
    )


def _values(one: Pass, inside: Pass, level: float) -> dict[str, Any]:
    loss = _loss_difference(one, inside, level)
    return {
        "pass": one.place,
        "n_seeds": len(one.first_loss),
        "first_loss": float(one.first_loss.mean()),
        "first_loss_less_inside": {"value": loss.value, "low": loss.low, "high": loss.high}
        if one is not inside
        else None,
        "median_epochs": float(one.epochs.median()),
        **{metric: found.as_dict() for metric, found in one.estimates.items()},
        "less_inside": {metric: found.as_dict() for metric, found in one.against.items()},
    }


def _percent(found: Interval) -> str:
    return f"{100 * found.value:.1f} {_limits(found)}"


def _limits(found: Interval) -> str:
    return "-" if math.isnan(found.low) else f"[{100 * found.low:.1f}, {100 * found.high:.1f}]"

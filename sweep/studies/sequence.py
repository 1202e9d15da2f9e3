"""The answer of `sequence`: how far repeats of one training differ, and which stream of randomness moves them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep import stats
from sweep.analysis.current import current
from sweep.errors import InputError
from sweep.machine.streams import STREAMS
from sweep.report.study_answer import Answer, Table
from sweep.report.text_columns import limits, number
from sweep.stats import Interval
from sweep.store.store import Results
from sweep.study.arms import held_streams

METRIC = "mse"
FEW = 10  # repeats, as a person would stop at
NAMES = {"init": "the initial weights", "order": "the order of the samples"}


@dataclass(frozen=True)
class Spread:
    """The result of one arm over its repeats: values in the order of the seeds, n_distinct final weights by digest.

    follows: the streams that follow the seed; None for an arm without a seed. own: whether the arm changes more than
    its streams, such as the batch.
    """

    arm: str
    values: NDArray[np.float64]
    n_distinct: int
    follows: tuple[str, ...] | None
    own: bool

    def sd(self, level: float, n: int | None = None) -> tuple[float, float, float]:
        """Return the SD of the first n values, and the limits of its interval (Bonett 2006)."""
        values = self.values[:n]
        sd = float(values.std(ddof=1)) if np.ptp(values) else 0.0
        return (sd, *stats.sd_interval_of(values, level))

    def as_dict(self, level: float) -> dict[str, Any]:
        """Return every number of the arm, for JSON."""
        here = stats.t_interval(self.values, level)
        return {
            "n": len(self.values),
            "n_distinct": self.n_distinct,
            "follows_the_seed": None if self.follows is None else list(self.follows),
            "mean": here.value,
            "low": here.low,
            "high": here.high,
            **dict(zip(("sd", "sd_low", "sd_high"), self.sd(level), strict=True)),
            **dict(zip((f"sd_of_{FEW}", f"sd_of_{FEW}_low", f"sd_of_{FEW}_high"), self.sd(level, FEW), strict=True)),
            "min": float(self.values.min()),
            "max": float(self.values.max()),
        }


def answer(results: Results, *, level: float = 0.95) -> Answer:
    """Return the spread of every arm, what ten repeats would have said, and which stream moves the result.

    Raises:
        InputError: an arm with fewer than two repeats.
    """
    arms = _spreads(results)
    wide = f"{100 * level:g} %"
    rows = []
    for one in arms:
        here, spread = stats.t_interval(one.values, level), one.sd(level)
        ends = (number(float(one.values.min())), number(float(one.values.max())))
        rows.append((one.arm, str(len(one.values)), _said(here), _of(spread), *ends, str(one.n_distinct)))
    first = tuple(
        (one.arm, _of(one.sd(level, FEW)), _of(one.sd(level)), str(len(one.values)))
        for one in arms
        if len(one.values) > FEW
    )
    tables = [
        Table(
            "MSE on test over the repeats of each arm",
            ("arm", "n", f"mean [{wide}]", f"SD [{wide}]", "min", "max", "distinct weights"),
            tuple(rows),
            "Mean: t over repeats. SD: Bonett 2006, as a loss has long tails. Test lies between the points of train, "
            "so this says nothing of other sequences. Distinct: final weights, compared to the bit.",
        )
    ]
    if first:
        head = ("arm", f"SD of the first {FEW}", "SD of all", "n")
        tables.append(Table(f"What {FEW} repeats would have said", head, first))
    sentences = (*_streams(arms, level), *_bits(arms), *_seeding(arms, level), *_ten(arms, level))
    return Answer(sentences, tuple(tables), values={one.arm: one.as_dict(level) for one in arms})


def _spreads(results: Results) -> list[Spread]:
    ok, study = current(results).ok, results.study["resolved"]
    found = []
    for config_id, said in results.study["configurations"].items():
        rows = ok[ok["config_id"] == config_id].sort_values("seed")
        arm = str(said["hp"].get("arm", said["label"] or study["study"]))
        if len(rows) < 2:
            raise InputError(f"Expected two repeats or more of the arm {arm}. Received: {len(rows)}. Run the study.")
        held = held_streams(study, said["hp"].get("arm"))
        changes = study.get("arms", {}).get(arm, {})
        found.append(
            Spread(
                arm,
                rows[f"metric.{METRIC}"].to_numpy(np.float64),
                int(rows["final_sha256"].nunique()),
                None if said["hp"].get("seeded") == "false" else tuple(one for one in STREAMS if one not in held),
                any(key.partition(".")[0] in ("data", "model", "train") for key in changes),
            )
        )
    return found


def _streams(arms: list[Spread], level: float) -> list[str]:
    """Return which of the streams that were let loose alone moves the result most, as the intervals of the SD tell."""
    alone = [(one, *one.sd(level)) for one in arms if one.follows is not None and len(one.follows) == 1]
    alike = sorted((one for one in alone if not one[0].own), key=lambda one: one[1], reverse=True)
    said = "; ".join(f"{_name(one)} alone: SD {_of((sd, low, high))}" for one, sd, low, high in alike)
    found = []
    if len(alike) > 1:
        (most, _, low, _), (second, *_, high) = alike[:2]
        told = low > high
        verdict = f"{_name(most)} move{_s(most)} the result more than {_name(second)}"
        found.append(f"{said}. So {verdict if told else 'which of them moves the result more is not told apart'}.")
    for one, *spread in (one for one in alone if one[0].own):
        found.append(f"{one.arm}: SD {_of((spread[0], spread[1], spread[2]))}.")
    return [text[0].upper() + text[1:] for text in found]


def _bits(arms: list[Spread]) -> list[str]:
    found = []
    for one in arms:
        n = len(one.values)
        if one.follows == ():
            word = (
                f"all {n} repeats agree in every digit (one set of final weights)"
                if one.n_distinct == 1
                else f"the {n} repeats should agree in every digit, and ended with {one.n_distinct} sets of weights"
            )
            found.append(f"With every stream held still {word}.")
        if one.follows is None:
            found.append(f"Without a seed the {n} repeats ended with {one.n_distinct} sets of weights.")
    return found


def _seeding(arms: list[Spread], level: float) -> list[str]:
    """Return whether a seed that changes from run to run leaves another spread than no seed at all."""
    loose = next((one for one in arms if one.follows is None), None)
    seeded = next((one for one in arms if one.follows and "init" in one.follows and "order" in one.follows), None)
    if loose is None or seeded is None:
        return []
    means = stats.seed_test(loose.values, seeded.values, "welch").p
    spreads = stats.equal_spread(loose.values, seeded.values)
    alpha = 1 - level
    told = ["told apart" if p <= alpha else "not told apart" for p in (means, spreads)]
    so = ": a seed makes the spread repeatable, not small" if spreads > alpha else ""
    tested = f"{told[1]} (Brown-Forsythe, p = {spreads:.2g})"
    return [
        f"Without a seed against a seed of its own for each repeat: the means, {number(float(loose.values.mean()))} "
        f"and {number(float(seeded.values.mean()))}, are {told[0]} (Welch, p = {means:.2g}), the SDs, "
        f"{number(loose.sd(level)[0])} and {number(seeded.sd(level)[0])}, are "
        f"{'not compared, which takes three repeats' if math.isnan(spreads) else tested}{so}."
    ]


def _ten(arms: list[Spread], level: float) -> list[str]:
    one = next((one for one in arms if one.follows is None and len(one.values) > FEW), None)
    if one is None:
        return []
    few, every = one.sd(level, FEW), one.sd(level)
    return [
        f"{FEW} repeats without a seed would have said SD {_of(few)}, all {len(one.values)} say {_of(every)}: the "
        f"interval is {(few[2] - few[1]) / (every[2] - every[1]):.1f} times as wide."
    ]


def _name(one: Spread) -> str:
    (stream,) = one.follows or ("",)
    return NAMES.get(stream, f"the stream {stream}")


def _s(one: Spread) -> str:
    return "" if one.follows == ("init",) else "s"


def _said(here: Interval) -> str:
    return f"{number(here.value)} {limits(here.low, here.high)}"


def _of(spread: tuple[float, float, float]) -> str:
    return f"{number(spread[0])} {limits(spread[1], spread[2])}"

"""The answer of `frozen-batchnorm`: how far apart the modes are under each policy, and which policy is better."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sweep import stats
from sweep.analysis.answers import compare
from sweep.analysis.current import current
from sweep.errors import InputError
from sweep.report.study_answer import Answer, Table
from sweep.report.text_columns import limits, number, probability
from sweep.stats import Comparison, Interval, verdict
from sweep.store.store import Results

MODES = ("dynamic", "inference", "training")
QUANTITIES = ("accuracy", "auc", "loss")
# What policies are compared in: the trials' own accuracy, which knows of new samples, and two measures of by_mode.
COMPARED = {"accuracy": "accuracy", "AUC": "mode_inference_auc", "loss": "mode_inference_loss"}


@dataclass(frozen=True)
class Policy:
    """One configuration: its name, and mode -> quantity -> the interval over seeds; gap: training less inference."""

    name: str
    modes: dict[str, dict[str, Interval]]
    gap: dict[str, Interval]
    dynamic_apart: float

    def as_dict(self) -> dict[str, Any]:
        """Return every interval, for JSON."""
        modes = {mode: {key: one.as_dict() for key, one in found.items()} for mode, found in self.modes.items()}
        gap = {key: one.as_dict() for key, one in self.gap.items()}
        return {"modes": modes, "training_less_inference": gap, "dynamic_apart": self.dynamic_apart}


def answer(results: Results, *, level: float = 0.95) -> Answer:
    """Return loss, accuracy and AUC in every mode and policy, the gaps between modes, and the policies compared.

    Raises:
        InputError: no trial that is ok, or a study without the measure `sweep.checks.modes:by_mode`.
    """
    policies = _policies(results, level)
    wide = f"{100 * level:g} %"
    rows = tuple(
        (one.name, mode, *(_said(found[key]) for key in QUANTITIES), str(found["loss"].n_seeds))
        for one in policies.values()
        for mode, found in one.modes.items()
    )
    shown = Table(
        "Test set in three modes",
        ("policy", "mode", *(f"{key} [{wide}]" for key in QUANTITIES), "seeds"),
        rows,
        "Dynamic: the mode that model.evaluate and model.predict choose. Training: normalised by batches of the test "
        "set. Intervals: t over seeds, for this test set.",
    )
    by_measure = _comparisons(results, {key: one.name for key, one in policies.items()}, level)
    gaps = [_gap_sentence(one) for one in policies.values()]
    sentences = (*_comparison_sentences(by_measure), *gaps, _dynamic_sentence(list(policies.values())))
    tables = (shown, _gap_table(list(policies.values()), wide), _comparison_table(by_measure, wide))
    values = {
        "policies": {one.name: one.as_dict() for one in policies.values()},
        "comparisons": {name: [one.as_dict() for one in found] for name, found in by_measure.items()},
    }
    return Answer(sentences, tables if any(by_measure.values()) else tables[:2], values=values)


def _policies(results: Results, level: float) -> dict[str, Policy]:
    ok = current(results).ok
    if not len(ok):
        raise InputError(f"Expected a trial that is ok in {results.path}. Received: none.")
    if "metric.mode_inference_loss" not in ok:
        raise InputError('Expected `measure: {use: "sweep.checks.modes:by_mode"}` in the study. Received: none.')
    said = results.study["configurations"]
    names = {key: str(one["hp"].get("model.batchnorm", one["label"])) for key, one in said.items()}
    if len(set(names.values())) < len(names):
        names = {key: str(one["label"]) for key, one in said.items()}
    return {key: _policy(names[key], ok[ok["config_id"] == key], level) for key in said if key in set(ok["config_id"])}


def _policy(name: str, rows: pd.DataFrame, level: float) -> Policy:
    def values(mode: str, key: str) -> Any:
        return rows[f"metric.mode_{mode}_{key}"].to_numpy(np.float64)

    return Policy(
        name,
        {mode: {key: stats.t_interval(values(mode, key), level) for key in QUANTITIES} for mode in MODES},
        {key: stats.t_interval(values("training", key) - values("inference", key), level) for key in QUANTITIES},
        max(float(np.abs(values("dynamic", key) - values("inference", key)).max()) for key in QUANTITIES),
    )


def _comparisons(results: Results, names: dict[str, str], level: float) -> dict[str, tuple[Comparison, ...]]:
    """Return measure -> all pairs of policies, by name."""
    if len(names) < 2:
        return {}
    return {
        label: tuple(replace(one, a=names[one.a], b=names[one.b]) for one in compare(results, metric, level=level))
        for label, metric in COMPARED.items()
    }


def _comparison_sentences(by_measure: dict[str, tuple[Comparison, ...]]) -> list[str]:
    """Return a sentence for each pair: in which measures one is better on this test set, and what of new samples."""
    found = []
    for of_pair in zip(*by_measure.values(), strict=True):
        a, b = of_pair[0].a, of_pair[0].b
        sides: dict[str, list[str]] = {a: [], b: [], "": []}
        for measure, one in zip(by_measure, of_pair, strict=True):
            sides[one.better_here].append(measure)
        parts = [
            f"{winner} is better than {other} in {_joined(sides[winner])}"
            for winner, other in ((a, b), (b, a))
            if sides[winner]
        ]
        parts += [f"{a} and {b} are not told apart in {_joined(sides[''])}"] if sides[""] else []
        found.append(f"On this test set {'; '.join(parts)}. Accuracy beyond it: {verdict(of_pair[0])}")
    return found


def _gap_sentence(one: Policy) -> str:
    gap = one.gap["accuracy"]
    size, signed = f"{abs(100 * gap.value):.1f} points", f"{round(100 * gap.value, 1) + 0.0:.1f} points"  # no -0.0
    if np.isnan(gap.low):
        return f"{one.name}: accuracy in training mode less that in inference mode is {signed}."
    span = f"{100 * gap.low:.1f} to {100 * gap.high:.1f}"
    if gap.low <= 0 <= gap.high:
        return f"{one.name}: the modes are not told apart in accuracy ({signed}, {span})."
    word = "higher" if gap.value > 0 else "lower"
    return f"{one.name}: the same weights score {size} {word} in training mode than in inference mode ({span})."


def _dynamic_sentence(policies: list[Policy]) -> str:
    apart = max(one.dynamic_apart for one in policies)
    if apart < 1e-5:
        return "Evaluated dynamically the model is in inference mode: both agree in every digit shown."
    return f"Evaluated dynamically the model is not quite in inference mode: they differ by up to {apart:.2g}."


def _gap_table(policies: list[Policy], wide: str) -> Table:
    rows = tuple((one.name, *(_said(one.gap[key]) for key in QUANTITIES)) for one in policies)
    return Table(
        "Training mode less inference mode, the same weights",
        ("policy", *(f"{key} [{wide}]" for key in QUANTITIES)),
        rows,
        "t over seeds of each trial's own difference.",
    )


def _comparison_table(by_measure: dict[str, tuple[Comparison, ...]], wide: str) -> Table:
    rows = tuple(
        (
            measure,
            f"{one.a} - {one.b}",
            _said(one.this_test_set),
            probability(one.p_this_test_set_holm),
            "-" if np.isnan(one.new_subjects.low) else _said(one.new_subjects),
            probability(one.p_new_subjects_holm),
        )
        for measure, found in by_measure.items()
        for one in found
    )
    head = ("measure", "policies", f"this test set [{wide}]", "p (Holm)", f"new samples [{wide}]", "p (Holm)")
    return Table("Policies compared, in inference mode", head, rows, "Only the accuracy can be resampled by sample.")


def _said(one: Interval) -> str:
    return f"{number(one.value)} {limits(one.low, one.high)}"


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

"""Which stream of randomness moves a study's error rates: its runs on an orthogonal array, as a study of its own.

Every run holds all streams still, each at a level of its own; the runs go through the ordinary plan and store, so the
same command goes on where it was stopped, and `sweep verify` and `sweep.load` read them like any other.
"""

import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sweep.data import Prepared, open_prepared
from sweep.errors import InputError, nearest
from sweep.errors.display import displayed
from sweep.explain.batches import idle_beside_batches
from sweep.machine import process
from sweep.machine.folders import cache_folder
from sweep.machine.import_path import find_modules_in
from sweep.machine.streams import STREAMS, stream_seeds
from sweep.machine.variables import quiet_environment
from sweep.metrics.catalogue import headline, metric_called
from sweep.models.layers import every_layer
from sweep.running.execution import run_planned
from sweep.running.opening import open_study, results_folder
from sweep.running.options import RunOptions
from sweep.running.preparation import Ready, plan_in, prepare_each
from sweep.stats.attribution import Attribution, attribute, orthogonal_array
from sweep.store import store
from sweep.store.places import Place
from sweep.study.further_tests import takes_split_seed
from sweep.study.plan import Configuration, PlannedTrial, configurations
from sweep.study.study import Study
from sweep.trial import backends
from sweep.trial.building import build

LEVELS, REPEATS = 5, 3


@dataclass(frozen=True)
class Repeats:
    """Exact repeats of one run: what remains when every stream is held. identical: whether all bits are equal."""

    n: int
    identical: bool
    sd: dict[str, float]


@displayed
@dataclass(frozen=True)
class Explanation:
    """Where a study's variance comes from.

    label: the configuration. metrics: name -> attribution. repeats: what the machine adds. idle: streams that cannot
    act in this study, and why. folder: where the runs are stored.
    """

    study: str
    label: str
    folder: Place
    metrics: dict[str, Attribution]
    repeats: Repeats
    idle: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return one object for JSON, with the sentences of `sweep.explain.sources_text`."""
        from sweep.explain.sources_text import sentences

        return {
            "study": self.study,
            "configuration": self.label,
            "results": str(self.folder),
            "answers": sentences(self),
            "metrics": {name: one.as_dict() for name, one in self.metrics.items()},
            "repeats": asdict(self.repeats),
            "idle": self.idle,
        }


def explain_study(
    name: str,
    *,
    config: str | None = None,
    levels: int = LEVELS,
    results: str | Path | None = None,
    address: str | None = None,
    slots: int | None = None,
    level: float = 0.95,
    progress: bool = True,
) -> Explanation:
    """Run a configuration on the orthogonal array of its streams, and return where its variance comes from.

    Args:
        name: a study file, or the name of a built-in study.
        config: the label of one configuration; None takes the first of the grid.
        levels: 5 (25 runs) or 7 (49 runs); three repeats of the first run are added.
        results, address, slots, progress: as in `sweep.running.execution.run`.
        level: nominal coverage of the intervals.

    Raises:
        InputError: the study is wrong, or a run failed, without which the sources cannot be told apart.
        ClusterError: no node has what a trial asks for.
    """
    array = orthogonal_array(levels, len(STREAMS))
    opened = open_study(name, results=results)
    study = opened.study
    one = _chosen(study, config)
    named = one.study.model_copy(update={"study": _name(study, one), "stop": None})
    folder = results_folder(named)
    planned, data = _planned(named, one, array)
    trials = plan_in(folder, planned, store.trials(folder)).trials
    idle = {} if named.trial is not None else _idle(named, trials[0], opened.modules)
    ready = Ready(named, trials, data, opened.modules, folder)
    done = run_planned(ready, RunOptions(address, slots, progress=progress))
    rows = store.load(done.folder).trials
    rows = rows[rows["status"] == "ok"].drop_duplicates("trial_id").set_index("trial_id")
    rows = rows.reindex([trial.trial_id for trial in trials])
    if rows["config_id"].isna().any():
        raise InputError(
            f"Expected all {len(trials)} runs to end well: without one of them the sources cannot be told apart. "
            f"Received: {int(rows['config_id'].isna().sum())} failed. `sweep report {done.folder}` says why."
        )
    if named.trial is not None or named.fit is not None:
        idle = _never_asked(named, rows, idle)
    elif "batches" in rows and rows["batches"].notna().any():
        idle = idle_beside_batches(named.data.use, rows, store.load(done.folder).epochs, idle)
    rng = np.random.default_rng(0)
    runs = rows.iloc[: len(array)]
    acting = [at for at, stream in enumerate(STREAMS) if stream not in idle]
    names = [STREAMS[at] for at in acting]
    metrics = {
        metric: attribute(runs[f"metric.{metric}"].to_numpy(float), array[:, acting], names, rng=rng, level=level)
        for metric in headline(study.task)
    }
    repeats = _repeats(rows.iloc[[0, *range(len(array), len(rows))]], headline(study.task))
    return Explanation(study.study, one.label, done.folder, metrics, repeats, idle)


def _chosen(study: Study, label: str | None) -> Configuration:
    every = {configuration.label: configuration for configuration in configurations(study)}
    if label is None:
        return next(iter(every.values()))
    if label not in every:
        raise InputError(
            f"Expected a configuration of {study.study}: {', '.join(every)}. Received: {label}.{nearest(label, every)}"
        )
    return every[label]


def _name(study: Study, configuration: Configuration) -> str:
    return f"{study.study}-explain" + (f"-{configuration.config_id[:6]}" if study.grid else "")


def _planned(
    study: Study, configuration: Configuration, array: np.ndarray
) -> tuple[tuple[PlannedTrial, ...], dict[str, Prepared]]:
    """Return the plan and its data: the runs of the array, then the repeats of its first run.

    Each has its levels as label and hp.stream.*.
    """
    held = [dict(zip(STREAMS, map(int, row), strict=True)) for row in array]
    studies = [study.model_copy(update={"hold": hold, "seeds": [0]}) for hold in held]
    studies.append(studies[0].model_copy(update={"seeds": list(range(1, REPEATS + 1))}))
    trials, data = prepare_each(studies)

    def with_levels(trial: PlannedTrial) -> PlannedTrial:
        hold = dict(trial.configuration.study.hold)
        label = " ".join(f"{stream}={level}" for stream, level in hold.items())
        hp = {**configuration.hp, **{f"stream.{stream}": float(level) for stream, level in hold.items()}}
        return replace(trial, configuration=replace(trial.configuration, label=label, hp=hp))

    return tuple(map(with_levels, trials)), data


def _repeats(rows: pd.DataFrame, metrics: tuple[str, ...]) -> Repeats:
    sd = {metric: float(rows[f"metric.{metric}"].std(ddof=1)) for metric in metrics}
    return Repeats(len(rows), bool(rows["scores_sha256"].nunique() == 1), sd)


def _idle(study: Study, trial: PlannedTrial, modules: tuple[str, ...]) -> dict[str, str]:
    """Return the streams that cannot act, with the reason; what they would take goes to the rest, as it must."""
    quiet_environment()
    outcome = process.call(
        _streams_of_layers, (trial.configuration.study, trial.data_id, modules), variables=backends.variables(study)
    )
    if outcome.crash or isinstance(outcome.value, str):
        raise InputError(outcome.value or f"model: its process was {outcome.crash}. {outcome.log[-500:]}")
    found = _without_split(study)
    acting = [*outcome.value, *(["augment"] if study.train.augment is not None else [])]
    for stream in ("dropout", "augment"):
        if stream not in acting:
            found[stream] = f"{study.maker.use} has no layer that draws from it"
    return found


def _without_split(study: Study) -> dict[str, str]:
    """Return the stream split with the reason why it cannot act, where neither data function nor folds follow it."""
    if study.division is not None or takes_split_seed(study):
        return {}
    return {"split": f"{study.data.use} takes no split_seed"}


def _never_asked(study: Study, rows: pd.DataFrame, idle: dict[str, str]) -> dict[str, str]:
    """Return the streams that no run of the user's own function asked for, and that nothing else draws from.

    idle: of a model that `fit` trains: streams that no layer of it draws from.
    """
    asked = {stream for said in rows["streams"].dropna() for stream in json.loads(said)}
    found = _without_split(study)
    if study.trial is not None:
        silent = [stream for stream in STREAMS if stream != "split"]
    else:
        silent = ["order", *(stream for stream in idle if stream != "split")]
    own = study.trial or study.fit
    found |= {stream: f"{own.use} never asked for it" for stream in silent if own is not None}
    return {stream: why for stream, why in found.items() if stream not in asked}


def _streams_of_layers(asked: tuple[Study, str, tuple[str, ...]]) -> list[str] | str:
    """Build the model in a fresh process; return the streams that its layers draw from, or what is wrong."""
    study, data_id, modules = asked
    find_modules_in(modules)
    try:
        model = build(study, open_prepared(cache_folder(), data_id), stream_seeds(0, study.hold))
    except InputError as error:
        return str(error)
    layers = every_layer(model)
    drawing = [layer for layer in layers if getattr(layer, "seed_generator", None) and getattr(layer, "rate", 1)]
    augmenting = [layer for layer in layers if getattr(layer, "generator", None)]
    return [name for name, found in (("dropout", drawing), ("augment", augmenting)) if found]


def in_points(name: str, value: float) -> str:
    """Return a metric's SD as people read it: rates in percentage points, all else in the label's unit."""
    if math.isnan(value):
        return "-"
    return f"{100 * value:.2f}" if metric_called(name).unit == "%" else f"{value:.4g}"

"""Stored trials as they can be run again: the order that a worker was given, and the bits that came of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sweep.errors import InputError
from sweep.machine.folders import current_folder
from sweep.machine.repository import git_commit
from sweep.store import records
from sweep.store.store import Results
from sweep.study.named_files import files_outside
from sweep.study.stored_studies import studies_of
from sweep.trial import weights
from sweep.trial.order import TrialOrder


@dataclass(frozen=True)
class Bits:
    """What a trial computed, in the order in which it came about.

    layers: layer -> digest of the initial weights; sizes: layer -> number of weights; both empty for trials that were
    stored before layers were kept. epochs: a mapping an epoch, with its digests. scores: (split, sample) -> score.
    environment: what env_id stands for. files: name -> digest of files that the model's function read and the study
    does not name. tests: name of a further test set -> digest of its scores.
    """

    data_id: str
    code_id: str
    init_sha256: str
    final_sha256: str
    scores_sha256: str
    layers: dict[str, str]
    sizes: dict[str, int]
    epochs: list[dict[str, Any]]
    metrics: dict[str, float]
    scores: dict[tuple[str, str], float]
    environment: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    tests: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredTrial:
    """A trial of a store that is ok: how to run it again, and what it gave."""

    order: TrialOrder
    label: str
    bits: Bits


def stored_trials(results: Results, trial_ids: list[str], modules: tuple[str, ...]) -> list[StoredTrial]:
    """Return these trials of a store.

    Args:
        results: what `load` returned.
        trial_ids: of trials that are ok and belong to the plan, see `verifiable`.
        modules: folders in which the user's modules are found.

    Raises:
        InputError: the stored study does not explain a trial's configuration.
    """
    studies = studies_of(results.study, results.path)
    rows = results.trials[results.trials["status"] == "ok"].drop_duplicates("trial_id").set_index("trial_id")
    environments = results.environments
    epochs = dict(list(results.epochs.groupby("trial_id", observed=True)))
    wanted = results.scores[results.scores["trial_id"].isin(trial_ids)]
    scores = dict(list(wanted.groupby("trial_id", observed=True)))
    found = []
    for trial_id in trial_ids:
        if not re.fullmatch(r"[0-9a-f]{6,64}", trial_id):  # it becomes a file's name
            raise InputError(f"Expected a trial's id, of hexadecimal digits. Received: {trial_id!r} in {results.path}.")
        row: dict[str, Any] = {str(key): value for key, value in rows.loc[trial_id].items()} | {"trial_id": trial_id}
        if row["config_id"] not in studies:
            raise InputError(
                f"Expected the configuration {row['config_id']} in {results.path}/study.json. Received: none. "
                "Run the study again to write it."
            )
        order = TrialOrder(
            trial_id=trial_id,
            config_id=row["config_id"],
            seed=int(row["seed"]),
            data_id=row["data_id"],
            code_id=row["code_id"],
            study=_without_model(studies[row["config_id"]].model_dump(mode="json")),
            hp={},
            results="",
            folder=current_folder(),
            modules=modules,
            git_commit=git_commit(current_folder()),
        )
        frame = scores[trial_id]
        keys = zip(frame["split"].astype(str), frame["sample"].astype(str), strict=True)
        bits = _bits(
            row,
            _records(epochs[trial_id].sort_values("epoch")) if trial_id in epochs else [],
            {name.removeprefix("metric."): value for name, value in row.items() if name.startswith("metric.")},
            dict(zip(keys, frame["score"].tolist(), strict=True)),
            _records(environments[environments["env_id"] == row["env_id"]].drop(columns="env_id"))[0],
        )
        label = results.study["configurations"].get(row["config_id"], {}).get("label", "")
        found.append(StoredTrial(order, label, bits))
    return found


def verifiable(results: Results) -> list[str]:
    """Return the ids of the plan's trials that are ok, a configuration after another: a few may stand for all.

    Trials without a seed are left out: nobody can run them again.
    """
    ok = set(results.trials["trial_id"][results.trials["status"] == "ok"]) if len(results.trials) else set()
    seeded = [key for key, said in results.study["configurations"].items() if said["hp"].get("seeded") != "false"]
    place = {config_id: at for at, config_id in enumerate(seeded)}
    plan = sorted(
        (one for one in results.study["plan"] if one["config_id"] in place), key=lambda one: place[one["config_id"]]
    )
    return [one["trial_id"] for one in plan if one["trial_id"] in ok]


def n_unseeded(results: Results) -> int:
    """Return how many trials of the plan had no seed."""
    unseeded = {key for key, said in results.study["configurations"].items() if said["hp"].get("seeded") == "false"}
    return sum(one["config_id"] in unseeded for one in results.study["plan"])


def bits_of(record: records.Record, scores: Any) -> Bits:
    """Return the bits of a record as `sweep.store.records.read_part` gives it."""
    columns = {name: scores[name].to_pylist() for name in ("split", "sample", "score")}
    keys = zip(columns["split"], columns["sample"], strict=True)
    return _bits(
        record.trial,
        record.epochs,
        record.trial.get("metric", {}),
        dict(zip(keys, columns["score"], strict=True)),
        record.environment,
    )


def _bits(
    row: Mapping[str, Any],
    epochs: list[dict[str, Any]],
    metrics: Mapping[str, float],
    scores: dict[tuple[str, str], float],
    environment: Mapping[str, Any],
) -> Bits:
    layers = _json(row.get("init_layers"))
    epochs = [{key: value for key, value in epoch.items() if value is not None and value == value} for epoch in epochs]
    for epoch in epochs:
        word = epoch.get("layers_sha256")
        epoch["layers"] = weights.apart(word, layers) if layers and isinstance(word, str) else {}
    return Bits(
        data_id=row["data_id"],
        code_id=row["code_id"],
        **{name: str(row.get(name) or "") for name in ("init_sha256", "final_sha256", "scores_sha256")},
        layers=layers,
        sizes=_json(row.get("layer_sizes")),
        epochs=epochs,
        metrics={name: float(value) for name, value in metrics.items() if value is not None},
        scores=scores,
        environment={key: "" if value is None or value != value else value for key, value in environment.items()},
        files=files_outside(row["outside"]) if isinstance(row.get("outside"), str) else {},
        tests={
            str(name).removeprefix("scores_sha256."): digest
            for name, digest in row.items()
            if str(name).startswith("scores_sha256.") and isinstance(digest, str)
        },
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _json(text: Any) -> dict[str, Any]:
    return json.loads(text) if isinstance(text, str) else {}


def _without_model(study: dict[str, Any]) -> dict[str, Any]:
    """Return a study that saves no model: nobody asks for that of a repeated trial."""
    return {**study, "train": {**study["train"], "save": "none"}}

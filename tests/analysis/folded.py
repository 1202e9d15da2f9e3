"""A stored study of folds: records as trials write them, with scores that are drawn, or given by hand."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np

from sweep.metrics.verification import verification
from sweep.store import store
from sweep.store.records import Record, write_part
from sweep.study.plan import PlannedTrial, as_document, plan
from sweep.study.study import Study

K = 3
# (dropout, seed, fold, split, subject, label) -> a score
ScoreOf = Callable[[float, int, int, str, int, int], float]


def drawn(dropout: float, seed: int, fold: int, split: str, subject: int, label: int) -> float:
    """Return a score whose scale each model moves; the same arguments give the same score."""
    rng = np.random.default_rng([int(10 * dropout), seed, fold, split == "dev", subject, label])
    offset = np.random.default_rng([int(10 * dropout), seed, fold]).normal(0, 3)
    return float(offset + 1.5 * label + rng.normal())


def stored_folds(
    folder: Path,
    score: ScoreOf = drawn,
    *,
    seeds: int = 3,
    subjects: int = 12,
    failed: Collection[tuple[int, int]] = (),
    unrun: Collection[tuple[int, int]] = (),
    machines: bool = False,
    grid: bool = True,
) -> store.Results:
    """Store a study of three folds and return its results.

    score: of each sample; a subject has a genuine and an impostor one. failed, unrun: (seed, fold). machines: whether
    each fold was trained on another.
    """
    study = Study.model_validate(
        {
            "study": "folds",
            "seeds": seeds,
            "data": {"use": "sweep.data:synthetic_vectors"},
            "model": {"use": "sweep.models:small_xception"},
            "division": {"folds": K},
            "grid": {"model.dropout": [0.0, 0.5]} if grid else {},
        }
    )
    folder.mkdir(parents=True)
    trials = list(plan(study, lambda one, _: f"data{one.hp['division.fold']}", lambda _: "c" * 16))
    store.write_study(folder, as_document(study, trials))
    for trial in trials:
        fold = int(trial.configuration.hp["division.fold"])
        if (trial.seed, fold) not in unrun:
            write_part(folder, _record(trial, fold, score, subjects, (trial.seed, fold) in failed, machines))
    return store.load(folder)


def _record(trial: PlannedTrial, fold: int, score: ScoreOf, subjects: int, failed: bool, machines: bool) -> Record:
    hp = trial.configuration.hp
    row: dict[str, Any] = {
        "study": "folds",
        "trial_id": trial.trial_id,
        "config_id": trial.configuration.config_id,
        "seed": trial.seed,
        "attempt": 0,
        "status": "failed" if failed else "ok",
        "error": "fit: ValueError: no luck\nTraceback" * failed,
        "data_id": trial.data_id,
        "code_id": trial.code_id,
        "hp": hp,
        "seconds.total": 2.0,
        "n_train": subjects // K * (K - 2) * 2,
        "n_dev": subjects // K * 2,
        "n_test": subjects // K * 2,
        "final_sha256": trial.trial_id,
    }
    environment = {"threads": 1, "determinism": True, "cpu_model": f"cpu {fold * machines}"}
    epochs = [{"epoch": float(epoch), "loss": 1.0 / (1 + epoch + fold)} for epoch in range(2 + fold)]
    if failed:
        return Record(row, epochs=epochs[:1], environment=environment)
    columns: dict[str, list[Any]] = {name: [] for name in ("split", "sample", "subject", "video", "label", "score")}
    for split, of in (("dev", (fold + 1) % K), ("test", fold)):
        for subject in range(of, subjects, K):
            for label in (1, 0):
                value = score(float(hp.get("model.dropout", 0.0)), trial.seed, fold, split, subject, label)
                name = f"s{subject:02d}"
                for key, one in zip(columns, (split, f"{name}/{label}", name, "", float(label), value), strict=True):
                    columns[key].append(one)
    made = {name: np.asarray(values) for name, values in columns.items()}
    dev, test = made["split"] == "dev", made["split"] == "test"
    measured = verification(made["label"][dev], made["score"][dev], made["label"][test], made["score"][test])
    row |= {"threshold": measured.pop("eer_threshold"), "metric": measured | {"train_accuracy": 0.5 + fold / 10}}
    return Record(row, made | {"prediction": np.full(len(dev), np.nan)}, epochs, environment)

"""Simulated studies, stored as real ones are: records under parts/ and study.json beside them."""

from pathlib import Path
from typing import Any

import numpy as np

from sweep.metrics.classification import classification
from sweep.metrics.regression import regression
from sweep.metrics.verification import verification
from sweep.store import store
from sweep.store.records import Record, write_part
from sweep.study.study import Study


def stored(
    folder: Path,
    *,
    labels: tuple[str, ...] = ("model.dropout=0", "model.dropout=0.5"),
    seeds: int = 5,
    task: str = "verification",
    failed: tuple[tuple[int, int], ...] = (),
    unrun: tuple[tuple[int, int], ...] = (),
    own_split: bool = False,
    machines: int = 1,
    n: int = 60,
    name: str = "simulated",
    attacks: tuple[str, ...] = (),
    machine_skill: float = 0.0,
) -> Path:
    """Store a study and return its folder.

    labels: a configuration each. failed, unrun: (configuration, seed) of trials that failed or never ran. own_split:
    whether each seed had its own data. machines: environments that the trials took in turn. n: scores a split.
    attacks: types that impostors take in turn. machine_skill: what each further machine adds to a model's skill.
    """
    folder.mkdir(parents=True)
    plan = [
        {"trial_id": f"{16 * seed + 4096 * at:016x}", "config_id": f"c{at:011d}", "seed": seed}
        for seed in range(seeds)
        for at in range(len(labels))
    ]
    study = Study.model_validate(
        {
            "study": name,
            "task": task,
            "seeds": seeds,
            "data": {"use": "sweep.data:synthetic_attack"},
            "model": {"use": "sweep.models:small_xception"},
            "hold": {} if own_split else {"split": 0},
        }
    )
    document = {
        "study": name,
        "task": task,
        "schema_version": 1,
        "resolved": study.model_dump(mode="json"),
        "configurations": {
            f"c{at:011d}": {"label": label, "hp": {"model.dropout": at / 10, "model.use": "a:b"}}
            for at, label in enumerate(labels)
        },
        "plan": plan,
    }
    store.write_study(folder, document)
    for trial in plan:
        at, seed = int(trial["config_id"][1:]), trial["seed"]
        if (at, seed) in unrun:
            continue
        machine = seed % machines
        skill = 1.4 - 0.05 * at + machine * machine_skill
        write_part(folder, _record(trial, at, task, (at, seed) in failed, own_split, machine, n, attacks, skill))
    return folder


def _record(
    trial: dict[str, Any],
    at: int,
    task: str,
    failed: bool,
    own_split: bool,
    machine: int,
    n: int,
    attacks: tuple[str, ...],
    skill: float,
) -> Record:
    rng = np.random.default_rng([trial["seed"], at])
    row = {
        "study": "simulated",
        **trial,
        "attempt": 0,
        "status": "failed" if failed else "ok",
        "error": "fit: TrainingDivergedError: Expected a finite loss. Received: nan in epoch 2.\nTraceback" * failed,
        "data_id": f"data{trial['seed'] if own_split else 0}",
        "kept_epoch": 3,
        "epochs": 6,
        "hp": {"model.dropout": at / 10},
    }
    environment = {"threads": 1, "determinism": True, "cpu_model": f"cpu {machine}", "version.keras": "3.15.1"}
    length = int(rng.integers(4, 9))
    fall = np.exp(-np.arange(length) / 2)
    epochs = [
        {"epoch": float(e), "loss": 0.7 * fall[e] + 0.02, "val_loss": 0.6 * fall[e] + 0.03 * e + 0.1 * rng.random()}
        for e in range(length)
    ]
    if failed:
        return Record(row, epochs=epochs[:2], environment=environment)
    splits, measured = _scores(rng, task, n, skill + 0.2 * rng.normal(), attacks)
    return Record(row | {"metric": measured}, splits, epochs, environment)


def _scores(
    rng: np.random.Generator, task: str, n: int, skill: float, attacks: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, float]]:
    label = np.tile(np.repeat([0.0, 1.0], n // 2), 2)
    split = np.repeat(["dev", "test"], len(label) // 2)
    score = 1 / (1 + np.exp(-rng.normal((2 * label - 1) * skill)))
    dev, test = split == "dev", split == "test"
    if task == "classification":
        rows = np.column_stack([1 - score, score])
        measured = classification(label[dev], rows[dev], label[test], rows[test])
    elif attacks:
        kinds = np.where(label == 0, np.resize(attacks, len(label)), "")
        measured = verification(label[dev], score[dev], label[test], score[test], test_attack_type=kinds[test])
        measured.pop("eer_threshold", None)
    else:
        measured = (verification if task == "verification" else regression)(
            label[dev], score[dev], label[test], score[test]
        )
        measured.pop("eer_threshold", None)
    subject = np.array([f"s{place % 20:02d}" for place in range(len(label))])
    sample = np.array([f"{place:05d}" for place in range(len(label))])
    columns = {"split": split, "sample": sample, "subject": subject, "video": subject, "label": label, "score": score}
    columns |= {"attack_type": kinds} if attacks else {}
    return columns | {"prediction": np.full(len(label), np.nan)}, measured

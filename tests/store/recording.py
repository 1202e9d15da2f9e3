"""Records as trials write them, small and known, for the tests of the store."""

import hashlib
from typing import Any

import numpy as np

from sweep.store.records import Record


def trial_id(number: int) -> str:
    """Return the id of a test's trial."""
    return hashlib.sha256(str(number).encode()).hexdigest()[:16]


def record(number: int = 0, *, attempt: int = 0, status: str = "ok", n: int = 4, **changes: Any) -> Record:
    """Return the record of a trial; `changes` replace columns of its row."""
    ok = status == "ok"
    row = {
        "study": "faces",
        "trial_id": trial_id(number),
        "config_id": f"config{number % 2}",
        "seed": number,
        "attempt": attempt,
        "status": status,
        "error": "" if ok else "fit: it broke\nTraceback ...",
        "hp": {"train.learning_rate": 0.1, "model.use": "a:b"},
        "data_id": "d" * 64,
        "code_id": "c" * 16,
        "node": "here",
        "started_at": "2026-01-01T00:00:00.000+00:00",
        "seconds.total": 1.5,
    }
    if ok:
        row |= {"metric": {"eer": number / 7, "hter": 0.25}, "threshold": 1 / 3, "n_train": 9, "n_dev": 2, "n_test": 2}
        row |= {"epochs": 2, "kept_epoch": 1, "init_sha256": "a", "final_sha256": "b", "scores_sha256": "c"}
        row |= {"seconds.fit": 0.75}
    rng = np.random.default_rng(number)
    scores = {
        "split": np.array(["dev", "test"] * (n // 2)),
        "sample": np.array([f"sample {at}" for at in range(n)]),
        "subject": np.array([f"subject {at // 2}" for at in range(n)]),
        "video": np.array([""] * n),
        "label": np.arange(n, dtype=np.float64) % 2,
        "score": rng.random(n),
        "prediction": np.full(n, np.nan),
    }
    epochs = [{"epoch": float(epoch), "loss": 1 / (epoch + 3), "val_loss": 0.5} for epoch in range(2 if ok else 1)]
    environment = {"python": "3.11", "threads": 1, "determinism": True, "git_commit": "abc"}
    return Record(row | changes, scores if ok else {}, epochs, environment)


def study_document(numbers: range = range(3)) -> dict[str, Any]:
    """Return what study.json holds for a plan of the test's trials."""
    plan = [{"trial_id": trial_id(at), "config_id": f"config{at % 2}", "seed": at} for at in numbers]
    return {
        "study": "faces",
        "task": "verification",
        "schema_version": 1,
        "resolved": {},
        "configurations": {},
        "plan": plan,
    }

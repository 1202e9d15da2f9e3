"""A trial that trains nothing and stores a record of 1,000 scores, for benchmarks/driver_scale.py."""

import numpy as np

from sweep.store import records
from sweep.trial.outcome import Status, TrialOutcome
from sweep.trial.trial import first_row, hand_in

SCORES = 1000  # a trial


def no_op(order):
    """Return the outcome of a trial that trains nothing, after its record of 1,000 scores is stored."""
    rng = np.random.default_rng(order.seed)
    half = SCORES // 2
    scores = {
        "split": np.repeat(["dev", "test"], half),
        "sample": np.char.add("faces/sample-", np.arange(SCORES).astype(str)),
        "subject": np.char.add("subject-", (np.arange(SCORES) // 20).astype(str)),
        "video": np.full(SCORES, ""),
        "label": np.arange(SCORES, dtype=np.float64) % 2,
        "score": rng.random(SCORES),
        "prediction": np.full(SCORES, np.nan),
    }
    row = first_row(order) | {"status": "ok", "error": "", "metric": {"eer": rng.random(), "hter": rng.random()}}
    row |= {"seconds.total": 0.0, "threshold": 0.5}
    epochs = [{"epoch": float(at), "loss": rng.random(), "val_loss": rng.random()} for at in range(10)]
    outcome = TrialOutcome(order.trial_id, Status.OK, "score")
    return hand_in(order, records.Record(row, scores, epochs, {"threads": 1, "determinism": True}), outcome)

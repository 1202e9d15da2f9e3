"""Trials as two CSV files, written anew each time: runs.csv, a row a trial, and epochs.csv, a row an epoch."""

from pathlib import Path

import pandas as pd

from sweep.export.exported import ExportedTrial


def write(study: str, trials: list[ExportedTrial], into: Path) -> int:
    """Write runs.csv and epochs.csv; return the number of trials."""
    runs = [
        {"study": study, "trial_id": trial.trial_id, "name": trial.name}
        | {f"hp.{key}" if key != "seed" else key: value for key, value in trial.params.items()}
        | {f"metric.{key}": value for key, value in trial.metrics.items()}
        | trial.words
        | {"error": trial.error, "seconds": trial.seconds}
        for trial in trials
    ]
    epochs = [
        {"trial_id": trial.trial_id, "epoch": epoch} | numbers for trial in trials for epoch, numbers in trial.epochs
    ]
    frame = pd.DataFrame(runs)
    frame["seed"] = frame["seed"].astype("int64")
    frame.to_csv(into / "runs.csv", index=False)
    pd.DataFrame(epochs, columns=None if epochs else ["trial_id", "epoch"]).to_csv(into / "epochs.csv", index=False)
    return len(trials)

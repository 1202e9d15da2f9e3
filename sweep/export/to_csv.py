"""Trials as two CSV files, written anew each time: runs.csv, a row a trial, and epochs.csv, a row an epoch."""

from pathlib import Path

import pandas as pd

from sweep.errors import InputError
from sweep.export.exported import ExportedTrial


def write(study: str, trials: list[ExportedTrial], into: Path) -> int:
    """Write runs.csv and epochs.csv; return the number of trials.

    Raises:
        InputError: files of these names are there that were not written of this study.
    """
    _refuse_others(study, into)
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


def _refuse_others(study: str, into: Path) -> None:
    """Raise InputError where one of the files would be lost, as it was not written of this study."""
    runs, epochs = into / "runs.csv", into / "epochs.csv"
    try:
        ours = not runs.exists() or set(pd.read_csv(runs, usecols=["study", "trial_id"])["study"]) == {study}
    except (ValueError, OSError):
        ours = False
    lost = runs if not ours else epochs
    if not ours or (epochs.exists() and not runs.exists()):
        raise InputError(
            f"Expected a folder without {lost.name}, or with that of {study}. Received: {lost} of something else. Name "
            "another folder by --into."
        )

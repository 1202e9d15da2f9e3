"""Trained models beside the tables: `models/TRIAL.keras`, written whole before the record that names its sha256."""

import hashlib
from collections.abc import Sequence

import pandas as pd

from sweep.errors import InputError, nearest
from sweep.store.places import Place, make_folder, replace_file

FOLDER, SHA256, ERROR = "models", "model_sha256", "model_error"  # SHA256, ERROR: columns of trials.parquet


def file_of(trial_id: str) -> str:
    """Return the name of a trial's model in `models/`."""
    return f"{trial_id}.keras"


def keep_model(folder: Place, trial_id: str, model: Sequence[bytes]) -> None:
    """Store the model of a trial where it has one; of the same weights a second one is the same, to the byte."""
    for content in model:
        make_folder(folder / FOLDER)
        replace_file(folder / FOLDER / file_of(trial_id), lambda file, content=content: file.write(content))


def saved_model(folder: Place, trials: pd.DataFrame, trial_id: str) -> bytes:
    """Return the file of a trial's model, which is what its record says.

    trials: the rows of trials.parquet.

    Raises:
        InputError: no such trial, none that is ok, no model saved, or a file that is gone or another.
    """
    rows = trials[trials["trial_id"] == trial_id]
    if not len(rows):
        raise InputError(
            f"Expected a trial_id of {folder}. Received: {trial_id}."
            + (nearest(trial_id, trials["trial_id"].unique()) or " They stand in the column trial_id of its trials.")
        )
    ok = rows[rows["status"] == "ok"].sort_values("attempt", kind="stable")
    if not len(ok):
        raise InputError(f"Expected a trial that is ok. Received: {trial_id}, which failed: it has no trained model.")
    row = ok.iloc[0]
    expected = row.get(SHA256)
    if not isinstance(expected, str):
        why = row.get(ERROR)
        if isinstance(why, str):
            raise InputError(f"Expected a saved model of trial {trial_id}. Received: none, since at its end: {why}")
        raise InputError(
            f"Expected a saved model of trial {trial_id}. Received: none; it was trained with `save: none`. Set "
            "`train: {save: best}` and run the study into another folder (--results): stored trials are not repeated."
        )
    place = folder / FOLDER / file_of(trial_id)
    try:
        content = place.read_bytes()
    except FileNotFoundError:
        raise InputError(
            f"Expected the model of trial {trial_id} in {place}. Received: no such file. Copy the folder "
            f"{FOLDER}/ together with the tables."
        ) from None
    if hashlib.sha256(content).hexdigest() != expected:
        raise InputError(
            f"Expected in {place} the model that the trial stored, sha256 {expected[:16]}... Received: another file. "
            "It was changed or torn: take it from a copy, or train the study again into another folder."
        )
    return content


def without_model(rows: pd.DataFrame, trial_ids: Sequence[str]) -> list[str]:
    """Return notes of trials that should have a saved model and have none.

    rows: of trials.parquet. trial_ids: the trials whose study asks for a model.
    """
    ok = rows[(rows["status"] == "ok") & rows["trial_id"].isin(list(trial_ids))]
    ok = ok.sort_values("attempt", kind="stable").drop_duplicates("trial_id")
    lacking = ok[ok[SHA256].isna()] if SHA256 in ok else ok
    errors = lacking[ERROR].dropna() if ERROR in lacking else pd.Series(dtype=object)
    notes = []
    if older := len(lacking) - len(errors):
        first = lacking["trial_id"][~lacking.index.isin(errors.index)].iloc[0]
        notes.append(
            f"{older} stored {'trial has' if older == 1 else 'trials have'} no saved model, as {first}: trained "
            "without `save`, and not repeated for it. For models run the study into another folder (--results)."
        )
    if len(errors):
        first = lacking["trial_id"].loc[errors.index[0]]
        notes.append(
            f"{len(errors)} {'trial is' if len(errors) == 1 else 'trials are'} stored without a model, as {first}: "
            f"{errors.iloc[0]}"
        )
    return notes

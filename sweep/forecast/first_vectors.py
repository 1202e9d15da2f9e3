"""A first study file of vectors in one file, and the data function that reads them, for the person to change."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.forecast.first_study import Draft, study_text

MODULE = "vectors_data"
_COLUMNS = ("y", "subject", "split")
_FUNCTION = '''"""The vectors of a study. Written by `sweep init`; it is yours to change."""

import numpy as np
import pandas as pd


def load(file, split_seed=0):
    """Return train, dev and test: by the file's own split, else divided by subject, 60, 20 and 20 %."""
    if file.lower().endswith(".npz"):
        with np.load(file) as arrays:
            columns = {name: arrays[name] for name in arrays.files}
    else:
        frame = pd.read_csv(file, dtype={"subject": str, "split": str})
        columns = {name: frame.pop(name).to_numpy() for name in ("y", "subject", "split") if name in frame}
        columns["x"] = frame.to_numpy(dtype="float32")
    x, y = columns["x"], columns["y"]
    if y.dtype.kind not in "iufb":
        y = np.unique(y.astype(str), return_inverse=True)[1]  # words become 0, 1, 2 ... in the order of the alphabet
    subject = columns.get("subject", np.arange(len(y))).astype(str)  # without subjects every row is one
    if "split" in columns:
        part = columns["split"].astype(str)
        if not set(part) <= {"train", "dev", "test"}:
            raise ValueError(f"Expected split train, dev or test. Received: {sorted(set(part))}.")
    else:
        names = np.unique(subject)
        place = np.random.default_rng(split_seed).permutation(len(names)) / len(names)
        part = np.select([place < 0.6, place < 0.8], ["train", "dev"], "test")[np.searchsorted(names, subject)]
    known = {"subject": subject} if "subject" in columns else {}
    return {
        name: {"x": x[part == name], "y": y[part == name], **{key: all[part == name] for key, all in known.items()}}
        for name in ("train", "dev", "test")
    }
'''


def draft_of_vectors(file: Path, task: str | None = None) -> Draft:
    """Return a study of the vectors in a file, with the data function that reads it.

    file: .npz with arrays x (n, ...), y (n,) and, where known, subject (n,) and split (n,: train, dev, test); or .csv
    with columns y, subject, split of the same meaning, every other column a feature.
    task: None: verification for labels 0 and 1, classification for other whole numbers and words, else regression.

    Raises:
        InputError: the file cannot be read so, or its labels do not serve the task.
    """
    columns = _columns(file)
    x, y = columns["x"], columns["y"]
    task = _task(task, y, file)
    said = [f"{len(y):,} vectors of shape {tuple(x.shape[1:])}"]
    if "subject" in columns:
        said.append(f"{len(np.unique(columns['subject'].astype(str))):,} subjects")
    else:
        said.append("no array or column `subject`: no interval for new subjects")
    said.append("split as the file says" if "split" in columns else "not divided: 60 % train, 20 % are dev, 20 % test")
    data = {"use": f"{MODULE}:load", "file": str(file)}
    text = study_text(file.stem, task, data, {"use": "sweep.models:dense_net", "units": [32]})
    return Draft(text, tuple(said), ((f"{MODULE}.py", _FUNCTION),))


def _columns(file: Path) -> dict[str, NDArray[Any]]:
    wanted = "x (n, ...), y (n,) and, where known, subject and split"
    try:
        if file.suffix.lower() == ".npz":
            with np.load(file, allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in arrays.files if name in ("x", *_COLUMNS)}
        elif file.suffix.lower() == ".csv":
            frame = pd.read_csv(file, dtype={"subject": str, "split": str})
            found = {name: frame.pop(name).to_numpy() for name in _COLUMNS if name in frame}
            words = [str(name) for name in frame.columns if frame[name].dtype.kind not in "iufb"]
            if words:
                raise InputError(
                    f"Expected numbers in every column of {file} but y, subject and split. Received: words in "
                    f"{', '.join(words[:5])}. Rename or remove these columns."
                )
            found["x"] = frame.to_numpy(dtype="float32")
        else:
            raise InputError(f"Expected a file .npz or .csv of vectors. Received: {file}.")
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        said = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        raise InputError(f"Expected a file of vectors that can be read. Received: {file}: {said}.") from None
    missing = [name for name in ("x", "y") if name not in found or found[name].ndim == 0]
    if missing or found["x"].ndim < 2 or 0 in found["x"].shape:
        there = ", ".join(f"{name} {found[name].shape}" for name in found) or "none of them"
        raise InputError(f"Expected in {file}: {wanted}. Received: {there}.")
    if any(len(one) != len(found["y"]) for one in found.values()):
        sizes = ", ".join(f"{name} {len(one)}" for name, one in found.items())
        raise InputError(f"Expected as many rows in all arrays of {file}. Received: {sizes}.")
    splits = sorted(set(found["split"].astype(str))) if "split" in found else ["dev", "test", "train"]
    if splits != ["dev", "test", "train"]:
        raise InputError(f"Expected split train, dev and test in {file}. Received: {', '.join(splits[:8])}.")
    return found


def _task(task: str | None, y: NDArray[Any], file: Path) -> str:
    numbers = y.dtype.kind in "iufb"
    if pd.isna(y).any() or (numbers and not np.isfinite(y.astype(float)).all()):
        raise InputError(f"Expected a label y in every row of {file}. Received: a cell without one.")
    binary = numbers and set(np.unique(y)) == {0, 1}
    whole = not numbers or bool((y.astype(float) % 1 == 0).all())
    if task == "verification" and not binary:
        raise InputError(
            f"Expected labels y 1 (genuine) and 0 (impostor) for verification. Received: others in {file}."
        )
    if task == "regression" and not numbers:
        raise InputError(f"Expected numbers y for regression. Received: words in {file}.")
    if task == "classification" and not whole:
        raise InputError(f"Expected whole numbers or words y for classification. Received: others in {file}.")
    return task or ("verification" if binary else "classification" if whole else "regression")

"""The work that every arm of the benchmark does: the same arrays, the same model, the same training."""

import importlib
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DROPOUTS = (0.0, 0.5)


@dataclass(frozen=True)
class Work:
    """One kind of trials: its data and model as a study names them, and its training.

    seeds: of each of the two configurations, unless the person asks for others.
    """

    seeds: int
    data: str
    data_keywords: dict[str, Any]
    model: str
    model_keywords: dict[str, Any]
    epochs: int
    batch_size: int = 32
    learning_rate: float = 1e-3


_FACES = ("sweep.data:synthetic_attack", {"subjects": [40, 20, 20], "videos": 3, "frames": 2})
_XCEPTION = ("sweep.models:small_xception", {"width": 0.125, "momentum": 0.9})
_VECTORS = ("sweep.data:synthetic_vectors", {"subjects": [125, 63, 62], "samples": 16, "features": 64, "noise": 3.0})
WORKS = {
    "short": Work(10, *_FACES, *_XCEPTION, epochs=3),
    "dense": Work(100, *_VECTORS, "sweep.models:dense_net", {"units": [32]}, epochs=10),
    "long": Work(2, *_FACES, *_XCEPTION, epochs=45),
}


def arguments() -> tuple[Path, int, Work]:
    """Return (folder of the arrays, seeds a configuration, kind of trials) from the command line."""
    return Path(sys.argv[1]), int(sys.argv[2]), WORKS[sys.argv[3]]


def arrays(folder: Path) -> dict[str, Any]:
    """Return x and y of train, dev and test."""
    return {path.stem: np.load(path) for path in folder.glob("*.npy")}


def named(use: str) -> Any:
    """Return the function that a study names as module:function."""
    module, function = use.split(":")
    return getattr(importlib.import_module(module), function)


def compiled(work: Work, shape: tuple[int, ...], dropout: float) -> Any:
    """Return the compiled model of a configuration."""
    import keras

    model = named(work.model)(shape, 2, dropout=dropout, **work.model_keywords)
    model.compile(optimizer=keras.optimizers.Adam(work.learning_rate), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def one_training(work: Work, data: dict[str, Any], dropout: float, seed: int) -> dict[str, float]:
    """Seed, build, fit and score as the usual script does; return the metrics and the seconds inside fit."""
    import keras
    from sklearn.metrics import roc_curve

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model = compiled(work, data["train_x"].shape[1:], dropout)
    at = time.perf_counter()
    model.fit(
        data["train_x"], data["train_y"], epochs=work.epochs, batch_size=work.batch_size, verbose=0,
        validation_data=(data["dev_x"], data["dev_y"]),
    )  # fmt: skip
    fit = time.perf_counter() - at
    dev = model.predict(data["dev_x"], verbose=0)[:, 0]
    test = model.predict(data["test_x"], verbose=0)[:, 0]
    far, hit, thresholds = roc_curve(data["dev_y"], dev)
    at_eer = int(np.argmin(np.abs(far - (1 - hit))))
    accept = test >= thresholds[at_eer]
    genuine = data["test_y"] == 1
    return {
        "eer": float((far[at_eer] + 1 - hit[at_eer]) / 2),
        "hter": float((accept[~genuine].mean() + (~accept[genuine]).mean()) / 2),
        "fit": fit,
    }


def answer(fits: list[float], **more: Any) -> None:
    """Print what the benchmark reads: the number of trials and the seconds inside fit."""
    sys.stdout.write("\n" + json.dumps({"trials": len(fits), "fit": sum(fits), **more}) + "\n")

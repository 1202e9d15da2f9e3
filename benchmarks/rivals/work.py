"""The work that every arm of the benchmark does: the same arrays, the same model, the same training."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

DROPOUTS = (0.0, 0.5)
EPOCHS, BATCH, LEARNING_RATE, WIDTH = 3, 32, 1e-3, 0.125


def arguments() -> tuple[Path, int]:
    """Return (folder of the arrays, seeds a configuration) from the command line."""
    return Path(sys.argv[1]), int(sys.argv[2])


def arrays(folder: Path) -> dict[str, Any]:
    """Return x and y of train, dev and test."""
    return {path.stem: np.load(path) for path in folder.glob("*.npy")}


def compiled(dropout: float) -> Any:
    """Return the compiled model of a configuration."""
    import keras

    from sweep.models import small_xception

    model = small_xception((32, 32, 3), 2, width=WIDTH, dropout=dropout, momentum=0.9)
    model.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def one_training(data: dict[str, Any], dropout: float, seed: int) -> dict[str, float]:
    """Seed, build, fit and score as the usual script does; return the metrics and the seconds inside fit."""
    import keras
    from sklearn.metrics import roc_curve

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model = compiled(dropout)
    at = time.perf_counter()
    model.fit(
        data["train_x"], data["train_y"], epochs=EPOCHS, batch_size=BATCH, verbose=0,
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

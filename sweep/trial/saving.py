"""The trained model of a trial as the bytes of a .keras file: the same weights give the same bytes."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import keras

from sweep.errors import InputError, one_line
from sweep.machine.caller_state import generators_put_back
from sweep.store.records import Record
from sweep.store.saved_models import ERROR, SHA256
from sweep.study.study import Study
from sweep.study.train import Train
from sweep.trial import weights
from sweep.trial.loading import first_cause, load_file

_SHARED = "shared_object_id"  # Keras writes an address in memory there
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first day that a zip archive knows


class LastWeights(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the weights of the last epoch, before those of the best one are put back in their place."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[Any] = []

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self.values = self.model.get_weights()


def last_weights(train: Train) -> tuple[LastWeights, ...]:
    """Return what keeps the last epoch's weights during a fit, where they are to be saved."""
    return (LastWeights(),) if train.save == "last" else ()


def save_into(record: Record, model: keras.Model, study: Study, last: Sequence[LastWeights]) -> None:
    """Put the model, and its sha256, into a trial's record; where that cannot be, why not: the trial is as good.

    last: of the last epoch, where these weights are wanted instead of the model's own. What the model is afterwards,
    and every generator of random numbers, is what it was. Nothing happens where the study saves no model.
    """
    if study.train.save == "none":
        return
    own = model.get_weights()
    try:
        with generators_put_back():
            for one in last:
                model.set_weights(one.values)
            content = _bytes_of(model)
            _check(content, weights.digest(model.get_weights()), study.maker.use)
    except Exception as error:  # noqa: BLE001 (whatever the user's layers raise when they are asked for their settings)
        record.trial[ERROR] = (
            f"Expected a model that Keras can save and load again. Received: {one_line(first_cause(error))} Give each "
            "layer of your own `get_config`, and keep lambdas out of it."
        )
        return
    finally:
        if last:
            model.set_weights(own)
    record.trial[SHA256] = hashlib.sha256(content).hexdigest()
    record.model.append(content)


def _check(content: bytes, expected: str, use: str) -> None:
    """Raise unless the file gives these weights again: better now than when somebody needs it."""
    with keras.device("cpu:0"):
        again = load_file(content, use)
    if weights.digest(again.get_weights()) != expected:
        raise InputError("Expected the saved model to load with the weights that it has. Received: others.")


def _bytes_of(model: keras.Model) -> bytes:
    """Return the .keras file without what differs from one saving to the next: the time, and addresses in memory."""
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "model.keras"
        model.save(path)
        out = BytesIO()
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
            for name in sorted(old.namelist()):
                content = old.read(name)
                if name == "metadata.json":
                    content = json.dumps(json.loads(content) | {"date_saved": ""}).encode()
                if name == "config.json":
                    content = json.dumps(_numbered(json.loads(content), {})).encode()
                new.writestr(zipfile.ZipInfo(name, _LONG_AGO), content)
    return out.getvalue()


def _numbered(said: Any, known: dict[int, int]) -> Any:
    """Return a configuration in which objects that several layers share are numbered as they come, not by address."""
    if isinstance(said, list):
        return [_numbered(one, known) for one in said]
    if not isinstance(said, dict):
        return said
    found = {key: _numbered(value, known) for key, value in said.items()}
    if found.get(_SHARED) is not None:
        found[_SHARED] = known.setdefault(found[_SHARED], len(known))
    return found

"""A saved model read back: by Keras alone, and where it has classes of its own with those of its function's module."""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweep.errors import InputError, one_line
from sweep.store.store import Results
from sweep.study import code
from sweep.study.trust import NOBODY_ELSE, permit

if TYPE_CHECKING:
    import keras


def load(content: bytes, results: Results, trial_id: str) -> "keras.Model":
    """Return the model of a trial from the bytes of its file.

    Only a model with classes of its own makes us import its module, and then only the reader's: `sweep.study.trust`.

    Raises:
        InputError: the module is not the reader's own, or Keras cannot make the model from it.
    """
    try:
        return load_file(content)
    except Exception:  # noqa: BLE001, S110 (Keras raises what its layers raise; tried again with its own classes)
        pass
    rows = results.trials[results.trials["trial_id"] == trial_id]
    use = str(rows["hp.model.use"].iloc[0]) if "hp.model.use" in rows else ""
    permit({"model": {"use": use}}, ["model"], results.path, NOBODY_ELSE)
    try:
        return load_file(content, use)
    except Exception as error:
        raise InputError(
            f"Expected Keras to make the model of trial {trial_id} again, with what {use.partition(':')[0]} has. "
            f"Received: {one_line(first_cause(error))} Was the code changed since?"
        ) from error


def load_file(content: bytes, use: str = "") -> "keras.Model":
    """Return the model of a .keras file, not compiled. use: a function whose module's classes it may have.

    Raises what Keras raises; Python code in a file (a lambda) is refused by it.
    """
    import keras

    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "model.keras"
        path.write_bytes(content)
        return keras.saving.load_model(path, custom_objects=_named_by(use), compile=False, safe_mode=True)


def first_cause(error: BaseException) -> BaseException:
    """Return the error that began it: Keras wraps it in one for every layer around, each with a whole configuration."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error


def _named_by(use: str) -> dict[str, Any]:
    """Return what layers and functions the module of a model's function has, by name."""
    if not use:
        return {}
    module = sys.modules[code.function(use).__module__]
    return {name: one for name, one in vars(module).items() if _is_part(one, module.__name__)}


def _is_part(one: Any, module: str) -> bool:
    import keras

    if isinstance(one, type):
        return issubclass(one, (keras.Layer, keras.Initializer, keras.Regularizer, keras.constraints.Constraint))
    return callable(one) and getattr(one, "__module__", None) == module

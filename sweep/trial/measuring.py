"""The study's own function after a training: numbers by name, beside the task's metrics."""

import inspect
from collections.abc import Collection, Mapping
from numbers import Real
from typing import Any

from sweep.data import Splits
from sweep.errors import InputError
from sweep.study import code
from sweep.study.parts import Use
from sweep.trial.run import Run


def measured_by(measure: Use, model: Any, splits: Splits, taken: Collection[str], run: Run) -> dict[str, float]:
    """Return the metrics of the study's own function, which is given `run` where it has a parameter of that name.

    Raises:
        InputError: it returns something else than numbers by name, or a name that the task has.
    """
    function = code.function(measure.use)
    also = {"run": run} if "run" in inspect.signature(function).parameters else {}
    found = function(model, splits, **also, **measure.keywords)
    if not isinstance(found, Mapping) or not all(isinstance(value, Real) for value in found.values()):
        raise InputError(f"measure: expected {measure.use} to return a mapping name -> number. Received: {found!r}.")
    if shared := sorted(set(found) & set(taken)):
        raise InputError(f"measure: expected names that the task does not have. Received: {', '.join(shared)}.")
    return {str(name): float(value) for name, value in found.items()}

"""The traced program of a configuration, which a process keeps for its next seeds.

Keras traces a model's training step at its first call: a second of work that is the same for every seed. A process that
trains several seeds of a configuration lets the user's function build a new model for each, in a clean session and from
its own seeds. Then it puts the state of that model into the one that was traced first, variable by variable, and fits
that. What is shared is the trace alone.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from sweep.models.layers import every_layer
from sweep.study import code
from sweep.study.study import Study
from sweep.trial.module_state import module_state


class NotSharedError(Exception):
    """The program of a process does not serve this seed; a fresh process must train it."""


class Program:
    """What a process keeps of the one configuration that it trains.

    begun: what belongs to the process and not to the seed, once its first trial has set it: the record of the
    environment. None before. spoiled: whether a training left something in the user's modules, which the next one would
    find; that training itself found them as a fresh process has them.
    """

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.begun: dict[str, Any] | None = None
        self.spoiled = False
        self._state = ""
        self._model: Any = None
        self._described = ""
        self._optimizer: list[np.ndarray] = []  # the first values of its optimizer's variables

    @property
    def traced(self) -> bool:
        """Return whether a program is kept, which the next seeds train with."""
        return self._model is not None

    def look_at_modules(self, study: Study) -> None:
        """Note what the user's modules hold, before the first model of this process is built.

        All functions of the study are imported for this, so that none comes later.

        Raises:
            InputError: a module cannot be imported.
        """
        if not self._state:
            for named in study.functions():
                if named.decides_bits:
                    code.function(named.use)
            self._state = module_state()

    def look_again(self) -> None:
        """See after a training whether the user's modules hold what they held at first."""
        self.spoiled = self.spoiled or module_state() != self._state

    def knows(self, optimizer: Any) -> bool:
        """Return whether another seed's optimizer gives all variables of this one, which need not be made then.

        Those of Keras's own begin with values that follow from their settings and the shapes of the weights.
        """
        return (
            self._model is not None
            and type(optimizer) is type(self._model.optimizer)
            and type(optimizer).__module__.startswith("keras.src.")
            and not optimizer.built
        )

    def adopt(self, model: Any) -> Any:
        """Return the traced model with all of this model's state, or this one, which is traced from now on.

        Args:
            model: built and compiled, not trained; its optimizer without variables where this object knows it.

        Raises:
            NotSharedError: the two models differ in more than their state, so that a trace of one is none of the other.
        """
        described = description(model)
        if self._model is None:
            self._model, self._described = model, described
            self._optimizer = [np.asarray(each.value) for each in model.optimizer.variables]
            return model
        if described != self._described:
            raise NotSharedError("its model differs from that of another seed in more than its weights")
        for kept, new in zip(_variables(self._model), _variables(model), strict=True):
            kept.assign(new)
        optimizers = self._model.optimizer.variables
        fresh = model.optimizer.variables if model.optimizer.built else self._optimizer
        for kept, new in zip(optimizers, fresh, strict=True):
            kept.assign(new)
        self._model.reset_metrics()
        if (
            description(self._model) != described
        ):  # asked now: an optimizer tells its learning rate, which is a variable
            raise NotSharedError("the training of another seed changed the model in more than its weights")
        return self._model


def shareable(study: Study) -> bool:
    """Return whether seeds of a configuration may share a program at all: Keras alone trains, in one phase, seeded.

    With TensorFlow: what a program of JAX carries from seed to seed was not looked at.

    `reuse: off` in the study forbids it.
    """
    return (
        study.reuse == "auto"
        and study.seeded
        and study.keras_backend == "tensorflow"
        and study.trial is None
        and study.fit is None
        and len(study.train.phases) == 1
        and not study.train.carry_over
    )


def description(model: Any) -> str:
    """Return all of a compiled model but the values of its variables: layers, optimizer, loss, and how it is compiled.

    What no layer tells of itself is not in it, such as an attribute that a layer keeps out of `get_config`.
    """
    told = {
        "layers": [
            [f"{type(layer).__module__}.{type(layer).__qualname__}", layer.name, layer.trainable, _config(layer)]
            for layer in every_layer(model)
        ],
        "calls": _config(model),
        "optimizer": [type(model.optimizer).__qualname__, _config(model.optimizer)],
        "loss": repr(model.loss) if isinstance(model.loss, str) else _config(model.loss),
        "variables": [[each.path, list(each.shape), str(each.dtype), each.trainable] for each in _variables(model)],
        "jit_compile": bool(model.jit_compile),
    }
    return json.dumps(told, default=_word, sort_keys=True)


def _variables(model: Any) -> list[Any]:
    """Return every variable of a model, each once, in an order that the structure decides."""
    return list({id(each): each for each in _each_variable(model)}.values())


def _each_variable(model: Any) -> Iterator[Any]:
    measured = {id(each) for metric in model.metrics for each in metric.variables}
    for each in model.variables:
        if id(each) not in measured:  # a metric starts anew with each epoch
            yield each


def _config(part: Any) -> Any:
    try:
        return part.get_config()
    except Exception:  # noqa: BLE001 (a layer or loss of the user's that cannot tell it)
        return type(part).__qualname__


def _word(value: Any) -> str:
    if isinstance(value, np.ndarray | np.generic):
        return repr(value.tolist())
    if callable(value):
        return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__qualname__)}"
    return type(value).__qualname__

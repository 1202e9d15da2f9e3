"""How a model is fitted: the part `train` of a study file, with its phases, and what of it belongs to a trial's id."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sweep.study.chosen import Chosen, Losses, Named, Rate
from sweep.study.parts import Number, Part, Use, Whole

USUAL_OPTIMIZER = "adam"
# The settings of the first ids; all others belong to an id only where they are set.
_FIRST = {"optimizer", "learning_rate", "loss", "epochs", "batch_size", "early_stopping", "keep"}


class EarlyStopping(Part):
    """Stop when `monitor` has not improved by `min_delta` for `patience` epochs; always judged on dev."""

    monitor: str = "val_loss"
    patience: Annotated[Whole, Field(ge=0)] = 10
    min_delta: Annotated[Number, Field(ge=0)] = 0.0


def _weights_of_classes(value: Any) -> Any:
    """Refuse anything but "balanced" and a weight for each of some classes."""
    expected = "balanced, or a weight for each class by its number, as {0: 1, 1: 5}"
    if value is None or value == "balanced":
        return value
    if not isinstance(value, Mapping) or not value:
        raise ValueError(f"{expected}. Received: {value!r}")
    for label, weight in value.items():
        whole = (type(label) is int and label >= 0) or (isinstance(label, str) and label.isdecimal())
        number = type(weight) in (int, float) and math.isfinite(weight) and weight >= 0
        if not (whole and number):
            raise ValueError(f"{expected}. Received: {label!r}: {weight!r}")
    return value


LayerPlace = Annotated[int, Field(ge=0, strict=True)] | Annotated[str, Field(min_length=1)]
ClassWeight = Annotated[Literal["balanced"] | dict[int, float] | None, BeforeValidator(_weights_of_classes)]
Precision = Literal["float32", "float64", "bfloat16", "float16", "mixed_bfloat16", "mixed_float16"]


class Phase(Part):
    """A part of the training with an optimizer of its own.

    trainable_from: the first layer that is trained, by name or by number from 0 (inner models opened); all before it
    are frozen, it and all after it are not. None leaves every layer as the model function or the phase before left it.
    """

    optimizer: Chosen = USUAL_OPTIMIZER
    learning_rate: Rate | None = None
    momentum: Annotated[Number, Field(ge=0, lt=1)] | None = None
    epochs: Annotated[Whole, Field(ge=1)] = 10
    trainable_from: LayerPlace | None = None

    @model_validator(mode="after")
    def _each_setting_once(self) -> Self:
        _check_said_once(self.optimizer, learning_rate=self.learning_rate, momentum=self.momentum)
        return self


class Train(Part):
    """How a model is fitted.

    optimizer: None is adam, or the optimizer of a model that its function compiled. loss: None is the usual one of the
    task, or that of a compiled model; of a model with several outputs also a mapping output -> loss, and loss_weights
    what each counts in their sum.
    output: the one that is the score, where a model has several; None is the first.
    class_weight: of each class in the training loss, by its number; balanced: n / (classes * samples of the class).
    callbacks: of Keras or of the user, in this order, after dev's metrics of the epoch are known.
    augment: (x, y, rng, **keywords) -> (x, y) for each batch of the training.
    precision: Keras's dtype policy. jit_compile: None leaves it to Keras.
    then: further phases, whose epochs are numbered on; early stopping, callbacks and `keep` hold for each phase, which
    hands its weights on to the next. momentum, trainable_from: of the first phase, as in `Phase`.
    carry_over: fits before the one that is measured, with the same model and optimizer and nothing reset between them:
    what a loop over runs does whose model is made outside of it. For demonstration; 0 is a trial of its own.
    save: whose weights are kept as a file: of the epoch that `keep` kept, or of the last; no bits change.
    """

    optimizer: Annotated[Chosen | None, Field(description="where none is said: adam, or a compiled model's")] = None
    learning_rate: Rate | None = None
    loss: Losses | None = None
    epochs: Annotated[Whole, Field(ge=1)] = 10
    batch_size: Annotated[Whole, Field(ge=1)] = 32
    early_stopping: EarlyStopping | None = None
    keep: Literal["best", "last"] = "best"
    carry_over: Annotated[Whole, Field(ge=0)] = 0
    momentum: Annotated[Number, Field(ge=0, lt=1)] | None = None
    trainable_from: LayerPlace | None = None
    then: Annotated[list[Phase], Field(min_length=1)] | None = None
    class_weight: ClassWeight = None
    callbacks: Annotated[list[Chosen], Field(min_length=1)] | None = None
    augment: Use | None = None
    precision: Precision | None = None
    jit_compile: bool | None = None
    save: Literal["none", "best", "last"] = "none"
    output: Annotated[str, Field(min_length=1, description="the model's output that is the score")] | None = None
    loss_weights: Annotated[dict[str, Annotated[Number, Field(ge=0)]], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_phase_is_carried_over(self) -> Self:
        if self.carry_over and self.then:
            raise ValueError(f"carry_over without further phases. Received: carry_over={self.carry_over} and then")
        return self

    @model_validator(mode="after")
    def _each_setting_once(self) -> Self:
        _check_said_once(self.optimizer, learning_rate=self.learning_rate, momentum=self.momentum)
        return self

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Return every phase of the training, the first as the settings outside `then` give it."""
        names = set(Phase.model_fields) - {"optimizer"}
        first = {name: getattr(self, name) for name in names}
        return (Phase(optimizer=self.optimizer or USUAL_OPTIMIZER, **first), *(self.then or ()))

    @property
    def names_compiling(self) -> tuple[str, ...]:
        """Return the settings that a model function which compiles its model decides as well, as far as named here."""
        return tuple(
            name
            for name in ("optimizer", "learning_rate", "momentum", "loss", "loss_weights")
            if getattr(self, name) is not None
        )

    def said(self) -> dict[str, Any]:
        """Return the settings as JSON; those that are newer than the first ids stand there only where they are set.

        `save` never does: a trial is the same with its model and without.
        """
        fields = type(self).model_fields
        newer = {name for name in fields.keys() - _FIRST if getattr(self, name) == fields[name].default}
        said = self.model_dump(mode="json", exclude=newer | {"save"})
        return said | {"optimizer": said["optimizer"] or USUAL_OPTIMIZER}


def _check_said_once(optimizer: str | Named | Use | None, **beside: Any) -> None:
    """Raise ValueError where a setting stands beside an optimizer that has it already."""
    for key, value in beside.items():
        if value is None or not isinstance(optimizer, Named | Use):
            continue
        if isinstance(optimizer, Use):
            raise ValueError(
                f"no {key} beside `optimizer: {{use: {optimizer.use!r}}}`, which makes the whole optimizer. Received: "
                f"{key}. Write it among the keywords of that function"
            )
        if key in optimizer.keywords:
            raise ValueError(f"{key} once. Received: {key} and optimizer.{key}. Leave one of them away")

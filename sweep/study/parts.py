"""The parts of a study file: seeds, functions with their keywords, training, resources, what goes to a cluster."""

import json
import re
from pathlib import PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import to_jsonable_python

from sweep.store.paths import opened_up

Stream = Literal["init", "order", "dropout", "augment", "split"]
Seed = Annotated[int, Field(ge=0, lt=2**32, strict=True)]


def _not_a_word(value: Any) -> Any:
    """Refuse what would quietly become another number: `epochs: yes` is not 1."""
    if isinstance(value, bool | str):
        raise ValueError(f"a number. Received: {value!r}")
    return value


Whole = Annotated[int, BeforeValidator(_not_a_word)]
Number = Annotated[float, BeforeValidator(_not_a_word), Field(allow_inf_nan=False)]


def _names_a_function(use: str) -> str:
    """Return the word if it has the form of a function's name."""
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", use):
        raise ValueError(f"'package.module:function'. Received: {use!r}")
    return use


# The type of each place of a study that names a function; those in keywords are told by their form.
FunctionName = Annotated[str, AfterValidator(_names_a_function)]


class Part(BaseModel):
    """A part of a study: frozen, and without other keys than its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SeedRange(Part):
    """`count` seeds from `first` on."""

    count: Annotated[int, Field(ge=1, strict=True)]
    first: Seed = 0


class Use(BaseModel):
    """A function named "package.module:function", and the keywords that it is called with."""

    model_config = ConfigDict(extra="allow", frozen=True)

    use: Annotated[FunctionName, Field(description='"package.module:function"')]

    @model_validator(mode="after")
    def _keywords_can_be_stored(self) -> Self:
        for key, value in self.keywords.items():
            try:
                json.dumps(to_jsonable_python(value, inf_nan_mode="constants"), allow_nan=False)
            except ValueError:
                raise ValueError(
                    f"words, finite numbers, lists and mappings for {key}, so that the trial can be repeated. "
                    f"Received: {value!r}"
                ) from None
        return self

    @model_validator(mode="before")
    @classmethod
    def _paths_are_opened_up(cls, said: Any) -> Any:
        if not isinstance(said, dict):
            return said
        use = str(said.get("use"))
        # Our own functions open `~` up where they run, which may be another machine with another home.
        home = not use.startswith("sweep.")
        return {key: value if key == "use" else opened_up(value, home=home) for key, value in said.items()}

    @property
    def keywords(self) -> dict[str, Any]:
        """Return the function's own keywords as the study file gives them."""
        return dict(self.model_extra or {})


class DataUse(Use):
    """The data function; `leakage: allow` lets a subject or an image stand in two splits."""

    leakage: Literal["refuse", "allow"] = "refuse"


class EarlyStopping(Part):
    """Stop when `monitor` has not improved by `min_delta` for `patience` epochs; always judged on dev."""

    monitor: str = "val_loss"
    patience: Annotated[Whole, Field(ge=0)] = 10
    min_delta: Annotated[Number, Field(ge=0)] = 0.0


LayerPlace = Annotated[int, Field(ge=0, strict=True)] | Annotated[str, Field(min_length=1)]


class Phase(Part):
    """A part of the training with an optimizer of its own.

    trainable_from: the first layer that is trained, by name or by number from 0 (inner models opened); all before it
    are frozen, it and all after it are not. None leaves every layer as the model function or the phase before left it.
    """

    optimizer: str = "adam"
    learning_rate: Annotated[Number, Field(gt=0)] | None = None
    momentum: Annotated[Number, Field(ge=0, lt=1)] | None = None
    epochs: Annotated[Whole, Field(ge=1)] = 10
    trainable_from: LayerPlace | None = None


class Train(Part):
    """How a model is fitted.

    then: further phases, whose epochs are numbered on; early stopping and `keep` hold for each phase, which hands its
    weights on to the next. momentum, trainable_from: of the first phase, as in `Phase`.
    carry_over: fits before the one that is measured, with the same model and optimizer and nothing reset between them:
    what a loop over runs does whose model is made outside of it. For demonstration; 0 is a trial of its own.
    save: whose weights are kept as a file: of the epoch that `keep` kept, or of the last; no bits change.
    """

    optimizer: str = "adam"
    learning_rate: Annotated[Number, Field(gt=0)] | None = None
    loss: str | None = None
    epochs: Annotated[Whole, Field(ge=1)] = 10
    batch_size: Annotated[Whole, Field(ge=1)] = 32
    early_stopping: EarlyStopping | None = None
    keep: Literal["best", "last"] = "best"
    carry_over: Annotated[Whole, Field(ge=0)] = 0
    momentum: Annotated[Number, Field(ge=0, lt=1)] | None = None
    trainable_from: LayerPlace | None = None
    then: Annotated[list[Phase], Field(min_length=1)] | None = None
    save: Literal["none", "best", "last"] = "none"

    @model_validator(mode="after")
    def _one_phase_is_carried_over(self) -> Self:
        if self.carry_over and self.then:
            raise ValueError(f"carry_over without further phases. Received: carry_over={self.carry_over} and then")
        return self

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Return every phase of the training, the first as the settings outside `then` give it."""
        first = Phase.model_validate({name: getattr(self, name) for name in Phase.model_fields})
        return (first, *(self.then or ()))

    def said(self) -> dict[str, Any]:
        """Return the settings as JSON; those that are newer than the first ids stand there only where they are set.

        `save` never does: a trial is the same with its model and without.
        """
        names = ("carry_over", "momentum", "trainable_from", "then")
        newer = {name for name in names if getattr(self, name) == type(self).model_fields[name].default}
        return self.model_dump(mode="json", exclude=newer | {"save"})


class Resources(Part):
    """What one trial takes: processors and GPUs as Ray counts them, threads as TensorFlow uses them."""

    cpu: Annotated[Number, Field(gt=0)] = 1
    gpu: Annotated[Number, Field(ge=0)] = 0
    threads: Annotated[Whole, Field(ge=1)] = 1


class Submit(Part):
    """What goes to a cluster beside the code that the study's functions import.

    include: files, folders or patterns (*, ?, [...], **), from the folder of the study file, or of the command for a
    built-in study. Hidden files and keys go only where they are named exactly.
    """

    include: list[str] = []

    @field_validator("include")
    @classmethod
    def _include_stays_here(cls, include: list[str]) -> list[str]:
        for one in include:
            if not one.strip() or "\0" in one or one.startswith("~") or PurePath(one).is_absolute():
                raise ValueError(f"paths or patterns that start from the study file's folder. Received: {one!r}")
        return include

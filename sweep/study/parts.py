"""The parts of a study file: seeds, functions with their keywords, resources, what goes to a cluster."""

import json
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import to_jsonable_python

from sweep.errors import nearest
from sweep.store.paths import opened_up

Stream = Literal["init", "order", "dropout", "augment", "split"]
Framework = Literal["jax", "torch"]  # a file each under sweep/trial/frameworks
Seed = Annotated[int, Field(ge=0, lt=2**32, strict=True)]
FEWEST_FOLDS, MOST_FOLDS = 3, 20


def _not_a_word(value: Any) -> Any:
    """Refuse what would quietly become another number: `epochs: yes` is not 1."""
    if isinstance(value, bool | str):
        raise ValueError(f"a number. Received: {value!r}")
    return value


BackendName = Literal["tensorflow", "jax"]  # a file each under sweep/trial/backends


def _known_backend(name: Any) -> Any:
    """Refuse other backends of Keras, and say how PyTorch comes in."""
    known = get_args(BackendName)
    if name == "torch":
        raise ValueError(
            f"{' or '.join(known)}. Received: torch, under which nobody made Keras repeatable. What is PyTorch's "
            "own comes in by `trial`, with `preload: [torch]`: see docs/bring-your-own.md"
        )
    if name is not None and name not in known:
        raise ValueError(f"{' or '.join(known)}. Received: {name!r}.{nearest(str(name), known)}")
    return name


Backend = Annotated[BackendName, BeforeValidator(_known_backend)]
Whole = Annotated[int, BeforeValidator(_not_a_word)]
Number = Annotated[float, BeforeValidator(_not_a_word), Field(allow_inf_nan=False)]


def names_a_function(use: str) -> str:
    """Return the word if it has the form of a function's name."""
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", use):
        raise ValueError(f"'package.module:function'. Received: {use!r}")
    return use


def check_storable(keywords: Mapping[str, Any]) -> None:
    """Raise ValueError unless every keyword can be stored with the trials, to the last digit."""
    for key, value in keywords.items():
        try:
            json.dumps(to_jsonable_python(value, inf_nan_mode="constants"), allow_nan=False)
        except ValueError:
            raise ValueError(
                f"words, finite numbers, lists and mappings for {key}, so that the trial can be repeated. "
                f"Received: {value!r}"
            ) from None


# The type of each place of a study that names a function; those in keywords are told by their form.
FunctionName = Annotated[str, AfterValidator(names_a_function)]


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
        check_storable(self.keywords)
        return self

    @model_validator(mode="before")
    @classmethod
    def _paths_are_opened_up(cls, said: Any) -> Any:
        if isinstance(said, str) and ":" in said:
            raise ValueError(f"{{use: {said!r}}}, with its keywords beside it. Received: the word alone")
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


class TestUse(DataUse):
    """The data function of a further test set; of what it returns only `test` counts, or the one split that it returns.

    people: "by name", a subject of the same name is the same person as in `data`; "others", nobody of `data` is in it.
    """

    people: Literal["by name", "others"] = "by name"


def _memory_size(value: Any) -> str | None:
    """Return a size of memory as it is written, such as 4 GiB; a number alone could mean bytes or gigabytes."""
    if value is None or (isinstance(value, str) and re.fullmatch(r"[1-9]\d*(\.\d+)? ?[GM]iB", value.strip())):
        return None if value is None else value.strip()
    raise ValueError(f"a size with its unit, such as 4 GiB or 512 MiB. Received: {value!r}")


def _number_of_folds(value: Any) -> Any:
    """Refuse what cannot be divided into: of two folds one would be test, the other dev, and none train."""
    if type(value) is not int or not FEWEST_FOLDS <= value <= MOST_FOLDS:
        raise ValueError(
            f"a whole number from {FEWEST_FOLDS} to {MOST_FOLDS}: of the folds one is test, one is dev, and the rest "
            f"train. Received: {value!r}"
        )
    return value


class Division(Part):
    """`folds: K`: all samples are pooled, subjects are dealt to K folds, and each fold is the test set once.

    fold: which one, from 0, in each configuration of the plan; no study file says it.
    """

    folds: Annotated[int, BeforeValidator(_number_of_folds), Field(ge=FEWEST_FOLDS, le=MOST_FOLDS)]
    fold: Annotated[int | None, Field(ge=0, description="set by the plan; leave it out")] = None

    @model_validator(mode="after")
    def _fold_is_one_of_them(self) -> Self:
        if self.fold is not None and self.fold >= self.folds:
            raise ValueError(f"a fold below {self.folds}. Received: {self.fold}")
        return self

    @property
    def each(self) -> tuple["Division", ...]:
        """Return the division once for each fold; itself alone where it is of one fold already."""
        if self.fold is not None:
            return (self,)
        return tuple(Division(folds=self.folds, fold=fold) for fold in range(self.folds))


class Resources(Part):
    """What one trial takes: processors and GPUs as Ray counts them, threads as the backend uses them.

    gpu_memory: of each GPU that it sees, such as 4 GiB; None lets its memory grow. same_kind: whether all trials keep
    to nodes with one kind of processor and GPU.
    """

    cpu: Annotated[Number, Field(gt=0)] = 1
    gpu: Annotated[Number, Field(ge=0)] = 0
    threads: Annotated[Whole, Field(ge=1)] = 1
    gpu_memory: Annotated[str | None, BeforeValidator(_memory_size)] = None
    same_kind: bool = False

    @model_validator(mode="after")
    def _memory_is_of_a_gpu(self) -> Self:
        if self.gpu_memory is not None and not self.gpu:
            raise ValueError("gpu_memory beside a gpu. Received: gpu: 0")
        return self

    @property
    def gpu_memory_mib(self) -> int | None:
        """Return the memory of a GPU in MiB; None lets it grow."""
        if self.gpu_memory is None:
            return None
        return round(float(self.gpu_memory[:-3]) * (1024 if self.gpu_memory[-3] == "G" else 1))


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

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


class Resources(Part):
    """What one trial takes: processors and GPUs as Ray counts them, threads as the backend uses them."""

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

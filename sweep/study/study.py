"""The study file: what it may say, read and checked once, frozen from then on."""

import json
import re
from collections import Counter
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import to_jsonable_python

from sweep.errors import InputError, large, nearest
from sweep.machine.streams import STREAMS
from sweep.store.paths import fault_of, opened_up, with_variables
from sweep.study.arms import check_arm
from sweep.study.grid import check_axis, n_points
from sweep.study.study_text import built_in_studies, explain, read_yaml, short

MOST_TRIALS = 100_000  # ten times what was run; more is a slip of the pen, or many studies in one

Stream = Literal["init", "order", "dropout", "augment", "split"]
Seed = Annotated[int, Field(ge=0, lt=2**32, strict=True)]


def _not_a_word(value: Any) -> Any:
    """Refuse what would quietly become another number: `epochs: yes` is not 1."""
    if isinstance(value, bool | str):
        raise ValueError(f"a number. Received: {value!r}")
    return value


Whole = Annotated[int, BeforeValidator(_not_a_word)]
Number = Annotated[float, BeforeValidator(_not_a_word), Field(allow_inf_nan=False)]


def _named_function(use: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", use):
        raise ValueError(f"'package.module:function'. Received: {use!r}")
    return use


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SeedRange(_Part):
    """`count` seeds from `first` on."""

    count: Annotated[int, Field(ge=1, strict=True)]
    first: Seed = 0


class Use(BaseModel):
    """A function named "package.module:function", and the keywords that it is called with."""

    model_config = ConfigDict(extra="allow", frozen=True)

    use: Annotated[str, Field(description='"package.module:function"')]

    @field_validator("use")
    @classmethod
    def _use_names_a_function(cls, use: str) -> str:
        return _named_function(use)

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


class EarlyStopping(_Part):
    """Stop when `monitor` has not improved by `min_delta` for `patience` epochs; always judged on dev."""

    monitor: str = "val_loss"
    patience: Annotated[Whole, Field(ge=0)] = 10
    min_delta: Annotated[Number, Field(ge=0)] = 0.0


LayerPlace = Annotated[int, Field(ge=0, strict=True)] | Annotated[str, Field(min_length=1)]


class Phase(_Part):
    """A part of the training with an optimizer of its own.

    trainable_from: the first layer that is trained, by name or by number from 0 (inner models opened); all before it
    are frozen, it and all after it are not. None leaves every layer as the model function or the phase before left it.
    """

    optimizer: str = "adam"
    learning_rate: Annotated[Number, Field(gt=0)] | None = None
    momentum: Annotated[Number, Field(ge=0, lt=1)] | None = None
    epochs: Annotated[Whole, Field(ge=1)] = 10
    trainable_from: LayerPlace | None = None


class Train(_Part):
    """How a model is fitted.

    then: further phases, whose epochs are numbered on; early stopping and `keep` hold for each phase, which hands its
    weights on to the next. momentum, trainable_from: of the first phase, as in `Phase`.
    carry_over: fits before the one that is measured, with the same model and optimizer and nothing reset between them:
    what a loop over runs does whose model is made outside of it. For demonstration; 0 is a trial of its own.
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
        """Return the settings as JSON; those that are newer than the first ids stand there only where they are set."""
        names = ("carry_over", "momentum", "trainable_from", "then")
        newer = {name for name in names if getattr(self, name) == type(self).model_fields[name].default}
        return self.model_dump(mode="json", exclude=newer)


class Resources(_Part):
    """What one trial takes: processors and GPUs as Ray counts them, threads as TensorFlow uses them."""

    cpu: Annotated[Number, Field(gt=0)] = 1
    gpu: Annotated[Number, Field(ge=0)] = 0
    threads: Annotated[Whole, Field(ge=1)] = 1


class Submit(_Part):
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


Axis = list[Any] | dict[Literal["choice", "uniform", "loguniform"], list[Any]]


class Study(_Part):
    """One study: data, model, training, grid and seeds.

    `Study.load("face.yaml")` or `Study.load("demo")` reads a file or a built-in study; `Study(**mapping)` takes the
    same keys. Unknown keys are refused with the nearest known one.
    """

    study: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]*$", max_length=80, description="the study's name")]
    about: Annotated[str, Field(description="one sentence: what the study asks")] = ""
    task: Literal["verification", "classification", "regression"] = "verification"
    seeds: Annotated[int, Field(ge=1)] | Annotated[list[Seed], Field(min_length=1)] | SeedRange = 5
    data: DataUse
    model: Use
    train: Train = Train()
    grid: dict[str, Axis] = {}
    arms: Annotated[
        dict[str, dict[str, Any]],
        Field(description="name of an arm: the settings that it changes; crossed with the grid"),
    ] = {}
    samples: Annotated[int, Field(ge=1, strict=True, description="draws for axes that are sampled")] = 1
    study_seed: Annotated[Seed, Field(description="seed of the draws of sampled axes")] = 0
    hold: Annotated[dict[Stream, Seed], Field(description="streams held still; all others follow the seed")] = {
        "split": 0
    }
    determinism: Annotated[bool, Field(description="off: faster on a GPU, and recorded as not repeatable")] = True
    seeded: Annotated[
        bool, Field(description="off: every stream from fresh entropy; no such trial can be repeated")
    ] = True
    measure: Annotated[
        Use | None,
        Field(description="(model, splits, **keywords) after training -> a mapping of metrics beside the task's own"),
    ] = None
    answer: Annotated[
        str | None, Field(description='"package.module:function" that answers the study\'s question from its results')
    ] = None
    resources: Resources = Resources()
    submit: Submit = Submit()
    results: str = "results/"

    @field_validator("seeds", mode="before")
    @classmethod
    def _seeds_are_counted_or_listed(cls, seeds: Any) -> Any:
        if isinstance(seeds, SeedRange):
            return seeds
        received = short(seeds)
        if isinstance(seeds, dict):
            for key in seeds.keys() - {"count", "first"}:
                raise ValueError(f"count and first. Received: {key}.{nearest(str(key), ('count', 'first'))}")
            count, first = seeds.get("count"), seeds.get("first", 0)
            valid = _is_count(count) and _is_seed(first) and _is_seed(first + min(int(count or 0), MOST_TRIALS) - 1)
        elif isinstance(seeds, list):
            wrong = [seed for seed in seeds if not _is_seed(seed)]
            valid = bool(seeds) and not wrong
            received = f"{short(wrong[0])} in the list" if wrong else received
        else:
            valid = _is_count(seeds)
        if not valid:
            raise ValueError(
                "a count of 1 or more, a list of whole numbers from 0 to 2**32 - 1, or {count: 10, first: 0}. "
                f"Received: {received}"
            )
        repeated = [seed for seed, n in Counter(seeds).items() if n > 1] if isinstance(seeds, list) else []
        if repeated:
            raise ValueError(f"every seed once. Received repeated seeds: {', '.join(map(str, sorted(repeated)))}")
        return seeds

    @field_validator("hold", mode="before")
    @classmethod
    def _hold_names_streams(cls, hold: Any) -> Any:
        for name in hold if isinstance(hold, dict) else ():
            if name not in STREAMS:
                raise ValueError(f"streams ({', '.join(STREAMS)}). Received: {name}.{nearest(str(name), STREAMS)}")
        return hold

    @field_validator("grid", mode="before")
    @classmethod
    def _grid_names_settings(cls, grid: Any) -> Any:
        for key, axis in grid.items() if isinstance(grid, dict) else ():
            section, _, name = str(key).partition(".")
            if section not in ("train", "model", "data") or not name:
                raise ValueError(f"keys like train.learning_rate, model.dropout or data.root. Received: {key}")
            if name in ("use", "leakage"):
                raise ValueError(f"settings. Received: {key}, which chooses the code; make two studies")
            check_axis(key, axis)
        return grid

    @field_validator("arms", mode="before")
    @classmethod
    def _arms_change_settings(cls, arms: Any) -> Any:
        for name, changes in arms.items() if isinstance(arms, dict) else ():
            check_arm(name, changes)
        return arms

    @field_validator("results", mode="before")
    @classmethod
    def _results_are_a_place(cls, results: Any) -> Any:
        if not isinstance(results, str):
            return results
        if "://" not in results and (fault := fault_of(with_variables(results))):
            raise ValueError(f"a folder, s3://bucket/prefix or gs://bucket/prefix. Received: {results!r}, {fault}")
        return with_variables(results)

    @model_validator(mode="after")
    def _trials_can_be_counted(self) -> Self:
        n_configurations = max(1, len(self.arms)) * n_points(self.grid, self.samples)
        n_trials = n_configurations * self.n_seeds
        if n_trials > MOST_TRIALS:
            raise ValueError(
                f"at most {MOST_TRIALS:,} trials. Received: {large(n_configurations)} configurations x "
                f"{large(self.n_seeds)} seeds = {large(n_trials)}. Shorten grid, samples, arms or seeds, or make "
                "several studies"
            )
        return self

    @field_validator("answer")
    @classmethod
    def _answer_names_a_function(cls, answer: str | None) -> str | None:
        return answer if answer is None else _named_function(answer)

    @property
    def n_seeds(self) -> int:
        """Return how many seeds each configuration gets."""
        if isinstance(self.seeds, int):
            return self.seeds
        return len(self.seeds) if isinstance(self.seeds, list) else self.seeds.count

    @property
    def seed_list(self) -> tuple[int, ...]:
        """Return the seeds in order, the same for every configuration."""
        if isinstance(self.seeds, int):
            return tuple(range(self.seeds))
        if isinstance(self.seeds, list):
            return tuple(self.seeds)
        return tuple(range(self.seeds.first, self.seeds.first + self.seeds.count))

    @classmethod
    def load(cls, name: str | Path, **changes: Any) -> Self:
        """Return the study of a YAML file, or the built-in study of that name.

        Args:
            name: path of a study file, or a name that `sweep studies` lists.
            changes: top-level keys that replace the file's, such as seeds=20; None leaves the file's.

        Raises:
            InputError: no such file or study, not YAML, an unknown key, a wrong type.
        """
        path, mapping = read_yaml(name)
        mapping.update({key: value for key, value in changes.items() if value is not None})
        try:
            return cls.model_validate(mapping)
        except ValidationError as error:
            raise InputError(explain(error, cls, path)) from None


def _is_seed(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**32  # True and 1.0 are no seeds


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 1


__all__ = ["Study", "Train", "built_in_studies"]

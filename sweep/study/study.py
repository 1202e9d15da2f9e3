"""The study file: what it may say, read and checked once, frozen from then on."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from sweep.errors import InputError, large, nearest
from sweep.machine.streams import STREAMS
from sweep.store.paths import fault_of, with_variables
from sweep.study.arms import check_arm
from sweep.study.functions import NamedFunction, functions_of
from sweep.study.further_tests import check_one_model, check_tests
from sweep.study.grid import check_grid, n_points
from sweep.study.own_training import check_gpu_memory, check_own_training, check_preload
from sweep.study.parts import (
    Backend,
    DataUse,
    Division,
    Framework,
    FunctionName,
    Part,
    Resources,
    Seed,
    SeedRange,
    Stream,
    Submit,
    TestUse,
    Use,
)
from sweep.study.portable import PORTABLE, check_portable, determinism_of
from sweep.study.seed_choice import MOST_TRIALS, checked_seeds
from sweep.study.stop import Stop, check_stop, with_seeds
from sweep.study.study_text import built_in_studies, explain, read_yaml
from sweep.study.train import Train

Axis = list[Any] | dict[Literal["choice", "uniform", "loguniform"], list[Any]]


class Study(Part):
    """One study: data, model, training, grid and seeds.

    `Study.load("face.yaml")` or `Study.load("demo")` reads a file or a built-in study; `Study(**mapping)` takes the
    same keys. Unknown keys are refused with the nearest known one.
    """

    study: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]*$", max_length=80, description="the study's name")]
    about: Annotated[str, Field(description="one sentence: what the study asks")] = ""
    task: Literal["verification", "classification", "regression"] = "verification"
    seeds: Annotated[int, Field(ge=1)] | Annotated[list[Seed], Field(min_length=1)] | SeedRange = 5
    stop: Annotated[Stop | None, Field(description="when the study ends by itself: a race, or a precision")] = None
    data: DataUse
    division: Annotated[
        Division | None, Field(description="{folds: K}: cross-validation, each subject is tested once a seed")
    ] = None
    tests: Annotated[
        dict[str, TestUse], Field(description="name -> data that every trial is tested on, too: of them, `test` alone")
    ] = {}
    model: Annotated[Use | None, Field(description="(input_shape, n_classes, **keywords) -> a Keras model")] = None
    train: Train = Train()
    backend: Annotated[
        Backend | None, Field(description="what Keras computes with; where none is said: tensorflow")
    ] = None
    fit: Annotated[
        Use | None, Field(description="(model, splits, run, **keywords) trains the model, in place of Keras's fit")
    ] = None
    trial: Annotated[
        Use | None,
        Field(description="(splits, run, **keywords) -> scores of dev and test; in place of model and train"),
    ] = None
    preload: Annotated[
        list[Framework], Field(description="frameworks of `trial` or `fit` that are seeded and made deterministic")
    ] = []
    grid: dict[str, Axis] = {}
    arms: Annotated[
        dict[str, dict[str, Any]],
        Field(description="name of an arm: the settings that it changes; crossed with the grid"),
    ] = {}
    samples: Annotated[int, Field(ge=1, strict=True, description="draws for axes that are sampled")] = 1
    study_seed: Annotated[Seed, Field(description="seed of the draws of sampled axes")] = 0
    hold: Annotated[dict[Stream, Seed], Field(description="streams held still; others follow the seed")] = {"split": 0}
    determinism: Annotated[
        bool | Literal["portable"],
        Field(description="off: faster on a GPU, not repeatable; portable: equal bits on every x86-64"),
    ] = True
    portable: Annotated[
        Literal["refuse", "warn"], Field(description="what becomes of operations that are not known to be portable")
    ] = "refuse"
    reuse: Annotated[
        Literal["auto", "off"],
        Field(description="auto: seeds share what was traced where that gives the bits of a fresh process; off: never"),
    ] = "auto"
    seeded: Annotated[
        bool, Field(description="off: every stream from fresh entropy; no such trial can be repeated")
    ] = True
    measure: Annotated[
        Use | None,
        Field(description="(model, splits, **keywords) after training -> a mapping of metrics beside the task's own"),
    ] = None
    answer: Annotated[
        FunctionName | None,
        Field(description='"package.module:function" that answers the study\'s question from its results'),
    ] = None
    resources: Resources = Resources()
    submit: Submit = Submit()
    results: str = "results/"

    @model_validator(mode="before")
    @classmethod
    def _stop_counts_the_seeds(cls, said: Any) -> Any:
        return with_seeds(said) if isinstance(said, dict) else said

    @field_validator("seeds", mode="before")
    @classmethod
    def _seeds_are_counted_or_listed(cls, seeds: Any) -> Any:
        return checked_seeds(seeds)

    @field_validator("determinism", mode="before")
    @classmethod
    def _determinism_is_a_word(cls, determinism: Any) -> Any:
        return determinism_of(determinism)

    @field_validator("reuse", mode="before")
    @classmethod
    def _reuse_is_a_word(cls, reuse: Any) -> Any:
        return {True: "auto", False: "off"}[reuse] if isinstance(reuse, bool) else reuse  # YAML's own off

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
        check_grid(grid)
        return grid

    @field_validator("preload", mode="before")
    @classmethod
    def _preload_names_frameworks(cls, preload: Any) -> Any:
        check_preload(preload)
        return preload

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

    @field_validator("tests", mode="before")
    @classmethod
    def _tests_have_names(cls, tests: Any) -> Any:
        check_tests(tests)
        return tests

    @model_validator(mode="after")
    def _one_function_makes_the_scores(self) -> Self:
        check_own_training(self)
        check_gpu_memory(self)
        check_one_model(self)
        check_portable(self)
        return self

    @model_validator(mode="after")
    def _stop_fits_the_task(self) -> Self:
        if self.stop is not None:
            check_stop(self.stop, self.task, measures=self.measure is not None or self.trial is not None)
            if self.division is not None:
                raise ValueError("`stop` or `division`. Received: both; of folds a study gives the seeds that it names")
        return self

    @model_validator(mode="after")
    def _trials_can_be_counted(self) -> Self:
        n_configurations = max(1, len(self.arms)) * n_points(self.grid, self.samples)
        n_configurations *= len(self.division.each) if self.division is not None else 1
        n_trials = n_configurations * self.n_seeds
        if n_trials > MOST_TRIALS:
            raise ValueError(
                f"at most {MOST_TRIALS:,} trials. Received: {large(n_configurations)} configurations x "
                f"{large(self.n_seeds)} seeds = {large(n_trials)}. Shorten grid, samples, arms or seeds, or make "
                "several studies"
            )
        return self

    @property
    def maker(self) -> Use:
        """Return the function that makes what is scored: the model's, or the trial itself."""
        found = self.trial or self.model
        if found is None:  # refused when the study was read
            raise ValueError("a study without model and trial")
        return found

    @property
    def keras_backend(self) -> str:
        """Return what Keras computes with; a `trial` of the user's own knows no Keras."""
        return self.backend or "tensorflow"

    @property
    def is_portable(self) -> bool:
        """Return whether a trial's bits shall be those of every x86-64 processor."""
        return self.determinism == PORTABLE

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

    def functions(self) -> tuple[NamedFunction, ...]:
        """Return each function that the study names, once, whatever the arm or point of the grid."""
        return functions_of(self.model_dump(mode="json"))

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
        if isinstance(mapping.get("division"), dict) and "fold" in mapping["division"]:
            raise InputError(
                f"{path}: division: expected folds alone, as in {{folds: 5}}. Received: fold too. Every fold is run."
            )
        try:
            return cls.model_validate(mapping)
        except ValidationError as error:
            raise InputError(explain(error, cls, path)) from None


__all__ = ["Study", "built_in_studies"]

"""The plan: which trials a study means, each with an id that is a digest of all that decides its bits."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sweep.errors import InputError
from sweep.store.schemas import SCHEMA_VERSION as SCHEMA_VERSION
from sweep.study.functions import ROLES
from sweep.study.identity import Identity
from sweep.study.own_training import train_settings
from sweep.study.parts import TestUse
from sweep.study.settings import Settings, every_settings
from sweep.study.study import Study
from sweep.study.study_text import explain


@dataclass(frozen=True)
class Configuration:
    """One arm at one point of the grid, without the seed.

    Attributes:
        config_id: names the configuration: a digest of all that the study file says and that decides a trial's bits,
            but its seed: task, data and model with their keywords, training, held streams, determinism, threads, CPU
            or GPU, Keras's backend. The study's name, its results, `leakage` and how many processors a trial takes do
            not count. Where the results hold this configuration under another name, from before its data were moved, it
            has that.
        label: the arm and the grid's settings at this point, for people; "" for a study without both.
        hp: setting -> number or word, for the columns hp.*; the arm's name is among them.
        study: the study with this point's settings in place, without grid and arms.
        key: digest of the same without the data and further test sets, which a trial knows by content.
        whole: of a fold, what all folds of the same settings have in common: the config_id without the fold.
    """

    config_id: str
    label: str
    hp: dict[str, float | str]
    study: Study
    key: str = ""
    whole: str = ""


@dataclass(frozen=True)
class PlannedTrial:
    """One configuration with one seed, and the digests of data and code that it will run on.

    trial_id: a digest of the configuration's key, seed, data and code; or that of the stored trial which is the same.
    classes: names in the order of the labels, for the report; () where they are not known.
    """

    trial_id: str
    configuration: Configuration
    seed: int
    data_id: str
    code: Identity
    classes: tuple[str, ...] = ()

    @property
    def code_id(self) -> str:
        """Return the digest of the code."""
        return self.code.code_id


def configurations(study: Study) -> tuple[Configuration, ...]:
    """Return every configuration of a study, each once: an arm after another, each in the order of the grid.

    Raises:
        InputError: a value of the grid or of an arm does not fit its setting, or two arms are the same.
    """
    found: dict[str, Configuration] = {}
    for settings in every_settings(study.model_dump(mode="json") | {"grid": study.grid, "arms": study.arms}):
        one = _configuration(study, settings)
        twin = found.setdefault(one.config_id, one)
        if twin.hp.get("arm") != one.hp.get("arm"):
            raise InputError(
                f"Expected arms that differ. Received: {twin.hp['arm']} and {settings.arm} mean the same trials."
            )
    return tuple(found.values())


def _configuration(study: Study, settings: Settings) -> Configuration:
    arm = settings.arm
    label = " ".join(part for part in (f"arm={arm}" if arm else "", _label(settings.point)) if part)
    try:
        resolved = Study.model_validate(settings.study)
    except ValidationError as error:
        raise InputError(explain(error, Study, f"{study.study}, {label or 'grid'}")) from None
    hp = ({"arm": arm} if arm else {}) | settings_of(resolved)
    said = _what_decides(resolved)
    key = _digest({name: value for name, value in said.items() if name not in ("data", "tests")})[:12]
    whole = ""
    if resolved.division is not None:
        whole = _digest({**said, "division": {"folds": resolved.division.folds}})[:12]
    return Configuration(_digest(said)[:12], label, hp, resolved, key, whole)


def plan(
    study: Study, data_id: Callable[[Configuration, int], str], code_id: Callable[[Configuration], Identity | str]
) -> Iterator[PlannedTrial]:
    """Yield every trial of a study, seed by seed, so that each configuration has an answer early.

    Args:
        study: the study.
        data_id: (configuration, seed) -> digest of the data that the trial sees.
        code_id: configuration -> the identity of its code, or its digest alone.
    """
    every = configurations(study)
    codes = {}
    for configuration in every:
        own = code_id(configuration)
        codes[configuration.config_id] = own if isinstance(own, Identity) else Identity(own)
    first: dict[str, str] = {}
    for seed in study.seed_list:
        for configuration in every:
            data, own = data_id(configuration, seed), codes[configuration.config_id]
            what = [SCHEMA_VERSION, configuration.key, seed, data, own.code_id]
            trial_id = _digest(what)[:16]
            if first.setdefault(trial_id, configuration.config_id) != configuration.config_id:
                trial_id = _digest([*what, configuration.config_id])[:16]  # two arms whose data are the same
            yield PlannedTrial(trial_id, configuration, seed, data, own)


def as_document(study: Study, trials: Sequence[PlannedTrial]) -> dict[str, Any]:
    """Return what study.json holds: the resolved study, the schema version, the configurations and the plan."""
    every = {trial.configuration.config_id: trial for trial in trials}
    return {
        "study": study.study,
        "task": study.task,
        "schema_version": SCHEMA_VERSION,
        "resolved": study.model_dump(mode="json"),
        "configurations": {
            key: {"label": one.configuration.label, "hp": one.configuration.hp}
            | ({"classes": list(one.classes)} if one.classes else {})
            | ({"whole": one.configuration.whole} if one.configuration.whole else {})
            for key, one in every.items()
        },
        "plan": [
            {
                "trial_id": trial.trial_id,
                "config_id": trial.configuration.config_id,
                "seed": trial.seed,
                "data_id": trial.data_id,
                "code_id": trial.code_id,
            }
            for trial in trials
        ],
    }


def _what_decides(study: Study) -> dict[str, Any]:
    return {
        "task": study.task,
        **{
            role: {"use": part.use, **part.keywords}
            for role, decides in ROLES.items()
            if decides != "nothing" and (part := getattr(study, role)) is not None
        },
        **({"train": train_settings(study)} if study.trial is None else {}),
        "hold": dict(study.hold),
        "determinism": study.determinism,
        "threads": study.resources.threads,
        "on_gpu": study.resources.gpu > 0,
        # Named only where they are set, so that older ids stay.
        **({} if study.seeded else {"seeded": False}),
        **({} if study.division is None else {"division": study.division.model_dump()}),
        **({"tests": {name: _test(one) for name, one in study.tests.items()}} if study.tests else {}),
        **({"preload": sorted(study.preload)} if study.preload else {}),
        **({} if study.keras_backend == "tensorflow" else {"backend": study.backend}),
    }


def _test(one: TestUse) -> dict[str, Any]:
    return {"use": one.use, **one.keywords, **({} if one.people == "by name" else {"people": one.people})}


def _digest(value: Any) -> str:
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Return the value with 1.0 written as 1, so that the way a number is typed does not make another trial."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _label(point: Mapping[str, Any]) -> str:
    return " ".join(f"{key}={value:.6g}" if type(value) is float else f"{key}={value}" for key, value in point.items())


def settings_of(study: Study) -> dict[str, float | str]:
    """Return every setting of data, model and training (or of the trial), by its dotted key, for the columns hp.*.

    Numbers are floats, all else is a word; absent ones are left out.
    """
    found: dict[str, float | str] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for key, item in value.items():
                walk(f"{prefix}.{key}", item)
        elif isinstance(value, bool | str):
            found[prefix] = str(value).lower() if isinstance(value, bool) else value
        elif isinstance(value, int | float):
            found[prefix] = float(value)
        elif value is not None:
            found[prefix] = json.dumps(value, separators=(",", ":"), default=str)

    walk("data", study.data.keywords)
    for name, test in study.tests.items():
        walk(f"tests.{name}", test.keywords)
    for role in ("model", "fit", "trial"):
        if (part := getattr(study, role)) is not None:
            walk(role, {"use": part.use, **part.keywords})
    walk("train", train_settings(study))
    if study.division is not None:
        walk("division", study.division.model_dump())
    if not study.seeded:
        found["seeded"] = "false"
    if study.keras_backend != "tensorflow":
        found["backend"] = study.keras_backend
    return found

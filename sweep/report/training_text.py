"""What a methods section must say of a training beyond its epochs: optimizer, schedule, loss, weights, augmentation."""

import json
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd


def optimizer(train: Mapping[str, Any], grid: Collection[str], ok: pd.DataFrame) -> str:
    """Return the optimizer with its keywords, in words; of compiled models as the trials name it.

    train: the study's settings as JSON. grid: its axes; what they vary is not said here. ok: trials that finished.
    """
    if train.get("optimizer"):
        return _chosen("train.optimizer", train["optimizer"], grid)
    used = ok["hp.train.optimizer"].dropna().unique() if "hp.train.optimizer" in ok else ()
    return " or ".join(map(str, used)) or "adam"


def batches(train: Mapping[str, Any], ok: pd.DataFrame) -> str:
    """Return how samples came in batches: of the study's size, or as the data function hands them out."""
    return "its own batches" if len(_kinds(ok)) else f"batches of {train['batch_size']}"


def own_batches(function: str, ok: pd.DataFrame) -> list[str]:
    """Return a sentence on batches that the data function hands out, or none. function: its name."""
    kinds = _kinds(ok)
    if not kinds:
        return []
    said = ok["streams"][ok["batches"].notna()].dropna()
    streams = sorted({stream for asked in said for stream in json.loads(asked)})
    return [
        f"Batches of the training set came from {function} ({', '.join(kinds)}), made anew in each run: their size, "
        f"order and augmentation are its own, seeded by {' and '.join(streams)}."
    ]


def _kinds(ok: pd.DataFrame) -> list[str]:
    return sorted(ok["batches"].dropna().unique()) if "batches" in ok else []


def further_training(train: Mapping[str, Any], grid: Collection[str]) -> list[str]:
    """Return a sentence on what else decides the training, or none.

    train: the study's settings as JSON. grid: its axes; what they vary is not said here.
    """
    parts = []
    if isinstance(train.get("learning_rate"), Mapping):
        parts.append(f"the learning rate followed {_chosen('train.learning_rate', train['learning_rate'], grid)}")
    if isinstance(train.get("loss"), Mapping):
        parts.append(f"the loss was {_chosen('train.loss', train['loss'], grid)}")
    weights = train.get("class_weight")
    if weights:
        said = "balanced" if weights == "balanced" else _words("train.class_weight", weights, grid)
        parts.append(f"the weights of the classes in the loss were {said}")
    if train.get("augment"):
        parts.append(f"batches were augmented by {_chosen('train.augment', train['augment'], grid)}")
    for number, one in enumerate(train.get("callbacks") or ()):
        parts.append(f"the callback {_chosen(f'train.callbacks.{number}', one, grid)} took part")
    if train.get("precision"):
        parts.append(f"layers computed in {train['precision']}")
    text = "; ".join(parts)
    return [f"{text[:1].upper()}{text[1:]}."] if parts else []


def _chosen(key: str, chosen: str | Mapping[str, Any], grid: Collection[str]) -> str:
    """Return a word, or what a mapping names with its keywords."""
    if isinstance(chosen, str):
        return chosen
    keywords = _words(key, {name: value for name, value in chosen.items() if name not in ("name", "use")}, grid)
    return f"{chosen.get('name', chosen.get('use'))}{f' ({keywords})' * bool(keywords)}"


def _words(key: str, settings: Mapping[str, Any], grid: Collection[str]) -> str:
    said = {name: value for name, value in settings.items() if f"{key}.{name}" not in grid}
    return ", ".join(f"{name}: {f'{value:g}' if type(value) is float else value}" for name, value in said.items())

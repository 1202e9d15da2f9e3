"""`sweep check` answers any study that can be read, whatever its model and its training are."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sweep.machine import process
from tests.fuzz.command import check_answer
from tests.fuzz.profiles import examples
from tests.fuzz.test_plan import NUMBERS, WORDS

MODELS = """\
import os
import keras

class Odd(keras.layers.Layer):
    def __init__(self, how):
        super().__init__()
        self.how = how
    def call(self, x):
        if self.how == "raises":
            raise RuntimeError("\\x1b[31mline\\n" * 300)
        if self.how == "nan":
            return x * float("nan")
        if self.how == "mapping":
            return {"a": x, "b": x}
        return x

def net(input_shape, n_outputs, how="", units=4, activation=None):
    if how == "none":
        return None
    if how == "exits":
        os._exit(7)
    if how == "interrupts":
        raise KeyboardInterrupt
    if how == "stops":
        raise SystemExit(3)
    if how == "prints":
        print("\\x1b[2J" * 1000)
    if how == "number":
        return 1
    layers = [keras.layers.Dense(units, activation=activation), Odd(how), keras.layers.Dense(n_outputs)]
    model = keras.Sequential([keras.Input(input_shape), *layers])
    if how == "compiled":
        model.compile("sgd", "mse")
    if how == "frozen":
        model.trainable = False
    return model

"""
DATA_FUNCTION = """\
import numpy as np

def data(how="", n=40):
    rng = np.random.default_rng(0)
    def split(name, n):
        y = np.arange(n) % 2
        people = [f"{name}{i % 9}" for i in range(n)]
        return {"x": rng.normal(size=(n, 3)).astype("float32"), "y": y, "subject": people}
    splits = {name: split(name, n) for name in ("train", "dev", "test")}
    if how == "raises":
        raise ValueError("\\0" * 3000)
    if how == "interrupts":
        raise KeyboardInterrupt
    if how == "nan":
        splits["dev"]["x"][0] = np.nan
    if how == "one class":
        splits["dev"]["y"][:] = 1
    if how == "empty":
        splits["test"] = split("test", 0)
    if how == "short":
        splits["train"]["y"] = splits["train"]["y"][:-1]
    if how == "no test":
        del splits["test"]
    if how == "list":
        return [splits]
    if how == "objects":
        splits["train"]["x"] = splits["train"]["x"].astype(object)
    return splits
"""
BASE: dict[str, Any] = {
    "study": "fuzzed",
    "seeds": 2,
    "data": {"use": "odd_data:data"},
    "model": {"use": "odd_models:net"},
    "train": {"epochs": 1},
}
HOW = [
    "", "raises", "nan", "mapping", "none", "exits", "interrupts", "stops", "prints", "number", "compiled", "frozen",
]  # fmt: skip
DATA = [
    "",
    "",
    "",
    "",
    "",
    "",
    "raises",
    "interrupts",
    "nan",
    "one class",
    "empty",
    "short",
    "no test",
    "list",
    "objects",
]
TRAIN = ["optimizer", "loss", "learning_rate", "momentum", "batch_size", "epochs", "early_stopping", "keep", "then"]
TRAIN += ["class_weight", "callbacks", "augment", "precision", "jit_compile"]
SAID = [*WORDS, *NUMBERS, "adam", "sgd", "mse", "binary_crossentropy", 0.01, 8, {"monitor": "val_loss", "patience": 1}]
SAID += [
    *({"name": one, "momentum": 0.9} for one in ("sgd", "adam", "odd", "")),
    *({"name": one, "alpha": 0.5} for one in ("binary_focal_crossentropy", "cosine_decay", "reduce_lr_on_plateau")),
    *({"use": one} for one in ("odd_models:net", "odd_models:Odd", "odd_models:nothing", "odd")),
    *("balanced", {0: 1, 1: 5}, {"0": 0, "1": 0}, {7: 1}, [{"name": "terminate_on_nan"}], [{"use": "odd_models:net"}]),
    *("mixed_bfloat16", True),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the functions of a study, and a fork server that has TensorFlow."""
    process.warm_up("sweep.trial.preload")
    folder = tmp_path_factory.mktemp("fuzz-check")
    (folder / "odd_models.py").write_text(MODELS)
    (folder / "odd_data.py").write_text(DATA_FUNCTION)
    return folder


@pytest.mark.tensorflow
@given(
    how=st.sampled_from(HOW),
    data=st.sampled_from(DATA),
    train=st.dictionaries(st.sampled_from(TRAIN), st.sampled_from(SAID), max_size=2),
    model=st.dictionaries(st.sampled_from(["units", "activation", "nope"]), st.sampled_from(SAID), max_size=1),
    grid=st.booleans(),
)
@examples(15, 300)
def test_any_study_is_checked_or_refused(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    data: str,
    train: dict[str, Any],
    model: dict[str, Any],
    grid: bool,
) -> None:
    """Models that raise, end the process, return nonsense or NaN; data of any kind; odd words and numbers in train."""
    monkeypatch.chdir(place)
    study = {**BASE, "data": {**BASE["data"], "how": data}, "model": {**BASE["model"], "how": how, **model}}
    study["train"] = {**BASE["train"], **train}
    if grid:
        study["grid"] = {"model.how": ["", how or "nan"]}
    text = yaml.safe_dump(study, allow_unicode=True)
    (place / "fuzzed.yaml").write_bytes(text.encode(errors="surrogatepass"))
    check_answer("check", "fuzzed.yaml")

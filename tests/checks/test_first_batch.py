"""`sweep check` builds, compiles and calls each configuration with one batch, and names what cannot run or misleads."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sweep.forecast.inspection import Inspection, inspect_study

pytestmark = pytest.mark.tensorflow
HERE = Path(__file__).parent
FINE = "first_models:plain"
VECTORS = {"use": "sweep.data:synthetic_vectors", "subjects": [24, 24, 24], "samples": 2}


def of(use: str) -> dict[str, Any]:
    """Return an arm whose model is another."""
    return {"model": {"use": f"first_models:{use}"}}


ARMS: dict[str, tuple[dict[str, Any], str]] = {
    "optimizer": ({"train.optimizer": "adamm"}, "names that Keras knows. Received: adamm. Did you mean 'adam'"),
    "loss": ({"train.loss": "binary_crossentropi"}, "names that Keras knows. Received: binary_crossentropi. Did you"),
    "object": ({"train.loss": "BinaryCrossentropy(from_logits=True)"}, "Logits are not served: end the model in a sig"),
    "sparse": ({"train.loss": "sparse_categorical_crossentropy"}, "expected a loss for one output, such as binary_"),
    "monitor": ({"train.early_stopping": {"monitor": "val_auc"}}, "expected one of loss, val_loss, .* val_auc"),
    "momentum": ({"train.momentum": 0.9}, "expected an optimizer with momentum, such as sgd. Received: adam"),
    "from": ({"train.trainable_from": "hiden"}, "expected a layer's name or number. Received: hiden. Did you mean 'h"),
    "inputs": (of("two_inputs"), r"a model of one input.* Received: 2 inputs \(vector, label\)"),
    "unknown output": (of("mapping") | {"train.output": "lives"}, r"outputs of the model \(live\). .* mean 'live'"),
    "stateful": (of("stateful"), "stateful=True, which would carry the state of one sample into another"),
    "step": (of("own_step"), "train_step to return a mapping with 'loss'. Received: my_loss"),
    "compiled": (
        of("compiled") | {"train.loss": "mse"},
        r"compiled with SGD and binary_crossentropy, and the study names train\.loss\. Take that out",
    ),
    "probabilities as logits": (of("compiled"), "takes logits \\(from_logits\\), but the last layer .* is sigmoid"),
    "keyword": (
        {"train.optimizer.clipnrm": 1},
        "key 'train.optimizer.clipnrm' for adam. Did you mean 'clipnorm'",
    ),
    "value": (
        {"train.optimizer": {"name": "sgd", "momentum": 3}},
        "keywords that sgd takes. Received: momentum=3",
    ),
    "schedule": (
        {"train.learning_rate": {"name": "cosin_decay"}},
        "learning_rate: .* Did you mean 'cosine_decay'",
    ),
    "optimizer of none": (
        {"train.optimizer": {"use": "first_models:nothing_at_all"}},
        "optimizer of Keras's. Received: n",
    ),
    "callback": (
        {"train.callbacks": [{"name": "reduce_lr_on_plato"}]},
        r"callbacks\.0: .* 'reduce_lr_on_plateau'",
    ),
    "watched": (
        {"train.callbacks": [{"name": "reduce_lr_on_plateau", "monitor": "val_auc"}]},
        r"train\.callbacks\.0\.monitor: expected one of loss, val_loss, .* Received: val_auc",
    ),
    "two hands": (
        {
            "train.callbacks": ["reduce_lr_on_plateau"],
            "train.learning_rate": {"name": "exponential_decay", "initial_learning_rate": 1, "decay_steps": 1}
            | {"decay_rate": 0.5},
        },
        "one hand on the learning rate. Received: a schedule, .* and reduce_lr_on_plateau",
    ),
    "checkpoint": (
        {"train.callbacks": [{"name": "model_checkpoint", "filepath": "x.keras"}]},
        "Trials would write over each other's files",
    ),
    "own loss": (
        {"train.loss": {"use": "first_models:loss_of_two"}},
        r"each of 8 samples, or one .* shape \(2, 1\)",
    ),
    "loss of nan": (
        {"train.loss": {"use": "first_models:loss_of_nan"}},
        "to return finite numbers. .* nan",
    ),
    "loss raises": ({"train.loss": {"use": "first_models:nothing_at_all"}}, r"labels \(8, 1\) .* It raised TypeError"),
    "augment": (
        {"train.augment": {"use": "first_models:half"}},
        r"shapes \(8, 6\) .* Received: shapes \(4, 6\)",
    ),
    "classes": ({"train.class_weight": {"7": 2}}, r"train\.class_weight: expected classes from 0 to 1\. Received: 7"),
    "once": (of("made_once"), "a new model at every call. Received: one model twice"),
    "nothing": (of("nothing"), "Received: nothing. Is `return model` missing"),
    "class": (of("a_class"), r"the class OwnCall, no model of it. Return OwnCall\(\)"),
    "layer": (of("a_layer"), "a layer, Dense"),
    "no model": (of("no_model"), "return a keras.Model. Received: dict"),
    "nan": (of("nan_at_once"), "finite numbers. Received: NaN or infinity for the first batch"),
    "shape": (of("does_not_fit"), r"to take a batch of shape \(8, 6\)"),
    "raises": (of("raises"), "It raised ZeroDivisionError: no such width"),
    "crashes": (of("crashes"), "The process was ended with exit code 7 and no answer. It said: out of luck"),
    "linear": ({"model.activation": "linear"}, "binary_crossentropy and the scores need probabilities.* is linear"),
    "two linear": (
        of("of_two") | {"model.activation": "linear"},
        "sparse_categorical_crossentropy and the scores need prob.* linear",
    ),
    "of one": (of("softmax_of_one"), "softmax over one unit, which is 1 for every sample"),
    "outside": (of("outside"), r"need probabilities.* some are outside \[0, 1\]"),
    "two sigmoids": (of("of_two") | {"model.activation": "sigmoid"}, "no probabilities of 2 classes"),
}


def inspected(folder: Path, **keys: Any) -> Inspection:
    """Return what a check says of a study with these keys; the modules of these tests lie beside the study."""
    fixed = {"study": "first", "seeds": 2, "data": VECTORS, "model": {"use": FINE}}
    (folder / "first.yaml").write_text(yaml.safe_dump(fixed | {"train": {"epochs": 2, "batch_size": 8}} | keys))
    (folder / "first_models.py").write_text((HERE / "first_models.py").read_text())
    return inspect_study(str(folder / "first.yaml"))


@pytest.fixture(scope="module")
def all_at_once(tmp_path_factory: pytest.TempPathFactory) -> Inspection:
    """One check of a study with an arm for everything that is wrong, and some that are right."""
    arms = {name: changes for name, (changes, _) in ARMS.items()}
    right = {
        "fine": {"train.epochs": 3},
        "same": {"model.unused": 3},
        "softmax": of("of_two"),
        "cut off": of("cut_off"),
        "hinge": {"model.activation": "linear", "train.loss": "hinge"},
        "from 0": {
            "train.optimizer": {"name": "sgd", "gradient_accumulation_steps": 3},
            "train.learning_rate": {"name": "cosine_decay", "initial_learning_rate": 0.0, "decay_steps": 9}
            | {"warmup_target": 0.1, "warmup_steps": 5},
        },
    }
    return inspected(tmp_path_factory.mktemp("first"), arms=arms | right, grid={})


@pytest.mark.parametrize("arm", ARMS)
def test_what_is_wrong_is_a_finding_that_names_its_configuration(all_at_once: Inspection, arm: str) -> None:
    """Each arm that cannot run, or not as meant, has a finding with the reason; the others are looked at, too."""
    said = [one.evidence for one in all_at_once.findings if one.evidence.endswith(f"(at arm={arm})")]
    assert [text for text in said if re.search(ARMS[arm][1], text)], said


def test_what_is_right_has_no_finding(all_at_once: Inspection) -> None:
    """A sigmoid, a softmax of two, a linear output under hinge can run; a setting without effect is a caution."""
    every = (*all_at_once.findings, *all_at_once.cautions)
    [said] = [one for one in every if re.search(r"arm=(fine|same|softmax|from 0)\b", one.evidence)]
    assert (said.name, said.caution) == ("setting_changes_nothing", True)
    assert "arm=fine and arm=same have equal weights after a step of training: model.unused seems" in said.evidence
    [hinge] = [one for one in every if "arm=hinge" in one.evidence]
    assert (hinge.name, hinge.caution) == ("scores_beyond_0_and_1", True)
    built = {one["label"]: one["parameters"] for one in all_at_once.models.values()}
    assert built["arm=fine"] == 6 * 4 + 4 + 4 + 1
    assert built["arm=nothing"] is None


def test_weights_that_no_gradient_reaches_are_named(all_at_once: Inspection) -> None:
    """Keras says so in a warning, whose words are read: this guards them."""
    [said] = [one for one in (*all_at_once.findings, *all_at_once.cautions) if "arm=cut off" in one.evidence]
    assert (said.name, said.caution) == ("weights_without_gradient", True)
    assert "forgotten" in said.evidence


def test_the_text_names_findings_and_cautions_apart(all_at_once: Inspection) -> None:
    """A person reads lines that begin with Finding or Caution; JSON holds both lists."""
    lines = all_at_once.as_text().splitlines()
    n = {word: sum(line.startswith(f"{word}: ") for line in lines) for word in ("Finding", "Caution")}
    told = all_at_once.as_json()
    assert n == {"Finding": len(told["findings"]), "Caution": len(told["cautions"])}
    assert min(n.values()) > 0

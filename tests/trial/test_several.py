"""Models with several inputs and outputs: trained, scored, kept and repeated to the bit, or refused in one message."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sweep
from sweep.data import as_splits
from sweep.errors import InputError
from sweep.machine import process
from sweep.machine.import_path import find_modules_in
from sweep.machine.streams import stream_seeds
from sweep.running import preparation, shared_run
from sweep.store import store
from sweep.study.plan import as_document
from sweep.study.study import Study
from sweep.trial import trial

pytestmark = pytest.mark.tensorflow

HERE = str(Path(__file__).parent)
LOSSES = {"live": {"name": "binary_focal_crossentropy", "gamma": 1}, "identity": "sparse_categorical_crossentropy"}
NAMED: dict[str, Any] = {
    "data": {"use": "several:faces"},
    "model": {"use": "several:net"},
    "train": {
        "epochs": 2,
        "batch_size": 30,  # of 60: Keras's mean over batches is then that over samples for each loss
        "loss": LOSSES,
        "loss_weights": {"identity": 0.5},
        "class_weight": {0: 1, 1: 2},
        "augment": {"use": "several:noise"},
        "save": "best",
    },
}
PAIR: dict[str, Any] = {
    "data": {"use": "several:faces", "kind": "pair", "labels": 1},
    "model": {"use": "several:pair"},
    "train": {"epochs": 2, "save": "best"},
}


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that trains one trial in a fresh process: (folder, keys of a study) -> results."""
    monkeypatch.syspath_prepend(HERE)

    def run(name: str, keys: Mapping[str, Any]) -> Any:
        study = Study.model_validate({"study": "several", "seeds": [0], **keys})
        trials, _ = preparation.prepare(study)
        folder = tmp_path / name
        folder.mkdir()
        store.write_study(folder, as_document(study, trials))
        process.warm_up("sweep.trial.preload")
        ended = process.call(trial.run_trial, shared_run.order_of(trials[0], folder, str(tmp_path), (HERE,)))
        assert not ended.crash, ended.log
        results = sweep.load(folder)
        assert results.trials["status"].tolist() == ["ok"], results.trials["error"].iloc[0]
        return results

    return run


def test_a_mapping_of_inputs_with_two_trained_outputs(trained: Callable[..., Any]) -> None:
    """Both outputs are trained, the first is the score and that is recorded; a second run has the same bits."""
    results, again = trained("once", NAMED), trained("again", NAMED)
    row, other = results.trials.iloc[0], again.trials.iloc[0]
    assert row["hp.train.output"] == "live"
    for key in ("trial_id", "init_sha256", "final_sha256", "scores_sha256", "model_sha256"):
        assert row[key] == other[key], key
    epochs = results.epochs
    assert np.allclose(epochs["loss"], epochs["live_loss"] + 0.5 * epochs["identity_loss"], rtol=1e-5)
    assert row["metric.dev_loss"] == pytest.approx(epochs["val_loss"].min(), rel=1e-5)
    assert "check.batchnorm_unsettled" in row
    assert "check.unavailable" not in row
    _check_scores(results, NAMED["data"], lambda found: found["live"])


def test_a_tuple_of_inputs_of_a_subclassed_model(trained: Callable[..., Any]) -> None:
    """Only the first output has labels and is trained, and its loss is the whole one."""
    results = trained("pair", PAIR)
    row = results.trials.iloc[0]
    assert row["hp.train.output"] == "output_1"
    assert not {"output_1_loss", "output_2_loss"} & set(results.epochs)
    assert row["init_sha256"] != row["final_sha256"]
    _check_scores(results, PAIR["data"], lambda found: found[0])


def _check_scores(results: Any, data: Mapping[str, Any], score: Callable[[Any], Any]) -> None:
    """Compare the stored scores with those of the stored model for the arrays of the data function."""
    import several

    model = results.model(results.trials["trial_id"].iloc[0])
    given = several.faces(**{key: value for key, value in data.items() if key != "use"})
    for name in ("dev", "test"):
        found = np.asarray(score(model.predict(given[name]["x"], verbose=0)))[:, 0]
        stored = results.scores.loc[results.scores["split"] == name, "score"]
        assert np.allclose(found, stored, atol=1e-6)


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "renamed": (
        {"model.rename": "mark"},
        "inputs image, marks, as the data have them.*none called marks. Did you mean 'm",
    ),
    "missing": ({"model.more": True}, r"every input of several:net \(image, marks, age\). Received: no age"),
    "dropped": ({"model.drop": "marks"}, r"1 input \(image\), none called marks"),
    "by place": ({"data.kind": "pair"}, "a list of 2 inputs, as x is a tuple .* Received: one by name"),
    "output": ({"train.output": "lives"}, r"train.output: .*live, identity. Received: lives. Did you mean 'live'"),
    "no such output": ({"data.labels": 1, "train.output": "liv"}, r"of the model \(live, identity\). Received: liv"),
    "other first": (
        {"model.first": "identity"},
        "first output of the model is identity and the first labels are of live",
    ),
    "one loss": ({"train.loss": "mse"}, "mapping output -> loss, as live, identity have labels. Received: one loss"),
    "loss of none": ({"train.loss": {"live": "mse", "identty": "mse"}}, "Received: identty. Did you mean 'identity'"),
    "score without loss": ({"train.loss": {"identity": "mse"}}, "a loss of live, the output that is scored"),
    "loss without labels": ({"data.labels": 1, "train.loss": LOSSES}, "identity, which has no labels or no loss"),
    "loss that does not fit": (
        {"train.loss": {"live": "mse", "identity": "mse"}},
        "sparse_categorical_crossentropy for 3",
    ),
    "weight of none": ({"train.loss_weights": {"live": 1, "place": 2}}, "train.loss_weights: .*Received: place"),
    "one output": ({"model.use": "several:one_output"}, "several outputs, for labels of live, identity. Received: one"),
    "inside": (
        {"model.use": "several:inside"},
        "outputs are arrays, in one mapping or list. Received: a mapping or li",
    ),
    "compiled": ({"model.use": "several:compiled"}, "leave a model of several outputs uncompiled"),
    "second": ({"data.labels": 1, "data.score": "identity", "task": "classification", "train.output": "identity"}, ""),
    "guessed": ({}, "note first_output_scored .*note losses_of_outputs .*identity sparse_categorical_crossentropy"),
}


@pytest.fixture(scope="module")
def answers() -> dict[str, str]:
    """Return case -> what a first batch of it shows, all from one process."""
    process.warm_up("sweep.trial.preload")
    outcome = process.call(_looked, {name: changes for name, (changes, _) in CASES.items()})
    assert not outcome.crash, f"{outcome.crash}: {outcome.log}"
    return outcome.value  # type: ignore[no-any-return]


def _looked(cases: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    from sweep.trial.first_step import look
    from sweep.trial.process_state import Machine, begin_trial

    find_modules_in([HERE])
    begin_trial(Machine(), HERE)
    import several

    found = {}
    for name, changes in cases.items():
        keys: dict[str, Any] = {"data": dict(NAMED["data"]), "model": dict(NAMED["model"]), "train": {}}
        for key, value in changes.items():
            section, _, setting = key.partition(".")
            keys[section] = {**keys[section], setting: value} if setting else value
        study = Study.model_validate({"study": "several", **keys})
        try:
            splits = as_splits(several.faces(**study.data.keywords), study.train.output)
        except InputError as error:
            found[name] = str(error)
            continue
        seen = look(study, splits, stream_seeds(0, study.hold), twice=False)
        said = [f"{each.severity} {each.name} {each.evidence}" for each in seen.findings]
        found[name] = seen.refused or " ".join(said)
    return found


@pytest.mark.parametrize("case", CASES)
def test_what_may_mean_two_things_is_refused_or_said(answers: dict[str, str], case: str) -> None:
    """One message names the input or output, what there is and, where one is near, what may be meant."""
    import re

    assert re.search(CASES[case][1], answers[case]), answers[case]
    if not CASES[case][1]:
        assert "first_output_scored" not in answers[case]
        assert "note outputs_not_trained Of 2 outputs only identity is trained" in answers[case]

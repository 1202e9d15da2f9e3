"""The study of frozen BatchNormalization: its answer on simulated trials, and the study itself run small."""

import numpy as np
import pandas as pd
import pytest

from sweep import load
from sweep.checks.modes import by_mode
from sweep.data import synthetic_vectors
from sweep.errors import InputError
from sweep.running import execution
from sweep.store import store
from sweep.studies.frozen_batchnorm import answer
from sweep.study.plan import as_document, plan
from sweep.study.study import Study

OLD, DEAF, NEW = "batch-statistics", "inference", "recalibrated"


def _simulated(folder, inference, training, seeds=6, noise=0.01, modes=True):
    """Return results of the study with accuracies around a mean for each policy."""
    study = Study.load("frozen-batchnorm", seeds=seeds)
    trials = list(plan(study, lambda one, seed: "data", lambda one: "code"))
    rng, rows = np.random.default_rng(0), []
    for one in trials:
        policy = one.configuration.hp["model.batchnorm"]
        low, high = np.array([inference[policy], training[policy]]) + rng.normal(0, noise)
        high += 0.002 * (-1) ** one.seed
        found = {"accuracy": low}
        for mode, right in (("dynamic", low), ("inference", low), ("training", high)) if modes else ():
            found |= {f"mode_{mode}_accuracy": right, f"mode_{mode}_auc": right, f"mode_{mode}_loss": 1 - right}
        row = {"trial_id": one.trial_id, "config_id": one.configuration.config_id, "seed": one.seed, "attempt": 0}
        rows.append(
            row | {"status": "ok", "data_id": "data"} | {f"metric.{key}": value for key, value in found.items()}
        )
    empty = pd.DataFrame()
    return store.Results(folder, as_document(study, trials), pd.DataFrame(rows), empty, empty, empty)


def test_the_answer_names_the_gap_and_what_is_better(tmp_path):
    """A large gap under one policy is said of that policy alone; the better policies are named with their measures."""
    found = answer(_simulated(tmp_path, {OLD: 0.6, DEAF: 0.8, NEW: 0.9}, {OLD: 0.9, DEAF: 0.8, NEW: 0.9}))
    text = "\n".join(found.sentences)
    assert f"{DEAF} is better than {OLD} in accuracy, AUC and loss" in text
    assert f"{NEW} is better than {DEAF} in accuracy, AUC and loss" in text
    assert f"{OLD}: the same weights score 30.0 points higher in training mode" in text
    assert f"{NEW}: the modes are not told apart in accuracy" in text
    assert "both agree in every digit shown" in text
    assert [len(table.rows) for table in found.tables] == [9, 3, 9]
    assert found.values["policies"][OLD]["training_less_inference"]["accuracy"]["value"] == pytest.approx(0.3)


def test_equal_policies_are_not_told_apart(tmp_path):
    """Where nothing but noise differs the answer says so, of every measure."""
    same = dict.fromkeys((OLD, DEAF, NEW), 0.8)
    text = "\n".join(answer(_simulated(tmp_path, same, same, noise=0.05)).sentences)
    assert text.count("are not told apart in accuracy, AUC and loss") == 3
    assert "is better" not in text


def test_a_study_without_the_measure_is_one_message(tmp_path):
    """The answer names the line that is missing."""
    same = dict.fromkeys((OLD, DEAF, NEW), 0.8)
    with pytest.raises(InputError, match="by_mode"):
        answer(_simulated(tmp_path, same, same, modes=False))


@pytest.mark.tensorflow
def test_the_modes_leave_the_model_as_it_was():
    """Training mode moves statistics and random states while it is measured; afterwards all are as before."""
    import keras

    keras.utils.set_random_seed(0)
    layers = [keras.layers.BatchNormalization(), keras.layers.Dropout(0.5), keras.layers.Dense(1, "sigmoid")]
    model = keras.Sequential([keras.layers.Input((6,)), *layers])
    model.compile(loss="binary_crossentropy")
    splits = synthetic_vectors()
    before = [np.asarray(one).copy() for one in model.variables]
    found = by_mode(model, splits, batch_size=10)
    assert all(np.array_equal(one, now) for one, now in zip(before, model.variables, strict=True))
    assert found == by_mode(model, splits, batch_size=10)
    assert found["mode_dynamic_loss"] == pytest.approx(found["mode_inference_loss"], rel=1e-5)
    assert found["mode_dynamic_accuracy"] == found["mode_inference_accuracy"]
    assert found["mode_training_loss"] != found["mode_inference_loss"]


@pytest.mark.thorough
@pytest.mark.ray
@pytest.mark.tensorflow
@pytest.mark.usefixtures("one_ray")
def test_the_study_runs_small(tmp_path):
    """Two policies and two seeds of the shipped file: phases, modes, checks and answer are in place."""
    shipped = Study.load("frozen-batchnorm").model_dump(mode="json")
    train = shipped["train"] | {"epochs": 1, "then": [shipped["train"]["then"][0] | {"epochs": 1}]}
    changes = {"train": train, "seeds": 2, "results": str(tmp_path), "grid": {"model.batchnorm": [OLD, NEW]}}
    data = shipped["data"] | {"samples": [64, 32, 64], "image_size": 16}
    done = execution.run(Study.model_validate(shipped | changes | {"data": data}), progress=False, slots=1)
    assert (done.n_ok, done.n_failed) == (4, 0)
    results = load(done.folder)
    old = results.trials["hp.model.batchnorm"] == OLD
    assert set(results.trials.loc[old, "check.frozen_batchnorm_by_batch"]) == {7.0}
    assert set(results.trials.loc[~old, "check.frozen_batchnorm_by_batch"]) == {0.0}
    assert sorted(set(results.epochs["epoch"])) == [0, 1]
    said = answer(results)
    assert len(said.sentences) == 4
    assert [row[0] for row in said.tables[1].rows] == [OLD, NEW]

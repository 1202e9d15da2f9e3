"""`trial:` any function that trains and gives scores: its record, its bits, its failures."""

import json
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

LOGISTIC = {"use": "own_trials:logistic"}


def test_a_trial_is_measured_by_its_scores(run_one):
    """EER and HTER follow from the scores that it returned; weights, streams, files and versions stand in the row."""
    from sweep import metrics

    record, scores, results = run_one(3, trial={**LOGISTIC, "c": 0.5})
    row = record.trial
    assert row["status"] == "ok", row["error"]
    frame = scores.to_pandas()
    dev = frame[frame["split"] == "dev"]
    eer = metrics.eer(dev["score"][dev["label"] == 1], dev["score"][dev["label"] == 0])
    assert row["metric"]["eer"] == eer.value
    assert row["threshold"] == eer.threshold
    assert "train_accuracy" in row["metric"]
    assert json.loads(row["streams"]) == ["init", "order"]
    assert len(row["final_sha256"]) == 64
    assert row["init_sha256"] == ""
    kept = results / "files" / row["trial_id"] / "kept" / "note.txt"
    assert kept.read_text() == f"{row['trial_id']} 3 0.5"
    assert list(json.loads(row["files"])) == ["kept/note.txt"]
    assert record.environment["version.sklearn"] == version("scikit-learn")
    assert not any("tensorflow" in name or "keras" in name for name in record.environment)


def test_equal_seeds_give_equal_bits_and_others_do_not(run_one):
    """Scores and weights follow the seed, and a held stream does not."""
    first, again, other = (run_one(seed, trial=LOGISTIC)[0].trial for seed in (0, 0, 1))
    assert (first["scores_sha256"], first["final_sha256"]) == (again["scores_sha256"], again["final_sha256"])
    assert first["scores_sha256"] != other["scores_sha256"]
    held = [run_one(seed, trial=LOGISTIC, hold={"order": 0, "split": 0})[0].trial for seed in (0, 1)]
    assert held[0]["final_sha256"] == held[1]["final_sha256"]


def test_keras_is_not_imported(tmp_path):
    """A process that runs such a trial, and the server that forks it, have neither Keras nor TensorFlow."""
    here = str(Path(__file__).parent)
    program = (
        f"import sys; sys.path.insert(0, {here!r})\n"
        "import sweep.trial.preload_own\n"
        "from sweep.running import preparation, shared_run\n"
        "from sweep.study.study import Study\n"
        "from sweep.trial.trial import run_trial\n"
        "from sweep.trial.frameworks import preloaded\n"
        "keys = {'data': {'use': 'sweep.data:synthetic_vectors'}, 'trial': {'use': 'own_trials:logistic'}}\n"
        "study = Study(study='one', **keys)\n"
        "trials, _ = preparation.prepare(study)\n"
        f"print(run_trial(shared_run.order_of(trials[0], {str(tmp_path)!r}, {str(tmp_path)!r}, ({here!r},))).status)\n"
        "print(preloaded([study]), [name for name in ('keras', 'tensorflow', 'ray') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines() == ["ok", "('sweep.trial.preload_own',) []"], done.stderr


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (
            "short",
            "higher is more genuine, for its n = 64 samples. Received: an array of shape (63",
        ),
        ("nan", "Received: NaN or infinity for 1 of them."),
        ("one", "Received: one value, 0.5."),
        ("words", "Received: list, ['a', 'a'"),
        ("wide", "Received: an array of shape (64, 3)."),
        ("key", "Received the key tests"),
        ("missing", "Received: no test."),
        ("nothing", "Received: nothing."),
    ],
)
def test_scores_that_do_not_fit_are_one_message(run_one, what, message):
    """A trial that returns something else is a failed row, with what was expected and what came."""
    record, scores, _ = run_one(0, trial={"use": "own_trials:returns", "what": what})
    first = record.trial["error"].splitlines()[0]
    assert first.startswith("trial: trial: expected own_trials:returns to ")
    assert message in first
    assert len(scores) == 0


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (
            "stream",
            "expected a stream (init, order, dropout, augment, split). Received: 'drop_out'. Did you mean",
        ),
        ("state", "Received: Random at net."),
        ("name", "run.epoch: expected names that are free. Received: val_eer."),
        ("number", "run.epoch: expected a number as loss. Received: 'low'."),
    ],
)
def test_a_wrong_word_to_run_is_one_message(run_one, what, message):
    """An unknown stream names the nearest; weights without bytes and names that are taken are refused."""
    record, _, _ = run_one(0, trial={"use": "own_trials:asks", "what": what})
    assert message in record.trial["error"].splitlines()[0]


def test_one_score_for_all_is_a_finding(run_one):
    """A trial whose test scores are all equal is stored, and its check says so."""
    record, _, _ = run_one(0, trial={"use": "own_trials:returns", "what": "same"})
    assert record.trial["status"] == "ok"
    assert record.trial["check"]["one_score"] == 1.0


def test_other_tasks_take_probabilities_and_values(run_one):
    """Classification takes a row of probabilities a sample, regression a value."""
    record, scores, _ = run_one(0, task="classification", trial={"use": "own_trials:classes"})
    assert record.trial["status"] == "ok", record.trial["error"]
    test = scores.to_pandas().query("split == 'test'")
    assert np.isclose((test["prediction"] == test["label"]).mean(), record.trial["metric"]["accuracy"])
    record, scores, _ = run_one(0, task="regression", trial={"use": "own_trials:values"})
    test = scores.to_pandas().query("split == 'test'")
    assert np.isclose(((test["score"] - test["label"]) ** 2).mean(), record.trial["metric"]["mse"])


def test_epochs_have_dev_metrics_and_digests_of_what_was_handed_in(run_one):
    """Each run.epoch is a row; weights handed in before it belong to it, the first are the initial ones."""
    record, _, _ = run_one(0, trial={"use": "own_trials:steps", "epochs": 3})
    row, epochs = record.trial, record.epochs
    assert row["status"] == "ok", row["error"]
    assert [epoch["epoch"] for epoch in epochs] == [0.0, 1.0, 2.0]
    assert {"loss", "rate", "val_loss", "val_eer", "layers_sha256"} <= set(epochs[0])
    assert len({row["init_sha256"], *(epoch["weights_sha256"] for epoch in epochs)}) == 4
    assert row["final_sha256"] == epochs[-1]["weights_sha256"]
    assert list(json.loads(row["init_layers"])) == ["layer"]


def test_a_loss_that_is_nan_is_a_failed_row(run_one):
    """The epoch is named."""
    record, _, _ = run_one(0, trial={"use": "own_trials:steps", "nan": True})
    assert "Expected a finite loss. Received: nan in epoch 1" in record.trial["error"]


def test_whoever_draws_from_a_global_generator_has_asked_for_init(run_one):
    """Python's and NumPy's generators follow the stream "init"; a trial that draws nothing asked for nothing."""
    records = [run_one(seed, trial={"use": "own_trials:globals_only"})[0].trial for seed in (0, 0, 1)]
    assert json.loads(records[0]["streams"]) == ["init"]
    assert records[0]["scores_sha256"] == records[1]["scores_sha256"] != records[2]["scores_sha256"]
    silent = run_one(0, trial={"use": "own_trials:silent"})[0].trial
    assert json.loads(silent["streams"]) == []
    assert silent["final_sha256"] == ""
    assert not {"one_class", "label_order", "scores_out_of_scale"} & set(silent["check"])


def test_a_program_of_the_command_line_may_score(run_one):
    """What a program writes are scores like any other."""
    record, scores, _ = run_one(0, trial={"use": "own_trials:program"})
    assert record.trial["status"] == "ok", record.trial["error"]
    assert len(scores) == record.trial["n_dev"] + record.trial["n_test"]


@pytest.mark.skipif(find_spec("torch") is not None, reason="PyTorch is installed")
def test_a_framework_that_is_not_installed_is_named(run_one):
    """`preload` of a package that is not here is one message."""
    record, _, _ = run_one(0, trial=LOGISTIC, preload=["torch"])
    assert record.trial["error"].startswith("session: preload: expected torch to be installed.")


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
def test_a_pytorch_net_repeats_to_the_bit(run_one):
    """The same seed gives the same weights after every epoch, another seed others; dropout draws from torch."""
    study = {"trial": {"use": "own_trials:torch_net"}, "preload": ["torch"]}
    first, again, other = (run_one(seed, **study)[0] for seed in (0, 0, 1))
    assert first.trial["status"] == "ok", first.trial["error"]
    assert first.epochs == again.epochs
    assert first.trial["scores_sha256"] == again.trial["scores_sha256"] != other.trial["scores_sha256"]
    assert json.loads(first.trial["streams"]) == ["init", "order"]
    assert list(json.loads(first.trial["init_layers"])) == ["0", "3"]
    assert first.environment["version.torch"]


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
def test_a_gpu_that_is_not_there_is_pytorchs_message(run_one):
    """The framework raises, and the trial is a failed row with what it said."""
    record, _, _ = run_one(0, trial={"use": "own_trials:torch_net", "device": "cuda"}, preload=["torch"])
    assert record.trial["status"] == "failed"
    assert record.trial["error"].startswith("trial: ")

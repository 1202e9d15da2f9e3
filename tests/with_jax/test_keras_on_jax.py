"""`backend: jax`: the same bits from the same seed, wherever the program comes from and whoever else computes."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sweep.machine import process
from sweep.store import records
from sweep.trial.trial import run_trial

JAX = {"KERAS_BACKEND": "jax"}


def bits(record):
    """Return what two runs of a trial are compared by."""
    row = record.trial
    return row["init_sha256"], [epoch["weights_sha256"] for epoch in record.epochs], row["scores_sha256"]


def run_alone(order):
    """Run in the fresh process: a trial that may use a single processor; return what of TensorFlow it loaded."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    assert run_trial(order).status == "ok"
    return [name for name in sys.modules if name.partition(".")[0] == "tensorflow"]


def test_equal_seeds_give_equal_bits(run_one):
    """Another seed gives others; the record says what it was computed with."""
    study = {"train": {"epochs": 2, "class_weight": "balanced", "save": "last", "callbacks": ["terminate_on_nan"]}}
    with ThreadPoolExecutor(2) as pool:  # each compiles for seconds
        first, again, other = pool.map(lambda seed: run_one(seed, **study), (0, 0, 1))
    assert bits(first) == bits(again)
    assert len({bits(one)[2] for one in (first, other)}) == len({bits(one)[0] for one in (first, other)}) == 2
    assert len({first.trial["init_sha256"], *bits(first)[1]}) == 3
    assert "model_sha256" in first.trial, first.trial.get("model_error")
    assert {"batchnorm_unsettled", "frozen_batchnorm_by_batch"} <= set(first.trial["check"])
    assert first.trial["check"]["unnamed_files"] == 0
    said = first.environment
    assert (said["backend"], said["flag.KERAS_BACKEND"], said["threads"]) == ("jax", "jax", 1)
    assert said["version.jax"]
    assert said["version.jaxlib"]
    assert not any("tensorflow" in name.lower() for name in said)
    assert first.trial["hp"]["backend"] == "jax"


def test_how_a_process_starts_changes_no_bits(run_one, first_order, tmp_path, monkeypatch):
    """In a spawned process on one processor, a trial has the bits of a forked one on all of them.

    TensorFlow is not imported where it is installed, though Keras would load it to seed it.
    """
    wide = {"model": {"use": "nets:wide"}, "train": {"epochs": 1}}
    forked = bits(run_one(0, **wide))
    package = tmp_path / "there" / "tensorflow"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("random = None\n")
    order = first_order(0, **wide)
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setattr(process, "_warm", {})  # as if the server had imported TensorFlow
    assert process.call(run_alone, order, variables=JAX) == process.Outcome(value=[])
    (path, _, _), *_ = records.parts(Path(order.results))
    assert bits(records.read_part(path)[0]) == forked


def test_a_gpu_that_jax_does_not_see_is_no_trial(on_gpu):
    """Nothing is stored, as another node may have one."""
    outcome = on_gpu()
    assert outcome.status == "unfit"
    assert outcome.error.startswith("Expected JAX to see GPU 0. Received: none. Install JAX with CUDA")

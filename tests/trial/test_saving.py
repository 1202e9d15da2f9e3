"""`train: {save: ...}`: the trained model as a file beside the tables, and read back."""

import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sweep
from sweep.errors import InputError
from sweep.machine import process
from sweep.running import preparation, shared_run
from sweep.store import records, store
from sweep.study.plan import as_document
from sweep.study.study import Study
from sweep.trial import trial

pytestmark = pytest.mark.tensorflow

HERE = str(Path(__file__).parent)
ROOT = str(Path(__file__).parents[2])


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Return a function that trains one trial into a folder and loads it: (keys of train and kind) -> results."""
    monkeypatch.syspath_prepend(HERE)

    def run(name="results", kind="plain", away=False, measure=None, **train):
        study = Study.model_validate(
            {
                "study": "one",
                "data": {"use": "sweep.data:synthetic_vectors"},
                "model": {"use": "saved_models:net", "kind": kind},
                "train": {"epochs": 6, "learning_rate": 0.3, **train},
                "seeds": [0],
                **({"measure": {"use": f"saved_models:{measure}"}} if measure else {}),
            }
        )
        trials, _ = preparation.prepare(study)
        folder = tmp_path / name
        folder.mkdir()
        store.write_study(folder, as_document(study, trials))
        order = shared_run.order_of(trials[0], folder, str(tmp_path), (HERE,))
        process.warm_up("sweep.trial.preload")
        ended = process.call(trial.run_trial, replace(order, results="") if away else order)
        assert not ended.crash, ended.log
        if away:  # as a node that does not see the results: the record travels with the outcome
            records.keep(folder, ended.value.record)
        return sweep.load(folder)

    return run


def only(found):
    """Return the row of the only trial, which is ok."""
    (row,) = found.trials.to_dict("records")
    assert row["status"] == "ok", row["error"]
    return row


SCORES = """
    import sys
    import numpy as np
    import sweep
    from sweep import data
    from sweep.machine.folders import cache_folder
    from sweep.machine.process import call
    from sweep.trial import scoring

    found = sweep.load(sys.argv[1])
    row = found.trials.iloc[0]
    model = found.model(row["trial_id"])
    splits = data.open_prepared(cache_folder(), row["data_id"])
    for name, split in (("dev", splits.dev), ("test", splits.test)):
        stored = found.scores[found.scores["split"] == name]["score"].to_numpy()
        again = scoring.predict(model, split.x)[:, -1].astype(np.float64)
        assert stored.size and np.array_equal(stored, again), name
    print("same scores", model.compiled)
"""


def fresh_process(found) -> subprocess.CompletedProcess:
    """Return what a fresh process says that loads the model and scores dev and test again."""
    there = {"PYTHONPATH": os.pathsep.join((ROOT, HERE)), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", textwrap.dedent(SCORES), str(found.path)]
    return subprocess.run(command, env=os.environ | there, cwd=HERE, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", ["plain", "own"])
def test_the_model_gives_the_stored_scores_to_the_bit(results, kind):
    """In a fresh process the file loads, also with a layer of the user's own, and scores dev and test as the trial."""
    found = results(kind=kind, save="best")
    row = only(found)
    assert len(row["model_sha256"]) == 64
    assert (found.path / "models" / f"{row['trial_id']}.keras").is_file()
    assert row["kept_epoch"] < 5  # the best epoch is not the last, so that the file tells them apart
    ended = fresh_process(found)
    assert ended.stdout.strip() == "same scores False", ended.stderr[-2000:]


def test_bits_and_ids_are_those_without_a_model(results):
    """Saving changes neither the trial's id nor a digest, a metric, or what its own measure draws after it."""
    plain, best, last = (only(results(name, measure="left_behind", save=name)) for name in ("none", "best", "last"))
    names = ["trial_id", "code_id", "init_sha256", "final_sha256", "scores_sha256"]
    names += [name for name in plain if name.startswith(("metric.", "hp.", "check."))]
    for name in names:
        assert plain[name] == best[name] == last[name] or plain[name] != plain[name], name
    assert "model_sha256" not in plain
    assert best["model_sha256"] != last["model_sha256"]


def test_last_saves_the_last_epoch(results):
    """`save: last` beside `keep: best` has the weights that `keep: last` scores with; equal weights are equal files."""
    last = results("last", save="last")
    kept = results("kept", save="best", keep="last")
    one, other = (found.model(only(found)["trial_id"]).get_weights() for found in (last, kept))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    twice = results("twice", save="last")
    assert only(last)["model_sha256"] == only(twice)["model_sha256"]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of TensorFlow, under NumPy 2
def test_two_savings_of_one_model_are_the_same_file(monkeypatch):
    """Neither the time nor the place in memory of what layers share shows in the bytes, which load as the model."""
    import keras

    monkeypatch.syspath_prepend(HERE)
    import saved_models

    from sweep.trial import saving
    from sweep.trial.loading import load_file

    models, files = [], []
    for _ in range(2):
        keras.backend.clear_session()  # so that the layers have the same names
        models.append(saved_models.net((4,), 2))
        models[-1].set_weights(models[0].get_weights())
        files.append(saving._bytes_of(models[-1]))
    assert files[0] == files[1]
    again = load_file(files[0])
    x = np.ones((3, 4), np.float32)
    assert np.array_equal(again.predict_on_batch(x), models[0].predict_on_batch(x))


def test_a_model_travels_with_its_record(results):
    """From a node that does not see the results the file comes with the record, and is the same."""
    here, there = results("here", save="best"), results("there", away=True, save="best")
    assert only(here)["model_sha256"] == only(there)["model_sha256"]
    assert len(there.model(only(there)["trial_id"]).get_weights()) == 8


def test_a_model_that_cannot_be_saved_costs_no_trial(results):
    """A layer without its settings: the trial is ok, its row says why there is no model, and so does `model`."""
    found = results(kind="silent", save="best")
    row = only(found)
    assert "Silent" in row["model_error"]
    assert "model_sha256" not in row
    assert not (found.path / "models").exists()
    with pytest.raises(InputError, match=r"Received: none, since at its end: .*Silent"):
        found.model(row["trial_id"])


def test_what_is_no_saved_model_has_a_message(results):
    """Another id, no model, a changed file and one that is gone: each says what to do."""
    bare = results("bare")
    with pytest.raises(InputError, match=r"`save: none`\. Set `train: \{save: best\}`"):
        bare.model(only(bare)["trial_id"])
    found = results("saved", save="best")
    name = only(found)["trial_id"]
    with pytest.raises(InputError, match=f"Expected a trial_id of .*Did you mean '{name}'"):
        found.model(name[:-1])
    file = found.path / "models" / f"{name}.keras"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match="Received: another file"):
        found.model(name)
    file.unlink()
    with pytest.raises(InputError, match="Received: no such file"):
        found.model(name)

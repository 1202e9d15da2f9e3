"""`sweep verify` of a study whose train is a tf.data.Dataset, through every process that a user's study takes."""

import shutil
from pathlib import Path

import pytest
import yaml

import sweep
from sweep import report

pytestmark = pytest.mark.ray
STREAMS = Path(__file__).parents[1] / "trial" / "streams.py"


def test_trials_on_a_dataset_are_equal_to_the_bit_until_its_code_changes(command_here, tmp_path):
    """The record tells of the batches, has no score or loss of train, repeats; other code is other data."""
    module = tmp_path / "own_batches.py"
    shutil.copy(STREAMS, module)
    study = {
        "study": "batches",
        "seeds": 2,
        "data": {"use": "own_batches:tf_data"},
        "model": {"use": "sweep.models:dense_net"},
        "train": {"epochs": 2},
    }
    (tmp_path / "batches.yaml").write_text(yaml.safe_dump(study))
    code, _, errors = command_here("run", tmp_path / "batches.yaml", "--results", tmp_path / "results")
    assert code == 0, errors
    results = tmp_path / "results" / "batches"
    stored = sweep.load(results)
    rows = stored.trials
    assert rows["n_train"].tolist() == [40, 40]
    assert rows["batches"].tolist() == ["tf.data.Dataset"] * 2
    assert rows["streams"].tolist() == ['["order"]'] * 2
    assert not [name for name in rows if name.startswith("metric.train")]
    assert rows["check.label_order"].notna().all()
    assert stored.epochs["order_sha256"].nunique() == 4
    methods = report.summarise(stored).methods
    assert "epochs with its own batches; the epoch" in methods
    assert "came from tf_data (tf.data.Dataset), made anew in each run: their size, order and augmentation" in methods

    code, found, errors = command_here("verify", results, "--modules", tmp_path)
    assert code == 0, errors
    assert found["equal"]

    module.write_text(module.read_text().replace("noise: float = 0.1", "noise: float = 0.2"))
    code, found, errors = command_here("verify", results, "--modules", tmp_path, "--trials", "1")
    assert code == 1, errors
    assert found["trials"][0]["difference"]["stage"] == "data"
    assert "train hands out other batches" in found["trials"][0]["difference"]["detail"]

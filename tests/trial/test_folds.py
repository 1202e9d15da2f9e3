"""Trials of two folds: each trains on its own people, and repeats to the bit."""

from pathlib import Path

import pytest

from sweep.machine import process
from sweep.running import preparation, shared_run
from sweep.store.records import Record
from sweep.study.study import Study
from sweep.trial.order import TrialOrder
from sweep.trial.trial import run_trial
from tests.driver.runs import DIGESTS

pytestmark = pytest.mark.tensorflow
HERE = Path(__file__).parent


def test_a_trial_of_a_fold_repeats_to_the_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two folds of a seed have their own people and bits, begin with the same weights, and give these bits again."""
    monkeypatch.syspath_prepend(str(HERE))
    study = Study.model_validate(
        {
            "study": "folds",
            "seeds": 1,
            "data": {"use": "sweep.data:synthetic_vectors", "subjects": [4, 3, 3]},
            "model": {"use": "odd_models:plain"},
            "train": {"epochs": 2, "batch_size": 16},
            "division": {"folds": 4},
        }
    )
    trials, _ = preparation.prepare(study)
    orders = [shared_run.order_of(trial, "", str(tmp_path), (str(HERE),)) for trial in trials]

    def run(order: TrialOrder) -> Record:
        process.warm_up("sweep.trial.preload")
        ended = process.call(run_trial, order)
        assert ended.value is not None, ended
        assert ended.value.record.trial["status"] == "ok", ended.value.record.trial["error"]
        return ended.value.record

    first, second, again = run(orders[0]), run(orders[1]), run(orders[0])
    bits = [[record.trial[name] for name in DIGESTS] for record in (first, second, again)]
    assert bits[0] == bits[2]
    assert first.trial["init_sha256"] == second.trial["init_sha256"]
    assert first.trial["final_sha256"] != second.trial["final_sha256"]
    people = [{split: set(record.scores["subject"][record.scores["split"] == split]) for split in ("dev", "test")}
              for record in (first, second)]  # fmt: skip
    assert people[0]["dev"] == people[1]["test"]
    assert not people[0]["test"] & people[1]["test"]
    assert [record.trial["hp"]["division.fold"] for record in (first, second)] == [0.0, 1.0]
    assert first.trial["data_id"] != second.trial["data_id"]

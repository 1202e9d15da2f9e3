"""Trials with further test sets: nothing of their training changes, and their scores and metrics stand beside it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sweep import metrics
from tests.trial.conftest import VECTORS

pytestmark = pytest.mark.tensorflow

DIGESTS = ("init_sha256", "final_sha256", "scores_sha256")
TESTS = {name: {**VECTORS, "seed": seed, "people": "others"} for name, seed in (("B", 5), ("C", 6))}


def of(scores: Any, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return genuine and impostor scores of a split."""
    rows = np.array(scores["split"].to_pylist()) == split
    label, score = (np.array(scores[name].to_pylist())[rows] for name in ("label", "score"))
    return score[label == 1], score[label == 0]


def test_nothing_of_the_training_changes(run_one: Callable[..., tuple[Any, Any]]) -> None:
    """Weights and scores of dev and test are the same bits; the further ones are scored at dev's threshold."""
    (plain, before), (record, scores) = (run_one(3, **keys) for keys in ({}, {"tests": TESTS}))
    assert record.trial["error"] == ""
    assert [plain.trial[name] for name in DIGESTS] == [record.trial[name] for name in DIGESTS]
    for split in ("dev", "test"):
        assert all(np.array_equal(a, b) for a, b in zip(of(before, split), of(scores, split), strict=True))
    assert plain.trial["metric"] == {key: value for key, value in record.trial["metric"].items() if "." not in key}
    assert plain.trial["data_id"] != record.trial["data_id"]
    at = record.trial["threshold"]
    for name in TESTS:
        genuine, impostor = of(scores, f"test.{name}")
        found = {key.partition(".")[2]: value for key, value in record.trial["metric"].items() if key[:2] == f"{name}."}
        assert len(genuine) + len(impostor) == record.trial[f"n_test.{name}"]
        assert found["frr"] == np.mean(genuine < at)
        assert found["far"] == np.mean(impostor >= at)
        assert found["hter"] == pytest.approx((found["far"] + found["frr"]) / 2)
        assert found["eer"] == metrics.eer(genuine, impostor).value
        assert {"accuracy", "auc", "test_loss"} <= set(found)
        assert not {"dev_auc", "dev_loss", "train_accuracy"} & set(found)
    assert record.trial["data_id.B"] != record.trial["data_id.C"]
    assert record.trial["scores_sha256.B"] != record.trial["scores_sha256.C"]


@pytest.mark.parametrize(("kind", "name"), [("classification", "macro_f1"), ("regression", "r2")])
def test_every_task_has_them(run_one: Callable[..., tuple[Any, Any]], kind: str, name: str) -> None:
    """The metrics of the task's test set, and no EER."""
    data = {**VECTORS, "kind": kind}
    record, _ = run_one(
        0, task=kind, data=data, tests={"B": {**data, "people": "others"}}, model={"use": "sweep.models:dense_net"}
    )
    assert record.trial["error"] == ""
    assert np.isfinite(record.trial["metric"][f"B.{name}"])
    assert "B.eer" not in record.trial["metric"]

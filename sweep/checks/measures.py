"""What a trial measures for its checks, from outputs, labels and epochs: the columns check.*, without Keras."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.checks.outputs import outside
from sweep.data import Splits
from sweep.data.content_digests import row_digests
from sweep.data.inputs import bytes_of, each_array
from sweep.metrics import hter_at
from sweep.metrics.curves import auc_of
from sweep.metrics.equal_error_rate import eer_of
from sweep.metrics.scores import both

Outputs = Mapping[str, NDArray[np.float32]]
SATURATED = 1e-7  # a float32 sigmoid this near to 0 or 1 has no order left
_MOST_BYTES = 2**28  # dev and test are not hashed for shared samples beyond this; `sweep check` does it once


def checks(
    task: str,
    splits: Splits,
    outputs: Outputs,
    epochs: Sequence[Mapping[str, Any]],
    patience: int | None,
    most: int,
    probabilities: bool = False,
) -> dict[str, float]:
    """Return check -> value, the columns check.* that need no model.

    task: verification, classification or regression. outputs: split -> (n, k), train only where it
    is known. epochs: the records of the epochs.
    patience: of early stopping, None without. most: the epochs that were allowed. probabilities: whether the loss takes
    the outputs as such.
    """
    orders = {epoch.get("order_sha256") for epoch in epochs}
    found: dict[str, float] = {}
    if epochs and None not in orders:  # an order that is the user's own is not known
        found["same_order_every_epoch"] = float(len(epochs) > 1 and len(orders) == 1 and len(splits.train) > 4)
    if patience is not None:
        found["never_stopped"] = float(len(epochs) == most)
    shared = _dev_in_test(splits)
    found["chosen_on_test"] = shared
    if task == "regression":
        return found
    by_class = {name: _probabilities(values) for name, values in outputs.items()}
    labels = {name: split.y.astype(np.int64) for name, split in splits.items() if name in outputs}
    decided = {name: values.argmax(axis=1) for name, values in by_class.items()}
    both_splits = np.concatenate([outputs["dev"].ravel(), outputs["test"].ravel()])
    found |= {
        "one_class": float(len(np.unique(decided["test"])) == 1 and len(np.unique(labels["test"])) > 1),
        "saturated_scores": _saturated(both_splits),
        **({"logits_as_probabilities": outside(both_splits)} if probabilities else {}),
        **({"label_order": _label_order(labels, decided)} if "train" in outputs else {}),
    }
    if task == "verification":
        scores = {name: values[:, -1].astype(np.float64) for name, values in outputs.items()}
        found["scores_out_of_scale"] = _out_of_scale(labels["dev"], scores["dev"])
        if shared > 0:
            found["optimism"] = optimism(labels["test"], scores["test"], splits.test.subject)
    return found


def optimism(label: NDArray[Any], score: NDArray[Any], subject: NDArray[Any]) -> float:
    """Return by how much HTER looks too good when its threshold was chosen on the very samples that it judges.

    The subjects (or samples, where unknown) are halved at random; a threshold from one half judges the other; the mean
    over 20 such halvings, both ways, less the HTER at the threshold of all. NaN where a half lacks a class.
    """
    _, who = np.unique(subject, return_inverse=True)
    if who.max() == 0:
        who = np.arange(len(label))
    own = _hter(label, score, label, score)
    rng = np.random.default_rng(0)
    honest = []
    for _ in range(20):
        first = np.isin(who, rng.permutation(who.max() + 1)[: (who.max() + 1) // 2])
        for a, b in ((first, ~first), (~first, first)):
            if all(len(np.unique(label[side])) == 2 for side in (a, b)):
                honest.append(_hter(label[a], score[a], label[b], score[b]))
    return float(np.mean(honest)) - own if honest else float("nan")


def _hter(dev: NDArray[Any], dev_score: NDArray[Any], test: NDArray[Any], test_score: NDArray[Any]) -> float:
    threshold = eer_of(*both(dev_score[dev == 1], dev_score[dev == 0])).threshold
    return float(hter_at(test_score[test == 1], test_score[test == 0], threshold).value)


def _probabilities(outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate([1 - outputs, outputs], axis=1) if outputs.shape[1] == 1 else outputs


def _saturated(scores: NDArray[np.float32]) -> float:
    """Return the share of scores at 0 or 1; 0 for logits, which have no such ends."""
    if scores.min() < 0 or scores.max() > 1:
        return 0.0
    return float(np.mean((scores < SATURATED) | (scores > 1 - SATURATED)))


def _label_order(labels: Mapping[str, NDArray[Any]], decided: Mapping[str, NDArray[Any]]) -> float:
    """Return how much more often dev or test would be right with the classes renamed; 0 where train is not learnt."""
    from scipy.optimize import linear_sum_assignment  # not by every process that only starts

    n = int(max(max(values.max() for values in labels.values()), max(values.max() for values in decided.values()))) + 1
    gains = {}
    for name, label in labels.items():
        confusion = np.bincount(label * n + decided[name], minlength=n * n).reshape(n, n)
        rows, columns = linear_sum_assignment(-confusion)
        gains[name] = float((confusion[rows, columns].sum() - np.trace(confusion)) / len(label))
    return max(0.0, max(gains["dev"], gains["test"]) - gains["train"])


def _out_of_scale(label: NDArray[Any], score: NDArray[Any]) -> float:
    """Return 1 where the AUC is above 0.9 and the balanced accuracy at 0.5 below 0.6, else 0."""
    genuine, impostor = score[label == 1], score[label == 0]
    balanced = (np.mean(genuine > 0.5) + np.mean(impostor <= 0.5)) / 2
    return float(balanced < 0.6 and auc_of(*both(genuine, impostor)) > 0.9)


def _dev_in_test(splits: Splits) -> float:
    """Return the share of dev's samples whose bytes stand in test as well; NaN where hashing them would cost much."""
    unhashed = [
        array
        for split in (splits.dev, splits.test)
        for array in each_array(split.x).values()
        if getattr(array, "digests", None) is None
    ]
    if sum(map(bytes_of, unhashed)) > _MOST_BYTES:
        return float("nan")
    test = {row.tobytes() for row in row_digests(splits.test.x)}
    return float(np.mean([row.tobytes() in test for row in row_digests(splits.dev.x)]))

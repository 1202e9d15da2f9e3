"""The three tasks: what a model must return, its usual loss, what is measured on dev each epoch and at the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError

Outputs = NDArray[np.float32]
Splits = Mapping[str, tuple[NDArray[Any], Outputs]]  # split -> labels (n,), outputs (n, k)
AttackType = NDArray[np.str_] | None


@dataclass(frozen=True)
class Task:
    """What a task decides.

    Attributes:
        loss: number of outputs -> the name of Keras's loss that fits.
        expected_outputs: number of classes -> the numbers of outputs that a model may have.
        epoch: names of `epoch_metrics`.
        epoch_metrics: labels (n,), outputs (n, k) of dev -> what is recorded of each epoch.
        metrics: labels and outputs of each split (train may be left out), attack types of test (n,) where known -> the
            trial's metrics.
        score: outputs (n, k), labels (n,) -> the column `score`.
        prediction: outputs (n, k) -> the column `prediction`, or None.
    """

    loss: Callable[[int], str]
    expected_outputs: Callable[[int], tuple[int, ...]]
    epoch: tuple[str, ...]
    epoch_metrics: Callable[[NDArray[Any], Outputs], dict[str, float]]
    metrics: Callable[[Splits, AttackType], dict[str, float]]
    score: Callable[[Outputs, NDArray[Any]], NDArray[Any]]
    prediction: Callable[[Outputs], NDArray[Any] | None]


def n_classes(task: str, classes: tuple[str, ...], labels: NDArray[Any]) -> int:
    """Return what a model function is told: 2 for verification, 0 for regression, else the number of classes."""
    if task == "regression":
        return 0
    return 2 if task == "verification" else len(classes) or int(labels.max()) + 1


def check_outputs(task: str, shape: tuple[Any, ...], classes: int) -> None:
    """Raise InputError unless a model's output shape (None, k) fits the task."""
    expected = TASKS[task].expected_outputs(classes)
    if len(shape) != 2 or shape[1] not in expected:
        wanted = " or ".join(f"(None, {k})" for k in expected)
        raise InputError(
            f"model: expected outputs of shape {wanted} for {task}. Received: {shape}. Change the model's last layer."
        )


def _cross_entropy(outputs: int) -> str:
    return "binary_crossentropy" if outputs == 1 else "sparse_categorical_crossentropy"


def _probabilities(outputs: Outputs) -> Outputs:
    """Return (n, classes): one sigmoid output stands for two classes."""
    return np.concatenate([1 - outputs, outputs], axis=1) if outputs.shape[1] == 1 else outputs


def _genuine(outputs: Outputs) -> NDArray[Any]:
    return outputs[:, -1]  # one sigmoid, or two softmax outputs with genuine second


def _verification_epoch(labels: NDArray[Any], outputs: Outputs) -> dict[str, float]:
    from sweep import metrics

    scores = _genuine(outputs)
    genuine, impostor = scores[labels == 1], scores[labels == 0]
    return {
        "val_accuracy": float(np.mean((scores > 0.5) == (labels == 1))),
        "val_eer": float(metrics.eer(genuine, impostor).value),
    }


def _verification(splits: Splits, attack_type: AttackType) -> dict[str, float]:
    from sweep.metrics.verification import verification

    by_name = {name: (labels, _genuine(outputs)) for name, (labels, outputs) in splits.items()}
    train_label, train_score = by_name.get("train", (None, None))
    return verification(
        *by_name["dev"],
        *by_name["test"],
        train_label=train_label,
        train_score=train_score,
        test_attack_type=attack_type,
    )


def _classification_epoch(labels: NDArray[Any], outputs: Outputs) -> dict[str, float]:
    return {"val_accuracy": float(np.mean(_probabilities(outputs).argmax(axis=1) == labels))}


def _classification(splits: Splits, _: AttackType) -> dict[str, float]:
    from sweep.metrics.classification import classification

    by_name = {name: (labels, _probabilities(outputs)) for name, (labels, outputs) in splits.items()}
    train_label, train_probability = by_name.get("train", (None, None))
    return classification(
        *by_name["dev"], *by_name["test"], train_label=train_label, train_probability=train_probability
    )


def _regression_epoch(labels: NDArray[Any], outputs: Outputs) -> dict[str, float]:
    return {"val_mae": float(np.mean(np.abs(outputs[:, 0] - labels)))}


def _regression(splits: Splits, _: AttackType) -> dict[str, float]:
    from sweep.metrics.regression import regression

    by_name = {name: (labels, outputs[:, 0]) for name, (labels, outputs) in splits.items()}
    return regression(*by_name["dev"], *by_name["test"])


TASKS = {
    "verification": Task(
        loss=_cross_entropy,
        expected_outputs=lambda classes: (1, 2),
        epoch=("val_loss", "val_accuracy", "val_eer"),
        epoch_metrics=_verification_epoch,
        metrics=_verification,
        score=lambda outputs, labels: _genuine(outputs),
        prediction=lambda outputs: None,
    ),
    "classification": Task(
        loss=_cross_entropy,
        expected_outputs=lambda classes: (1, 2) if classes == 2 else (classes,),
        epoch=("val_loss", "val_accuracy"),
        epoch_metrics=_classification_epoch,
        metrics=_classification,
        score=lambda outputs, labels: _probabilities(outputs)[np.arange(len(outputs)), labels.astype(int)],
        prediction=lambda outputs: _probabilities(outputs).argmax(axis=1).astype(float),
    ),
    "regression": Task(
        loss=lambda outputs: "mse",
        expected_outputs=lambda classes: (1,),
        epoch=("val_loss", "val_mae"),
        epoch_metrics=_regression_epoch,
        metrics=_regression,
        score=lambda outputs, labels: outputs[:, 0],
        prediction=lambda outputs: None,
    ),
}

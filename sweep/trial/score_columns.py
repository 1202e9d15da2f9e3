"""What a record keeps of a trial's scores: their digest, the metrics, and the columns of scores.parquet."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sweep.data import Split, Splits
from sweep.store.records import Record
from sweep.trial import weights
from sweep.trial.tasks import Task


def keep_scores(record: Record, splits: Splits, outputs: dict[str, Any], task: Task) -> dict[str, float]:
    """Put outputs, with their metrics, into a trial's record; return these metrics, which more may join.

    outputs: split -> (n, k); train may be left out.
    """
    record.trial["scores_sha256"] = weights.digest([outputs["dev"], outputs["test"]])
    given = {name: (split.y, outputs[name]) for name, split in splits.items() if name in outputs}
    metrics = task.metrics(given, splits.test.attack_type)
    record.trial["threshold"] = metrics.pop("eer_threshold", None)
    record.trial["metric"] = metrics
    record.scores.update(score_columns(splits, outputs, task))
    return metrics


def score_columns(splits: Splits, outputs: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """Return the columns of scores.parquet for dev and test."""
    return columns_of({"dev": splits.dev, "test": splits.test}, outputs, task)


def columns_of(splits: Mapping[str, Split], outputs: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """Return the columns of scores.parquet for some splits by name; sample columns that one lacks are unknown there."""
    known = dict.fromkeys(column for split in splits.values() for column in split.columns)
    columns: dict[str, list[Any]] = {name: [] for name in ("split", *known, "label", "score", "prediction")}
    for name, split in splits.items():
        prediction = task.prediction(outputs[name])
        columns["split"].append(np.full(len(split), name))
        for column in known:
            columns[column].append(split.columns.get(column, np.full(len(split), "")))
        columns["label"].append(np.asarray(split.y, dtype=np.float64))
        columns["score"].append(np.asarray(task.score(outputs[name], split.y), dtype=np.float64))
        columns["prediction"].append(np.full(len(split), np.nan) if prediction is None else prediction)
    return {name: np.concatenate(parts) for name, parts in columns.items()}

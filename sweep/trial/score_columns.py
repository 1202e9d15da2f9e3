"""A trial's scores as the columns of scores.parquet."""

from typing import Any

import numpy as np

from sweep.data import Splits
from sweep.trial.tasks import Task


def score_columns(splits: Splits, outputs: dict[str, Any], task: Task) -> dict[str, Any]:
    """Return the columns of scores.parquet for dev and test."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("split", *splits.test.columns, "label", "score", "prediction")
    }
    for name, split in (("dev", splits.dev), ("test", splits.test)):
        prediction = task.prediction(outputs[name])
        columns["split"].append(np.full(len(split), name))
        for column, names in split.columns.items():
            columns[column].append(names)
        columns["label"].append(np.asarray(split.y, dtype=np.float64))
        columns["score"].append(np.asarray(task.score(outputs[name], split.y), dtype=np.float64))
        columns["prediction"].append(np.full(len(split), np.nan) if prediction is None else prediction)
    return {name: np.concatenate(parts) for name, parts in columns.items()}

"""What a trial keeps of its further test sets: their size, content, scores and metrics, at the threshold of its dev."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sweep.data import Split, Splits
from sweep.metrics.elsewhere import BEFORE, of_test_alone, own_eer
from sweep.store.records import Record
from sweep.trial import weights
from sweep.trial.score_columns import columns_of
from sweep.trial.tasks import TASKS


def columns(splits: Splits, ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the columns n_test.NAME and data_id.NAME of a trial's row. ids: name -> digest of its content."""
    sizes = {f"n_test.{name}": len(split) for name, split in splits.tests.items()}
    return sizes | {f"data_id.{name}": data_id for name, data_id in ids.items()}


def keep_tests(
    record: Record,
    task: str,
    splits: Splits,
    dev: Any,
    outputs: Mapping[str, Any],
    loss: Callable[[Split, Any], float] | None = None,
) -> None:
    """Put the scores of every further test set, with their metrics, into a trial's record, beside those of its own.

    Args:
        record: with what `keep_scores` put there.
        task: of the study.
        splits: with the further test sets.
        dev: outputs of dev, (n, k).
        outputs: name -> outputs of the further test set of that name, (n, k).
        loss: (split, its outputs) -> the loss of the training; None where there is none.

    Of the task's metrics those of a test set are kept, as metric.NAME.hter, and metric.NAME.eer: the EER of the further
    test set alone, whose threshold no one knows beforehand. The digest of the outputs is scores_sha256.NAME.
    """
    for name, split in splits.tests.items():
        record.trial[f"scores_sha256.{name}"] = weights.digest([outputs[name]])
        found = _metrics(task, (splits.dev.y, dev), (split.y, outputs[name]), split.attack_type)
        if loss is not None:
            found["test_loss"] = loss(split, outputs[name])
        record.trial["metric"] |= {f"{name}.{key}": value for key, value in found.items()}
    named = {f"{BEFORE}{name}": split for name, split in splits.tests.items()}
    more = columns_of(named, {f"{BEFORE}{name}": outputs[name] for name in splits.tests}, TASKS[task])
    record.scores.update(_below(record.scores, more))


def _metrics(task: str, dev: tuple[Any, Any], test: tuple[Any, Any], attack_type: Any) -> dict[str, float]:
    kept = of_test_alone(TASKS[task].metrics({"dev": dev, "test": test}, attack_type))
    label, outputs = test
    return {"eer": own_eer(label, TASKS[task].score(outputs, label)), **kept} if task == "verification" else kept


def _below(above: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of two tables, one under the other; words that one of them lacks are unknown."""
    sizes = [len(next(iter(one.values()))) for one in (above, below)]
    return {
        name: np.concatenate([one.get(name, np.full(n, "")) for one, n in zip((above, below), sizes, strict=True)])
        for name in dict.fromkeys([*above, *below])
    }

"""The data of a stored trial as they are now, and what is otherwise in them: splits, samples, pixels or labels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data import Prepared, Split, Splits, open_prepared
from sweep.data.content_digests import row_digests
from sweep.explain.difference import Difference
from sweep.machine.folders import cache_folder
from sweep.machine.streams import stream_seeds
from sweep.metrics.elsewhere import BEFORE
from sweep.study.further_tests import takes_split_seed
from sweep.study.study import Study
from sweep.trial.data_process import DataProcess, data_key


def data_now(study: Study, seed: int, ready: dict[str, Prepared], data: DataProcess) -> Prepared:
    """Return what the data function gives today, whatever lies in the cache."""
    split = stream_seeds(seed, study.hold)["split"] if takes_split_seed(study) else 0
    key = data_key(study, split)
    if key not in ready:
        ready[key] = data.prepare(study, split)
    return ready[key]


def what_changed(study: Study, stored_id: str, now: Prepared) -> tuple[Difference, str]:
    """Return the difference between the stored data and what the data functions give now, and its cause as a sentence.

    The stored data are looked for in this node's cache; where they are gone, their digest alone can speak.
    """
    said = f"data_id {stored_id[:12]} is now {now.data_id[:12]}"
    use = " or ".join(dict.fromkeys(one.use for one in (study.data, *study.tests.values())))
    cause = f"{use} does not give the data that the stored trial used"
    try:
        before = open_prepared(cache_folder(), stored_id)
    except FileNotFoundError:
        return Difference("data", detail=said), f"{cause}; the stored data are no longer in this machine's cache."
    after = open_prepared(cache_folder(), now.data_id)
    parts, size, first = [], 0, ""
    streamed = before.stream is not None or after.stream is not None
    if streamed:
        parts.append("train hands out other batches, or the code that makes them is another")
    for name, old, new in _both(before, after):
        if name == "train" and streamed:
            continue  # a sample is all that is kept of it
        if len(old) != len(new):
            parts.append(f"{name} has {len(new)} samples instead of {len(old)}")
            continue
        for what, differs in (
            ("inputs", (row_digests(old.x) != row_digests(new.x)).any(axis=1)),
            ("labels", old.y != new.y),
            *(
                (f"labels of {output}", _rows_differ(values, new.labels.get(output)))
                for output, values in old.labels.items()
            ),
            *((column, names != new.columns.get(column, "")) for column, names in old.columns.items()),
        ):
            if np.any(differs):
                rows = np.flatnonzero(differs)
                parts.append(f"{what} of {len(rows)} of {len(old)} samples in {name}")
                size += len(rows)
                first = first or f"first: {old.sample[rows[0]]} in {name}"
    detail = "; ".join([*parts, *([first] if first else [])]) or said
    return Difference("data", size=size, detail=detail), f"{cause}."


def _both(before: Splits, after: Splits) -> list[tuple[str, Split, Split]]:
    """Return each split and further test set that both data have."""
    own = [(name, old, new) for (name, old), (_, new) in zip(before.items(), after.items(), strict=True)]
    shared = [name for name in before.tests if name in after.tests]
    return own + [(f"{BEFORE}{name}", before.tests[name], after.tests[name]) for name in shared]


def _rows_differ(old: NDArray[Any], new: NDArray[Any] | None) -> NDArray[np.bool_]:
    if new is None or old.shape != new.shape:
        return np.ones(len(old), dtype=bool)
    return np.asarray((old != new).reshape(len(old), -1).any(axis=1))

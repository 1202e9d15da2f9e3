"""What a worker is given for one trial, and what the user's own functions see of it."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sweep.store.records import Record
from sweep.study.plan import settings_of
from sweep.study.study import Study
from sweep.trial.handed_weights import WeightsDigest
from sweep.trial.journal import Journal
from sweep.trial.run import Run


@dataclass(frozen=True)
class TrialOrder:
    """Everything that a worker needs to run one trial, as plain values that travel between nodes.

    study: the configuration's study as JSON, without grid. gpus: the GPUs that Ray gave, as CUDA_VISIBLE_DEVICES
    lists them, "" for none. results: the study's results, "" where the caller stores the record. folder: where
    relative paths start. modules: where the user's modules are found. git_commit: the commit of the user's repository,
    "" if none. apart: whether a process that trains several seeds was found to give this configuration other bits.
    crashed: whether the process of an earlier attempt died. trace_epoch: an epoch (from 0) whose every step is
    recorded, for `sweep verify`.
    """

    trial_id: str
    config_id: str
    seed: int
    data_id: str
    code_id: str
    study: dict[str, Any]
    hp: dict[str, float | str]
    results: str
    folder: str
    modules: tuple[str, ...]
    git_commit: str = ""
    attempt: int = 0
    gpus: str = ""
    node: str = ""
    trace_epoch: int | None = None
    apart: bool = False
    crashed: bool = False


def first_row(order: TrialOrder) -> dict[str, Any]:
    """Return what is known of a trial before it runs: the beginning of its row in trials.parquet."""
    names = ("trial_id", "config_id", "seed", "attempt", "data_id", "code_id", "node", "hp")
    row = {name: getattr(order, name) for name in names}
    return {"study": order.study["study"], **row, "started_at": datetime.now(UTC).isoformat(timespec="milliseconds")}


@contextmanager
def run_of(
    study: Study,
    order: TrialOrder,
    record: Record,
    role: str,
    seeds: dict[str, int],
    dev: Callable[[Any], dict[str, float]],
    digests: Callable[[], WeightsDigest] | None = None,
) -> Iterator[tuple[Run, Journal]]:
    """Give the `run` of a user's function and its journal; afterwards the record has its files, as content.

    Arguments as in `sweep.trial.journal.Journal`.
    """
    stopping = study.train.early_stopping if role == "fit" else None
    journal = Journal(role, seeds, dev, digests, stopping)
    try:
        yield Run(order.trial_id, order.seed, settings_of(study), journal), journal
        record.files.update({name: file.read_bytes() for name, file in journal.files().items()})
    finally:
        journal.close()


def files_column(record: Record) -> dict[str, Any]:
    """Return the column `files` of a record: name -> sha256 as JSON; {} without files."""
    digests = {name: hashlib.sha256(file).hexdigest() for name, file in record.files.items()}
    return {"files": json.dumps(digests)} if digests else {}

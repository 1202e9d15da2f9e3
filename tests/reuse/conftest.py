"""The orders of a study, trained by one slot: seeds together where the bits allow it, and each in a fresh process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sweep.machine import process
from sweep.running import preparation, shared_run
from sweep.running.seeds_together import SeedsTogether
from sweep.store import records
from sweep.study.study import Study
from sweep.trial.order import TrialOrder
from sweep.trial.trial import run_trial

HERE = str(Path(__file__).parent)
DATA = {"use": "sweep.data:synthetic_vectors"}


@pytest.fixture
def orders_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[TrialOrder]]:
    """Return a function: (model, further keys of the study) -> the orders of five seeds."""
    monkeypatch.syspath_prepend(HERE)

    def orders(model: dict[str, Any] | str, /, **keys: Any) -> list[TrialOrder]:
        maker = {"use": f"planted_state:{model}"} if isinstance(model, str) else model
        train = {"epochs": 2, "batch_size": 16, **keys.pop("train", {})}
        study = Study.model_validate(
            {"study": "planted", "data": DATA, "model": maker, "train": train, "seeds": 5, **keys}
        )
        trials, _ = preparation.prepare(study)
        results = tmp_path / "results"
        results.mkdir(exist_ok=True)
        return [shared_run.order_of(trial, results, str(tmp_path), (HERE,)) for trial in trials]

    return orders


@pytest.fixture
def train_all() -> Callable[[list[TrialOrder]], tuple[list[records.Record], list[int]]]:
    """Return a function that trains orders by one slot: orders -> records in their order, processes that it kept."""

    def train(orders: list[TrialOrder]) -> tuple[list[records.Record], list[int]]:
        process.warm_up("sweep.trial.preload")
        slot = SeedsTogether(run_trial, orders, together=True, variables={})
        kept = []
        try:
            for order in orders:
                ended = slot.train(order)
                assert not ended.crash, ended
                kept.append(slot.pid or 0)
        finally:
            slot.end()
        found = {}
        for path, _, _ in records.parts(Path(orders[0].results)):
            record = records.read_part(path)[0]
            found[record.trial["trial_id"]] = record
        return [found[order.trial_id] for order in orders], kept

    return train


@pytest.fixture
def fresh() -> Callable[[TrialOrder], records.Record]:
    """Return a function: order -> the record of a fresh process, which is not stored."""
    from dataclasses import replace

    def run(order: TrialOrder) -> records.Record:
        process.warm_up("sweep.trial.preload")
        ended = process.call(run_trial, replace(order, results=""))
        assert ended.value is not None, ended
        return ended.value.record

    return run

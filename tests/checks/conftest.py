"""A trial of a trapped study, and the findings of its checks."""

import dataclasses
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sweep.checks.results import findings_of
from sweep.machine import process
from sweep.running import preparation, shared_run
from sweep.store import records
from sweep.study.study import Study
from sweep.trial import trial

HERE = str(Path(__file__).parent)


@pytest.fixture
def findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """Return a function that runs a study's trials: (seeds, keys) -> name of the finding -> its text."""
    monkeypatch.syspath_prepend(HERE)
    count = itertools.count()

    def run(seeds: int = 1, /, **keys: Any) -> dict[str, str]:
        study = Study.model_validate(
            {"study": "trap", "data": {"use": "trapped:vectors"}, "model": {"use": "trapped:settled"}, "seeds": seeds}
            | {"train": {"epochs": 6, "batch_size": 8, "learning_rate": 0.02}}
            | keys
        )
        folder = tmp_path / str(next(count))
        folder.mkdir()
        process.warm_up("sweep.trial.preload")
        for one in preparation.prepare(study)[0]:
            order = shared_run.order_of(one, folder, str(tmp_path), (HERE,))
            assert not process.call(trial.run_trial, order).crash
        rows = []
        for path, _, _ in records.parts(folder):
            row = records.read_part(path)[0].trial
            assert row["status"] == "ok", row["error"]
            rows.append(row | {f"check.{name}": value for name, value in row["check"].items()})
        found = findings_of(pd.DataFrame(rows), {})
        assert all(dataclasses.asdict(one)["remedy"] for one in found)
        return {one.name: str(one) for one in found}

    return run

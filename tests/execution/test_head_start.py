"""What a run starts before it knows its plan, and when it does not."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sweep.errors import ClusterError
from sweep.running import head_start as module
from sweep.running.head_start import RayAhead, head_start, import_ahead, seems_finished
from sweep.running.opening import open_study
from sweep.study.study import Study


def opened(folder: Path, seeds: int = 2) -> Any:
    """Return a study of two configurations whose results lie there."""
    study = Study.model_validate(
        {
            "study": "tiny",
            "data": {"use": "sweep.data:synthetic_vectors"},
            "model": {"use": "sweep.models:dense_net"},
            "grid": {"train.epochs": [1, 2]},
            "seeds": seeds,
            "results": str(folder),
        }
    )
    return open_study(study)


def stored(folder: Path, statuses: list[str]) -> None:
    """Write as much of a results folder as the question is about."""
    (folder / "tiny").mkdir()
    ids = [f"{at:016x}" for at in range(len(statuses))]
    (folder / "tiny" / "study.json").write_text(json.dumps({"plan": [{"trial_id": one} for one in ids]}))
    pq.write_table(pa.table({"trial_id": ids, "status": statuses}), folder / "tiny" / "trials.parquet")


@pytest.mark.parametrize(
    ("statuses", "seeds", "retry_failed", "finished"),
    [
        (["ok"] * 4, 2, False, True),
        (["ok"] * 4, 3, False, False),
        (["ok"] * 3, 2, False, False),
        (["ok", "ok", "ok", "failed"], 2, False, True),
        (["ok", "ok", "ok", "failed"], 2, True, False),
    ],
)
def test_a_study_with_all_of_its_trials_seems_finished(
    tmp_path: Path, statuses: list[str], seeds: int, retry_failed: bool, finished: bool
) -> None:
    """Further seeds, missing trials, and failures that are to run again are work; anything unreadable is, too."""
    assert not seems_finished(opened(tmp_path, seeds), retry_failed=retry_failed)
    stored(tmp_path, statuses)
    assert seems_finished(opened(tmp_path, seeds), retry_failed=retry_failed) == finished
    (tmp_path / "tiny" / "trials.parquet").write_bytes(b"torn")
    assert not seems_finished(opened(tmp_path, seeds), retry_failed=retry_failed)


def test_a_finished_study_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the fork server nor Ray; a wrong study is left to whoever can say what is wrong."""
    stored(tmp_path, ["ok"] * 4)
    monkeypatch.setattr(module.process, "warm_up", lambda *_, **__: pytest.fail("the fork server was started"))
    study = opened(tmp_path)
    with head_start(study, None, None, finished=seems_finished(study)) as ahead:
        assert ahead is None
    import_ahead(tmp_path / "absent.yaml")


@pytest.mark.ray
def test_a_ray_that_does_not_start_is_told_to_who_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of one that never came up is quiet, and after its end there is none."""

    def fails(*_: Any) -> Any:
        raise ClusterError("no room")

    monkeypatch.setattr("sweep.running.ray_session.ray_session", fails)
    ahead = RayAhead(2)
    with pytest.raises(ClusterError, match="no room"):
        ahead.session()
    ahead.end()
    assert ahead.session() is None


def test_ray_ends_before_the_thread_that_started_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel ends Ray's daemons with their thread; Ray must be told to end before, or it waits for the dead."""
    alive: list[bool] = []

    @contextmanager
    def session(address: str | None, slots: int | None) -> Iterator[str]:
        thread = threading.current_thread()
        yield "session"
        alive.append(thread.is_alive())

    monkeypatch.setattr("sweep.running.ray_session.ray_session", session)
    ahead = RayAhead(1)
    assert ahead.session() == "session"
    ahead.end()
    assert alive == [True]

"""In a process that is connected to Ray already, a study runs on that Ray and leaves it, and the process, as it was."""

import logging
import os
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sweep
from sweep.errors import InputError
from tests.driver.runs import wait_for

pytestmark = [
    pytest.mark.ray,
    # Ray's own processes and sockets, which it closes when they are collected
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def callers_ray(one_ray: None) -> Iterator[Any]:
    """Put an actor and an object into the Ray that this process is connected to, and yield both."""
    import ray

    levels = {name: logging.getLogger(name).level for name in ("ray", "ray.tune")}

    class Counter:
        def __init__(self) -> None:
            self.n = 0

        def more(self) -> int:
            self.n += 1
            return self.n

    wait_for(lambda: not _actors(), 60, "the end of earlier runs' actors")
    actor = ray.remote(Counter).options(num_cpus=0).remote()
    yield actor, ray.put("an object of the caller's")
    ray.kill(actor)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _state() -> dict[str, Any]:
    """Return what is one for all of this process."""
    loggers = [logging.getLogger(name) for name in ("", "ray", "ray.tune", "tensorflow", "absl", "matplotlib")]
    return {
        "environment": dict(os.environ),
        "folder": Path.cwd(),
        "path": list(sys.path),
        "levels": [(one.name, one.level, one.propagate, list(one.handlers)) for one in loggers],
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        "warnings": list(warnings.filters),
        "streams": (sys.stdout, sys.stderr),
        "python": random.getstate(),
        "numpy": np.random.get_state()[1].tolist(),  # type: ignore[index]  # noqa: NPY002 (the global one is meant)
        "keras": "keras" in sys.modules and sys.modules["keras"].config.floatx(),
    }


def test_a_study_runs_on_the_ray_that_is_there(
    callers_ray: Any, write_study: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The caller's actor and object outlive the run, the connection is the same, and the person is told."""
    import ray

    actor, ref = callers_ray
    there, before = ray.get_runtime_context().gcs_address, ray.get(actor.more.remote())
    logging.getLogger("ray.tune").setLevel(logging.WARNING)
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002 (the caller's own)
    was = _state()
    done = sweep.run(write_study(seeds=1), results=tmp_path, slots=1)
    assert _state() == was
    assert (done.n_run, done.n_ok) == (2, 2)
    assert ray.is_initialized()
    assert ray.get_runtime_context().gcs_address == there
    assert ray.get(actor.more.remote()) == before + 1
    assert ray.get(ref) == "an object of the caller's"
    assert f"using the Ray that this process is connected to ({there})" in capfd.readouterr().err
    trials = sweep.load(tmp_path / "tiny").trials.sort_values("started_at")
    ended = trials["started_at"].astype("datetime64[us, UTC]") + trials["seconds.total"].mul(1e6).astype(
        "timedelta64[us]"
    )
    assert ended.iloc[0] <= trials["started_at"].astype("datetime64[us, UTC]").iloc[1], "two at once, with slots=1"
    wait_for(lambda: _actors() == ["callers_ray.<locals>.Counter"], 30, "the end of the run's actors")


def test_another_address_than_the_connected_one_is_refused(
    callers_ray: Any, write_study: Callable[..., Path], tmp_path: Path
) -> None:
    """One message names both; Ray's client is refused as well, and the connection stays."""
    import ray

    there = ray.get_runtime_context().gcs_address
    with pytest.raises(InputError, match=f"is connected to, {there}, or no address. Received: 10.0.0.1:6379"):
        sweep.run(write_study(seeds=1), results=tmp_path, address="10.0.0.1:6379", progress=False)
    with pytest.raises(InputError, match="which is Ray's client"):
        sweep.run(write_study(seeds=1), results=tmp_path, address="ray://10.0.0.1:10001", progress=False)
    assert ray.is_initialized()


def test_ctrl_c_ends_the_run_and_not_the_callers_ray(
    callers_ray: Any, write_study: Callable[..., Path], tmp_path: Path
) -> None:
    """The run's actors end, though a notebook keeps its last traceback, and with it all that Tune holds."""
    import ray

    actor, _ = callers_ray
    before = ray.get(actor.more.remote())
    study = write_study(seeds=8, model={"use": "odd_models:plain", "kind": "sleeps"})

    def interrupt() -> None:
        end = time.monotonic() + 200
        while not list(tmp_path.glob("tiny/parts/*.parquet")) and time.monotonic() < end:
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)

    before_us = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl-C
    try:
        threading.Thread(target=interrupt, daemon=True).start()
        was = _state()
        with pytest.raises(KeyboardInterrupt) as kept:
            sweep.run(study, results=tmp_path, progress=False)
        assert _state() == was
    finally:
        signal.signal(signal.SIGINT, before_us)
    assert ray.get(actor.more.remote()) == before + 1
    wait_for(lambda: _actors() == ["callers_ray.<locals>.Counter"], 60, "the end of the run's actors")
    assert kept.value is not None


def _actors() -> list[str]:
    """Return the classes of the actors that are alive."""
    import ray

    states = ray._private.state.actors().values()
    return sorted(
        one["ActorClassName"] for one in states if one["State"] in ("ALIVE", "PENDING_CREATION", "RESTARTING")
    )

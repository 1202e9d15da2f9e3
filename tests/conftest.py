"""What every test of the suite shares: a cache and a drawing backend of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Before NumPy is loaded: the suite runs in two processes, whose matrix products would wait for every core. The bits
# of TensorFlow do not hang on it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from sweep.machine import process

pytest_plugins = ["tests.drawn"]

# Simulations, fuzz tests, and what runs a command in a process of its own: not in `make fast`, which takes a minute.
LONG = (
    "tests/bundle/test_documents.py",
    "tests/bundle/test_making.py",
    "tests/bundle/test_reproducing.py",
    "tests/cli/",
    "tests/data_process/",
    "tests/docs/",
    "tests/execution/test_prepare.py",
    "tests/export/",
    "tests/fuzz/",
    "tests/metrics/test_command.py",
    "tests/metrics/test_coverage.py",
    "tests/nodes/",
    "tests/object_store/",
    "tests/own_training/",
    "tests/page/",
    "tests/report/test_answers.py",
    "tests/report/test_asked_metrics.py",
    "tests/report/test_figures.py",
    "tests/report/test_files.py",
    "tests/report/test_odd_studies.py",
    "tests/report/test_own_axes.py",
    "tests/report/test_page.py",
    "tests/stats/test_attribution.py",
    "tests/stats/test_coverage.py",
    "tests/stats/test_edges.py",
    "tests/stats/test_folds.py",
    "tests/stats/test_pairs.py",
    "tests/stats/test_two_level.py",
    "tests/store/test_committed.py",
    "tests/store/test_damage.py",
    "tests/store/test_store.py",
    "tests/test_house.py",
    "tests/test_public_door.py",
    "tests/test_wheel.py",
    "tests/test_without_training.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the files above as long."""
    here = Path(__file__).parents[1]
    for item in items:
        if str(item.path.relative_to(here)).startswith(LONG):
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session", autouse=True)
def own_surroundings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the suite out of the user's cache and away from a screen, in child processes as well.

    Where a test trains, the fork server imports TensorFlow once for all of them: one that an earlier test started
    would lack it, and each trial would import it again.
    """
    chosen = {"SEEDSWEEP_CACHE": str(tmp_path_factory.mktemp("cache")), "MPLBACKEND": "Agg"}
    before = {name: os.environ.get(name) for name in chosen}
    os.environ.update(chosen)
    if any(item.get_closest_marker(name) for item in request.session.items for name in ("tensorflow", "ray")):
        process.warm_up("sweep.trial.preload")
    yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture(scope="session")
def one_ray(own_surroundings: None) -> Iterator[None]:
    """Connect this process to one Ray with two processors, for all tests that need no more than a cluster.

    What this process runs (`sweep.run`, `tests.one_ray.sweep_here`) runs there; other processes start their own.
    """
    from sweep.machine.caller_state import put_back
    from sweep.running.ray_session import ray_session

    with put_back(), ray_session(None, 2):
        yield


@pytest.fixture(autouse=True)
def no_modules_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Forget the folders and modules of a study that a test ran in this process: the next may use the same names."""
    path, modules, ours = list(sys.path), set(sys.modules), str(tmp_path_factory.getbasetemp())
    yield
    for name in set(sys.modules) - modules:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(ours):
            del sys.modules[name]
    sys.path[:] = path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Return a function: size, such as "300k" -> a folder that is a file system of that size. Unmounted afterwards."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        disk = tmp_path / f"disk-{size}"
        disk.mkdir()
        if os.geteuid() != 0 or shutil.which("mount") is None:
            pytest.skip("mounting a small file system needs root")
        words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no small file system here: {done.stderr.strip()}")
        mounted.append(disk)
        return disk

    yield mount
    for disk in mounted:
        subprocess.run(["umount", "-l", disk], check=True)

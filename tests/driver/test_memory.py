"""A trial that asks for more memory than there is: it is killed, and no other is lost."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

import sweep
from tests.driver.runs import start

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits memory, and reads it, as Linux does")
pytestmark = [pytest.mark.ray, linux]

_LIMITS = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max")  # to be written in this order


@pytest.fixture
def with_memory() -> Iterator[Callable[[int], Sequence[str]]]:
    """Return a function: bytes -> a command that runs another in a control group with no more memory than that."""
    made: list[Path] = []

    def limit(size: int) -> Sequence[str]:
        if os.geteuid() != 0:
            pytest.skip("a limit on memory by a control group needs root")
        group = _memory_groups() / f"seedsweep-test-{os.getpid()}"
        try:
            group.mkdir()
            made.append(group)
            limits = [group / name for name in _LIMITS if (group / name).exists()]
            for path in limits:
                path.write_text(str(size))
        except OSError as error:
            pytest.skip(f"no control group can be made here: {error}")
        if not limits:
            pytest.skip("the control groups here do not limit memory")
        if (group / "memory.swap.max").exists():
            (group / "memory.swap.max").write_text("0")
        return ["bash", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "-"]

    yield limit
    for group in made:
        with suppress(OSError):  # a process of a failed test may still be in it
            group.rmdir()


def _memory_groups() -> Path:
    """Return the folder of this process's control group for memory, of either version."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    mounts.sort(key=lambda mount: mount[2])  # version 1 first: where both are mounted, memory is there
    own = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    for _, where, kind, words, *_ in mounts:
        for _, names, path in own:
            if (kind == "cgroup" and "memory" in words.split(",") and "memory" in names.split(",")) or (
                kind == "cgroup2" and not names
            ):
                return Path(where) / path.lstrip("/")
    pytest.skip("no control groups are mounted here")


def _limits() -> list[str]:
    """Return the limits on memory of this process's control group, of either version."""
    try:
        group = _memory_groups()
    except pytest.skip.Exception:
        return []
    return [path.read_text().strip() for path in group.glob("memory.*") if path.name in _LIMITS]


@pytest.mark.thorough
def test_a_trial_that_runs_out_of_memory(write_study, with_memory, tmp_path):
    """It dies three times and is a failed row that says so; the trials beside it end well, each in one attempt."""
    study = write_study(seeds=3, grid={"model.kind": ["hungry", "ok"]})
    process = start(study, tmp_path, "--slots", "2", under=with_memory(4 * 2**30))
    _, err = process.communicate(timeout=600)
    assert process.returncode == 1, err
    by_kind = dict(tuple(sweep.load(tmp_path / "tiny").trials.groupby("hp.model.kind")))
    assert by_kind["ok"]["status"].tolist() == ["ok"] * 3
    hungry = by_kind["hungry"]
    assert hungry.groupby("trial_id")["attempt"].apply(list).tolist() == [[0, 1, 2]] * 3
    assert hungry["error"].str.contains("killed by signal 9 (often: out of memory)", regex=False).all()
    assert "out of memory" in err


@pytest.mark.thorough
def test_memory_that_rays_own_monitor_guards(write_study, tmp_path, monkeypatch):
    """Ray ends all slots of the node, the innocent ones too: these run again, and only what is alone in vain fails."""
    memory = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    total, free = (int(memory[name].split()[0]) * 1024 for name in ("MemTotal", "MemAvailable"))
    if free < 14 * 2**30:
        pytest.skip("needs 14 GiB of free memory, to let a trial take 8 of them")
    if any(int(text) < total for text in _limits() if text.isdigit()):
        pytest.skip("Ray takes the share of this container's memory, not of the machine's")
    monkeypatch.setenv("RAY_memory_monitor_refresh_ms", "250")
    monkeypatch.setenv("RAY_memory_usage_threshold", str((total - free + 6 * 2**30) / total))
    study = write_study(seeds=1, grid={"model.kind": ["hungry", "sleeps"]})
    process = start(study, tmp_path, "--slots", "2")
    _, err = process.communicate(timeout=600)
    assert process.returncode == 1, err
    by_kind = sweep.load(tmp_path / "tiny").trials.set_index("hp.model.kind")
    assert by_kind["status"].to_dict() == {"hungry": "failed", "sleeps": "ok"}
    assert "lost with its worker, when it ran alone, too" in by_kind["error"]["hungry"]
    assert "due to the node running low on memory" in by_kind["error"]["hungry"]
    assert "Traceback" not in err

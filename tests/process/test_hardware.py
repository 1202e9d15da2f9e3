"""How many processors a process may use: what it is bound to, and what its container allows."""

import os
from pathlib import Path

import pytest

from sweep.machine.hardware import processor_generation, usable_processors


def tree(folder: Path, told: str, files: dict[str, str]) -> tuple[Path, Path]:
    """Write control groups as Linux shows them, and return (their root, the file that tells the process's own)."""
    root = folder / "cgroup"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (folder / "told").write_text(told)
    return root, folder / "told"


@pytest.mark.parametrize(
    ("told", "files", "expected"),
    [
        ("0::/", {"cpu.max": "max 100000\n"}, 64),
        ("0::/", {"cpu.max": "200000 100000\n"}, 2),
        ("0::/", {"cpu.max": "50000 100000\n"}, 1),
        ("0::/", {"cpu.max": "350000 100000\n"}, 3),
        ("0::/a/b\n", {"a/cpu.max": "200000 100000", "a/b/cpu.max": "max 100000", "cpu.max": "max 100000"}, 2),
        ("2:cpu,cpuacct:/d\n", {"cpu/d/cpu.cfs_quota_us": "400000", "cpu/d/cpu.cfs_period_us": "100000"}, 4),
        ("2:cpu:/d\n", {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 64),
        ("3:memory:/d\n", {"memory/cpu.max": "100000 100000"}, 64),
        ("", {}, 64),
        ("0::/", {"cpu.max": "odd"}, 64),
    ],
)
def test_a_quota_is_no_more_than_whole_processors(
    told: str, files: dict[str, str], expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 64 processors; one above this group counts, too."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)), raising=False)
    assert usable_processors(*tree(tmp_path, told, files)) == expected


def test_a_mask_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `taskset` and Slurm set it; no files of control groups are there."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3, 5, 9}, raising=False)
    assert usable_processors(tmp_path, tmp_path / "none") == 3


def test_the_generation_of_a_processor(tmp_path: Path) -> None:
    """Family, model and the instruction sets that decide bits; nothing where the system does not say them."""
    told = tmp_path / "cpuinfo"
    told.write_text("cpu family\t: 25\nmodel\t\t: 17\nflags\t\t: fpu avx avx2 fma hypervisor\n\ncpu family\t: 6\n")
    assert processor_generation(told) == "family 25, model 17: avx fma avx2"
    assert processor_generation(tmp_path / "absent") == ""
    other = tmp_path / "arm"
    other.write_text("CPU implementer\t: 0x41\n")
    assert processor_generation(other) == ""

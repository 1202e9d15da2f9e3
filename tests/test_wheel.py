"""The package as a wheel: what lies in it, and what it does on each Python that is here."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built with what is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """Every file of sweep/ that git knows, the licence, and no test, page or result."""
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        meta = packed.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    done = subprocess.run(["git", "ls-files", "sweep"], capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode == 0 and done.stdout:  # not in a copy without its history
        assert set(done.stdout.split()) <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"sweep", "seedsweep"}
    assert {"sweep/py.typed", "sweep/studies/demo.yaml", "sweep/models/residual.npz"} <= names
    assert any(name.endswith("/LICENSE") for name in names)
    assert "Requires-Python: <3.14,>=3.11" in meta


def python_of(version: str) -> str | None:
    """Return a Python of a version: on the path, or one of pyenv's; None where none runs."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = [shutil.which(f"python{version}"), *sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))]
    for one in filter(None, found):  # pyenv puts words on the path that run nothing
        done = subprocess.run([one, "--version"], capture_output=True, text=True, check=False)
        if done.returncode == 0 and f" {version}." in done.stdout:
            return one
    return None


@pytest.mark.thorough
@pytest.mark.parametrize("version", PYTHONS)
def test_the_wheel_judges_scores_and_results_on_each_python(version: str, wheel: Path, tmp_path: Path) -> None:
    """Installed with its own dependencies alone, as pip finds them today: `sweep metrics` and `sweep report`."""
    python = python_of(version)
    if python is None:
        pytest.skip(f"needs Python {version}: none is on this machine")
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}

    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, capture_output=True, text=True, timeout=600, cwd=tmp_path, env=mine, check=False)

    assert ask(python, "-m", "venv", "own").returncode == 0
    own = tmp_path / "own" / "bin"
    done = ask(str(own / "pip"), "install", "--quiet", "--disable-pip-version-check", str(wheel))
    if "No matching distribution" in done.stderr or "Failed to establish a new connection" in done.stderr:
        pytest.skip(f"what the wheel needs cannot be had here: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    shutil.copytree(ROOT / "results" / "reference", tmp_path / "reference")
    rows = "".join(f"{at % 2},{(at * 37 % 50 + 20 * (at % 2)) / 70}\n" for at in range(100))
    (tmp_path / "scores.csv").write_text("label,score\n" + rows)
    metrics = ask(str(own / "sweep"), "metrics", "--dev", "scores.csv", "--test", "scores.csv")
    assert metrics.returncode == 0, metrics.stderr
    assert "HTER" in metrics.stdout
    report = ask(str(own / "sweep"), "report", "reference")
    assert report.returncode == 0, report.stderr
    assert "20 of 20 trials ok" in report.stdout
    assert (tmp_path / "reference" / "report" / "index.html").stat().st_size > 50_000
    heard = ask(str(own / "python"), "-c", "import sweep, sys; print(sweep.__file__, sys.version)")
    assert str(tmp_path) in heard.stdout
    assert f" {version}." in heard.stdout

"""An installation without the extra `run`: what reads works, and what trains says what to install."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from sweep.errors import InputError
from sweep.machine.packages import is_installed, missing_training, require

ROOT = Path(__file__).parents[1]
PROGRAM = """
import contextlib, io, json, sys
blocked, asked = json.loads(sys.argv[1]), json.loads(sys.argv[2])
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocked())
from sweep.commands.cli import main
answers = []
for words in asked:
    sys.argv = ["sweep", *words]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    answers.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(answers))
"""


def name_of(distribution: str) -> str:
    """Return the name of a distribution as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def needed() -> set[str]:
    """Return the distributions that an installation without extras brings, and those that they need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found: set[str] = set()
    left = list(project["dependencies"])
    while left:
        one = Requirement(left.pop())
        wanted = {"extra": ""} if not one.extras else {"extra": next(iter(one.extras))}
        if name_of(one.name) in found or not (one.marker is None or one.marker.evaluate(wanted)):
            continue
        found.add(name_of(one.name))
        left += metadata.requires(one.name) or []
    return found


def blocked() -> list[str]:
    """Return the modules of every other distribution that is installed here."""
    core = needed() | {"seedsweep"}
    owners = metadata.packages_distributions()
    return sorted(module for module, names in owners.items() if not core & set(map(name_of, names)))


def ask(folder: Path, *asked: list[str]) -> list[tuple[int, str, str]]:
    """Return (exit code, output, errors) of each command, in a Python that has the core alone."""
    program = [sys.executable, "-c", PROGRAM, json.dumps(blocked()), json.dumps(asked)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    answers: list[tuple[int, str, str]] = json.loads(done.stdout)
    return answers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the reference results, a file of scores and no study."""
    shutil.copytree(ROOT / "results" / "reference", tmp_path / "reference")
    rows = "".join(f"{at % 2},{(at * 37 % 50 + 20 * (at % 2)) / 70}\n" for at in range(100))
    (tmp_path / "scores.csv").write_text("label,score\n" + rows)
    return tmp_path


def test_the_core_is_without_what_trains() -> None:
    """Neither by itself nor through another package."""
    assert {"numpy", "scipy", "pandas", "typer"} <= needed()
    assert not needed() & {"ray", "tensorflow", "keras", "protobuf", "requests"}
    assert {"ray", "tensorflow", "keras", "requests"} <= set(blocked())


def test_what_reads_works_without_what_trains(folder: Path) -> None:
    """Scores, reports, comparisons, plans from results, exports, collections: exit code 0 and an answer."""
    answers = ask(
        folder,
        ["metrics", "--dev", "scores.csv", "--test", "scores.csv"],
        ["report", "reference"],
        ["compare", "reference"],
        ["plan", "reference", "--precision", "hter=0.02"],
        ["export", "reference", "--to", "csv"],
        ["studies"],
        ["schema"],
        ["--help"],
    )
    assert [(code, err.count("sweep:")) for code, _, err in answers] == [(0, 0)] * len(answers), answers
    assert all(len(out) > 50 for _, out, _ in answers)


def test_what_trains_says_what_to_install(folder: Path) -> None:
    """One message, exit code 2, and neither file nor folder is left behind."""
    before = sorted(folder.rglob("*"))
    asked = [["run", "demo"], ["plan", "demo"], ["check", "demo"], ["explain", "demo"], ["verify", "reference"]]
    for words, (code, out, err) in zip(asked, ask(folder, *asked), strict=True):
        said = [line for line in err.splitlines() if "Expected" in line]
        assert (code, out, len(said)) == (2, "", 1), (words, err)
        assert "tensorflow" in said[0].lower()
        assert said[0].endswith("Say: pip install 'seedsweep[run]'")
        assert "Traceback" not in err
    assert sorted(folder.rglob("*")) == before


def test_a_bundle_is_made_without_what_trains_and_not_reproduced(folder: Path) -> None:
    """It is refused before anything is unpacked."""
    made, refused = ask(folder, ["bundle", "reference"], ["reproduce", "reference-bundle.zip"])
    assert made[0] == 0, made
    assert tuple(refused[:2]) == (2, "")
    assert refused[2].rstrip().endswith("Say: pip install 'seedsweep[run]'")
    assert not list(folder.glob("*-reproduced"))


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    """Of several that are wanted, those that are not there."""
    require(["json", "sys"])
    with pytest.raises(InputError, match=r"Expected json and no_such_one .* no package no_such_one here. Say: pip "):
        require(["json", "no_such_one"])
    assert not is_installed("no_such_one")


def test_another_missing_module_is_not_taken_for_one_that_trains() -> None:
    """What a user's own code lacks is another fault."""
    assert missing_training(ModuleNotFoundError("x", name="other")) is None
    assert missing_training(ImportError("ray")) is None
    assert missing_training(ModuleNotFoundError("x", name="ray.tune")) is None  # Ray itself is there

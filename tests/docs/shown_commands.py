"""The commands that the pages show, and a folder with the files that they name."""

import csv
import os
import re
import runpy
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "studies").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command of a page, without its comment.

    words: after `sweep`, as a shell splits them. into: the file to which it writes, if any. shown: what the page shows
    below it, "" where nothing.
    """

    page: str
    line: str
    shown: str = ""

    @property
    def words(self) -> list[str]:
        """What follows `sweep`, and no redirection."""
        return shlex.split(self.line.partition(" > ")[0], comments=True)[1:]

    @property
    def into(self) -> str:
        """The file to which the output goes, "" for none."""
        return "".join(shlex.split(self.line, comments=True)[-1:]) if " > " in self.line else ""


def commands_of(page: Path) -> Iterator[Command]:
    """Yield each line of a block that begins with `sweep` or `$ sweep`, in the page's order."""
    for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if language not in ("", "console"):
            continue
        for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
            first, _, rest = part.partition("\n")
            name = page.relative_to(ROOT).as_posix()
            if first.startswith("$ sweep "):
                yield Command(name, _bare(first[2:]), rest.rstrip())
            elif not first.startswith("$ "):
                yield from (Command(name, _bare(line)) for line in part.splitlines() if line.startswith("sweep "))


def _bare(line: str) -> str:
    """Return a line without its comment."""
    return re.sub(r"\s+# .*", "", line).strip()


def script(page: str, name: str) -> str:
    """Return the script of a page that begins with a comment with its name."""
    for _, block in FENCE.findall((ROOT / page).read_text(encoding="utf-8")):
        if block.startswith(f"# {name}\n"):
            return block
    raise AssertionError(f"{page} has no script {name}")


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder while the block lasts."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run_script(folder: Path, page: str, name: str) -> None:
    """Run a script of a page in a folder, as `python name` would."""
    (folder / name).write_text(script(page, name), encoding="utf-8")
    with inside(folder):
        runpy.run_path(name, run_name="__main__")


def furnish(folder: Path) -> None:
    """Put into a folder what the commands name: results, score files, a table of runs."""
    for name in ("reference", "faces"):
        shutil.copytree(ROOT / "results" / "reference", folder / "results" / name)
    run_script(folder, "docs/error-rates.md", "make_scores.py")
    run_script(folder, "docs/first-hour.md", "make_faces.py")
    for name in ("dev", "test"):
        _add_column(folder / f"{name}.csv")
        shutil.copy(folder / f"{name}.csv", folder / f"{name}.txt")
        for system in "AB":
            for seed in range(5):
                place = folder / "scores" / system / f"seed{seed}"
                place.mkdir(parents=True, exist_ok=True)
                _with_noise(folder / f"{name}.csv", place / f"{name}.txt", [ord(system), seed])
    rng = np.random.default_rng(3)
    rows = [
        f"{seed},{model},{lr},{rng.normal(9, 1):.2f},{rng.normal(8, 1):.2f}"
        for seed in range(3)
        for model in ("wide", "deep")
        for lr in (0.1, 0.01)
    ]
    (folder / "runs.csv").write_text("\n".join(["seed,model,config/lr,eval/hter,eval/eer", *rows]) + "\n")


def _rows(file: Path) -> list[list[str]]:
    with file.open(newline="", encoding="utf-8") as text:
        return list(csv.reader(text))


def _add_column(file: Path) -> None:
    """Give each person of the page's scores a group."""
    head, *rows = _rows(file)
    place = head.index("subject")
    added = [[*row, ("east", "north", "south")[int(re.sub(r"\D", "", row[place])) % 3]] for row in rows]
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([[*head, "ethnicity"], *added])


def _with_noise(source: Path, into: Path, seed: list[int]) -> None:
    """Write the scores of another training: the same samples, each score a little off."""
    head, *rows = _rows(source)
    place, noise = head.index("score"), np.random.default_rng(seed).normal(0, 0.3, len(rows))
    for row, more in zip(rows, noise, strict=True):
        row[place] = f"{float(row[place]) + more:.4f}"
    with into.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([head, *rows])

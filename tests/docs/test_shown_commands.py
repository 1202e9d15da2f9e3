"""Every command that a page shows runs as it stands there, or has its reason here why it does not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.shown_commands import PAGES, ROOT, Command, commands_of, furnish, inside, run_script
from tests.one_ray import sweep_here

TUTORIAL = "docs/first-hour.md"
CLUSTER = "needs a cluster; tests/submit, tests/slurm and tests/hosts send studies to heads and hosts of their own"
TRAINS = "trains for minutes; the commands of the first hour train the same way, and are run"
OWN = "needs the reader's own files"
BUNDLED = "a study of a package and images of one's own; tests/bundle bundles such a study and reproduces it"
NOT_RUN = {
    "sweep submit faces.yaml --cluster cluster/aws.yaml --up --down": CLUSTER,
    "sweep submit faces.yaml --cluster cluster/aws.yaml --up": CLUSTER,
    "sweep submit faces.yaml --address http://127.0.0.1:8265": CLUSTER,
    "sweep submit vectors.yaml --address http://127.0.0.1:8265": CLUSTER,
    "sweep submit tiny.yaml --cluster slurm.sbatch --price 0.5": CLUSTER,
    "sweep status": CLUSTER,
    "sweep status faces": CLUSTER,
    "sweep watch faces.yaml": "serves a page until Ctrl-C; tests/report/test_live_page.py asks such a page",
    "sweep run faces.yaml --until decided": TRAINS,
    "sweep explain faces.yaml": TRAINS,
    "sweep explain demo --config model.dropout=0.5": TRAINS,
    "sweep verify results/faces": TRAINS,
    "sweep verify results/face-attack --trials 3": TRAINS,
    "sweep verify results/face-verify --trials 4": TRAINS,
    "sweep verify results/sequence --trials 10": TRAINS,
    "sweep plan faces.yaml --precision hter=0.005": TRAINS,
    "sweep explain --script train.py": OWN,
    "sweep explain --script augmented.py": OWN,
    "sweep bundle faces --modules studies": BUNDLED,
    "sweep reproduce faces-bundle.zip": BUNDLED,
    "sweep reproduce faces-bundle.zip --trust --data-root ../mine": BUNDLED,
    "sweep check mine.yaml": OWN,
    "sweep run mine.yaml": OWN,
}
EVERY = [command for page in PAGES for command in commands_of(page)]
TAUGHT = [command for command in EVERY if command.page == TUTORIAL]
RUN = [one for one in EVERY if one not in TAUGHT and one.line not in {*NOT_RUN, *(each.line for each in TAUGHT)}]
WRAPPED = ("docs/studies/transport-mode.md",)  # pages that break long lines of an answer


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the commands name."""
    folder = tmp_path_factory.mktemp("desk")
    furnish(folder)
    return folder


def test_every_reason_is_needed() -> None:
    """A command that no page shows any more stands in no list, and there are enough to mean something."""
    shown = {command.line for command in EVERY}
    assert set(NOT_RUN) <= shown
    assert not set(NOT_RUN) & {command.line for command in TAUGHT}
    assert len(shown) > 50
    assert len({command.line for command in RUN}) > 20


@pytest.mark.parametrize("command", RUN, ids=[f"{one.page[:-3].rpartition('/')[2]}: {one.line[6:50]}" for one in RUN])
def test_a_command_of_a_page_runs_and_prints_what_it_shows(command: Command, desk: Path) -> None:
    """To the letter, where the page shows an answer; "..." stands for what is left out."""
    with inside(desk):
        done = sweep_here(*command.words)
    assert done.returncode == 0, done.stdout + done.stderr
    if command.into:
        (desk / command.into).write_text(done.stdout, encoding="utf-8")
    # A terminal shows cautions below the answer, which a program finds on standard error.
    both = done.stdout + done.stderr
    assert as_shown(command, done.stdout) or as_shown(command, both), both


def as_shown(command: Command, said: str) -> bool:
    """Return whether a page shows what a command said, or nothing at all."""
    shown = command.shown
    if command.page in WRAPPED:
        shown, said = " ".join(shown.split()), " ".join(said.split())
    parts = [re.escape(part) for part in shown.split("\n...\n")]
    return not shown or re.fullmatch("\n(?:.*\n)*".join(parts), said.strip()) is not None


def test_what_is_left_out_may_be_anything_and_the_rest_nothing_else() -> None:
    """The comparison itself."""
    command = Command("docs/x.md", "sweep x", "a 1\n...\nz")
    assert as_shown(command, "a 1\nb\nc\nz\n")
    assert as_shown(command, "a 1\nz")
    assert not as_shown(command, "a 2\nb\nz")
    assert not as_shown(command, "a 1\nb\nz\nmore")


@pytest.fixture(scope="module")
def first_hour(tmp_path_factory: pytest.TempPathFactory, one_ray: None) -> Iterator[Path]:
    """A folder with the images that the tutorial makes."""
    folder = tmp_path_factory.mktemp("hour")
    run_script(folder, TUTORIAL, "make_faces.py")
    with inside(folder):
        yield folder


@pytest.mark.ray
def test_the_first_hour_goes_as_the_tutorial_says(first_hour: Path) -> None:
    """All of its commands one after the other, with one seed of one epoch: it is the way that is tried."""
    for command in TAUGHT:
        if command.words[0] == "check":
            _shorten(first_hour / "faces.yaml")
        done = sweep_here(*command.words)
        assert done.returncode == 0, (command.line, done.stdout, done.stderr)
        assert len(done.stdout) > 40, command.line
    assert (first_hour / "results" / "Faces" / "report" / "index.html").is_file()
    assert [command.words[0] for command in TAUGHT] == ["init", "check", "run", "report", "verify"]


def _shorten(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    short = re.sub(r"^seeds: .*$", "seeds: 1", text, flags=re.MULTILINE)
    short = re.sub(r"^train: .*$", "train: {epochs: 1, batch_size: 48}", short, flags=re.MULTILINE)
    assert short.count("seeds: 1") == short.count("epochs: 1,") == 1
    file.write_text(short, encoding="utf-8")


def test_the_pages_are_found() -> None:
    """README, the pages of docs/ and the five studies."""
    assert {"README.md", "docs/running.md", TUTORIAL, "docs/studies/sequence.md"} <= {
        page.relative_to(ROOT).as_posix() for page in PAGES
    }

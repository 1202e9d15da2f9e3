"""`sweep init`: a first study file, from the data that a person has."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sweep.commands.output import note, say
from sweep.errors import InputError

if TYPE_CHECKING:
    from sweep.forecast.first_study import Draft

Task = Literal["verification", "classification", "regression"]


def init(
    images: Annotated[Path | None, typer.Option(help="Folder of images: CLASS/SUBJECT/, or below train/ ...")] = None,
    vectors: Annotated[Path | None, typer.Option(help="File .npz or .csv with x, y, subject, split.")] = None,
    scores: Annotated[Path | None, typer.Option(help="File of scores: says which command judges them.")] = None,
    task: Annotated[Task | None, typer.Option(help="The task, if the data do not say it.")] = None,
    genuine: Annotated[str | None, typer.Option(help="With --images: the class that is genuine.")] = None,
    out: Annotated[Path, typer.Option(help="The study file to write.")] = Path("study.yaml"),
    yes: Annotated[bool, typer.Option("--yes", help="Write it without asking.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Look at your images, vectors or scores, and write a first study file."""
    given = [name for name, one in (("images", images), ("vectors", vectors), ("scores", scores)) if one is not None]
    if len(given) > 1:
        raise InputError(f"Expected one of --images, --vectors and --scores. Received: --{' and --'.join(given)}.")
    kind = given[0] if given else _asked_kind()
    data = images or vectors or scores or Path(_ask(f"Where are the {kind}?", ""))
    if genuine is not None and kind != "images":
        raise InputError(f"Expected --genuine with --images. Received: it with --{kind}.")
    if kind == "scores":
        if task is not None:
            raise InputError("Expected --task with --images or --vectors. Received: it with --scores.")
        _tell_of_scores(data)
        return
    draft = _draft(kind, data, task, genuine)
    for sentence in draft.seen:
        note(f"sweep: {sentence}")
    files = {out: draft.text} | {out.parent / name: text for name, text in draft.beside}
    _refuse_overwriting(files, force)
    names = " and ".join(map(str, files))
    if not yes and sys.stdin.isatty() and _ask(f"Write {names}? (yes or no)", "yes").lower() not in ("y", "yes"):
        note("sweep: nothing was written.")
        return
    _write(files, force)
    say(f"Written: {names}. Next: sweep check {out}")


def _draft(kind: str, data: Path, task: str | None, genuine: str | None) -> "Draft":
    if kind == "images":
        from sweep.forecast.first_study import draft_of_images

        return draft_of_images(data, task, genuine)
    from sweep.forecast.first_vectors import draft_of_vectors

    return draft_of_vectors(data, task)


def _tell_of_scores(file: Path) -> None:
    """Say how many scores were read, and the commands that judge them: there is nothing to train."""
    from sweep.metrics.score_file import read_scores

    found = read_scores(file)
    say(f"{file}: {found.genuine.scores.size:,} genuine and {found.impostor.scores.size:,} impostor scores.")
    say(f"They need no study. Next: sweep metrics --dev {file}")
    say("With a test set: sweep metrics --dev FILE --test FILE. The threshold comes from dev.")
    say("Scores of several seeds: sweep collect NAME --scores 'scores/seed{seed}/{split}.csv'")


def _asked_kind() -> str:
    known = ("images", "vectors", "scores")
    if not sys.stdin.isatty():
        raise InputError("Expected --images FOLDER, --vectors FILE or --scores FILE. Received: none of them.")
    word = _ask(f"What do you have? ({', '.join(known)})", "images").lower()
    if word not in known:
        raise InputError(f"Expected {', '.join(known)}. Received: {word}.")
    return word


def _ask(question: str, default: str) -> str:
    """Return the answer of the person at the terminal, or the default for an empty line."""
    note(f"{question}{f' [{default}]' if default else ''}")
    line = sys.stdin.readline()
    answer = line.strip() or default
    if not line or not answer:
        raise InputError(f"Expected an answer to: {question} Received: none. `sweep init --help` shows the options.")
    return answer


def _refuse_overwriting(files: dict[Path, str], force: bool) -> None:
    there = [str(path) for path in files if path.exists() or path.is_symlink()]
    if there and not force:
        raise InputError(
            f"Expected no file of that name. Received: {' and '.join(there)}, which is there. Name another by --out, "
            "or write over it with --force."
        )


def _write(files: dict[Path, str], force: bool) -> None:
    for path, text in files.items():
        try:
            with path.open("w" if force else "x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise InputError(f"Expected a file that can be written. Received: {path}: {error.strerror}.") from None

"""Files and folders that a study names by a keyword, such as its data: whether they are here, and how large."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweep.study import code
from sweep.study.functions import words_at
from sweep.study.study import Study

_PLAIN = re.compile(r"[\w./\\ ~@+,()=-]+|[A-Za-z]:[\w./\\ ~@+,()=-]+")  # no pattern, no address, no function
_ROLES = ("data", "model", "fit", "trial", "measure")


@dataclass(frozen=True)
class NamedFile:
    """A file or folder that a study names.

    key: of the study, such as "data.root". word: as the study says it. path: where it is looked for here.
    """

    key: str
    word: str
    path: Path

    @property
    def is_here(self) -> bool:
        """Return whether there is such a file or folder."""
        return self.path.exists()

    @property
    def is_relative(self) -> bool:
        """Return whether the word means something below the folder of the command, wherever that is."""
        plain = os.path.normpath(self.word)
        return (
            plain != "."
            and not self.word.startswith("~")
            and not Path(plain).is_absolute()
            and not plain.startswith("..")
        )


def named_here(studies: Mapping[str, Study]) -> tuple[NamedFile, ...]:
    """Return what the studies of a plan name: what is here by that name, and what has the form of a path.

    studies: config_id -> its study.
    """
    found: dict[str, NamedFile] = {}
    for study in studies.values():
        for key, keywords in _keywords(study):
            for parts, word in words_at(keywords):
                path = _path(word)
                if path is not None and word not in found:
                    found[word] = NamedFile(".".join([key, *parts]), word, path)
    return tuple(found.values())


def _keywords(study: Study) -> Iterator[tuple[str, dict[str, Any]]]:
    for role in _ROLES:
        if (used := getattr(study, role)) is not None:
            yield role, {**code.defaults(used.use), **used.keywords}
    for name, test in study.tests.items():
        yield f"tests.{name}", dict(test.keywords)
    yield "train", study.train.model_dump(mode="json", exclude={"save"})


def _path(word: str) -> Path | None:
    """Return the path that a word means, None for a word that is none."""
    try:
        path = Path(word).expanduser()
        if word.strip() and path.exists():
            return path
    except (OSError, RuntimeError, ValueError):
        return None
    return path if "/" in word and _PLAIN.fullmatch(word) else None

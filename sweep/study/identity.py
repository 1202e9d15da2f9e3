"""What of the code decides a configuration's bits: functions and the files that it names, as one id."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sweep.study import code
from sweep.study.functions import BY_CODE, functions_of
from sweep.study.named_files import named_files, words
from sweep.study.reached_code import Reached, reached
from sweep.study.study import Study


@dataclass(frozen=True)
class Identity:
    """The code of one configuration.

    code_id: 16 hexadecimal digits. parts: what it is made of, as people name it -> digest, so that a later run can say
    what changed. former: ids that older releases gave the same code.
    """

    code_id: str
    parts: dict[str, str] = field(default_factory=dict)
    former: frozenset[str] = frozenset()


class Identities:
    """Identities of a plan's configurations; every source and file is read once, as it is when it is asked for first.

    kept: a folder of this machine for digests of large files. results: the study's own folder, which is never part of
    it.
    """

    def __init__(self, kept: Path, results: Path | None = None) -> None:
        self._kept, self._results = kept, results
        self._reached = cache(reached)
        self._former = cache(former_ids)
        self._defaults = cache(code.defaults)  # parsed once for all configurations
        self._files: dict[str, dict[str, str]] = {}

    def of(self, study: Study) -> Identity:
        """Return the identity of a configuration's study.

        Raises:
            InputError: a function is not there, or a module is no Python.
        """
        named = _named(study, self._defaults)
        use = study.maker.use
        main = self._reached(use)
        others: dict[str, Reached] = {}
        for one in functions_of(study.model_dump(mode="json"), self._defaults):
            module, _, name = one.use.partition(":")
            if one.decides == "code" and one.use != use and code.find(module, name) is not None:
                others[one.use] = self._reached(one.use)
        found = self._files_of(named)
        parts = dict(main.parts)
        for other in others.values():
            parts |= other.parts
        parts |= {f"file {Path(word).name}": digest for word, digest in found.items()}
        whole: dict[str, Any] = {use: other.digest for use, other in others.items()}
        whole |= {f"file {word}": digest for word, digest in found.items()}
        digest = main.digest
        if whole:
            text = json.dumps([main.digest, whole], sort_keys=True)
            digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        former = self._former(use, main.digest) if study.trial is None else frozenset()
        return Identity(digest, parts, former)

    def _files_of(self, named: Mapping[str, Any]) -> dict[str, str]:
        key = json.dumps(named, sort_keys=True, default=str)
        if key not in self._files:
            self._files[key] = named_files(named, kept=self._kept, without=self._results)
        return self._files[key]


def words_of(study: Study) -> list[str]:
    """Return every word under a study's model, training and measure, or of their defaults: maybe a file's name."""
    return list(words(_named(study, code.defaults)))


def words_in(studies: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the words of several studies' JSON, each once, see `words_of`."""
    known = cache(code.defaults)
    used = {
        json.dumps({key: study.get(key) for key in (*BY_CODE, "train")}, sort_keys=True): study for study in studies
    }
    found: dict[str, None] = {}
    for one in used.values():
        for key in BY_CODE:
            section = one.get(key) or {}
            found |= dict.fromkeys(words({**known(section.get("use", "")), **section}))
        found |= dict.fromkeys(words(one.get("train")))
    return list(found)


def code_id(use: str) -> str:
    """Return the digest of what one function reaches, to compare machines by."""
    return reached(use).digest


def former_ids(use: str, digest: str) -> frozenset[str]:
    """Return the ids that releases before this rule gave the same code.

    They were digests of whole files: where these are as they were, the old rule gives the id; for the models that this
    package shipped a table says which old id is which digest, whatever became of their files.
    """
    table = json.loads(files("sweep.study").joinpath("former_code.json").read_text(encoding="utf-8"))
    shipped = {old for old, new in table.get(use, {}).items() if new == digest}
    return frozenset({*shipped, code.former_id(use)})


def what_changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the parts that are not the same, as people name them."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _named(study: Study, defaults: Callable[[str], Mapping[str, Any]]) -> dict[str, Any]:
    """Return the keywords of a study's functions; where the study gives none, the default that the function has."""
    parts = [part for role in BY_CODE if (part := getattr(study, role)) is not None]
    named: dict[str, Any] = {part.use: {**defaults(part.use), **part.keywords} for part in parts}
    return {**named, "train": study.train.model_dump(mode="json", exclude={"save"})}

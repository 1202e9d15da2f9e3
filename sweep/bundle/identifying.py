"""What in a bundle tells of people and machines: names of subjects and samples, hosts, paths, the user's name."""

import getpass
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from sweep.bundle.archive import Content
from sweep.bundle.facts import Facts

_PATH = re.compile(r"(?<![\w.:/<~])(?:~?/(?:[\w.@+-]+/)+[\w.@+-]+|[A-Za-z]:\\[\w.@+-]+\\[\w.@+\\-]+)")
_TEXTS = (".json", ".yaml", ".md", ".txt", ".csv", ".tex", ".cff", ".py", "README")
_ANYBODYS = ("root", "user", "ubuntu", "admin", "docker", "runner", "test")
_LONGEST = 2**26  # bytes of a text that is searched


def identifying(facts: Facts, contents: Mapping[str, Content]) -> tuple[str, ...]:
    """Return what identifies people or machines, a sentence each, with an example.

    contents: of the bundle, without data. Trained models and compiled files are not looked into.
    """
    texts = dict(_texts(contents))
    texts |= {f"results/{name}.parquet": _words(frame) for name, frame in _tables(facts).items()}
    return (*_people(facts), *_hosts(facts), *_paths(texts), *_user(texts))


def _people(facts: Facts) -> Iterator[str]:
    scores = facts.results.scores
    for column, called in (("subject", "subjects"), ("other_subject", ""), ("video", "videos"), ("sample", "samples")):
        if not called or column not in scores:
            continue
        names = scores[column].dropna().astype(str)
        names = names[names != ""]
        if len(names):
            yield (
                f"results/scores.parquet: the names of {names.nunique():,} {called}, such as {names.iloc[0]!r:.60}, as "
                "your data name them"
            )
    further = [str(name) for name in scores.columns if str(name).startswith("sample.") or str(name) == "group"]
    if further:
        yield f"results/scores.parquet: columns of your data about each sample: {', '.join(further)}"


def _hosts(facts: Facts) -> Iterator[str]:
    trials = facts.results.trials
    names = sorted({str(one) for one in trials["node"].dropna() if str(one)}) if "node" in trials else []
    if names:
        yield f"results/trials.parquet: {_many(len(names), 'machine')} by name, as {names[0]}"


def _paths(texts: Mapping[str, str]) -> Iterator[str]:
    for name, text in sorted(texts.items()):
        found = sorted({match.group() for match in _PATH.finditer(text)})
        if found:
            yield f"{name}: {_many(len(found), 'path')} of a machine, as {found[0][:100]}"


def _user(texts: Mapping[str, str]) -> Iterator[str]:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        return  # a system without one
    if len(user) < 3 or user.lower() in _ANYBODYS:
        return
    where = [name for name, text in sorted(texts.items()) if re.search(rf"\b{re.escape(user)}\b", text)]
    if where:
        yield f"your user name {user} stands in {', '.join(where[:5])}"


def _tables(facts: Facts) -> dict[str, pd.DataFrame]:
    results = facts.results
    return {"trials": results.trials, "environments": results.environments}


def _words(frame: pd.DataFrame) -> str:
    """Return every word of a table, each once in a column."""
    found = []
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            found += [str(value) for value in frame[name].dropna().astype(str).unique()]
    return "\n".join(found)


def _texts(contents: Mapping[str, Content]) -> Iterator[tuple[str, str]]:
    for name, content in contents.items():
        if not name.endswith(_TEXTS):
            continue
        if isinstance(content, Path) and content.stat().st_size > _LONGEST:
            continue
        yield name, (content if isinstance(content, bytes) else content.read_bytes()).decode(errors="replace")


def _many(n: int, word: str) -> str:
    return f"{n:,} {word}{'s' * (n != 1)}"

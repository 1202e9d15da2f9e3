"""CITATION.cff of a bundle, after the Citation File Format 1.2.0 (Druskat et al. 2021)."""

from collections.abc import Mapping
from typing import Any

import yaml

from sweep.bundle.facts import UNKNOWN, Facts
from sweep.errors import InputError


def citation(facts: Facts) -> bytes:
    """Return the file for the results as a data set; its authors are for a person to fill in."""
    said: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these results, please cite them.",
        "type": "dataset",
        "title": f"Results of the study {facts.name}",
        "authors": [{"name": UNKNOWN}],
        "keywords": ["biometrics" if facts.task == "verification" else facts.task, "reproducibility"],
    }
    if about := facts.results.study["resolved"].get("about"):
        said["abstract"] = str(about)
    if ended := facts.times[1][:10]:
        said["date-released"] = ended
    said["references"] = [
        {
            "type": "software",
            "title": "Seed Sweep",
            "authors": [{"name": "The Seed Sweep developers"}],
            **({"version": facts.versions("seedsweep")[0]} if facts.versions("seedsweep") else {}),
        }
    ]
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100).encode()


def said_in(text: bytes) -> tuple[list[dict[str, str]], str]:
    """Return authors and date of release of a CITATION.cff; an author who is still to be filled in is none.

    Raises:
        InputError: the file is no YAML with a list of authors.
    """
    try:
        found = yaml.safe_load(text)
        authors = found["authors"]
        if not all(isinstance(one, Mapping) for one in authors):
            raise TypeError("an author is no mapping")
    except (yaml.YAMLError, TypeError, KeyError, ValueError) as error:
        raise InputError(
            f"Expected CITATION.cff with a list of authors. Received: {' '.join(str(error).split())[:200]}."
        ) from None
    known = [{str(key): str(value) for key, value in one.items()} for one in authors if one.get("name") != UNKNOWN]
    return known, str(found.get("date-released") or "")


def name_of(author: Mapping[str, str]) -> str:
    """Return an author's name in one line."""
    parts = [author.get(key, "") for key in ("given-names", "name-particle", "family-names", "name-suffix")]
    return " ".join(filter(None, parts)) or author.get("name") or author.get("alias") or UNKNOWN

"""What was submitted from this machine: a line each, so that `sweep status` knows where to ask."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """A submission.

    kind: ray, kubernetes or slurm. submission_id: as the cluster calls it. address: of a Ray dashboard, "" where
    `cluster` leads to it. cluster: the cluster's file, "" for none. results: the study's folder or address of results.
    at: when, ISO 8601.
    """

    study: str
    kind: str
    submission_id: str
    address: str
    cluster: str
    results: str
    at: str


def remember(entry: Entry) -> None:
    """Write down a submission; one that is written down already is not repeated."""
    if entry.submission_id in {one.submission_id for one in entries()}:
        return
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(entry)) + "\n")


def entries() -> list[Entry]:
    """Return the submissions of this machine, newest first; a line that is no submission is left out."""
    return list(_read())[::-1]


def _read() -> Iterator[Entry]:
    file = _file()
    for line in file.read_bytes().splitlines() if file.is_file() else ():
        try:
            entry = Entry(**json.loads(line))
            if all(isinstance(value, str) for value in asdict(entry).values()):
                yield entry
        except (ValueError, TypeError, RecursionError):
            continue  # cut off by a full disk, or of another version


def _file() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "seedsweep" / "submissions.jsonl"

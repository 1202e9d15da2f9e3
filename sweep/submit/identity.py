"""Which job is which: a study in its place, and how it is to run, as short digests that a job's name can carry."""

import getpass
import hashlib
from dataclasses import dataclass
from pathlib import Path

from sweep.study.study import Study
from sweep.submit.parcel_contents import Contents

_LENGTH = 8  # hex digits: a person has few jobs of one name


@dataclass(frozen=True)
class Identity:
    """What tells a job from others of the same name.

    study: its name. place: of the person and the place of the results. wanted: of the settings and the person's code.
    """

    study: str
    place: str
    wanted: str


def identity(study: Study, going: Contents, *, retry_failed: bool) -> Identity:
    """Return the identity of a study's job.

    Args:
        study: as it is to run.
        going: the person's files that go along or are read there.
        retry_failed: whether stored failures are run again.
    """
    remote = "://" in study.results
    results = study.results if remote else str(Path(study.results).expanduser().absolute())
    files = [f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for name, path in sorted(going.files.items())]
    return Identity(
        study.study,
        _digest(getpass.getuser(), study.study, results),
        _digest(study.model_dump_json(), str(retry_failed), *files),
    )


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:_LENGTH]

"""What every kind of cluster can do, so that the commands need not know which it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sweep.study.study import Study
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.ledger import Entry

Hear = Callable[[str], None]


@dataclass(frozen=True)
class State:
    """Where a submission stands.

    name: in the cluster's words, in small letters; "gone" where it has forgotten the job. counts: trials that are
    stored there and trials of the plan, None where the cluster does not tell.
    """

    name: str
    counts: tuple[int, int] | None = None


@dataclass(frozen=True)
class Job:
    """A job as its cluster would get it.

    name: as the cluster calls it; "" where the cluster gives the name. text: what the cluster gets. listing: what goes
    along or is read there, a line each, for the person.
    """

    name: str
    text: str
    listing: tuple[str, ...] = ()


class Kind(Protocol):
    """A kind of cluster: a module of this folder, see `sweep.submit.clusters.KINDS`."""

    NAME: str
    """What a person calls its file, as "a RayJob"."""
    SIGN: str
    """By what such a file is known, as "kind: RayJob"."""

    def knows(self, file: ClusterFile) -> bool:
        """Return whether a file is of this kind."""

    def state(self, entry: Entry) -> State:
        """Return where a submission of this kind stands; ClusterError where the cluster does not answer."""


class AloneKind(Kind, Protocol):
    """A kind of cluster whose jobs go their way alone: given to a command of its own, and not followed."""

    def render(self, file: ClusterFile, study: Study, name: str, source: Path | None, *, retry_failed: bool) -> Job:
        """Return the job of a study.

        Args:
            file: the cluster's file.
            study, name, source: as it is to run, as the person calls it, and its file (None for a built-in study).
            retry_failed: whether stored failures are run again.

        Raises:
            InputError: the file or the study does not fit.
        """

    def running(self, study: Study) -> str | None:
        """Return the name of a job of this study that has not ended, None if there is none."""

    def run(self, job: Job, study: Study, hear: Hear) -> str:
        """Give a job to the cluster, say how to read its log, and return its name; ClusterError if it is refused."""

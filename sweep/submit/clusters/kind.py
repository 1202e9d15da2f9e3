"""What every kind of cluster can do, so that the commands need not know which it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sweep.study.study import Study
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.identity import Identity
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

    name: as the cluster calls it; "" where the cluster gives the name. text: what the cluster gets. identity: which job
    of which study it is. listing: what goes along or is read there, a line each, for the person. n_nodes, hours: that
    the file asks for at most, None where it does not say.
    """

    name: str
    text: str
    identity: Identity
    listing: tuple[str, ...] = ()
    n_nodes: int | None = None
    hours: float | None = None


@dataclass(frozen=True)
class Running:
    """A job that waits or runs.

    name: as the cluster calls it. wanted: the settings that it was given, see `sweep.submit.identity`.
    """

    name: str
    wanted: str


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

    def running(self, mine: Identity) -> list[Running]:
        """Return the jobs of this study in this place that have not ended, the oldest first."""

    def run(self, job: Job) -> str:
        """Give a job to the cluster and return its name; ClusterError if it is refused."""

    def end(self, name: str) -> None:
        """End a job that waits or runs, and remove what was made for it."""

    def log(self, name: str, hear: Hear) -> None:
        """Repeat a job's log, line by line, until the job has ended."""

    def how_to_read(self, name: str) -> str:
        """Return where the log of a job is, for the person."""

    def how_to_end(self, name: str) -> str:
        """Return the cluster's own command that ends a job."""

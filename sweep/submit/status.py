"""Where submitted studies stand: each cluster asked for its jobs, each folder of results for its trials."""

from dataclasses import dataclass
from pathlib import Path

from sweep.errors import ClusterError, SweepError
from sweep.submit import ledger
from sweep.submit.clusters import KINDS
from sweep.submit.clusters.kind import State
from sweep.submit.fetch import standing

_ENDED = frozenset(
    (
        *("gone", "succeeded", "failed", "stopped", "complete", "completed", "suspended", "cancelled", "timeout"),
        *("deadline", "preempted", "node_fail", "out_of_memory", "boot_fail", "revoked"),
    )
)


@dataclass(frozen=True)
class Status:
    """Where one submission stands.

    state: in the cluster's words, "gone" where it has forgotten the job, "unknown" where it could not be asked (`why`).
    n_stored, n_planned: trials, None where neither the cluster nor this machine knows. stops: whether the study stops
    by itself, as far as this machine knows: n_planned is then what it has asked for so far.
    """

    study: str
    kind: str
    submission_id: str
    state: str
    n_stored: int | None
    n_planned: int | None
    results: str
    at: str
    why: str = ""
    stops: bool = False

    @property
    def ended(self) -> bool:
        """Return whether the job has come to an end, good or bad, in the words of any kind of cluster."""
        return self.state in _ENDED


def statuses(study: str | None = None, *, everything: bool = False) -> list[Status]:
    """Return where the submissions of this machine stand, newest first.

    Args:
        study: a study's name; None for all.
        everything: all submissions of a study, in place of its last.
    """
    found: list[Status] = []
    for entry in ledger.entries():
        if study not in (None, entry.study) or (not everything and entry.study in {one.study for one in found}):
            continue
        found.append(_status(entry))
    return found


def _status(entry: ledger.Entry) -> Status:
    state, why = State("unknown"), ""
    try:
        if entry.kind not in KINDS:
            raise ClusterError(
                f"Expected a kind of cluster: {', '.join(KINDS)}. Received: {entry.kind} (another version)."
            )
        state = KINDS[entry.kind].state(entry)
    except SweepError as error:
        why = str(error)
    counts, stops = state.counts, False
    if "://" not in entry.results:
        here = standing(Path(entry.results))
        stops = here is not None and here.stops
        if here and (counts is None or here.n_ok + here.n_failed > counts[0]):
            counts = (here.n_ok + here.n_failed, here.n_planned)
    n_stored, n_planned = counts or (None, None)
    return Status(
        entry.study,
        entry.kind,
        entry.submission_id,
        state.name,
        n_stored,
        n_planned,
        entry.results,
        entry.at,
        why,
        stops,
    )

"""Where submitted studies stand: each cluster asked for its jobs, each folder of results for its trials."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sweep.errors import SweepError
from sweep.store import records
from sweep.submit import kubernetes, launcher, ledger, slurm
from sweep.submit.cluster_file import read_cluster_file
from sweep.submit.fetch import planned_there, standing
from sweep.submit.job_folder import folder_of_job
from sweep.submit.ray_jobs import Job, RayCluster
from sweep.submit.token import read_token


@dataclass(frozen=True)
class Status:
    """Where one submission stands.

    state: in the cluster's words, "gone" where it has forgotten the job, "unknown" where it could not be asked (`why`).
    n_stored, n_planned: trials, None where neither the cluster nor this machine knows.
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
    state, why, counts = "unknown", "", None
    try:
        if entry.kind == "ray":
            with _address(entry) as address:
                cluster = RayCluster(address, read_token())
                job = cluster.job(entry.submission_id)
                state = job.state if job else "gone"
                counts = _counts_there(cluster, job, entry.study) if job else None
        else:
            state = (kubernetes if entry.kind == "kubernetes" else slurm).state(entry.submission_id)
    except SweepError as error:
        why = str(error)
    if "://" not in entry.results:
        here = standing(Path(entry.results))
        if here and (counts is None or here.n_ok + here.n_failed > counts[0]):
            counts = (here.n_ok + here.n_failed, here.n_planned)
    n_stored, n_planned = counts or (None, None)
    return Status(
        entry.study, entry.kind, entry.submission_id, state, n_stored, n_planned, entry.results, entry.at, why
    )


@contextmanager
def _address(entry: ledger.Entry) -> Iterator[str]:
    if entry.address:
        yield entry.address
        return
    with launcher.tunnel(read_cluster_file(Path(entry.cluster))) as address:
        yield address


def _counts_there(cluster: RayCluster, job: Job, study: str) -> tuple[int, int] | None:
    """Return stored and planned trials of a job's folder on the head, None while it has none."""
    there = folder_of_job(job.metadata["key"], study)
    offered = cluster.files(job, f"{there}/**/*")
    plan = planned_there(cluster, job, there, offered)
    if plan is None:
        return None
    names = (records.PART_NAME.match(name.rpartition("/")[2]) for name in offered)
    return len({name["trial_id"] for name in names if name} & plan), len(plan)

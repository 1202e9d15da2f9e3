"""A cluster of Ray, by its dashboard's address or by the launcher's file: the study is a job that is followed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sweep.store import records
from sweep.study.study import Study
from sweep.submit import launcher
from sweep.submit.cluster_file import ClusterFile, read_cluster_file
from sweep.submit.clusters.kind import Hear, State
from sweep.submit.job_folder import folder_of_job
from sweep.submit.ledger import Entry
from sweep.submit.token import Token, read_token

if TYPE_CHECKING:
    from sweep.submit.ray_jobs import Job, RayCluster
    from sweep.submit.submission import Submission

NAME, SIGN = "a launcher file", "cluster_name, provider"


def knows(file: ClusterFile) -> bool:
    """Return whether a file is one of Ray's cluster launcher."""
    return "cluster_name" in file.document and "provider" in file.document


def run(
    file: ClusterFile | None,
    address: str,
    study: Study,
    source: Path | None,
    token: Token,
    hear: Hear,
    foretold: Sequence[str] = (),
    *,
    retry_failed: bool = False,
    detach: bool = False,
) -> "Submission":
    """Run a study on a cluster, and return what became of it, see `sweep.submit.submission.submit`.

    Args:
        file: the launcher's, None where `address` leads to the cluster.
        address: of a dashboard, "" where `file` leads to the cluster.
        study, source: as it is to run, and its file (None for a built-in study).
        token: what the cluster asks for.
        hear: called with every line for the person.
        foretold: lines that are said before a job is submitted.
        retry_failed: whether stored failures are run again.
        detach: return when the job is there.

    Raises:
        InputError: the study cannot be sent as it is, or the token is wrong.
        ClusterError: there is no cluster, or it was lost.
    """
    from sweep.submit import submission
    from sweep.submit.ray_jobs import RayCluster

    with _reached(file, address) as at:
        cluster = RayCluster(at, token)
        if cluster.asks_no_token:
            hear(f"{cluster.address} asks for no token: everybody who can reach it can run code there")
        path = None if file is None else file.path
        return submission.submit(
            study,
            source,
            cluster,
            token,
            hear=hear,
            foretold=foretold,
            cluster_file=path,
            retry_failed=retry_failed,
            detach=detach,
        )


def n_nodes(file: ClusterFile) -> int | None:
    """Return how many nodes a launcher file may have at once, its head among them."""
    provider = file.document.get("provider") or {}
    workers = provider.get("worker_ips") if provider.get("type") == "local" else file.document.get("max_workers")
    if isinstance(workers, list):
        return 1 + len(workers)
    return 1 + workers if isinstance(workers, int) else None


def listing(study: Study, source: Path | None) -> tuple[str, ...]:
    """Return what would be sent, a line each; InputError as for `run`."""
    from sweep.submit.parcel import pack

    parcel = pack(study, source)
    return (f"a submission would send {parcel}:", *parcel.listing)


def state(entry: Entry) -> State:
    """Return where a job stands, with the trials that lie in its folder on the head."""
    from sweep.submit.ray_jobs import RayCluster

    file = None if entry.address else read_cluster_file(Path(entry.cluster))
    with _reached(file, entry.address) as address:
        cluster = RayCluster(address, read_token())
        job = cluster.job(entry.submission_id)
        return State(job.state, _counts_there(cluster, job, entry.study)) if job else State("gone")


@contextmanager
def _reached(file: ClusterFile | None, address: str) -> Iterator[str]:
    if file is None:
        yield address
        return
    with launcher.tunnel(file) as at:
        yield at


def _counts_there(cluster: "RayCluster", job: "Job", study: str) -> tuple[int, int] | None:
    """Return stored and planned trials of a job's folder on the head, None while it has none."""
    from sweep.submit.fetch import planned_there

    there = folder_of_job(job.metadata["key"], study)
    offered = cluster.files(job, f"{there}/**/*")
    plan = planned_there(cluster, job, there, offered)
    if plan is None:
        return None
    names = (records.PART_NAME.match(name.rpartition("/")[2]) for name in offered)
    return len({name["trial_id"] for name in names if name} & plan), len(plan)

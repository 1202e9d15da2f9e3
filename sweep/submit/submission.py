"""A study as a job of a Ray cluster: sent once, followed to its end, its records brought home."""

import hashlib
import re
import shlex
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sweep.errors import ClusterError
from sweep.study.study import Study
from sweep.submit import ledger
from sweep.submit.fetch import Standing, fetch, standing
from sweep.submit.identity import identity
from sweep.submit.parcel import pack
from sweep.submit.ray_jobs import Job, RayCluster
from sweep.submit.stored_ids import stored_trials
from sweep.submit.token import Token

_POLL_SECONDS = 1.0
_FETCH_SECONDS = 30.0  # between looks for new records, so that a head that is lost takes little with it
_PATIENCE_SECONDS = 120.0  # how long a broken tunnel is waited for

# What Ray writes into every job's log before the job does.
_OF_RAY = re.compile(r"\sINFO job_manager\.py:|^Running entrypoint for job ")

Hear = Callable[[str], None]


@dataclass(frozen=True)
class Submission:
    """What became of a study that was submitted.

    state: pending, running, stopped, succeeded or failed. exit_code: of the job, None before its end. folder: where the
    results are here, None where they lie in an object store. standing: of the results here, None if nothing came yet.
    """

    submission_id: str
    state: str
    exit_code: int | None
    folder: Path | None
    standing: Standing | None


def submit(
    study: Study,
    source: Path | None,
    cluster: RayCluster,
    token: Token,
    *,
    hear: Hear,
    foretold: Sequence[str] = (),
    cluster_file: Path | None = None,
    retry_failed: bool = False,
    detach: bool = False,
) -> Submission:
    """Run a study on a cluster and return what became of it.

    A job of the same study that still runs is followed in place of a second one; one with other settings is waited for.

    Args:
        study: as it is to run; `results` is a folder here, or an address such as s3://bucket/prefix.
        source: the study's file, None for a built-in study.
        cluster, token: where, and the token's file, which is not sent.
        hear: called with every line for the person: of ours and of the job's log.
        foretold: lines that are said before a job is submitted.
        cluster_file: the launcher's, whose nodes may start from zero, and which leads to the cluster again.
        retry_failed: whether stored failures are run again.
        detach: return when the job is there.

    Raises:
        InputError: the study cannot be sent as it is.
        ClusterError: the cluster is lost, or runs other settings of this study and `detach` does not let us wait.
    """
    folder = None if "://" in study.results else Path(study.results).expanduser().absolute() / study.study
    never = () if token.file is None else (token.file,)
    parcel = pack(study, source, stored=stored_trials(folder) if folder else (), never=never)
    key = _key(study, folder)
    wanted = identity(study, parcel.going, retry_failed=retry_failed).wanted
    while (job := _running(cluster, key)) and job.metadata["wanted"] != wanted:
        if detach:
            raise ClusterError(
                f"Expected no job of this study with other settings. Received: {job.submission_id}, which runs. "
                f"Wait for it, without --detach, or end it: `ray job stop {job.submission_id}`."
            )
        hear(f"{job.submission_id} runs this study with other settings; waiting for its end")
        _follow(cluster, job, study, folder, hear)
    if job:
        hear(f"{job.submission_id} runs this study already; following it")
    else:
        for line in (*foretold, f"sending {parcel}:", *parcel.listing):
            hear(line)
        words = ["python", "-m", "sweep.submit.job", parcel.study_file, "--key", key]
        words += ["--results", study.results] if folder is None else []
        words += ["--retry-failed"] if retry_failed else []
        words += ["--wait-for-node"] if cluster_file else []
        submission_id = f"seedsweep-{study.study}-{_number(cluster, key, wanted)}"
        metadata = {"seedsweep": "1", "study": study.study, "key": key, "wanted": wanted}
        if cluster.submit(parcel, shlex.join(words), submission_id, metadata):
            hear(f"submitted {submission_id} to {cluster.address}")
        else:
            hear(f"{submission_id} was submitted by another command just now; following it")
        job = _known(cluster, submission_id)
    ledger.remember(
        ledger.Entry(
            study=study.study,
            kind="ray",
            submission_id=job.submission_id,
            address="" if cluster_file else cluster.address,
            cluster=str(cluster_file or ""),
            results=str(folder or study.results),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    )
    if not detach:
        job = _follow(cluster, job, study, folder, hear)
    return Submission(job.submission_id, job.state, job.exit_code, folder, standing(folder) if folder else None)


def _key(study: Study, folder: Path | None) -> str:
    """Return what tells this person's study from another's of the same name."""
    where = f"{socket.gethostname()} {folder}" if folder else study.results
    return f"{study.study}-{hashlib.sha256(where.encode()).hexdigest()[:8]}"


def _number(cluster: RayCluster, key: str, wanted: str) -> str:
    """Return what tells a job from earlier ones of the study: commands given at once find the same."""
    n_before = sum(job.metadata.get("key") == key for job in cluster.jobs())
    return hashlib.sha256(f"{key} {wanted} {n_before}".encode()).hexdigest()[:8]


def _running(cluster: RayCluster, key: str) -> Job | None:
    return next((job for job in cluster.jobs() if not job.ended and job.metadata.get("key") == key), None)


def _known(cluster: RayCluster, submission_id: str) -> Job:
    job = cluster.job(submission_id)
    if job is None:
        raise ClusterError(
            f"Expected job {submission_id} at {cluster.address}. Received: no such job; was the cluster started anew? "
            "Give the same command again: what was fetched is not run again."
        )
    return job


def _follow(cluster: RayCluster, job: Job, study: Study, folder: Path | None, hear: Hear) -> Job:
    """Repeat the job's log line by line, bring its records home, and return it when it has ended."""
    heard, fetched, answered = 0, time.monotonic(), time.monotonic()
    while True:
        try:
            job = _known(cluster, job.submission_id)
            log = cluster.log(job)
            whole = log if job.ended else log[: log.rfind("\n") + 1]
            for line in whole[heard:].splitlines():
                if line.strip() and not _OF_RAY.search(line):
                    hear(line.removeprefix("sweep: "))
            heard = len(whole)
            if folder and job.node and (job.ended or time.monotonic() - fetched > _FETCH_SECONDS):
                fetch(cluster, job, study, folder)
                fetched = time.monotonic()
            if job.ended:
                return job
            answered = time.monotonic()
        except ClusterError:
            if time.monotonic() - answered > _PATIENCE_SECONDS:
                raise
        time.sleep(_POLL_SECONDS)

"""A study as a job that goes its way alone: given to its cluster once, and written down."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sweep.errors import ClusterError
from sweep.study.study import Study
from sweep.submit import ledger
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.clusters import ALONE
from sweep.submit.clusters.kind import Hear, Job


def submit(kind: str, file: ClusterFile, study: Study, job: Job, hear: Hear, foretold: Sequence[str] = ()) -> Job:
    """Give a rendered job to its cluster and return it with its name; the same job is not submitted twice.

    kind: a key of `sweep.submit.clusters.ALONE`. foretold: what is said before a job is given to the cluster.

    Raises:
        ClusterError: the cluster's command is not here, it refused, or a job of this study has other settings.
    """
    cluster = ALONE[kind]
    there = cluster.running(job.identity)
    name = next((one.name for one in there if one.wanted == job.identity.wanted), "")
    if name:
        hear(f"{name} runs this study already; it goes on")
    elif there:
        raise ClusterError(
            f"Expected no job of this study with other settings or other code. Received: {there[0].name}, which waits "
            f"or runs. Wait for its end, or end it: `{cluster.how_to_end(there[0].name)}`."
        )
    else:
        for line in (*foretold, *job.listing):
            hear(line)
        name = cluster.run(job)
        hear(f"submitted job {name}; its log: {cluster.how_to_read(name)}")
    ledger.remember(
        ledger.Entry(
            study=study.study,
            kind=kind,
            submission_id=name,
            address="",
            cluster=str(file.path),
            results=study.results if "://" in study.results else str(Path(study.results).absolute() / study.study),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    )
    return replace(job, name=name)


def end(kind: str, job: Job, hear: Hear) -> None:
    """End all jobs of a study in its place, whatever their settings, and say which."""
    found = ALONE[kind].running(job.identity)
    for one in found:
        ALONE[kind].end(one.name)
        hear(f"ended {one.name}; what is stored stays")
    if not found:
        hear("no job of this study waits or runs")


def follow(kind: str, job: Job, hear: Hear) -> str:
    """Repeat the log of a job until it has ended, and return its state in the cluster's words."""
    ALONE[kind].log(job.name, hear)
    return ALONE[kind].state(ledger.Entry("", kind, job.name, "", "", "", "")).name

"""A study as a job that goes its way alone: given to its cluster once, and written down."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sweep.study.study import Study
from sweep.submit import ledger
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.clusters import ALONE
from sweep.submit.clusters.kind import Hear, Job


def submit(kind: str, file: ClusterFile, study: Study, job: Job, hear: Hear) -> Job:
    """Give a rendered job to its cluster and return it with its name; one of the same study that runs is left alone.

    kind: a key of `sweep.submit.clusters.ALONE`.

    Raises:
        ClusterError: the cluster's command is not here, or it refused.
    """
    name = ALONE[kind].running(study)
    if name:
        hear(f"{name} runs this study already; it goes on")
    else:
        for line in job.listing:
            hear(line)
        name = ALONE[kind].run(job, study, hear)
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

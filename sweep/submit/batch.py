"""A study as a batch job: a RayJob that kubectl applies, or a script that sbatch takes; each goes its way alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sweep.study import Study
from sweep.submit import kubernetes, ledger, slurm
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.parcel import pack


@dataclass(frozen=True)
class Batch:
    """What was rendered or submitted.

    name: of the job, as its cluster calls it; "" for a script that was only rendered. text: what the cluster gets.
    """

    name: str
    text: str


def render(file: ClusterFile, study: Study, name: str, source: Path | None, *, retry_failed: bool) -> Batch:
    """Return what the cluster would get for a study.

    Args:
        file: a RayJob or a batch script.
        study, name, source: as it is to run, as the person calls it, and its file (None for a built-in study).
        retry_failed: whether stored failures are run again.

    Raises:
        InputError: the file or the study does not fit.
    """
    if file.kind == "kubernetes":
        job, text = kubernetes.render(file, study, pack(study, source), retry_failed=retry_failed)
        return Batch(job, text)
    words = [name, "--seeds", str(study.seeds)] if isinstance(study.seeds, int) else [name]
    words += ["--results", study.results, *(["--retry-failed"] if retry_failed else [])]
    return Batch("", slurm.render(file, words))


def submit(file: ClusterFile, study: Study, batch: Batch, hear: Callable[[str], None]) -> Batch:
    """Give a rendered job to its cluster and return it with its name; one of the same study that runs is left alone.

    Raises:
        ClusterError: no kubectl or sbatch here, or it refused.
    """
    cluster = kubernetes if file.kind == "kubernetes" else slurm
    name = cluster.running(study)
    if name:
        hear(f"{name} runs this study already; it goes on")
    elif file.kind == "kubernetes":
        kubernetes.apply(batch.text)
        name = batch.name
        hear(f"submitted {name}; its log: kubectl logs -f job/{name}")
    else:
        name = slurm.sbatch(batch.text, study)
        hear(f"submitted job {name}; its log: seedsweep-{name}.log")
    ledger.remember(
        ledger.Entry(
            study=study.study,
            kind=file.kind,
            submission_id=name,
            address="",
            cluster=str(file.path),
            results=study.results if "://" in study.results else str(Path(study.results).absolute() / study.study),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    )
    return Batch(name, batch.text)

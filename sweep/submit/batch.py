"""A study as a batch job: a RayJob that kubectl applies, or a script that sbatch takes; each goes its way alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sweep.study.study import Study
from sweep.submit import kubernetes, ledger, slurm
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.contents import contents
from sweep.submit.parcel import pack, size


@dataclass(frozen=True)
class Batch:
    """What was rendered or submitted.

    name: of the job, as its cluster calls it; "" for a script that was only rendered. text: what the cluster gets.
    listing: what goes along or is read there, a line each, for the person.
    """

    name: str
    text: str
    listing: tuple[str, ...] = ()


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
        parcel = pack(study, source)
        job, text = kubernetes.render(file, study, parcel, retry_failed=retry_failed)
        return Batch(job, text, (f"to the ConfigMap {job}, {parcel}:", *parcel.listing))
    words = [name, "--seeds", str(study.seeds)] if isinstance(study.seeds, int) else [name]
    words += ["--results", study.results, *(["--retry-failed"] if retry_failed else [])]
    text = slurm.render(file, words)
    going = contents(study, source)
    listing = [
        f"to sbatch the script {file.path.name} alone, {size(len(text.encode()))}; no file is sent. The nodes read:"
    ]
    listing += [f"  {path}  {size(path.stat().st_size)}  {going.why[name]}" for name, path in going.files.items()]
    listing += [] if source is None else [f"  {source}  {size(source.stat().st_size)}  the study"]
    return Batch("", text, (*listing, *going.notes))


def submit(file: ClusterFile, study: Study, batch: Batch, hear: Callable[[str], None]) -> Batch:
    """Give a rendered job to its cluster and return it with its name; one of the same study that runs is left alone.

    Raises:
        ClusterError: no kubectl or sbatch here, or it refused.
    """
    cluster = kubernetes if file.kind == "kubernetes" else slurm
    name = cluster.running(study)
    if name:
        hear(f"{name} runs this study already; it goes on")
    else:
        name = _given(file, study, batch, hear)
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
    return Batch(name, batch.text, batch.listing)


def _given(file: ClusterFile, study: Study, batch: Batch, hear: Callable[[str], None]) -> str:
    """Say what goes to the cluster, give it to it, and return the job's name."""
    for line in batch.listing:
        hear(line)
    if file.kind == "kubernetes":
        kubernetes.apply(batch.text)
        hear(f"submitted {batch.name}; its log: kubectl logs -f job/{batch.name}")
        return batch.name
    name = slurm.sbatch(batch.text, study)
    hear(f"submitted job {name}; its log: seedsweep-{name}.log")
    return name

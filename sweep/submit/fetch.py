"""The records of a job brought home: each file under parts/ that this machine lacks, and the plan."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sweep.errors import ClusterError
from sweep.store import kept_files, records, saved_models, store
from sweep.store.places import replace_file
from sweep.study.study import Study
from sweep.submit.job_folder import folder_of_job
from sweep.submit.ray_jobs import Job, RayCluster


@dataclass(frozen=True)
class Standing:
    """Where a study stands: trials of its plan, and those of them that are stored as ok or as failed.

    stops: whether it stops by itself; n_planned is then what it has asked for so far.
    """

    n_planned: int
    n_ok: int
    n_failed: int
    stops: bool = False


def fetch(cluster: RayCluster, job: Job, study: Study, folder: Path) -> int:
    """Bring the records of a job that a folder of results lacks, and return how many came.

    They come while the job runs too; `study.json` and the tables are brought up to date each time.
    """
    there = folder_of_job(job.metadata["key"], study.study)
    offered = cluster.files(job, f"{there}/**/*")
    parts = folder / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    planned = f"{there}/study.json" in offered
    if planned:  # first, so that records stand beside their plan even where the job is lost in the middle
        document = json.loads(cluster.read(job, f"{there}/study.json"))
        document["resolved"]["results"] = study.results  # its own, not the folder on the head
        store.write_study(folder, document)
    have = {path.name for path in parts.iterdir()}
    known = {(trial, attempt) for trial, attempt in zip(*_compacted(folder), strict=True)}
    came = 0
    for name in offered:
        file = name.rpartition("/")[2]
        match = records.PART_NAME.match(file)
        if match is None or file in have or (match["trial_id"], int(match["attempt"])) in known:
            continue
        model = f"{there}/{saved_models.FOLDER}/{saved_models.file_of(match['trial_id'])}"
        if model in offered:  # before its record, as where it was trained
            saved_models.keep_model(folder, match["trial_id"], [cluster.read(job, model)])
        kept = f"{there}/{kept_files.FOLDER}/{match['trial_id']}/"
        files = {one.removeprefix(kept): cluster.read(job, one) for one in offered if one.startswith(kept)}
        kept_files.keep_files(folder, match["trial_id"], files)
        content = _whole_record(cluster, job, name)
        replace_file(parts / file, lambda out, content=content: out.write(content))
        came += 1
    if planned:
        store.compact(folder)
    return came


def _whole_record(cluster: RayCluster, job: Job, name: str) -> bytes:
    """Return a record that can be read to its end; a copy that was cut off is fetched again.

    Raises:
        ClusterError: it was cut off twice.
    """
    for _ in range(2):
        content = cluster.read(job, name)
        try:
            with pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True) as file:
                file.read(use_threads=False)
        except (pa.ArrowException, OSError, ValueError):
            continue
        return content
    raise ClusterError(
        f"Expected a whole record. Received: {len(content)} bytes of {name}, which cannot be read. Give the same "
        "command again: it fetches what this machine lacks."
    )


def standing(folder: Path) -> Standing | None:
    """Return where the study in a folder of results stands; None where there is none."""
    if not (folder / "study.json").is_file():
        return None
    study = store.read_study(folder)
    plan = {one["trial_id"] for one in study["plan"]}
    status = [state for trial, state in store.finished(folder).items() if trial in plan]
    return Standing(len(plan), status.count("ok"), status.count("failed"), bool(study["resolved"].get("stop")))


def planned_there(cluster: RayCluster, job: Job, there: str, offered: Sequence[str]) -> set[str] | None:
    """Return the trials of the plan that lies in a job's folder, None where there is none yet."""
    if f"{there}/study.json" not in offered:
        return None
    return {one["trial_id"] for one in json.loads(cluster.read(job, f"{there}/study.json"))["plan"]}


def _compacted(folder: Path) -> tuple[list[str], list[int]]:
    """Return the trials and attempts that the tables have, whose records may be gone."""
    rows = store.trials(folder)
    return rows["trial_id"].tolist(), [int(one) for one in rows["attempt"]]

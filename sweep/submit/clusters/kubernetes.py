"""A study as a RayJob of KubeRay: the person's file with name, command and parcel filled in, given to kubectl."""

import base64
import hashlib
import json
import re
import shlex
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from sweep.errors import ClusterError, InputError
from sweep.study.study import Study
from sweep.submit.cluster_command import answer
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.clusters.kind import Hear, Job, Running, State
from sweep.submit.identity import Identity, identity
from sweep.submit.ledger import Entry
from sweep.submit.parcel import Parcel, pack

NAME, SIGN = "a RayJob", "kind: RayJob"
LABEL = "seedsweep-study"
_MOST = 1000 * 2**10  # bytes; the data of a ConfigMap may be 1 MiB, counted before base64 (ValidateConfigMap)
_POLL_SECONDS = 5.0
_MOUNT = "/seedsweep"  # where every pod finds the parcel


def knows(file: ClusterFile) -> bool:
    """Return whether a file is a RayJob of KubeRay."""
    version = str(file.document.get("apiVersion", ""))
    return file.document.get("kind") == "RayJob" and version.startswith("ray.io/")


def render(file: ClusterFile, study: Study, name: str, source: Path | None, *, retry_failed: bool) -> Job:
    """Return the job: the YAML of the RayJob and of the ConfigMap that holds the parcel.

    Raises:
        InputError: results that would go with the pods, or more code than a ConfigMap holds.
    """
    if "://" not in study.results and not PurePosixPath(study.results).is_absolute():
        raise InputError(
            "Expected results that outlive the pods: s3://bucket/prefix, or the absolute path of a volume on every "
            f"pod. Received: {study.results}. Name them with --results."
        )
    parcel = pack(study, source)
    if len(parcel.content) > _MOST:
        raise InputError(
            f"Expected at most {_MOST // 2**10} kB of packed code for a ConfigMap. Received: {parcel}. "
            "Put the code into the image, and name its functions from there."
        )
    mine = identity(study, parcel.going, retry_failed=retry_failed)
    job_name = _job_name(mine, 1)
    objects = _objects(file, study, mine, parcel, job_name, retry_failed=retry_failed)
    groups = objects[1]["spec"]["rayClusterSpec"].get("workerGroupSpecs", ())
    seconds = objects[1]["spec"].get("activeDeadlineSeconds")
    return Job(
        job_name,
        yaml.safe_dump_all(objects, sort_keys=False),
        mine,
        (f"to the ConfigMap {job_name}, {parcel}:", *parcel.listing),
        1 + sum(int(group.get("maxReplicas", group.get("replicas", 1))) for group in groups),
        None if seconds is None else float(seconds) / 3600,
    )


def _objects(
    file: ClusterFile, study: Study, mine: Identity, parcel: Parcel, name: str, *, retry_failed: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the ConfigMap that holds the parcel, and the RayJob whose pods mount it."""
    words = ["python", "-m", "sweep.submit.job", parcel.study_file, "--key", f"{study.study}-{mine.place}"]
    words += ["--results", study.results, "--wait-for-node"]
    words += ["--retry-failed"] if retry_failed else []
    labels = {LABEL: label_of(study), f"{LABEL}-place": mine.place, f"{LABEL}-settings": mine.wanted}
    job = json.loads(json.dumps(file.document))  # takes the anchors of YAML apart: each pod gets lists of its own
    job["metadata"] = {**job.get("metadata", {}), "name": name}
    job["metadata"]["labels"] = {**job["metadata"].get("labels", {}), **labels}
    job["spec"]["entrypoint"] = shlex.join(words)
    job["spec"]["runtimeEnvYAML"] = yaml.safe_dump({"working_dir": f"file://{_MOUNT}/parcel.zip"})
    cluster = job["spec"]["rayClusterSpec"]
    for group in (cluster["headGroupSpec"], *cluster.get("workerGroupSpecs", ())):
        pod = group["template"]["spec"]
        pod.setdefault("volumes", []).append({"name": "seedsweep-parcel", "configMap": {"name": name}})
        pod["containers"][0].setdefault("volumeMounts", []).append(
            {"name": "seedsweep-parcel", "mountPath": _MOUNT, "readOnly": True}
        )
    parcel_map = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "labels": labels},
        "binaryData": {"parcel.zip": base64.b64encode(parcel.content).decode()},
    }
    return parcel_map, job


def running(mine: Identity) -> list[Running]:
    """Return the RayJobs of this study in this place that have not ended."""
    return [
        Running(one["metadata"]["name"], one["metadata"]["labels"].get(f"{LABEL}-settings", ""))
        for one in _jobs(mine)
        if not _ended(one)
    ]


def run(job: Job) -> str:
    """Give RayJob and ConfigMap to kubectl, and return the name; the same that another command made at once is kept.

    The name is made of the study and its settings, so that two commands at once make one job. The ConfigMap belongs to
    the RayJob: Kubernetes removes it with the job.
    """
    past = [_count(one["metadata"]["name"]) for one in _jobs(job.identity, job.identity.wanted)]
    name = _job_name(job.identity, max(past, default=0) + 1)
    parcel_map, ray_job = yaml.safe_load_all(job.text.replace(job.name, name))
    try:
        made = json.loads(_kubectl("create", "-f", "-", "-o", "json", given=json.dumps(ray_job)))
    except ClusterError as error:
        if "AlreadyExists" in str(error):
            return name
        raise
    owner = {"apiVersion": made["apiVersion"], "kind": "RayJob", "name": name, "uid": made["metadata"]["uid"]}
    parcel_map["metadata"]["ownerReferences"] = [owner]
    try:
        _kubectl("create", "-f", "-", given=json.dumps(parcel_map))
    except ClusterError:
        end(name)
        raise
    return name


def end(name: str) -> None:
    """Delete a RayJob; its cluster and its ConfigMap go with it."""
    _kubectl("delete", "rayjob", name, "--ignore-not-found")


def how_to_read(name: str) -> str:
    """Return the command that shows the log of a job."""
    return f"kubectl logs -f job/{name}"


def how_to_end(name: str) -> str:
    """Return the command that ends a job."""
    return f"kubectl delete rayjob {name}"


def log(name: str, hear: Hear) -> None:
    """Repeat the log of a job until it has ended; KubeRay makes the pod that writes it when its cluster is there."""
    heard = 0
    while True:
        found = _job(name)
        ended = found is None or _ended(found)
        try:
            whole = _kubectl("logs", f"job/{name}", "--tail=-1")
        except ClusterError:  # no pod yet, or no longer
            whole = ""
        whole = whole if ended else whole[: whole.rfind("\n") + 1]
        for line in whole[heard:].splitlines():
            hear(line.removeprefix("sweep: "))
        heard = max(heard, len(whole))
        if ended:
            return
        time.sleep(_POLL_SECONDS)


def state(entry: Entry) -> State:
    """Return the state of a RayJob in KubeRay's words; "gone" if it is deleted."""
    found = _job(entry.submission_id)
    if found is None:
        return State("gone")
    status = found.get("status", {})
    return State(str(status.get("jobStatus") or status.get("jobDeploymentStatus") or "pending").lower())


def label_of(study: Study) -> str:
    """Return the study's name as Kubernetes allows names."""
    return _label(study.study)


def _label(name: str) -> str:
    return ("seedsweep-" + re.sub(r"[^a-z0-9-]+", "-", name.lower()))[:63].rstrip("-")


def _job_name(mine: Identity, count: int) -> str:
    """Return the name of a study's job with these settings, the count-th; KubeRay takes 47 characters."""
    settings = hashlib.sha256(f"{mine.place} {mine.wanted}".encode()).hexdigest()[:8]
    return f"{_label(mine.study)[:34].rstrip('-')}-{settings}-{count}"


def _count(name: str) -> int:
    word = name.rpartition("-")[2]
    return int(word) if word.isdigit() else 0


def _jobs(mine: Identity, wanted: str = "") -> list[dict[str, Any]]:
    labels = f"{LABEL}-place={mine.place}" + (f",{LABEL}-settings={wanted}" if wanted else "")
    items: list[dict[str, Any]] = json.loads(_kubectl("get", "rayjobs", "-l", labels, "-o", "json"))["items"]
    return items


def _job(name: str) -> dict[str, Any] | None:
    found = _kubectl("get", "rayjobs", "--ignore-not-found", name, "-o", "json")
    return json.loads(found) if found.strip() else None


def _ended(job: dict[str, Any]) -> bool:
    return job.get("status", {}).get("jobDeploymentStatus") in ("Complete", "Failed", "Suspended")


def _kubectl(*words: str, given: str | None = None) -> str:
    command: Sequence[str] = ("kubectl", *words)
    return answer(command, given, "kubectl, and a kubeconfig that leads to your cluster,")

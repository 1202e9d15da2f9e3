"""A study as a RayJob of KubeRay: the person's file with name, command and parcel filled in, given to kubectl."""

import base64
import json
import re
import shlex
import uuid
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from sweep.errors import InputError
from sweep.study.study import Study
from sweep.submit.cluster_command import answer
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.clusters.kind import Hear, Job, State
from sweep.submit.ledger import Entry
from sweep.submit.parcel import Parcel, pack

NAME, SIGN = "a RayJob", "kind: RayJob"
LABEL = "seedsweep-study"
_MOST = 1000 * 2**10  # bytes; the data of a ConfigMap may be 1 MiB, counted before base64 (ValidateConfigMap)
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
    parcel = pack(study, source)
    job_name, text = _manifest(file, study, parcel, retry_failed=retry_failed)
    return Job(job_name, text, (f"to the ConfigMap {job_name}, {parcel}:", *parcel.listing))


def _manifest(file: ClusterFile, study: Study, parcel: Parcel, *, retry_failed: bool) -> tuple[str, str]:
    """Return the name of the RayJob, and the YAML of it and of the ConfigMap; errors as in `render`."""
    if "://" not in study.results and not PurePosixPath(study.results).is_absolute():
        raise InputError(
            "Expected results that outlive the pods: s3://bucket/prefix, or the absolute path of a volume on every "
            f"pod. Received: {study.results}. Name them with --results."
        )
    if len(parcel.content) > _MOST:
        raise InputError(
            f"Expected at most {_MOST // 2**10} kB of packed code for a ConfigMap. Received: {parcel}. "
            "Put the code into the image, and name its functions from there."
        )
    name = f"{label_of(study)[:38]}-{uuid.uuid4().hex[:8]}"  # KubeRay takes 47 characters
    words = ["python", "-m", "sweep.submit.job", parcel.study_file, "--key", name, "--results", study.results]
    words += ["--wait-for-node"]
    words += ["--retry-failed"] if retry_failed else []
    job = json.loads(json.dumps(file.document))  # takes the anchors of YAML apart: each pod gets lists of its own
    job["metadata"] = {**job.get("metadata", {}), "name": name}
    job["metadata"]["labels"] = {**job["metadata"].get("labels", {}), LABEL: label_of(study)}
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
        "metadata": {"name": name, "labels": {LABEL: label_of(study)}},
        "binaryData": {"parcel.zip": base64.b64encode(parcel.content).decode()},
    }
    return name, yaml.safe_dump_all([parcel_map, job], sort_keys=False)


def running(study: Study) -> str | None:
    """Return the name of a RayJob of this study that has not ended, None if there is none."""
    found = _kubectl("get", "rayjobs", "-l", f"{LABEL}={label_of(study)}", "-o", "json")
    return next((one["metadata"]["name"] for one in json.loads(found)["items"] if not _ended(one)), None)


def run(job: Job, study: Study, hear: Hear) -> str:
    """Give the YAML to kubectl; on the server's side, since a parcel is larger than an annotation may be."""
    _kubectl("apply", "--server-side", "-f", "-", given=job.text)
    hear(f"submitted {job.name}; its log: kubectl logs -f job/{job.name}")
    return job.name


def state(entry: Entry) -> State:
    """Return the state of a RayJob in KubeRay's words; "gone" if it is deleted."""
    found = _kubectl("get", "rayjobs", "--ignore-not-found", entry.submission_id, "-o", "json")
    if not found.strip():
        return State("gone")
    status = json.loads(found).get("status", {})
    return State(str(status.get("jobStatus") or status.get("jobDeploymentStatus") or "pending").lower())


def label_of(study: Study) -> str:
    """Return the study's name as Kubernetes allows names."""
    return ("seedsweep-" + re.sub(r"[^a-z0-9-]+", "-", study.study.lower()))[:63].rstrip("-")


def _ended(job: dict[str, Any]) -> bool:
    return job.get("status", {}).get("jobDeploymentStatus") in ("Complete", "Failed", "Suspended")


def _kubectl(*words: str, given: str | None = None) -> str:
    command: Sequence[str] = ("kubectl", *words)
    return answer(command, given, "kubectl, and a kubeconfig that leads to your cluster,")

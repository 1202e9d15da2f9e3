"""Kubernetes and Slurm: what they would get, what they are asked, and what is wrong with a file or an option."""

import base64
import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

CLUSTER = Path(__file__).resolve().parents[2] / "cluster"
SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "schemas" / "kuberay-v1.7.0" / "rayjob_v1.schema.json"
TO_BUCKET = ("--results", "s3://bucket/results")


def command(folder: Path, name: str, script: str) -> str:
    """Write a command of that name, and return the folder for PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return str(folder)


@pytest.fixture
def filled_in(place: Path) -> Path:
    """The RayJob with its image filled in."""
    file = place / "kubernetes.yaml"
    file.write_text((CLUSTER / "kubernetes.yaml").read_text().replace("FILL-IN", "registry.example"))
    return file


def rendered(out: str) -> tuple[Any, Any]:
    """Return ConfigMap and RayJob."""
    parcel, job = yaml.safe_load_all(out)
    return parcel, job


def test_a_ray_job_is_rendered_whole(sweep_here: Any) -> None:
    """--dry-run prints a valid RayJob with name, command and parcel, which every pod of the cluster mounts."""
    done = sweep_here("submit", "tiny.yaml", "--cluster", str(CLUSTER / "kubernetes.yaml"), "--dry-run", *TO_BUCKET)
    assert done.returncode == 0, done.stderr
    parcel, job = rendered(done.stdout)
    name = job["metadata"]["name"]
    assert re.fullmatch(r"seedsweep-tiny-[0-9a-f]{8}", name)
    assert len(name) <= 47
    assert parcel["metadata"]["name"] == name
    assert base64.b64decode(parcel["binaryData"]["parcel.zip"]).startswith(b"PK")
    assert job["spec"]["entrypoint"] == (
        f"python -m sweep.submit.job tiny.yaml --key {name} --results s3://bucket/results --wait-for-node"
    )
    assert yaml.safe_load(job["spec"]["runtimeEnvYAML"]) == {"working_dir": "file:///seedsweep/parcel.zip"}
    cluster = job["spec"]["rayClusterSpec"]
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        pod = group["template"]["spec"]
        assert pod["volumes"] == [{"name": "seedsweep-parcel", "configMap": {"name": name}}]
        assert pod["containers"][0]["volumeMounts"][0]["mountPath"] == "/seedsweep"
    if SCHEMA.is_file():
        jsonschema.validate(job, json.loads(SCHEMA.read_text()))


def test_kubectl_gets_the_ray_job_once(sweep_here: Any, filled_in: Path, tmp_path: Path) -> None:
    """The job is applied on the server's side; while one of the study runs, no second one is made; status asks it."""
    got, jobs = tmp_path / "got.yaml", tmp_path / "jobs.json"
    jobs.write_text('{"items": []}')
    script = (
        f'case "$1" in\n  get) case "$*" in *ignore-not-found*) echo \'{{"status": {{"jobStatus": "RUNNING"}}}}\';; '
        f'*) cat {jobs};; esac;;\n  apply) echo "$*" > {tmp_path}/words; cat > {got};;\nesac'
    )
    path = command(tmp_path / "bin", "kubectl", script)
    to = ("submit", "tiny.yaml", "--cluster", str(filled_in), *TO_BUCKET)
    done = sweep_here(*to, "--json", path=path)
    assert done.returncode == 0, done.stderr
    name = json.loads(done.stdout)["submission_id"]
    _, job = rendered(got.read_text())
    assert job["metadata"]["name"] == name
    assert (tmp_path / "words").read_text().split() == ["apply", "--server-side", "-f", "-"]
    got.unlink()
    jobs.write_text(json.dumps({"items": [job | {"status": {"jobDeploymentStatus": "Running"}}]}))
    again = sweep_here(*to, path=path)
    assert again.returncode == 0, again.stderr
    assert f"{name} runs this study already" in again.stderr
    assert not got.exists()
    said = json.loads(sweep_here("status", "tiny", "--json", path=path).stdout)["submissions"]
    assert [(one["submission_id"], one["state"]) for one in said] == [(name, "running")]


def test_slurm_gets_the_script_with_the_study_in_it(sweep_here: Any, place: Path, tmp_path: Path) -> None:
    """--dry-run prints what sbatch then takes; while a job of the study waits, no second is made; status asks it."""
    script = place / "slurm.sbatch"
    script.write_text((CLUSTER / "slurm.sbatch").read_text())
    to = ("submit", "tiny.yaml", "--cluster", "slurm.sbatch", "--seeds", "3")
    dry = sweep_here(*to, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "\nset -- tiny.yaml --seeds 3 --results results/\n" in dry.stdout
    assert dry.stdout.replace("set -- tiny.yaml --seeds 3 --results results/", 'set -- "$@"') == script.read_text()
    queue = tmp_path / "queue"
    queue.touch()
    path = command(tmp_path / "bin", "sbatch", f"cat > {tmp_path}/got; echo 4711 > {queue}; echo '4711;cluster'")
    command(tmp_path / "bin", "squeue", f'case "$*" in *%T*) echo PENDING;; *) cat {queue};; esac')
    done = sweep_here(*to, path=path)
    assert done.returncode == 0, done.stderr
    assert "submitted job 4711; its log: seedsweep-4711.log" in done.stderr
    assert (tmp_path / "got").read_text() == dry.stdout
    (tmp_path / "got").unlink()
    again = sweep_here(*to, path=path)
    assert "4711 runs this study already" in again.stderr
    assert not (tmp_path / "got").exists()
    said = json.loads(sweep_here("status", "--json", path=path).stdout)["submissions"]
    assert [(one["kind"], one["state"], one["n_planned"]) for one in said] == [("slurm", "pending", None)]


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["tiny.yaml"], 2, "Expected --cluster FILE or --address ADDRESS"),
        (["tiny.yaml", "--cluster", "nowhere.yaml"], 2, "Expected a cluster's file. Received: nowhere.yaml"),
        (["tiny.yaml", "--cluster", "tiny.yaml"], 2, "Expected a launcher file"),
        (["tiny.yaml", "--cluster", "aws.yaml"], 2, "Expected aws.yaml filled in"),
        (["tiny.yaml", "--cluster", "kubernetes.yaml"], 2, "Expected kubernetes.yaml filled in"),
        (["tiny.yaml", "--cluster", "kubernetes.yaml", "--dry-run"], 2, "Expected results that outlive the pods"),
        (["tiny.yaml", "--cluster", "kubernetes.yaml", "--up"], 2, "Expected a launcher file with --up and --down"),
        (["tiny.yaml", "--cluster", "aws.yaml", "--dry-run"], 2, "Expected a RayJob or a batch script with --dry-run"),
        (["--cluster", "aws.yaml"], 2, "Expected a study; without one, --up or --down alone"),
        (["tiny.yaml", "--address", "ray://127.0.0.1:10001"], 2, "Expected the address of a Ray dashboard"),
        (["tiny.yaml", "--address", "http://127.0.0.1:1"], 3, "Expected a Ray dashboard at http://127.0.0.1:1"),
        (["tiny.yaml", "--cluster", "slurm.sbatch"], 3, "Expected Slurm's commands on this machine"),
        (["tiny.yml", "--cluster", "slurm.sbatch"], 2, "tiny.y"),
    ],
)
def test_what_is_wrong_is_one_message(sweep_here: Any, place: Path, words: list[str], code: int, expected: str) -> None:
    """A wrong file, option or address is one line on standard error, and nothing on standard output."""
    if os.access("/usr/bin/sbatch", os.X_OK):
        pytest.skip("this machine has Slurm, which must not get a test's job")
    for name in ("aws.yaml", "kubernetes.yaml", "slurm.sbatch"):
        (place / name).write_text((CLUSTER / name).read_text())
    done = sweep_here("submit", *words)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert expected in done.stderr

"""Kubernetes and Slurm: what they would get, what they are asked, and what is wrong with a file or an option."""

import base64
import json
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
    assert re.fullmatch(r"seedsweep-tiny-[0-9a-f]{8}-1", name)
    assert len(name) <= 47
    assert parcel["metadata"]["name"] == name
    assert base64.b64decode(parcel["binaryData"]["parcel.zip"]).startswith(b"PK")
    assert re.fullmatch(
        r"python -m sweep\.submit\.job tiny\.yaml --key tiny-[0-9a-f]{8} --results s3://bucket/results --wait-for-node",
        job["spec"]["entrypoint"],
    )
    assert job["metadata"]["labels"] == parcel["metadata"]["labels"]
    assert yaml.safe_load(job["spec"]["runtimeEnvYAML"]) == {"working_dir": "file:///seedsweep/parcel.zip"}
    cluster = job["spec"]["rayClusterSpec"]
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        pod = group["template"]["spec"]
        assert pod["volumes"] == [{"name": "seedsweep-parcel", "configMap": {"name": name}}]
        assert pod["containers"][0]["volumeMounts"][0]["mountPath"] == "/seedsweep"
    if SCHEMA.is_file():
        jsonschema.validate(job, json.loads(SCHEMA.read_text()))


KUBECTL = """\
case "$1 $2" in
  "get rayjobs") case "$*" in *ignore-not-found*) cat {one};; *) cat {jobs};; esac;;
  "create -f")
    cat > {got}.new
    kind="$(grep -o '"kind": "[A-Za-z]*"' {got}.new | head -n 1)"
    case "$(cat {refuse})" in *"$kind"*) echo "Error: $(cat {refuse})" >&2; exit 1;; esac
    cat {got}.new >> {got}; echo >> {got}
    echo '{{"apiVersion": "ray.io/v1", "metadata": {{"uid": "u-1"}}}}';;
  "delete rayjob") echo "$3" >> {gone};;
  logs*) printf 'sweep: 1/4 trials\\nsweep: done\\n';;
esac
"""


class Cluster:
    """A stand-in for kubectl, and what it got."""

    def __init__(self, folder: Path) -> None:
        names = ("one", "jobs", "got", "gone", "refuse")
        self.one, self.jobs, self.got, self.gone, self.refuse = (folder / f"kube-{name}" for name in names)
        for file in (self.one, self.got, self.gone):
            file.write_text("")
        self.refuse.write_text("nothing")
        self.knows()
        files = {name: folder / f"kube-{name}" for name in names}
        self.path = command(folder / "bin", "kubectl", KUBECTL.format(**files))

    def knows(self, *jobs: Any) -> None:
        """Let it list these RayJobs."""
        self.jobs.write_text(json.dumps({"items": jobs}))

    def made(self) -> list[Any]:
        """Return the objects that were created since the last call."""
        found = [json.loads(line) for line in self.got.read_text().splitlines() if line]
        self.got.write_text("")
        return found


def test_kubectl_gets_the_ray_job_once(sweep_here: Any, filled_in: Path, tmp_path: Path) -> None:
    """The ConfigMap belongs to the job; while one of the study runs, no second is made; status asks it."""
    cluster = Cluster(tmp_path)
    to = ("submit", "tiny.yaml", "--cluster", str(filled_in), *TO_BUCKET)
    done = sweep_here(*to, "--json", path=cluster.path)
    assert done.returncode == 0, done.stderr
    name = json.loads(done.stdout)["submission_id"]
    job, parcel = cluster.made()
    assert (job["kind"], job["metadata"]["name"]) == ("RayJob", name)
    owner = {"apiVersion": "ray.io/v1", "kind": "RayJob", "name": name, "uid": "u-1"}
    assert parcel["metadata"]["ownerReferences"] == [owner]
    runs = job | {"status": {"jobDeploymentStatus": "Running"}}
    cluster.knows(runs)
    again = sweep_here(*to, path=cluster.path)
    assert again.returncode == 0, again.stderr
    assert f"{name} runs this study already" in again.stderr
    other = sweep_here(*to, "--seeds", "7", path=cluster.path)
    assert other.returncode == 3
    assert f"Received: {name}, which waits or runs" in other.stderr
    assert f"`kubectl delete rayjob {name}`" in other.stderr
    assert cluster.made() == []
    cluster.one.write_text(json.dumps({"status": {"jobStatus": "RUNNING"}}))
    said = json.loads(sweep_here("status", "tiny", "--json", path=cluster.path).stdout)["submissions"]
    assert [(one["submission_id"], one["state"]) for one in said] == [(name, "running")]
    cluster.knows(job | {"status": {"jobDeploymentStatus": "Complete"}})
    assert sweep_here(*to, path=cluster.path).returncode == 0
    assert cluster.made()[0]["metadata"]["name"] == f"{name[:-2]}-2", "the name of the job that has ended is taken"
    cluster.knows(runs)
    down = sweep_here(*to, "--down", path=cluster.path)
    assert f"ended {name}" in down.stderr
    assert cluster.gone.read_text().split() == [name]


def test_of_two_commands_at_once_one_makes_the_ray_job(sweep_here: Any, filled_in: Path, tmp_path: Path) -> None:
    """Where the name is taken in the same moment, that job is meant; a parcel that is refused takes its job away."""
    cluster = Cluster(tmp_path)
    to = ("submit", "tiny.yaml", "--cluster", str(filled_in), *TO_BUCKET)
    cluster.refuse.write_text('AlreadyExists: "kind": "RayJob"')
    twin = sweep_here(*to, path=cluster.path)
    assert twin.returncode == 0, twin.stderr
    assert cluster.made() == []
    cluster.refuse.write_text('too large: "kind": "ConfigMap"')
    refused = sweep_here(*to, path=cluster.path)
    assert refused.returncode == 3
    assert "too large" in refused.stderr
    assert cluster.gone.read_text().split() == [cluster.made()[0]["metadata"]["name"]]


def test_the_log_of_a_ray_job_is_followed_to_its_end(sweep_here: Any, filled_in: Path, tmp_path: Path) -> None:
    """--follow repeats it, and a job that failed is exit code 3."""
    cluster = Cluster(tmp_path)
    to = ("submit", "tiny.yaml", "--cluster", str(filled_in), *TO_BUCKET, "--follow")
    for word, code in (("SUCCEEDED", 0), ("FAILED", 3)):
        cluster.one.write_text(json.dumps({"status": {"jobDeploymentStatus": "Complete", "jobStatus": word}}))
        done = sweep_here(*to, path=cluster.path)
        assert done.returncode == code, done.stderr
        assert "sweep: 1/4 trials\nsweep: done\n" in done.stderr
    assert "Received: failed. See its log above" in done.stderr


class Queue:
    """A stand-in for Slurm's commands: jobs with a number and a name."""

    def __init__(self, folder: Path) -> None:
        self.queue, self.got, self.state, self.gone = (
            folder / f"slurm-{name}" for name in ("queue", "got", "state", "gone")
        )
        self.queue.touch()
        self.gone.touch()
        self.state.write_text("PENDING")
        own = 'while [ "$1" != --job-name ]; do shift; done; '
        self.path = command(
            folder / "bin", "sbatch", f"{own}cat > {self.got}; echo 4711 $2 >> {self.queue}; echo '4711;cluster'"
        )
        command(folder / "bin", "squeue", f'case "$*" in *%T*) cat {self.state};; *) cat {self.queue};; esac')
        command(folder / "bin", "scancel", f"echo $1 >> {self.gone}")
        command(folder / "bin", "scontrol", f"echo '   StdOut={folder}/job.log'")
        command(folder / "bin", "sacct", "exit 1")


def test_slurm_gets_the_script_with_the_study_in_it(sweep_here: Any, place: Path, tmp_path: Path) -> None:
    """--dry-run prints what sbatch then takes; while a job of the study waits, no second is made; status asks it."""
    script = place / "slurm.sbatch"
    script.write_text((CLUSTER / "slurm.sbatch").read_text())
    to = ("submit", "tiny.yaml", "--cluster", "slurm.sbatch", "--seeds", "3")
    dry = sweep_here(*to, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "\nset -- tiny.yaml --seeds 3 --results results/\n" in dry.stdout
    assert dry.stdout.replace("set -- tiny.yaml --seeds 3 --results results/", 'set -- "$@"') == script.read_text()
    slurm = Queue(tmp_path)
    done = sweep_here(*to, path=slurm.path)
    assert done.returncode == 0, done.stderr
    assert "submitted job 4711; its log: seedsweep-4711.log" in done.stderr
    assert slurm.got.read_text() == dry.stdout
    slurm.got.unlink()
    again = sweep_here(*to, path=slurm.path)
    assert "4711 runs this study already" in again.stderr
    other = sweep_here(*to[:-1], "20", path=slurm.path)
    assert other.returncode == 3
    assert "Received: 4711, which waits or runs. Wait for its end, or end it: `scancel 4711`" in other.stderr
    elsewhere = sweep_here(*to[:-1], "20", "--results", str(tmp_path / "other"), "--dry-run", path=slurm.path)
    assert elsewhere.returncode == 0, "results elsewhere are another study"
    assert not slurm.got.exists()
    said = json.loads(sweep_here("status", "--json", path=slurm.path).stdout)["submissions"]
    assert [(one["kind"], one["state"], one["n_planned"]) for one in said] == [("slurm", "pending", None)]
    assert "ended 4711" in sweep_here(*to, "--down", path=slurm.path).stderr
    assert slurm.gone.read_text().split() == ["4711"]


def test_of_two_jobs_of_slurm_at_once_the_first_stays(sweep_here: Any, place: Path, tmp_path: Path) -> None:
    """Both were given to sbatch before either could see the other: the one with the higher number is cancelled."""
    (place / "slurm.sbatch").write_text((CLUSTER / "slurm.sbatch").read_text())
    slurm = Queue(tmp_path)
    own = 'while [ "$1" != --job-name ]; do shift; done; '
    command(
        tmp_path / "bin",
        "sbatch",
        f"{own}cat > /dev/null; printf '4710 %s\\n4711 %s\\n' $2 $2 >> {slurm.queue}; echo 4711",
    )
    done = sweep_here("submit", "tiny.yaml", "--cluster", "slurm.sbatch", path=slurm.path)
    assert done.returncode == 0, done.stderr
    assert "submitted job 4710" in done.stderr
    assert slurm.gone.read_text().split() == ["4711"]


def test_the_log_of_a_batch_job_is_followed_to_its_end(sweep_here: Any, place: Path, tmp_path: Path) -> None:
    """--follow repeats the file that Slurm names, and a job that ran out of time is exit code 3."""
    (place / "slurm.sbatch").write_text((CLUSTER / "slurm.sbatch").read_text())
    (tmp_path / "job.log").write_text("sweep: 1/2 trials\nhalf a line")
    slurm = Queue(tmp_path)
    slurm.state.write_text("TIMEOUT")
    done = sweep_here("submit", "tiny.yaml", "--cluster", "slurm.sbatch", "--follow", path=slurm.path)
    assert done.returncode == 3
    assert "sweep: 1/2 trials\nsweep: half a line\n" in done.stderr
    assert "Expected 4711 to end well. Received: timeout" in done.stderr
    watched = sweep_here("status", "--watch", path=slurm.path)
    assert watched.returncode == 0, "it has ended, so there is nothing to wait for"
    assert "4711  timeout" in watched.stdout


def test_what_it_may_cost_is_said_first(sweep_here: Any, place: Path) -> None:
    """Nodes and hours as the script says them, at the price of the option or of the file; results, trials, time."""
    text = (
        (CLUSTER / "slurm.sbatch")
        .read_text()
        .replace("--time=04:00:00", "--time=1-12")
        .replace("--nodes=2", "--nodes=3")
    )
    (place / "slurm.sbatch").write_text(text.replace("\n#SBATCH", "\n# Price      0.25\n#SBATCH", 1))
    to = ("submit", "tiny.yaml", "--cluster", "slurm.sbatch", "--dry-run")
    said = sweep_here(*to, "--seeds", "3").stderr
    assert "cost: at most 27.00 = 3 nodes x 36 hours x 0.25" in said
    assert "results: results/tiny" in said
    assert "trials: 3 (1 configurations)" in said
    assert "time: not known" in said
    assert "cost: at most 108.00 = 3 nodes x 36 hours x 1" in sweep_here(*to, "--price", "1").stderr


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["tiny.yaml"], 2, "Expected --cluster FILE or --address ADDRESS"),
        (["tiny.yaml", "--cluster", "nowhere.yaml"], 2, "Expected a cluster's file. Received: nowhere.yaml"),
        (["tiny.yaml", "--cluster", "tiny.yaml"], 2, "Expected a launcher file"),
        (["tiny.yaml", "--cluster", "aws.yaml"], 2, "Expected aws.yaml filled in"),
        (["tiny.yaml", "--cluster", "kubernetes.yaml"], 2, "Expected kubernetes.yaml filled in"),
        (["tiny.yaml", "--cluster", "kubernetes.yaml", "--dry-run"], 2, "Expected results that outlive the pods"),
        (["tiny.yaml", "--cluster", "kubernetes.yaml", "--up"], 2, "Expected a launcher file with --up"),
        (["tiny.yaml", "--cluster", "aws.yaml", "--follow"], 2, "Expected a RayJob or a batch script with --follow"),
        (["tiny.yaml", "--cluster", "slurm.sbatch", "--follow", "--detach"], 2, "Expected --follow or --detach"),
        (["tiny.yaml", "--address", "http://127.0.0.1:1", "--down"], 2, "Expected a cluster's file with --down"),
        (["--cluster", "slurm.sbatch", "--down"], 2, "Expected a study, whose job is meant"),
        (["--cluster", "aws.yaml"], 2, "Expected a study; without one, --up or --down alone"),
        (["tiny.yaml", "--address", "ray://127.0.0.1:10001"], 2, "Expected the address of a Ray dashboard"),
        (["tiny.yaml", "--address", "http://127.0.0.1:1"], 3, "Expected a Ray dashboard at http://127.0.0.1:1"),
        (["tiny.yaml", "--cluster", "slurm.sbatch"], 3, "Expected Slurm's commands on this machine"),
        (["tiny.yml", "--cluster", "slurm.sbatch"], 2, "tiny.y"),
    ],
)
def test_what_is_wrong_is_one_message(
    place: Path,
    words: list[str],
    code: int,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """A wrong file, option or address is one line on standard error, and nothing on standard output."""
    monkeypatch.setenv("PATH", "/nonexistent")  # a Slurm or a kubectl of this machine must not get a test's job
    for name in ("aws.yaml", "kubernetes.yaml", "slurm.sbatch"):
        (place / name).write_text((CLUSTER / name).read_text())
    done = request.getfixturevalue("sweep_here")("submit", *words)  # after PATH was set
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert expected in done.stderr

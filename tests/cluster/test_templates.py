"""The templates under cluster/: each fits its schema, and rules of ours that no schema knows."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import sweep

ROOT = Path(__file__).resolve().parents[2]
CLUSTER, LOCKS = ROOT / "cluster", ROOT / "locks"
SCHEMAS = ROOT.parent / "shared" / "schemas"
LAUNCHER = ["on-prem.yaml", "aws.yaml", "gcp.yaml"]
EVERY = [*LAUNCHER, "kubernetes.yaml", "slurm.sbatch", "Containerfile"]
HEALTH = {
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "2000",
    "RAY_health_check_failure_threshold": "3",
}
MEMORY = {"RAY_memory_monitor_refresh_ms": "0"}  # not on Kubernetes, where the kernel may end the whole container


def text(name: str) -> str:
    """Return a template as it lies there."""
    return (CLUSTER / name).read_text()


def read(name: str) -> Any:
    """Return a YAML template."""
    return yaml.safe_load(text(name))


def pins() -> dict[str, str]:
    """Return package -> version of the lock file that nodes install."""
    return dict(re.findall(r"^([a-z][\w.-]*)==([^ ;\\]+)", (LOCKS / "requirements-gpu.lock").read_text(), re.M))


def schema(path: str) -> Any:
    """Return a schema that lies beside the checkout."""
    if not (SCHEMAS / path).is_file():
        pytest.skip(f"the schema is not beside this checkout (../shared/schemas/{path})")
    return json.loads((SCHEMAS / path).read_text())


@pytest.mark.parametrize("name", LAUNCHER)
def test_a_launcher_file_fits_the_schema_of_its_ray(name: str) -> None:
    """The file is valid for the launcher of the pinned Ray."""
    jsonschema.validate(read(name), schema("ray-2.60.0/ray-schema.json"))


def test_the_ray_job_fits_the_schema_of_kuberay() -> None:
    """The file is a valid RayJob of KubeRay."""
    jsonschema.validate(read("kubernetes.yaml"), schema("kuberay-v1.7.0/rayjob_v1.schema.json"))


@pytest.mark.parametrize("name", EVERY)
def test_a_template_begins_with_what_to_know(name: str) -> None:
    """The header says what to fill in, what it costs and how to end it, before anything else."""
    header = re.match(r"(#.*\n)+", text(name))
    assert header
    for begins in ("# Fill in ", "# It costs ", "# End it "):
        assert begins in header[0]
    assert max(map(len, text(name).splitlines())) <= 120


@pytest.mark.parametrize("name", EVERY)
def test_no_template_holds_a_secret_or_an_open_dashboard(name: str) -> None:
    """No token, key or password, nothing that listens on all addresses, and token authentication by name."""
    content = text(name)
    assert "0.0.0.0" not in content  # noqa: S104 (that it is not there)
    assert not re.search(r"AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY|[0-9a-f]{32}", content)
    assert not re.search(r"(?i)(token|password|secret|access_key)\s*[:=]\s*[\"']?[0-9a-z+/_-]{16,}", content)
    assert "RAY_AUTH_MODE=token" in content or read(name)["spec"]["rayClusterSpec"]["authOptions"]["mode"] == "token"


@pytest.mark.parametrize("name", LAUNCHER)
def test_every_node_of_a_launcher_file_starts_ray_alike(name: str) -> None:
    """Head and workers: token mode, the token's file, the health checks; the dashboard on the head's loopback alone."""
    file = read(name)
    for commands in (file["head_start_ray_commands"], file["worker_start_ray_commands"]):
        start = next(command for command in commands if "ray start" in command)
        assert 'RAY_AUTH_MODE=token RAY_AUTH_TOKEN_PATH="$HOME/.ray/auth_token"' in start
        assert all(f"{key}={value}" in start for key, value in (HEALTH | MEMORY).items())
    assert "--dashboard-host=127.0.0.1 --dashboard-port=8265" in file["head_start_ray_commands"][-1]
    assert file["file_mounts"]["~/.ray/auth_token"] == "~/.ray/auth_token"  # noqa: S105 (a path, not a token)
    assert any("chmod 600 ~/.ray/auth_token" in command for command in file["setup_commands"])
    install = "pip install --quiet --require-hashes -r ~/seedsweep/requirements-gpu.lock"
    assert file["file_mounts"]["~/seedsweep/requirements-gpu.lock"] == "locks/requirements-gpu.lock"
    assert any(install in command for command in file["setup_commands"])


@pytest.mark.parametrize("name", ["aws.yaml", "gcp.yaml"])
def test_a_cloud_starts_from_zero_and_has_a_limit(name: str) -> None:
    """The head's type exists and trains nothing, GPU nodes start from zero, and no more may come than the file says."""
    file = read(name)
    kinds = file["available_node_types"]
    head = kinds[file["head_node_type"]]
    assert head["resources"] == {"CPU": 0, "GPU": 0}
    workers = [kind for kind in kinds.values() if kind is not head]
    assert workers
    assert all(kind["resources"]["GPU"] > 0 and kind["min_workers"] == 0 for kind in workers)
    assert sum(kind["min_workers"] for kind in kinds.values()) <= file["max_workers"]
    assert all(0 < kind["max_workers"] <= file["max_workers"] for kind in workers)
    assert file["idle_timeout_minutes"] <= 10
    assert file["provider"]["cache_stopped_nodes"] is False


def test_on_prem_names_as_many_workers_as_it_may_have() -> None:
    """The workers are those of the list, and the key that Ray's schema refuses is absent."""
    file = read("on-prem.yaml")
    assert file["max_workers"] == len(file["provider"]["worker_ips"])
    assert "min_workers" not in file


def test_what_a_head_installs_besides_is_pinned_and_fits_the_lock_file() -> None:
    """Every package that a template names beside the lock file has one version, which the lock file does not deny."""
    for name in ("aws.yaml", "gcp.yaml"):
        (command,) = read(name)["head_setup_commands"]
        words = command.split("--no-deps ")[1].split()
        for word in words:
            package, _, version = word.partition("==")
            assert version
            assert pins().get(package, version) == version


def test_versions_are_those_of_the_project() -> None:
    """Ray's version is the pin of pyproject.toml, in every lock file too; the image's tag is the package's version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ray = next(one for one in project["optional-dependencies"]["run"] if one.startswith("ray["))
    assert read("kubernetes.yaml")["spec"]["rayClusterSpec"]["rayVersion"] == ray.split("==")[1] == pins()["ray"]
    images = re.findall(r"seedsweep:(\S+)", text("kubernetes.yaml") + text("Containerfile"))
    assert len(images) >= 4
    assert set(images) == {sweep.__version__}
    assert project["dynamic"] == ["version"], "the version stands in sweep/__init__.py, and is read from there"
    locked = re.compile(r"^[a-z].*==.*$", re.M)
    here, there = ((LOCKS / name).read_text() for name in ("requirements.lock", "requirements-gpu.lock"))
    assert set(locked.findall(here)) <= set(locked.findall(there))


def test_the_ray_job_ends_by_itself_and_has_limits() -> None:
    """The cluster goes with the job; pods have limits; workers start from zero with a GPU each and health checks."""
    spec = read("kubernetes.yaml")["spec"]
    assert spec["shutdownAfterJobFinishes"] is True
    assert 0 < spec["activeDeadlineSeconds"] <= 86400
    assert spec["ttlSecondsAfterFinished"] > 0
    assert spec["backoffLimit"] >= 1
    cluster = spec["rayClusterSpec"]
    assert cluster["enableInTreeAutoscaling"] is True
    head, (worker,) = cluster["headGroupSpec"], cluster["workerGroupSpecs"]
    assert head["rayStartParams"]["num-cpus"] == "0"
    assert worker["minReplicas"] == worker["replicas"] == 0 < worker["maxReplicas"]
    assert worker["template"]["spec"]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == 1
    for group in (head, worker):
        (container,) = group["template"]["spec"]["containers"]
        assert {"cpu", "memory"} <= set(container["resources"]["limits"])
        assert {one["name"]: one["value"] for one in container["env"]} == HEALTH
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
    (submitter,) = spec["submitterPodTemplate"]["spec"]["containers"]
    assert {"cpu", "memory"} <= set(submitter["resources"]["limits"])


def test_the_image_installs_the_lock_file_by_hash() -> None:
    """The image takes the lock file's versions, nothing unpinned, and does not run as root."""
    lines = text("Containerfile")
    installs = re.findall(r"pip install.*", lines)
    assert installs == [
        "pip install --no-cache-dir --require-hashes -r requirements.lock",
        "pip install --no-cache-dir --no-deps --no-build-isolation .",
    ]
    assert lines.index("USER 1000") > lines.rindex("RUN ")


def test_the_batch_script_ends_no_ray_but_its_own_and_passes_shellcheck() -> None:
    """No `ray stop`, which ends every Ray on a node; health checks, time limit and the signal ahead of it are there."""
    content = text("slurm.sbatch")
    assert not re.search(r"\bray (stop|symmetric-run)\b", content)
    assert re.search(r"^#SBATCH --signal=B:TERM@\d+$", content, re.M)
    assert re.search(r"^#SBATCH --time=\d\d:\d\d:\d\d$", content, re.M)
    assert all(f"export {key}={value}\n" in content for key, value in (HEALTH | MEMORY).items())
    checker = ROOT / ".venv" / "bin" / "shellcheck"
    command = str(checker) if checker.is_file() else shutil.which("shellcheck")
    if command is None:
        pytest.skip("shellcheck is not installed (make test installs it)")
    done = subprocess.run([command, CLUSTER / "slurm.sbatch"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

"""The Slurm script as it is, on two hosts made of network namespaces, with stand-ins for Slurm's own commands."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

import sweep
from tests.hosts.namespaces import OWN, short_folder, skip_without_namespaces

ROOT = Path(__file__).resolve().parents[2]
STUDY = """\
study: tiny
seeds: 2
data: {use: "sweep.data:synthetic_vectors"}
model: {use: "sweep.models:dense_net"}
train: {epochs: 1}
"""
# The first process of namespaces of its own: when it ends, the kernel ends every process in them, Ray's too, and
# `ray stop` at the end of `ray symmetric-run` sees no other Ray of this machine.
HOSTS = """\
set -e
ip link set lo up
mkdir -p /run && mount -t tmpfs tmpfs /run
ip netns add second
ip link add one type veth peer name two netns second
ip addr add 10.77.0.1/24 dev one
ip link set one up
ip -n second addr add 10.77.0.2/24 dev two
ip -n second link set two up
ip -n second link set lo up
exec bash "$@"
"""
# Runs its command on every host: here, and in the second namespace with a temporary folder and processes of its own.
SRUN = """\
#!/usr/bin/env bash
while [[ "$1" == --* ]]; do shift; done
ip netns exec second unshare --mount --pid --fork --mount-proc --kill-child \\
  bash -c 'mount -t tmpfs tmpfs "$TMPDIR" && mount -t tmpfs tmpfs /dev/shm && exec "$@"' - "$@" &
"$@"
code=$?
kill -KILL $! # as --wait does with tasks that outlive the first
wait
exit $code
"""
SCONTROL = "#!/bin/sh\nprintf '10.77.0.1\\n10.77.0.2\\n'\n"


@pytest.mark.ray
def test_a_study_runs_on_two_nodes_of_a_batch_job(tmp_path: Path) -> None:
    """The script starts Ray on both nodes, runs the study over them, gives back its exit code, and ends all of it."""
    skip_without_namespaces()
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, text in (("srun", SRUN), ("scontrol", SCONTROL)):
        (commands / name).write_text(text)
        (commands / name).chmod(0o755)
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(secrets.token_hex(32))
    (tmp_path / "tiny.yaml").write_text(STUDY)
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")} | {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "SEEDSWEEP_VENV": str(Path(sys.prefix)),
        "RAY_AUTH_TOKEN_PATH": str(token),
        "SLURM_JOB_ID": "4711",
        "SLURM_JOB_NODELIST": "node[1-2]",
        "SLURM_JOB_NUM_NODES": "2",
        "SLURM_CPUS_ON_NODE": "1",
        "PYTHONWARNINGS": "",
    }
    script = ["bash", "-c", HOSTS, "-", str(ROOT / "cluster" / "slurm.sbatch"), "tiny.yaml"]
    with short_folder() as temporary:
        surroundings |= {"RAY_TMPDIR": str(temporary), "TMPDIR": str(temporary)}
        done = subprocess.run(
            [*OWN, *script], cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=900
        )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "2/2 trials" in said
    trials = sweep.load(tmp_path / "results" / "tiny").trials
    assert trials["status"].tolist() == ["ok", "ok"]
    assert set(trials["node"]) <= {"10.77.0.1", "10.77.0.2"}
    assert token.read_text() not in said

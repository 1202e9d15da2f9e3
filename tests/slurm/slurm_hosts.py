"""A Slurm of two nodes, of 2 and 1 processors, each a host of its own; jobs are cancelled, share a node, lose a node.

`slurm_hosts.py FOLDER` with tiny.yaml and its models in it, in namespaces of its own (tests/hosts/namespaces.py says
how). FOLDER is the storage that all hosts share. slurmctld and the commands run on the first host. When this script
ends, so does all that it started. It prints as JSON what every step said and gave back.
"""

import json
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hosts"))
from hosts import ip, make_network, on_host, until

NODES = {"one": 2, "two": 1}  # processors
JOBS = 12  # folders of Ray's files that a host has of its own
CONF = """\
ClusterName=hosts
SlurmctldHost=one
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=10
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2,batch_sched_delay=1
SlurmdParameters=config_overrides
SlurmdTimeout=10
KillWait=10
MinJobAge=600
ReturnToService=2
{nodes}
PartitionName=main Nodes=ALL Default=YES State=UP
"""
# A host has the names of both, and shared memory and Ray's files of its own.
HOST = """\
hostname $1
shift
mount --bind {folder}/hosts /etc/hosts
for one in /dev/shm $(seq -f /tmp/ray-%g {jobs}); do mkdir -p $one; mount -t tmpfs tmpfs $one; done
exec "$@"
"""


class Slurm:
    """A Slurm that runs, its commands, and `sweep`, all on the first host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._said = 0
        token, key = folder / "token", folder / "munge.key"
        for file in (token, key):
            file.touch(mode=0o600)
        token.write_text(secrets.token_hex(32))
        key.write_bytes(secrets.token_bytes(128))
        for name in ("state", "spool-one", "spool-two", "home"):
            (folder / name).mkdir()
        nodes = (f"NodeName={name} NodeAddr={_at(name)} CPUs={cpus}" for name, cpus in NODES.items())
        (folder / "slurm.conf").write_text(CONF.format(folder=folder, nodes="\n".join(nodes)))
        (folder / "cgroup.conf").write_text(f"CgroupPlugin=cgroup/v1\nCgroupMountpoint={folder}/cgroup\n")
        (folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(f"{_at(name)} {name}\n" for name in NODES))
        (folder / "host.sh").write_text(HOST.format(folder=folder, jobs=JOBS))
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(folder / "home"),
            "SLURM_CONF": str(folder / "slurm.conf"),
            "RAY_AUTH_TOKEN_PATH": str(token),
            "SEEDSWEEP_VENV": sys.prefix,
            "SEEDSWEEP_CACHE": str(folder / "cache"),
        }
        make_network(1, 2)
        munge = [f"--{name}={folder}/munge.{name.split('-')[0]}" for name in ("socket", "pid-file", "log-file")]
        munge += [f"--key-file={key}", f"--seed-file={folder}/munge.seed", "--force", "--foreground"]
        self._host("one", ["munged", *munge])
        until(lambda: (folder / "munge.socket").exists(), "munge", 30)
        self._host("one", ["slurmctld", "-D"])
        self.daemons = {name: self._host(name, ["slurmd", "-D", "-N", name]) for name in NODES}
        until(lambda: self.slurm("sinfo", "-h", "-N", "-o", "%N %T").count("idle") == len(NODES), "two nodes", 60)

    def _host(self, name: str, words: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        return on_host(_number(name), self._inside(name, words), env=self.environment, cwd=self.folder, **options)

    def _inside(self, name: str, words: list[str]) -> list[str]:
        """Return the words that run a command as on the host of that name, but for its network."""
        return ["unshare", "--mount", "--uts", "bash", str(self.folder / "host.sh"), name, *words]

    def slurm(self, *words: str) -> str:
        """Return what a command of Slurm says."""
        command = ["ip", "netns", "exec", "host1", *self._inside("one", list(words))]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)
        return done.stdout + done.stderr

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start `sweep`; what it says goes to a file."""
        self._said += 1
        file = self.folder / f"said{self._said}"
        with file.open("w") as said:
            started = self._host("one", [sys.executable, "-m", "sweep.commands.cli", *words], stdout=said, stderr=said)
        started.args = str(file)
        return started

    def end(self, started: "subprocess.Popen[bytes]") -> dict[str, Any]:
        """Return exit code and words of what was started, when it has ended."""
        code = started.wait(timeout=300)
        return {"exit_code": code, "said": Path(str(started.args)).read_text()}

    def sweep(self, *words: str) -> dict[str, Any]:
        """Return exit code and words of `sweep`."""
        return self.end(self.start(*words))

    def state(self, job: str) -> str:
        """Return a job's state in Slurm's words."""
        found = re.search(r"JobState=(\w+)", self.slurm("scontrol", "show", "job", job))
        return found[1] if found else "gone"

    def ended(self, job: str) -> bool:
        """Return whether nothing of a job is left."""
        return self.state(job) not in ("PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED")


def _number(name: str) -> int:
    return list(NODES).index(name) + 1


def _at(name: str) -> str:
    return f"10.78.0.{_number(name)}"


def records(folder: Path, study: str) -> list[str]:
    """Return the names of the records of a study."""
    return sorted(path.name for path in (folder / "results" / study / "parts").glob("*.parquet"))


def stored(folder: Path, study: str, node: str = "") -> int:
    """Return how many records of a study are there; node: those that this host made."""
    found = [folder / "results" / study / "parts" / name for name in records(folder, study)]
    if node:
        found = [path for path in found if f'"{_at(node)}"'.encode() in path.read_bytes()]
    return len(found)


def rays(job: str) -> int:
    """Return how many processes of a job's Ray are there, on any host."""
    found = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            found += f"/ray-{job}/".encode() in (entry / "cmdline").read_bytes()
        except OSError:
            continue
    return found


def number(said: dict[str, Any]) -> str:
    """Return the number of the job that a `sweep submit` made or found."""
    return re.findall(r"sweep: (?:submitted job )?(\d+)(?:;| runs)", said["said"])[-1]


def timed(times: dict[str, float], name: str, condition: Callable[[], Any], seconds: float = 240) -> None:
    """Wait for a condition and write down how long it took."""
    began = time.monotonic()
    until(condition, name, seconds)
    times[name] = round(time.monotonic() - began, 1)


def main(folder: Path) -> dict[str, Any]:
    """Return what each step said and gave back, and seconds of some."""
    slurm, found, times = Slurm(folder), {}, {}
    script = (Path(__file__).resolve().parents[2] / "cluster" / "slurm.sbatch").read_text()
    whole = script.replace("#SBATCH --gres=gpu:1\n", "")
    (folder / "slurm.sbatch").write_text(whole)
    shared = whole.replace("#SBATCH --exclusive", "#SBATCH --cpus-per-task=1").replace("--nodes=2", "--nodes=1")
    (folder / "shared.sbatch").write_text(shared + "\n")
    to = ("submit", "tiny.yaml", "--cluster", "slurm.sbatch")

    # The same command twice at once, another one beside it, and the job cancelled in the middle.
    both = [slurm.start(*to, "--price", "0.5"), slurm.start(*to, "--price", "0.5")]
    found["first"], found["twin"] = (slurm.end(one) for one in both)
    job = number(found["first"])
    timed(times, "to the first record", lambda: stored(folder, "tiny") or slurm.ended(job))
    asked = {"other settings": slurm.start(*to, "--seeds", "20"), "status": slurm.start("status", "tiny", "--json")}
    found |= {name: slurm.end(one) for name, one in asked.items()}
    slurm.slurm("scancel", job)
    timed(times, "from scancel to its end", lambda: slurm.ended(job) and not rays(job), 60)
    found["cancelled"] = slurm.state(job)
    found["before"] = records(folder, "tiny")

    # The same command goes on; the second node is cut off in the middle.
    had = stored(folder, "tiny", "two")
    following = slurm.start(*to, "--follow")
    until(lambda: stored(folder, "tiny", "two") > had or following.poll() is not None, "a record of the second node")
    ip("-n", "host2", "link", "set", "wire2", "down")
    found["again"] = slurm.end(following)
    again = number(found["again"])
    found["without a node"] = slurm.state(again)
    ip("-n", "host2", "link", "set", "wire2", "up")

    # Two jobs on one node: one is cancelled, the other keeps its Ray, is started again by Slurm, and ends.
    jobs = {}
    for name in ("left", "right"):
        text = (folder / "tiny.yaml").read_text().replace("study: tiny", f"study: {name}")
        (folder / f"{name}.yaml").write_text(text)
        found[name] = slurm.sweep("submit", f"{name}.yaml", "--cluster", "shared.sbatch", "--seeds", "12")
        jobs[name] = number(found[name])
    until(lambda: stored(folder, "left") and stored(folder, "right"), "a record of both")
    found["down"] = slurm.sweep("submit", "left.yaml", "--cluster", "shared.sbatch", "--seeds", "12", "--down")
    until(lambda: slurm.ended(jobs["left"]) and not rays(jobs["left"]), "the end of one", 60)
    found["other's Ray"] = rays(jobs["right"])
    slurm.slurm("scontrol", "requeue", jobs["right"])
    times["requeued with"] = stored(folder, "right")
    timed(times, "from a requeue to the end", lambda: slurm.ended(jobs["right"]))
    found["requeued"] = slurm.state(jobs["right"])
    found["logs"] = {path.name: path.read_text() for path in folder.glob("seedsweep-*.log")}
    return found | {"times": times}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))) + "\n")

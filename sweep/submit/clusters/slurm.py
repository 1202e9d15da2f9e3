"""A study as a batch job of Slurm: the person's script with the study filled in, given to sbatch."""

import re
import shlex
import time
from pathlib import Path

from sweep.errors import ClusterError, InputError
from sweep.study.stop import until_in_words
from sweep.study.study import Study
from sweep.submit.cluster_command import answer
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.clusters.kind import Hear, Job, Running, State
from sweep.submit.identity import Identity, identity
from sweep.submit.ledger import Entry
from sweep.submit.parcel import size
from sweep.submit.parcel_contents import contents

NAME, SIGN = "a batch script", "#SBATCH"
_PLACE = re.compile(r'^set -- "\$@"$', re.MULTILINE)
_NEEDS = "Slurm's commands on this machine"
_OPEN = ("pending", "running", "configuring", "completing", "suspended", "requeued", "resizing", "stopped", "signaling")
_POLL_SECONDS = 2.0
_TIME = re.compile(r"(?:(?P<days>\d+)-)?(?P<parts>\d+(?::\d+){0,2})")


def knows(file: ClusterFile) -> bool:
    """Return whether a file is a batch script of Slurm."""
    return file.text.startswith("#!") and re.search(r"^#SBATCH\b", file.text, re.MULTILINE) is not None


def render(file: ClusterFile, study: Study, name: str, source: Path | None, *, retry_failed: bool) -> Job:
    """Return the job: the script with the words of `sweep run` in the place of its own arguments.

    Raises:
        InputError: no line `set -- "$@"` that takes them.
    """
    words = [name, "--seeds", str(study.seeds)] if isinstance(study.seeds, int) else [name]
    words += ["--until", until_in_words(study.stop)] if study.stop is not None else []
    words += ["--results", study.results, *(["--retry-failed"] if retry_failed else [])]
    if len(_PLACE.findall(file.text)) != 1:
        raise InputError(
            f'Expected one line `set -- "$@"` in {file.path}, where the study goes. See cluster/slurm.sbatch.'
        )
    line = f"set -- {shlex.join(words)}"
    text = _PLACE.sub(lambda _: line, file.text)
    going = contents(study, source)
    listing = [
        f"to sbatch the script {file.path.name} alone, {size(len(text.encode()))}; no file is sent. The nodes read:"
    ]
    listing += [f"  {path}  {size(path.stat().st_size)}  {going.why[key]}" for key, path in going.files.items()]
    listing += [] if source is None else [f"  {source}  {size(source.stat().st_size)}  the study"]
    said = dict(re.findall(r"^#SBATCH\s+--(nodes|time)[=\s]+(\S+)", file.text, re.MULTILINE))
    nodes = said.get("nodes", "").rpartition("-")[2]
    return Job(
        "",
        text,
        identity(study, going, retry_failed=retry_failed),
        (*listing, *going.notes),
        int(nodes) if nodes.isdigit() else None,
        _hours(said.get("time", "")),
    )


def running(mine: Identity) -> list[Running]:
    """Return the jobs of this study in this place that wait or run, by their numbers."""
    found = answer(["squeue", "--me", "--noheader", "--format", "%A %j"], None, _NEEDS)
    known = sorted((int(number), name) for number, name in (line.split(None, 1) for line in found.splitlines()))
    before = _job_name(mine, "")
    return [Running(str(number), name.strip()[len(before) :]) for number, name in known if name.startswith(before)]


def run(job: Job) -> str:
    """Give the script to Slurm and return the job's number: the lowest, where the same was submitted at once."""
    name = _job_name(job.identity, job.identity.wanted)
    words = ["sbatch", "--parsable", "--job-name", name, "--dependency=singleton"]
    mine = answer(words, job.text, _NEEDS).strip().partition(";")[0]
    first = next((one.name for one in running(job.identity) if one.wanted == job.identity.wanted), mine)
    if first != mine:
        end(mine)
    return first


def end(name: str) -> None:
    """End a job."""
    answer(["scancel", name], None, _NEEDS)


def how_to_read(name: str) -> str:
    """Return where the log of a job is."""
    return f"seedsweep-{name}.log"


def how_to_end(name: str) -> str:
    """Return the command that ends a job."""
    return f"scancel {name}"


def log(name: str, hear: Hear) -> None:
    """Repeat the log of a job, where the job was submitted, until it has ended."""
    file, heard = _log_file(name), 0
    while True:
        ended = _state(name) not in _OPEN
        if file is not None and file.is_file():
            whole = file.read_bytes()
            whole = whole if ended else whole[: whole.rfind(b"\n") + 1]
            for line in whole[heard:].decode(errors="replace").splitlines():
                hear(line.removeprefix("sweep: "))
            heard = len(whole)
        if ended:
            return
        time.sleep(_POLL_SECONDS)


def state(entry: Entry) -> State:
    """Return the state of a job in Slurm's words; "gone" where Slurm has forgotten it."""
    return State(_state(entry.submission_id))


def _state(number: str) -> str:
    words = ["squeue", "--noheader", "--states", "all", "--jobs", number, "--format", "%T"]
    try:
        known = answer(words, None, _NEEDS).split()
    except ClusterError as error:
        if "Invalid job id" not in str(error):
            raise
        known = []
    if not known:  # squeue forgets a job some minutes after its end; where Slurm keeps accounts, sacct does not
        try:
            words = ["sacct", "--noheader", "--parsable2", "--allocations", "--jobs", number, "--format", "State"]
            known = answer(words, None, _NEEDS).split()
        except ClusterError:
            known = []
    return (known or ["gone"])[0].lower()


def _log_file(number: str) -> Path | None:
    said = re.search(r"^\s*StdOut=(.+)$", answer(["scontrol", "show", "job", number], None, _NEEDS), re.MULTILINE)
    return Path(said[1]) if said else None


def _job_name(mine: Identity, wanted: str) -> str:
    """Return the name under which Slurm lists a job."""
    return f"seedsweep-{mine.study}-{mine.place}-{wanted}"


def _hours(text: str) -> float | None:
    """Return the hours of a time limit of Slurm: minutes, M:S, H:M:S, D-H, D-H:M or D-H:M:S; None for another word."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    parts = [int(part) for part in match["parts"].split(":")]
    if match["days"] is not None:
        hours, minutes, seconds = (*parts, 0, 0)[:3]
        return int(match["days"]) * 24 + hours + minutes / 60 + seconds / 3600
    if len(parts) == 3:
        return parts[0] + parts[1] / 60 + parts[2] / 3600
    return parts[0] / 60 + (parts[1] / 3600 if len(parts) == 2 else 0)

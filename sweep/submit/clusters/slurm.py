"""A study as a batch job of Slurm: the person's script with the study filled in, given to sbatch."""

import re
import shlex
from pathlib import Path

from sweep.errors import InputError
from sweep.study.stop import until_in_words
from sweep.study.study import Study
from sweep.submit.cluster_command import answer
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.clusters.kind import Hear, Job, State
from sweep.submit.ledger import Entry
from sweep.submit.parcel import size
from sweep.submit.parcel_contents import contents

NAME, SIGN = "a batch script", "#SBATCH"
_PLACE = re.compile(r'^set -- "\$@"$', re.MULTILINE)
_NEEDS = "Slurm's commands on this machine"


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
    return Job("", text, (*listing, *going.notes))


def running(study: Study) -> str | None:
    """Return the number of a job of this study that waits or runs, None if there is none."""
    found = answer(["squeue", "--me", "--noheader", "--name", job_name(study), "--format", "%A"], None, _NEEDS)
    return next(iter(found.split()), None)


def run(job: Job, study: Study, hear: Hear) -> str:
    """Give the script to Slurm and return the job's number."""
    said = answer(["sbatch", "--parsable", "--job-name", job_name(study)], job.text, _NEEDS)
    number = said.strip().partition(";")[0]
    hear(f"submitted job {number}; its log: seedsweep-{number}.log")
    return number


def state(entry: Entry) -> State:
    """Return the state of a job in Slurm's words; "gone" where Slurm has forgotten it."""
    words = ["squeue", "--noheader", "--states", "all", "--jobs", entry.submission_id, "--format", "%T"]
    return State((answer(words, None, _NEEDS).split() or ["gone"])[0].lower())


def job_name(study: Study) -> str:
    """Return the name under which Slurm lists the study's jobs."""
    return f"seedsweep-{study.study}"

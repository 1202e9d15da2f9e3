"""A study as a batch job of Slurm: the person's script with the study filled in, given to sbatch."""

import re
import shlex
from collections.abc import Sequence

from sweep.errors import InputError
from sweep.study.study import Study
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.outside import answer

_PLACE = re.compile(r'^set -- "\$@"$', re.MULTILINE)
_NEEDS = "Slurm's commands on this machine"


def render(file: ClusterFile, words: Sequence[str]) -> str:
    """Return the script with the words of `sweep run` in the place of its own arguments.

    Raises:
        InputError: no line `set -- "$@"` that takes them.
    """
    if len(_PLACE.findall(file.text)) != 1:
        raise InputError(
            f'Expected one line `set -- "$@"` in {file.path}, where the study goes. See cluster/slurm.sbatch.'
        )
    line = f"set -- {shlex.join(words)}"
    return _PLACE.sub(lambda _: line, file.text)


def running(study: Study) -> str | None:
    """Return the number of a job of this study that waits or runs, None if there is none."""
    found = answer(["squeue", "--me", "--noheader", "--name", job_name(study), "--format", "%A"], None, _NEEDS)
    return next(iter(found.split()), None)


def sbatch(text: str, study: Study) -> str:
    """Give the script to Slurm and return the job's number."""
    number = answer(["sbatch", "--parsable", "--job-name", job_name(study)], text, _NEEDS)
    return number.strip().partition(";")[0]


def state(number: str) -> str:
    """Return the state of a job in Slurm's words, in small letters; "gone" where Slurm has forgotten it."""
    found = answer(["squeue", "--noheader", "--states", "all", "--jobs", number, "--format", "%T"], None, _NEEDS)
    return (found.split() or ["gone"])[0].lower()


def job_name(study: Study) -> str:
    """Return the name under which Slurm lists the study's jobs."""
    return f"seedsweep-{study.study}"

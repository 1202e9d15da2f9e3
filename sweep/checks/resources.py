"""What a trial asks of a machine and this machine lacks: no fault of a study, which may be meant for a cluster."""

import os

from sweep.checks.finding import Finding
from sweep.machine.hardware import gpus_here
from sweep.study.parts import Resources


def resource_findings(asked: Resources) -> list[Finding]:
    """Return a caution where a trial asks for more processors, GPUs or threads than this machine has."""
    cpus, gpus = os.cpu_count() or 1, gpus_here()
    lacks = [
        f"{wanted:g} {name}{'s' if wanted != 1 else ''} a trial, this machine has {there}"
        for name, wanted, there in (("processor", asked.cpu, cpus), ("GPU", asked.gpu, gpus))
        if wanted > there
    ]
    found = []
    if lacks:
        found.append(
            Finding(
                "not_on_this_machine",
                "note",
                f"The study asks for {'; '.join(lacks)}: no trial of it can start here.",
                "Change `resources`, or name a cluster that has them with --address.",
            )
        )
    elif asked.threads > cpus:
        found.append(
            Finding(
                "more_threads_than_processors",
                "note",
                f"A trial computes with {asked.threads} threads, this machine has {cpus} processors.",
                "This makes it slower. A change of the number of threads changes the bits.",
            )
        )
    return found

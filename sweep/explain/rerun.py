"""Running one stored trial again, in a fresh process of this machine, perhaps with other environment variables."""

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sweep.errors import ClusterError
from sweep.explain.stored_bits import Bits, bits_of
from sweep.machine import process, scratch
from sweep.machine.output import output_as_errors
from sweep.machine.variables import quiet_environment, variables_with
from sweep.store import records
from sweep.study.study import Study
from sweep.trial import backends
from sweep.trial.order import TrialOrder
from sweep.trial.trial import run_trial

if TYPE_CHECKING:
    from sweep.running.ray_session import RaySession


class RerunFailedError(ClusterError):
    """The trial that was ok when it was stored does not end well now."""


def run_again(order: TrialOrder, variables: Mapping[str, str] | None = None) -> Bits:
    """Return the bits of a trial that runs now.

    Args:
        order: the trial; its folder of results is replaced.
        variables: environment variables that the process starts with, "" removes one; this needs a new interpreter
            (seconds), since TensorFlow reads them while it is imported. None forks one that has TensorFlow.

    Raises:
        RerunFailedError: the trial fails or its process dies.
    """
    with tempfile.TemporaryDirectory(prefix="verify-", dir=scratch.folder()) as folder:
        order = replace(order, results=folder, attempt=0)
        ours = backends.variables(Study.model_validate(order.study))
        if variables:
            crash = _spawned(order, {**ours, **variables}, Path(folder))
        else:
            ended = process.call(run_trial, order, variables=ours)
            crash = ended.crash or ended.value.error
        found = [path for path, _, _ in records.parts(Path(folder))]
        if not found:
            raise RerunFailedError(f"Expected trial {order.trial_id} to run as it did. Received: {crash}")
        record, scores = records.read_part(found[0])
    if record.trial["status"] != "ok":
        raise RerunFailedError(
            f"Expected trial {order.trial_id} to run as it did. Received: {record.trial['error'].splitlines()[0]}"
        )
    return bits_of(record, scores)


def run_through_ray(there: "RaySession", orders: Sequence[TrialOrder]) -> dict[str, Bits]:
    """Return trial_id -> bits of trials that run now as Ray places them, on a cluster or with this machine's GPUs.

    there: the Ray that runs them, see `ray_for_reruns`.

    Raises:
        RerunFailedError: a trial fails or its worker is lost.
        ClusterError: no node has what a trial asks for.
    """
    from sweep.running import driver

    with tempfile.TemporaryDirectory(prefix="verify-", dir=scratch.folder()) as folder, output_as_errors():
        asked = [replace(order, results=folder, attempt=0) for order in orders]
        resources = orders[0].study["resources"]
        driver.run_orders(there, asked, lambda _: None, cpu=resources["cpu"], gpu=resources["gpu"])
        found = [records.read_part(path) for path, _, _ in records.parts(Path(folder))]
    for record, _ in found:
        if record.trial["status"] != "ok":
            raise RerunFailedError(
                f"Expected trial {record.trial['trial_id']} to run as it did. Received: "
                f"{record.trial['error'].splitlines()[0]}"
            )
    return {record.trial["trial_id"]: bits_of(record, scores) for record, scores in found}


@contextmanager
def ray_for_reruns(address: str | None) -> Iterator["RaySession"]:
    """Give `run_through_ray` its Ray for a while; address: as in `sweep.running.execution.run`.

    Raises:
        ClusterError: no Ray at the address.
    """
    from sweep.running.ray_session import ray_session

    with ExitStack() as stack:
        with output_as_errors():
            there = stack.enter_context(ray_session(address, None))
        yield there


def _spawned(order: TrialOrder, variables: Mapping[str, str], folder: Path) -> str:
    """Run the trial in a new interpreter; return how it ended, "" if well."""
    asked = folder / "order.pickle"
    asked.write_bytes(pickle.dumps(order))
    command = [sys.executable, "-m", "sweep.explain.rerun", str(asked)]
    environment = variables_with(variables)
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603 (this module)
    return "" if done.returncode == 0 else f"ended with exit code {done.returncode}: {done.stderr[-500:]}"


if __name__ == "__main__":
    quiet_environment()
    run_trial(pickle.loads(Path(sys.argv[1]).read_bytes()))  # noqa: S301 (written a moment ago by `_spawned`)

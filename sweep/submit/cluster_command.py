"""A command of the cluster's own, such as kubectl or sbatch, and its answer."""

import subprocess
from collections.abc import Sequence

from sweep.errors import ClusterError


def answer(command: Sequence[str], given: str | None, needs: str) -> str:
    """Return what a command wrote on standard output.

    Args:
        command: its words.
        given: text on its standard input, None for none.
        needs: what is missing where the command is not there, for the message.

    Raises:
        ClusterError: no such command, or it failed.
    """
    try:
        done = subprocess.run(command, input=given or "", capture_output=True, text=True)  # noqa: S603 (named by us)
    except FileNotFoundError:
        raise ClusterError(
            f"Expected {needs}. Received: no command {command[0]}. --dry-run prints all the same."
        ) from None
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[:300]
        raise ClusterError(f"Expected `{' '.join(command[:2])}` to end well. Received: {said}")
    return done.stdout

"""What becomes of an error that nobody foresaw: one line, and a file with its trace."""

import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sweep.errors import ClusterError, InputError, SweepError, printable
from sweep.machine.packages import missing_training


def last_resort(error: Exception) -> SweepError:
    """Return what to say of an error that is not ours, with the file that holds its trace.

    Words of the command line that do not fit, and a file that cannot be opened, are the caller's to mend, memory is the
    machine's; all else is a fault here.
    """
    if hasattr(error, "format_message"):  # a usage error, whichever Click Typer brings with it
        command = getattr(getattr(error, "ctx", None), "command_path", "sweep")
        said = error.format_message().rstrip(".")
        return InputError(f"{said}{'' if said.endswith('?') else '.'} `{command} --help` shows what there is.")
    if (missing := missing_training(error)) is not None:
        return missing
    if isinstance(error, MemoryError):
        return ClusterError(
            f"Expected enough memory. Received: {_said(error)}. Give smaller input, or a larger machine."
        )
    if isinstance(error, OSError) and error.filename is not None:
        return InputError(f"Expected a file or folder that can be used. Received: {error.filename}: {error.strerror}.")
    return ClusterError(
        f"Expected to answer. Received: {_said(error)}. This is a fault of Seed Sweep; what is stored stays as it "
        f"was. {_kept_trace(error)}"
    )


def _said(error: Exception) -> str:
    text = " ".join(printable(str(error)).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__


def _kept_trace(error: Exception) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="seedsweep-trace-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(f"{sys.argv}\nPython {sys.version}\n\n")
            file.writelines(traceback.format_exception(error))
    except OSError:
        return "Its trace could not be kept."
    return f"Please report it with its trace: {file.name}"


@contextmanager
def unheard_warnings() -> Iterator[None]:
    """Keep the raw warnings of libraries from the person's screen; -W and PYTHONWARNINGS bring them back."""
    shown = warnings.showwarning

    def unheard(*_: Any, **__: Any) -> None:
        """Say nothing: what a person must know, a command says in its own words."""

    if not sys.warnoptions:
        warnings.showwarning = unheard
    try:
        yield
    finally:
        warnings.showwarning = shown

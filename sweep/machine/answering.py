"""What runs in a process that answers calls: it takes one after the other, and ends with the process that asks."""

import multiprocessing
import os
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from pathlib import Path


def answer_each(wire: Connection, log: str, variables: dict[str, str]) -> None:
    """Run in the process: send back what each function returns; what it prints goes to the log."""
    os.environ.update(variables)
    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a crash must not take what was printed
    if sys.platform != "win32":
        Path(log).unlink(missing_ok=True)  # the caller has it open; however both end, no file is left
    threading.Thread(target=_end_with_parent, daemon=True).start()
    wire.send("ready")
    while True:
        try:
            function, argument = wire.recv()
        except (EOFError, OSError):
            os._exit(0)  # TensorFlow's own end costs a tenth of a second and has nothing left to do
        except BaseException:  # noqa: BLE001 (a function that is not there: the caller raises it again)
            wire.send(("fault", traceback.format_exc()))
            continue
        os.ftruncate(1, 0)  # what an earlier call printed says nothing of a crash
        try:
            message = ("value", function(argument))
        except BaseException:  # noqa: BLE001 (see above)
            message = ("fault", traceback.format_exc())
        wire.send(message)


def _end_with_parent() -> None:
    """End this process when the one that asked for it is gone, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

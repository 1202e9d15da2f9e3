"""Asking for data: one fresh process serves a command, with an environment that stands before NumPy is loaded."""

import json
import subprocess
import sys
import threading
import warnings
from contextlib import suppress
from types import TracebackType
from typing import Any

from sweep.data import Prepared
from sweep.errors import InputError
from sweep.machine.folders import current_folder
from sweep.machine.library_notes import pass_on
from sweep.machine.process import how_it_ended
from sweep.machine.variables import variables_with
from sweep.study.study import Study
from sweep.trial import backends
from sweep.trial.data_function import DataRequest, receive, send
from sweep.trial.kept_data import keep, kept

# Variables that the data process starts with, "" removes one: what must stand before NumPy is loaded is named here.
DATA_VARIABLES: dict[str, str] = {}

_SECONDS_FOR_LAST_WORDS = 2.0

# A fresh interpreter: a fork would inherit what the caller has loaded. The caller's path comes first, since this
# package, too, may be found by what the caller did to it.
_PROGRAM = """\
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from sweep.trial.data_function import serve
serve()
"""


def data_key(study: Study, split_seed: int) -> str:
    """Return what decides the data of a configuration, as text: equal keys are prepared once."""
    said = study.model_dump(mode="json", include={"data", "division"} | ({"tests"} if study.tests else set()))
    return json.dumps([said, study.hold.get("split") if study.division else None, split_seed, study.train.output])


class DataProcess:
    """Prepares data in a process of its own, which is started by the first request and ends with the `with` block."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._variables: dict[str, str] = {}
        self._notes: threading.Thread | None = None

    def __enter__(self) -> "DataProcess":
        """Return this object; nothing is started yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process, whatever it does."""
        self._end()

    def prepare(self, study: Study, split_seed: int, expect: str | None = None) -> Prepared:
        """Return the data of a configuration, checked and cached on this node.

        Args:
            study: names the data function, its keywords and the task.
            split_seed: of the division, where the function takes one; Python's and NumPy's generators start from it.
            expect: the data_id that must come out, or None.

        Raises:
            InputError: the data function or what it returns is wrong, the data_id is not the expected one, or the
                process died.
            ClusterError: the cache cannot be written.
        """
        key = data_key(study, split_seed)
        found = kept(study, key)
        if found is not None and expect in (None, found.data_id):
            return found
        variables = {**DATA_VARIABLES, **backends.variables(study)}
        if self._process is not None and self._variables != variables:  # Keras takes one backend in a process
            self._end()
        self._variables = variables
        process = self._process or self._start()
        try:
            send(process.stdin, DataRequest(study, split_seed, expect))  # type: ignore[arg-type]  # it is a pipe
            answer = receive(process.stdout)  # type: ignore[arg-type]
        except (EOFError, OSError):
            raise InputError(
                f"data: expected {study.data.use} to return the splits. Its process was "
                f"{how_it_ended(self._end(kill=False))}. Call the function alone to see where."
            ) from None
        except BaseException:
            self._end()
            raise
        if answer.kind == "again":
            self._end()
            return self.prepare(study, split_seed, expect)
        for message, category, file, line in answer.warnings:
            warnings.warn_explicit(message, category, file, line)
        if answer.kind == "fault":
            raise RuntimeError(f"the process of the data failed outside the data function:\n{answer.value}")
        if answer.kind == "error":
            raise answer.value
        if not answer.warnings:
            keep(study, key, answer.value)
        return answer.value  # type: ignore[no-any-return]

    def _start(self) -> "subprocess.Popen[bytes]":
        path = json.dumps([str(one) or current_folder() for one in sys.path])
        self._process = subprocess.Popen(  # noqa: S603 (this interpreter, and a module of ours)
            [sys.executable, "-P", "-c", _PROGRAM, path],  # -P: not a json.py of the current folder's
            env=variables_with(self._variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._notes = pass_on(self._process.stderr)  # type: ignore[arg-type]  # it is a pipe
        return self._process

    def _end(self, *, kill: bool = True) -> Any:
        """Return the exit code of the process, after it ended."""
        process, self._process = self._process, None
        if process is None:
            return None
        if kill:
            process.kill()  # it holds nothing: what it stored was renamed into place
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # a request that was not sent any more
                    pipe.close()
        code = process.wait()
        if self._notes is not None:  # what it wrote at last; a process of the user's may hold the pipe
            self._notes.join(_SECONDS_FOR_LAST_WORDS)
        return code


__all__ = ["DATA_VARIABLES", "DataProcess", "data_key"]

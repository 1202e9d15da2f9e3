"""The user's data function, called in a process of its own: `python -c` this module's `serve`.

A data function may seed or draw from every global generator, change the working folder, print, load libraries, or end
the process; the caller of `sweep.run` is untouched by all of it.
"""

import os
import pickle
import queue
import struct
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, BinaryIO

from sweep import data
from sweep.data.folds import Fold
from sweep.errors import InputError, SweepError, one_line
from sweep.machine.folders import cache_folder
from sweep.machine.signals import leave_ctrl_c_to_the_caller
from sweep.machine.streams import derived_seed
from sweep.machine.variables import quiet_environment
from sweep.study import code
from sweep.study.parts import TestUse
from sweep.study.study import Study
from sweep.trial import seeding
from sweep.trial.streaming import streaming_of


@dataclass(frozen=True)
class DataRequest:
    """What is asked of the process. expect: the data_id that must come out, or None."""

    study: Study
    split_seed: int
    expect: str | None


@dataclass(frozen=True)
class Answer:
    """What the process says.

    kind: "value", "error" (which belongs to the caller), "fault" (a trace) or "again" (another process must be asked).
    warnings: message, category, file and line of each, for the caller's own filters to show or not.
    """

    kind: str
    value: Any
    warnings: tuple[tuple[str, type[Warning], str, int], ...]


def prepare_data(request: DataRequest) -> data.Prepared:
    """Return the data of a configuration, checked and cached on this node.

    Raises:
        InputError: the data function or what it returns is wrong, or the data_id is not the expected one.
    """
    study = request.study
    split_seed = request.split_seed if not study.tests or code.takes(study.data.use, "split_seed") else 0
    expect, cache = None if study.tests else request.expect, cache_folder()
    fold = fold_of(study)
    function = code.function(study.data.use)
    if fold is not None:
        function = _called_once(function, f"{study.data.model_dump_json()} {split_seed}")
    seeding.seed_numpy_and_python(split_seed)  # a data function that draws without saying so draws the same again
    prepared = data.prepare(
        function,
        study.data.keywords,
        split_seed=split_seed,
        task=study.task,
        leakage=study.data.leakage,
        cache=cache,
        expect=expect,
        output=study.train.output,
        streaming=streaming_of(study, split_seed),
        fold=fold,
    )
    if not study.tests:
        return prepared
    tests = [_further_test(name, one, request.split_seed) for name, one in study.tests.items()]
    task, output = study.task, study.train.output
    return data.with_tests(prepared, tests, task=task, cache=cache, output=output, expect=request.expect)


def _further_test(name: str, said: TestUse, split_seed: int) -> data.FurtherTest:
    """Return a further test set whose function finds the generators seeded, whatever was drawn before."""
    function = code.function(said.use)
    seed = split_seed if code.takes(said.use, "split_seed") else 0

    @wraps(function)
    def call(*values: Any, **keywords: Any) -> Any:
        seeding.seed_numpy_and_python(seed)
        return function(*values, **keywords)

    return data.FurtherTest(name, call, said.keywords, seed, said.leakage, said.people == "others")


def fold_of(study: Study) -> Fold | None:
    """Return the fold of a configuration; None where the study does not divide its data.

    Who is in which fold follows `hold: {split: N}`, and never the seed of a trial: all seeds have the same folds.
    """
    division = study.division
    if division is None or division.fold is None:
        return None
    return Fold(division.fold, division.folds, derived_seed("sweep", "division", study.hold.get("split", 0)))


_LAST: dict[str, Any] = {}  # what the data function gave last, as all folds are cut from the same samples


def _called_once(function: Callable[..., Any], key: str) -> Callable[..., Any]:
    """Return the function, which is called for the first fold alone; key: its keywords and its seed."""

    @wraps(function)
    def call(*values: Any, **keywords: Any) -> Any:
        if key not in _LAST:
            found = function(*values, **keywords)
            _LAST.clear()
            _LAST[key] = found
        return _LAST[key]

    return call


def serve() -> None:
    """Answer requests from standard input on what was standard output; end when the asking process does.

    What the user's function prints goes to standard error.
    """
    leave_ctrl_c_to_the_caller()
    quiet_environment()  # for a data function that imports TensorFlow
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 (a user's function that asks a question gets no answer)
        os.dup2(nothing.fileno(), 0)
    requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
    seeded = False  # whether TensorFlow's generator is, for a stream: arrays are made as if nobody had
    threading.Thread(target=_listen, args=(asked, requests), daemon=True).start()
    while True:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("default")
            kind, value = _answer(requests.get())
        stream = value.stream if kind == "value" else None
        if seeded and stream is None:
            kind, value = "again", None
        seeded = seeded or (stream is not None and stream.on_tensorflow)
        heard = tuple((str(one.message), _known(one.category), one.filename, one.lineno) for one in told)
        send(answers, Answer(kind, value, heard))


def _known(category: type[Warning]) -> type[Warning]:
    """Return Python's own category above a library's, which the caller would have to import."""
    return next(one for one in category.__mro__ if one.__module__ == "builtins")


def _answer(request: DataRequest) -> tuple[str, Any]:
    try:
        answer: tuple[str, Any] = ("value", prepare_data(request))
    except (SystemExit, KeyboardInterrupt) as error:
        use = request.study.data.use
        answer = ("error", InputError(f"Expected {use} to return the splits. It raised {one_line(error)}."))
    except (SweepError, MemoryError, OSError) as error:
        answer = ("error", error)
    except BaseException:  # noqa: BLE001 (the caller raises it again)
        answer = ("fault", traceback.format_exc())
    sys.stdout.flush()
    sys.stderr.flush()
    return answer


def _listen(asked: BinaryIO, requests: "queue.SimpleQueue[Any]") -> None:
    """Hand requests on; the end of the pipe is the end of whoever asked, and so of this process, busy or not."""
    while True:
        try:
            requests.put(receive(asked))
        except EOFError:
            os._exit(0)


def send(pipe: BinaryIO, message: Any) -> None:
    """Write a message to a pipe, with its length before it."""
    content = pickle.dumps(message)
    pipe.write(struct.pack("!Q", len(content)) + content)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    """Return the next message of a pipe between processes of this program; EOFError where it ends before."""
    head = pipe.read(8)
    if len(head) < 8:
        raise EOFError
    (size,) = struct.unpack("!Q", head)
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return pickle.loads(content)  # noqa: S301 (written by `send`, in a process that this one started or was started by)

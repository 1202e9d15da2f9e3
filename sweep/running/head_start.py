"""What a run starts while its data are still being prepared: the import of TensorFlow, and Ray.

Both take seconds, and neither needs the plan. A study whose trials are all stored gets neither.
"""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweep.errors import SweepError
from sweep.machine import process
from sweep.machine.packages import is_installed, require
from sweep.machine.variables import quiet_environment
from sweep.running.opening import Opened, open_study
from sweep.study.plan import configurations
from sweep.study.study import Study
from sweep.trial import backends
from sweep.trial.frameworks import preloaded

if TYPE_CHECKING:
    from sweep.running.ray_session import RaySession


class RayAhead:
    """A Ray of this machine that starts beside whatever its maker does next."""

    def __init__(self, slots: int | None) -> None:
        """Begin to start it. slots: see `sweep.running.ray_session.ray_session`.

        Ray and Tune are imported first, in this thread: two threads that import Tune find halves of it.
        """
        import sweep.running.driver  # noqa: F401 (what the start and the run after it will find imported)

        self._open = ExitStack()
        self._aside = ThreadPoolExecutor(1)
        self._starting: Future[RaySession] | None = self._aside.submit(self._start, slots)

    def session(self) -> "RaySession | None":
        """Return the connection to it, once it is there; None after its end.

        Raises:
            ClusterError: it does not start.
        """
        return None if self._starting is None else self._starting.result()

    def end(self, *how: Any) -> None:
        """End it, as soon as it is there; how: what `__exit__` is told of the end of a run."""
        starting, self._starting = self._starting, None
        if starting is not None:
            with suppress(SweepError):  # one that does not start was told to whoever asked for it
                starting.result()
            # Its thread goes last: the kernel ends Ray's daemons with the thread that started them, and Ray waits 5 s
            # for a daemon that is gone.
            try:
                self._open.__exit__(*(how or (None, None, None)))
            finally:
                self._aside.shutdown()

    def _start(self, slots: int | None) -> "RaySession":
        from sweep.running.ray_session import ray_session

        return self._open.enter_context(ray_session(None, slots))


@contextmanager
def head_start(opened: Opened, address: str | None, slots: int | None, *, finished: bool) -> Iterator[RayAhead | None]:
    """Start what the trials of a study will need; give the Ray that will be there, which ends with this context.

    None: nothing is left to run, as it seems, or Ray is somebody else's.

    Args:
        opened: the study, whose data nobody has looked at yet.
        address, slots: as in `sweep.running.ray_session.ray_session`.
        finished: whether nothing is left to run, as it seems, see `seems_finished`.
    """
    if finished:
        yield None
        return
    _import_framework(opened)
    if address not in (None, "local") or _connected():
        yield None
        return
    ahead = RayAhead(slots)
    try:
        yield ahead
    finally:
        ahead.end(*sys.exc_info())


def import_ahead(
    study: Study | str | Path, *, seeds: int | None = None, results: str | None = None, retry_failed: bool = False
) -> None:
    """Begin the import alone, for a command that has not imported all that it will need itself.

    A study that is wrong gets none: the command will say why. The arguments are those of `open_study`.
    """
    with suppress(SweepError):
        opened = open_study(study, seeds=seeds, results=results)
        if not seems_finished(opened, retry_failed=retry_failed):
            _import_framework(opened)


def _import_framework(opened: Opened) -> None:
    quiet_environment()
    if process.server() is not None:  # the command began already, see `import_ahead`
        return
    studies = [one.study for one in configurations(opened.study)]
    with suppress(SweepError):  # a framework that is not installed: whoever needs it says so, in its turn
        process.warm_up(*preloaded(studies), variables=backends.variables(studies[0]))


def require_packages(study: Study) -> None:
    """Raise InputError where Ray is not installed, or Keras for a model; `backends.check` says the rest.

    Where one of them is missing, what Keras computes with is named too, so that the message is the only one.
    """
    first = ["ray"] if study.trial is not None else ["ray", "keras"]
    if all(map(is_installed, first)):
        return
    if study.trial is not None:
        require(first)
    backend = backends.called(study.keras_backend)
    require([*first, *backend.PACKAGES], backend.INSTALL)


def seems_finished(opened: Opened, *, retry_failed: bool = False) -> bool:
    """Return whether the results of a study have as many trials as it asks for, all ended; a guess, made at once.

    An object store is not asked.
    """
    if not isinstance(opened.folder, Path):
        return False
    n_stored = _n_stored(opened.folder, {"ok"} if retry_failed else {"ok", "failed"})
    # A large grid takes a moment to count, which a new study need not wait for.
    return n_stored > 0 and n_stored >= len(configurations(opened.study)) * len(opened.study.seed_list)


def _n_stored(folder: Path, statuses: set[str]) -> int:
    """Return how many trials of the stored plan ended in one of these ways."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        plan = {one["trial_id"] for one in json.loads((folder / "study.json").read_text(encoding="utf-8"))["plan"]}
        with pq.ParquetFile(folder / "trials.parquet") as file:  # `read_table` imports half a second of pyarrow besides
            rows = file.read(columns=["trial_id", "status"]).to_pylist()
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return 0
    return len({row["trial_id"] for row in rows if row["status"] in statuses} & plan)


def _connected() -> bool:
    ray = sys.modules.get("ray")
    return ray is not None and ray.is_initialized()

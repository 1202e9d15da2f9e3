"""The trackers that trials can be handed to, a file each: a new one is one file and one line here."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sweep.errors import InputError, nearest
from sweep.export.exported import ExportedTrial, exported
from sweep.store import store
from sweep.store.places import Place

Write = Callable[[str, list[ExportedTrial], Path], int]


@dataclass(frozen=True)
class Tracker:
    """title: its name. packages: that must be installed. module: holds `write(study, trials, into) -> trials written`.

    opened_by: how a person looks at what was written; {into} is the place.
    """

    title: str
    packages: tuple[str, ...]
    module: str
    opened_by: str


TRACKERS = {
    "csv": Tracker("CSV", (), "sweep.export.to_csv", "runs.csv and epochs.csv in {into}"),
    "mlflow": Tracker(
        "MLflow",
        ("mlflow", "sqlalchemy", "alembic"),
        "sweep.export.to_mlflow",
        "mlflow ui --backend-store-uri sqlite:///{into}/mlflow.db",
    ),
    "tensorboard": Tracker(
        "TensorBoard", ("tensorboardX",), "sweep.export.to_tensorboard", "tensorboard --logdir {into}"
    ),
    "wandb": Tracker("Weights & Biases", ("wandb",), "sweep.export.to_wandb", "wandb sync {into}/wandb/offline-run-*"),
}


@dataclass(frozen=True)
class Exported:
    """What was handed over.

    into: the folder. n_written: trials written now; n_there: those that it had already. n_failed: of both, failed ones.
    """

    tracker: str
    into: Path
    n_written: int
    n_there: int
    opened_by: str
    n_failed: int = 0

    def as_dict(self) -> dict[str, str | int]:
        """Return every field by name, for JSON."""
        return {
            "to": self.tracker,
            "into": str(self.into),
            "n_written": self.n_written,
            "n_there": self.n_there,
            "n_failed": self.n_failed,
            "opened_by": self.opened_by,
        }


def export(results: store.Results | str | Place, to: str, into: str | Path | None = None) -> Exported:
    """Hand every stored trial to a tracker, as files on this machine, and return what was written.

    Trials that are there already are left alone, so that the same command later adds what is new.

    Args:
        results: what `load` returned, or a study's folder.
        to: "csv", "mlflow", "tensorboard" or "wandb" (offline: nothing is sent).
        into: the folder; None makes export/TRACKER in the folder of results.

    Raises:
        InputError: no such tracker, its package is not installed, no trial is stored, or the folder cannot be written.
    """
    if to not in TRACKERS:
        raise InputError(f"Expected a tracker: {', '.join(TRACKERS)}. Received: {to}.{nearest(to, TRACKERS)}")
    tracker = TRACKERS[to]
    for package in tracker.packages:
        try:
            importlib.import_module(package)
        except ImportError:
            raise InputError(
                f"Expected the package {package} for --to {to}. Received: it is not installed. "
                "Install it by `pip install 'seedsweep[export]'`."
            ) from None
    loaded = results if isinstance(results, store.Results) else store.load(results)
    if into is None and not isinstance(loaded.path, Path):
        raise InputError(f"Expected --into FOLDER, since the results are in {loaded.path}. Received: none.")
    folder = Path(into) if into is not None else Path(str(loaded.path)) / "export" / to
    trials = list(exported(loaded))
    write: Write = importlib.import_module(tracker.module).write
    try:
        folder.mkdir(parents=True, exist_ok=True)
        n_written = write(loaded.study["study"], trials, folder.absolute())
    except OSError as error:
        raise InputError(f"Expected a folder to write to. Received: {error}. Name another by --into.") from error
    n_failed = sum(not trial.ok for trial in trials)
    return Exported(to, folder, n_written, len(trials) - n_written, tracker.opened_by.format(into=folder), n_failed)

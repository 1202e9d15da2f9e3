"""Trials as TensorBoard's event files, a folder a trial: curves by epoch, and settings beside metrics."""

import shutil
from pathlib import Path

from sweep.export.exported import ExportedTrial


def write(study: str, trials: list[ExportedTrial], into: Path) -> int:
    """Write INTO/STUDY/TRIAL/ for each trial that is not there; return their number."""
    from tensorboardX import SummaryWriter
    from tensorboardX.summary import hparams

    n_written = 0
    for trial in trials:
        folder = into / study / trial.trial_id
        if folder.is_dir():
            continue
        draft = into / study / f".{trial.trial_id}"  # renamed when it is whole
        shutil.rmtree(draft, ignore_errors=True)
        at = trial.started / 1000
        with SummaryWriter(str(draft)) as writer:
            for part in hparams(dict(trial.params), dict(trial.metrics)):
                writer.file_writer.add_summary(part, walltime=at)
            for epoch, numbers in trial.epochs:
                for name, value in numbers.items():
                    writer.add_scalar(f"epoch/{name}", value, epoch, walltime=at)
            for name, value in trial.metrics.items():
                writer.add_scalar(f"metric/{name}", value, 0, walltime=at)
            for name, word in ({"name": trial.name} | trial.words | {"error": trial.error}).items():
                writer.add_text(name, word, 0, walltime=at)
        draft.rename(folder)
        n_written += 1
    return n_written

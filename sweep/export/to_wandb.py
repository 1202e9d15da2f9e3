"""Trials as offline runs of Weights & Biases, which `wandb sync` sends when a person wants it."""

from pathlib import Path

from sweep.export.exported import ExportedTrial


def write(study: str, trials: list[ExportedTrial], into: Path) -> int:
    """Write INTO/wandb/offline-run-*-TRIAL for each trial that is not there; return their number. Nothing is sent."""
    import wandb

    there = {path.name.rpartition("-")[2] for path in (into / "wandb").glob("offline-run-*")}
    fresh = [trial for trial in trials if trial.trial_id not in there]
    settings = wandb.Settings(silent=True, console="off", disable_git=True, disable_code=True, x_disable_stats=True)
    for trial in fresh:
        run = wandb.init(
            mode="offline",
            dir=str(into),
            project=study,
            id=trial.trial_id,
            name=trial.name,
            group=trial.words["config_id"],
            config={**trial.params, **{f"seedsweep.{key}": word for key, word in trial.words.items()}},
            settings=settings,
            reinit="finish_previous",
        )
        for epoch, numbers in trial.epochs:
            run.log({f"epoch/{name}": value for name, value in numbers.items()}, step=epoch)
        for name, value in trial.metrics.items():
            run.summary[name] = value
        if trial.error:
            run.summary["error"] = trial.error
        run.finish(exit_code=0 if trial.ok else 1)
    return len(fresh)

"""Trials as runs of an MLflow experiment in a local database."""

from pathlib import Path

from sweep.export.exported import ExportedTrial

TAG = "seedsweep.trial_id"
_AT_ONCE = 1000  # metrics in one request, MLflow's own limit
_LONGEST = 500  # characters of a parameter that every version of MLflow takes


def write(study: str, trials: list[ExportedTrial], into: Path) -> int:
    """Write the trials that INTO/mlflow.db lacks as runs of the experiment STUDY; return their number."""
    from mlflow.entities import Metric, Param, RunTag
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{into}/mlflow.db")
    known = client.get_experiment_by_name(study)
    experiment = (
        known.experiment_id if known else client.create_experiment(study, (into / "artifacts").absolute().as_uri())
    )
    there = _there(client, experiment)
    fresh = [trial for trial in trials if trial.trial_id not in there]
    for trial in fresh:
        tags = {TAG: trial.trial_id} | {f"seedsweep.{key}": word for key, word in trial.words.items()}
        if trial.error:
            tags["seedsweep.error"] = trial.error
        run = client.create_run(experiment, start_time=trial.started, tags=tags, run_name=trial.name).info.run_id
        ended = trial.started + int(1000 * trial.seconds)
        metrics = [Metric(_name(key), value, ended, 0) for key, value in trial.metrics.items()]
        metrics += [
            Metric(_name(f"epoch.{key}"), value, ended, epoch)
            for epoch, numbers in trial.epochs
            for key, value in numbers.items()
        ]
        params = [Param(_name(key), str(value)[:_LONGEST]) for key, value in trial.params.items()]
        client.log_batch(run, params=params, tags=[RunTag("seedsweep.study", study)])
        for start in range(0, len(metrics), _AT_ONCE):
            client.log_batch(run, metrics=metrics[start : start + _AT_ONCE])
        client.set_terminated(run, "FINISHED" if trial.ok else "FAILED", end_time=ended)
    return len(fresh)


def _there(client: object, experiment: str) -> set[str]:
    """Return the trials that an experiment has."""
    found: set[str] = set()
    token = None
    while True:
        page = client.search_runs([experiment], page_token=token)  # type: ignore[attr-defined]
        found |= {run.data.tags[TAG] for run in page if TAG in run.data.tags and run.info.status != "RUNNING"}
        token = page.token
        if not token:
            return found


def _name(key: str) -> str:
    """Return a name of the characters that MLflow takes."""
    return "".join(letter if letter.isalnum() or letter in "_-. /" else "_" for letter in key)

"""Stored trials as runs of other trackers, read back by these trackers' own readers."""

import json
import warnings
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import sweep
from sweep.commands.cli import app
from sweep.errors import InputError
from sweep.export.trackers import export

RESULTS = Path(__file__).resolve().parents[2] / "results" / "face-verify"
RUNS = "model,lr,seed,hter\nA,0.001,0,0.10\nA,0.001,1,0.12\nB,0.01,0,0.20\nB,0.01,1,\n"


@pytest.fixture
def results() -> sweep.Results:
    return sweep.load(RESULTS)


@pytest.fixture
def with_a_failure(tmp_path: Path) -> Path:
    """Return a folder of four trials, the last of which failed."""
    (tmp_path / "runs.csv").write_text(RUNS)
    by = ["model", "lr"]
    return Path(str(sweep.collect(tmp_path / "runs.csv", "lab", by=by, metrics=["hter"], results=tmp_path).folder))


def test_csv_holds_every_trial_and_every_epoch(results: sweep.Results, tmp_path: Path) -> None:
    """Values are those of the results to the bit, read back by pandas."""
    assert export(results, "csv", tmp_path).n_written == len(results.trials)
    runs = pd.read_csv(tmp_path / "runs.csv").set_index("trial_id")
    stored = results.trials.set_index("trial_id")
    assert runs["metric.hter"].to_dict() == stored["metric.hter"].to_dict()
    assert runs["final_sha256"].to_dict() == stored["final_sha256"].to_dict()
    epochs = pd.read_csv(tmp_path / "epochs.csv")
    assert len(epochs) == len(results.epochs) > 0
    assert sorted(epochs["loss"]) == sorted(results.epochs["loss"])


def test_a_failed_trial_is_a_row_without_metrics(with_a_failure: Path, tmp_path: Path) -> None:
    """Its error stands beside it."""
    export(with_a_failure, "csv", tmp_path / "csv")
    runs = pd.read_csv(tmp_path / "csv" / "runs.csv")
    failed = runs[runs["status"] == "failed"]
    assert len(failed) == 1
    assert failed["metric.hter"].isna().all()
    assert failed["error"].iloc[0] == "the table has no hter"


def test_mlflow_s_own_client_reads_the_runs(with_a_failure: Path, results: sweep.Results, tmp_path: Path) -> None:
    """A run a trial with settings, metrics, epochs by step, digests and status; a second export adds nothing."""
    pytest.importorskip("mlflow", reason="MLflow is not installed: pip install 'seedsweep[export]'")
    from mlflow.tracking import MlflowClient

    first, again = export(results, "mlflow", tmp_path), export(results, "mlflow", tmp_path)
    assert (first.n_written, again.n_written, again.n_there) == (len(results.trials), 0, len(results.trials))
    assert export(with_a_failure, "mlflow", tmp_path).n_written == 4
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("face-verify").experiment_id])
    stored = results.trials.set_index("trial_id")
    assert {run.data.tags["seedsweep.trial_id"] for run in runs} == set(stored.index)
    for run in runs:
        row = stored.loc[run.data.tags["seedsweep.trial_id"]]
        assert run.data.metrics["hter"] == row["metric.hter"]
        assert run.data.tags["seedsweep.final_sha256"] == row["final_sha256"]
        assert float(run.data.params["seed"]) == row["seed"]
        losses = client.get_metric_history(run.info.run_id, "epoch.loss")
        own = results.epochs[results.epochs["trial_id"] == row.name].sort_values("epoch")
        assert [point.value for point in sorted(losses, key=lambda point: point.step)] == own["loss"].tolist()
    lab = client.search_runs([client.get_experiment_by_name("lab").experiment_id])
    assert sorted(run.info.status for run in lab) == ["FAILED", "FINISHED", "FINISHED", "FINISHED"]


def test_tensorboard_s_own_reader_reads_the_curves(results: sweep.Results, tmp_path: Path) -> None:
    """Each trial's folder holds its losses by epoch and its metrics; a second export adds nothing."""
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed: pip install tensorboard")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    assert export(results, "tensorboard", tmp_path).n_written == len(results.trials)
    assert export(results, "tensorboard", tmp_path).n_written == 0
    row = results.trials.iloc[0]
    read = EventAccumulator(str(tmp_path / "face-verify" / row["trial_id"]))
    read.Reload()
    own = results.epochs[results.epochs["trial_id"] == row["trial_id"]].sort_values("epoch")
    points = read.Scalars("epoch/loss")
    assert [point.step for point in points] == own["epoch"].tolist()
    assert [point.value for point in points] == pytest.approx(own["loss"].tolist(), rel=1e-6)  # written as float32
    assert read.Scalars("metric/hter")[0].value == pytest.approx(row["metric.hter"], rel=1e-6)


@pytest.mark.usefixtures("wandb_installed")
def test_weights_and_biases_gets_offline_runs(
    results: sweep.Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run a trial lies on the disk with its settings and metrics; a second export adds nothing."""
    for name in ("WANDB_CONFIG_DIR", "WANDB_CACHE_DIR", "WANDB_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    one = results.trials["trial_id"].iloc[:2]
    few = sweep.Results(
        results.path,
        results.study,
        results.trials[results.trials["trial_id"].isin(one)],
        results.scores,
        results.epochs,
        results.environments,
    )
    assert export(few, "wandb", tmp_path).n_written == 2
    assert export(few, "wandb", tmp_path).n_written == 0
    for trial_id, hter in few.trials.set_index("trial_id")["metric.hter"].items():
        (folder,) = (tmp_path / "wandb").glob(f"offline-run-*-{trial_id}")
        (file,) = folder.glob("*.wandb")
        content = file.read_bytes()
        assert b"hp." in content or b"model.use" in content
        assert repr(hter).encode() in content or f"{hter:.17g}".encode() in content


def test_a_tracker_that_is_not_there_is_named(results: sweep.Results, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package and how to install it; a misspelt tracker gets the nearest."""
    monkeypatch.setitem(__import__("sys").modules, "wandb", None)
    with pytest.raises(InputError, match=r"Expected the package wandb .* `pip install 'seedsweep\[export\]'`"):
        export(results, "wandb")
    with pytest.raises(InputError, match="Did you mean 'mlflow'"):
        export(results, "mlfow")


def test_the_command_says_where_and_how_to_look(tmp_path: Path) -> None:
    """--json is one object."""
    words = ["export", str(RESULTS), "--to", "csv", "--into", str(tmp_path), "--json"]
    said = json.loads(CliRunner().invoke(app, words).stdout)
    assert said["n_written"] == len(pd.read_csv(tmp_path / "runs.csv"))
    assert str(tmp_path) in said["opened_by"]


def test_a_file_of_somebody_else_is_not_written_over(results: sweep.Results, tmp_path: Path) -> None:
    """A runs.csv that was not written of this study stays as it is."""
    (tmp_path / "runs.csv").write_text("mine\n")
    with pytest.raises(InputError, match=r"runs\.csv of something else"):
        export(results, "csv", tmp_path)
    assert (tmp_path / "runs.csv").read_text() == "mine\n"
    assert export(results, "csv", tmp_path / "other").n_written == export(results, "csv", tmp_path / "other").n_written

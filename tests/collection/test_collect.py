"""Scores and metrics made elsewhere become results that report, compare, estimate and plan take like any others."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sweep
from sweep.commands.cli import app
from sweep.errors import InputError
from sweep.report.writing import write

PEOPLE = {"dev": 12, "test": 15}


def write_scores(folder: Path, *, seeds: int = 4, shuffled: bool = False) -> str:
    """Write scores of two systems, all pairs of people; return their pattern."""
    rng = np.random.default_rng(3)
    for system, distance in (("A", 1.5), ("B", 4.5)):
        for seed in range(seeds):
            moved = rng.normal(0, 0.1)
            for split, n in PEOPLE.items():
                lines = [
                    f"{split}{a} {split}{b} probe {rng.normal(distance + moved if a == b else 0, 1):.6f}"
                    for a in range(n)
                    for b in range(n)
                ]
                if shuffled and system == "B":
                    rng.shuffle(lines)
                path = folder / system / f"seed{seed}" / f"{split}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("\n".join(lines) + "\n")
    return str(folder / "{system}" / "seed{seed}" / "{split}.txt")


def by_hand(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return genuine and impostor scores of a file."""
    rows = [line.split() for line in path.read_text().splitlines()]
    genuine = np.array([float(row[3]) for row in rows if row[0] == row[1]])
    return genuine, np.array([float(row[3]) for row in rows if row[0] != row[1]])


def test_score_files_become_trials_with_the_metrics_of_their_scores(tmp_path: Path) -> None:
    """EER is that of the dev file, HTER that of the test file at dev's threshold, for each system and seed."""
    pattern = write_scores(tmp_path / "scores")
    found = sweep.collect(pattern, "lab", results=tmp_path / "results")
    assert (found.n_runs, found.seeds, found.configurations) == (8, (0, 1, 2, 3), ("system=A", "system=B"))
    assert found.cautions == ()
    trials = sweep.load(tmp_path / "results" / "lab").trials
    assert len(trials) == 8
    for row in trials.to_dict("records"):
        files = tmp_path / "scores" / row["hp.system"] / f"seed{row['seed']}"
        eer = sweep.metrics.eer(*by_hand(files / "dev.txt"))
        assert row["metric.eer"] == eer.value
        genuine, impostor = by_hand(files / "test.txt")
        errors = (genuine < eer.threshold).mean() + (impostor >= eer.threshold).mean()
        assert row["metric.hter"] == pytest.approx(errors / 2, abs=1e-12)
        assert row["threshold"] == eer.threshold


def test_both_intervals_and_a_comparison_come_of_collected_scores(tmp_path: Path) -> None:
    """The people of the score files are the subjects; B, which is better by a SD, is told to be better."""
    pattern = write_scores(tmp_path / "scores")
    folder = sweep.collect(pattern, "lab", results=tmp_path / "results").folder
    estimate = sweep.estimate(folder, "hter", "system=A")
    assert estimate.new_subjects.n_subjects == PEOPLE["test"]
    assert estimate.new_subjects.low < estimate.this_test_set.value < estimate.new_subjects.high
    (comparison,) = sweep.compare(folder, "hter")
    assert comparison.new_subjects.low > 0  # A's errors less B's


def test_the_order_of_rows_does_not_count_where_they_name_their_people(tmp_path: Path) -> None:
    """Files whose rows are shuffled have the same samples: the comparison pairs them by name."""
    pattern = write_scores(tmp_path / "scores", shuffled=True)
    found = sweep.collect(pattern, "lab", results=tmp_path / "results")
    assert found.cautions == ()
    assert sweep.estimate(found.folder, "hter", "system=B").new_subjects.n_subjects == PEOPLE["test"]


def test_collecting_again_adds_what_is_new_and_keeps_what_is_there(tmp_path: Path) -> None:
    """The same command twice stores nothing twice; further seeds join."""
    pattern = write_scores(tmp_path / "scores")
    sweep.collect(pattern, "lab", results=tmp_path / "results")
    sweep.collect(pattern, "lab", results=tmp_path / "results")
    assert len(sweep.load(tmp_path / "results" / "lab").trials) == 8
    write_scores(tmp_path / "scores", seeds=6)
    sweep.collect(pattern, "lab", results=tmp_path / "results")
    assert sweep.load(tmp_path / "results" / "lab").trials["seed"].nunique() == 6


def test_what_some_runs_lack_is_named(tmp_path: Path) -> None:
    """A seed without its dev file, a seed that one system lacks and other samples are three cautions."""
    pattern = write_scores(tmp_path / "scores")
    (tmp_path / "scores/A/seed3/dev.txt").unlink()
    cut = tmp_path / "scores/B/seed2/test.txt"
    cut.write_text("".join(cut.read_text().splitlines(keepends=True)[:-1]))
    found = sweep.collect(pattern, "lab", results=tmp_path / "results")
    assert (found.n_runs, found.n_missing) == (7, 1)
    said = " ".join(found.cautions)
    assert "seed3/test.txt has no file of dev" in said
    assert "system=A has no seed 3" in said
    assert "1 of 7 runs have other samples than the rest, as system=B seed 2" in said


def test_a_sample_without_a_score_is_refused(tmp_path: Path) -> None:
    """A NaN would be left out of one run and not of another: the file is named."""
    pattern = write_scores(tmp_path / "scores")
    file = tmp_path / "scores/A/seed0/test.txt"
    file.write_text(file.read_text() + "test0 test0 probe nan\n")
    with pytest.raises(InputError, match=r"seed0/test.txt with 1 without one"):
        sweep.collect(pattern, "lab", results=tmp_path / "results")
    assert not (tmp_path / "results").exists()


RUNS = """Name;State;model;config/lr;seed;eval/hter;eval/eer
r1;finished;A;0.001;0;11.0;9
r2;finished;A;0.001;1;12.5;9.5
r3;finished;A;0.001;2;10.1;8.1
r4;crashed;A;0.001;3;;
r5;finished;B;0.01;0;14.0;12
r6;finished;B;0.01;1;13.2;11.1
r7;finished;B;0.01;2;15.5;12.4
"""


def test_a_table_of_runs_becomes_trials_with_failures_as_rows(tmp_path: Path) -> None:
    """Per cents become fractions, a run without a metric is a failed trial, a seed that B lacks is missing."""
    (tmp_path / "runs.csv").write_text(RUNS)
    found = sweep.collect(
        tmp_path / "runs.csv",
        "runs",
        by={"model": "model", "lr": "config/lr"},
        metrics={"hter": "eval/hter", "eer": "eval/eer"},
        per_cent=True,
        results=tmp_path,
    )
    assert (found.n_runs, found.n_failed, found.n_missing) == (7, 1, 1)
    trials = sweep.load(tmp_path / "runs").trials
    assert sorted(trials["status"]) == ["failed", *["ok"] * 6]
    mean = trials.groupby("hp.model")["metric.hter"].mean()
    assert mean["A"] == pytest.approx(0.112)
    assert set(trials["hp.lr"]) == {0.001, 0.01}
    estimate = sweep.estimate(tmp_path / "runs", "hter", "model=A lr=0.001")
    assert (estimate.this_test_set.n_seeds, estimate.new_subjects.n_failed) == (3, 1)


def test_a_frame_of_scores_is_collected_as_files_are(tmp_path: Path) -> None:
    """The same scores give the same metrics from a frame; further columns tell configurations apart."""
    pattern = write_scores(tmp_path / "scores", seeds=2)
    files = sweep.collect(pattern, "files", results=tmp_path)
    results = sweep.load(files.folder)
    frame = results.scores.merge(results.trials[["trial_id", "hp.system"]], on="trial_id")
    frame = frame.rename(columns={"hp.system": "system"})[
        ["system", "seed", "split", "label", "score", "subject", "other_subject", "sample"]
    ]
    sweep.collect(frame, "frame", results=tmp_path)
    again = sweep.load(tmp_path / "frame").trials
    columns = ["hp.system", "seed", "metric.eer", "metric.hter"]
    pd.testing.assert_frame_equal(
        again[columns].sort_values(columns[:2], ignore_index=True),
        results.trials[columns].sort_values(columns[:2], ignore_index=True),
    )


def test_what_was_collected_is_not_run_again(tmp_path: Path) -> None:
    """verify refuses with exit code 2, since nobody here knows how to train these."""
    folder = sweep.collect(write_scores(tmp_path / "scores"), "lab", results=tmp_path).folder
    with pytest.raises(InputError, match="such runs cannot be run again here") as error:
        sweep.verify(folder)
    assert error.value.exit_code == 2


def test_results_that_were_trained_are_not_written_over(tmp_path: Path) -> None:
    """A folder of `sweep run` stays as it is."""
    document = {"study": "lab", "task": "verification", "resolved": {}, "configurations": {}, "plan": []}
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "study.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match="which holds what `sweep run` made"):
        sweep.collect(write_scores(tmp_path / "scores"), "lab", results=tmp_path)
    assert json.loads((tmp_path / "lab" / "study.json").read_text()) == document


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lab"], "Expected --scores PATTERN or --table FILE. Received: neither."),
        (["lab", "--scores", "scores/x.txt"], "Expected a pattern with {seed} and {split}"),
        (["a/b", "--scores", "s/{seed}/{split}.txt"], "Expected a name of letters"),
        (["lab", "--table", "runs.csv"], "Expected --metric NAME=COLUMN"),
        (["lab", "--table", "rons.csv", "--metric", "hter"], "Did you mean 'runs.csv'?"),
        (["lab", "--table", "runs.csv", "--metric", "hter=eval/hte"], "Did you mean 'eval/hter'?"),
        (["lab", "--table", "runs.csv", "--metric", "hter=eval/hter"], "Say --per-cent"),
        (["lab", "--table", "runs.csv", "--metric", "hter=State"], "Expected numbers as hter"),
        (
            ["lab", "--table", "runs.csv", "--metric", "hter=eval/hter", "--per-cent", "--seed", "Name"],
            "Expected a seed",
        ),
        (["lab", "--table", "runs.csv", "--metric", "speed=seed"], "Expected a metric that tells the task"),
        (["lab", "--table", "runs.csv", "--metric", "hter=eval/hter", "--per-cent"], "with seed 0 twice"),
        (["lab", "--scores", "s/{seed}/{split}.txt", "--by", "model"], "Received: --scores."),
    ],
)
def test_bad_input_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    """Each says what was expected and stores nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs.csv").write_text(RUNS)
    outcome = CliRunner().invoke(app, ["collect", *words])
    assert isinstance(outcome.exception, InputError)
    assert message in str(outcome.exception)
    assert not (tmp_path / "results").exists()


def test_the_command_prints_what_was_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--json is one object with folder, configurations, seeds and counts."""
    monkeypatch.chdir(tmp_path)
    pattern = write_scores(Path("scores"), seeds=2)
    said = json.loads(CliRunner().invoke(app, ["collect", "lab", "--scores", pattern, "--json"]).stdout)
    assert said["configurations"] == ["system=A", "system=B"]
    assert (said["seeds"], said["n_runs"], said["n_failed"], said["n_missing"]) == ([0, 1], 4, 0, 0)
    assert Path(said["folder"], "trials.parquet").is_file()


def test_attacks_of_score_files_keep_their_type(tmp_path: Path) -> None:
    """Four columns whose second is attack/TYPE give the APCER of each type and of the worst."""
    rng = np.random.default_rng(5)
    for seed in range(2):
        for split in ("dev", "test"):
            lines = [f"p{n} p{n} x {rng.normal(2, 1):.5f}" for n in range(30)]
            lines += [f"p{n} attack/print x {rng.normal(0, 1):.5f}" for n in range(30)]
            lines += [f"p{n} attack/mask x {rng.normal(1, 1):.5f}" for n in range(30)]
            path = tmp_path / "scores" / f"{seed}-{split}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text("\n".join(lines) + "\n")
    folder = sweep.collect(str(tmp_path / "scores" / "{seed}-{split}.txt"), "attacks", results=tmp_path).folder
    results = sweep.load(folder)
    assert set(results.scores["attack_type"].dropna()) - {""} == {"attack/print", "attack/mask"}
    row = results.trials.iloc[0]
    assert row["metric.apcer"] == max(row["metric.apcer:attack/print"], row["metric.apcer:attack/mask"]) > 0


def test_reports_of_collected_metrics_say_what_is_not_there(tmp_path: Path) -> None:
    """No hint to `sweep run`, no sentence on a threshold or on hardware that nobody knows."""
    (tmp_path / "runs.csv").write_text(RUNS)
    by, metrics = {"model": "model"}, {"hter": "eval/hter"}
    sweep.collect(tmp_path / "runs.csv", "runs", by=by, metrics=metrics, per_cent=True, results=tmp_path)
    said = json.loads(CliRunner().invoke(app, ["report", str(tmp_path / "runs"), "--json"]).stdout)
    notes = " ".join(said["notes"])
    assert "metrics alone were collected, without scores" in notes
    assert "Missing: 1 of 8 runs" in notes
    assert "sweep run" not in notes
    assert said["methods"].startswith("We collected runs of 2 configurations, each with 4 seeds; 6 of 8 runs finished")
    assert "threshold" not in said["methods"]
    assert "hardware" not in said["methods"]


def test_a_plan_takes_collected_results_by_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a pilot, such results tell how many seeds a half-width needs."""
    monkeypatch.chdir(tmp_path)
    sweep.collect(write_scores(Path("scores")), "lab")
    said = CliRunner().invoke(app, ["plan", "lab", "--precision", "hter=0.1", "--json"])
    assert json.loads(said.stdout)


@pytest.mark.parametrize("metric", ["eer", "hter", "macro_f1", "f1"])
def test_a_table_of_one_metric_is_reported(tmp_path: Path, metric: str) -> None:
    """The report shows what there is, in figures too."""
    frame = pd.DataFrame({"model": ["A", "A", "B", "B"], "seed": [0, 1] * 2, metric: [0.1, 0.2, 0.1, 0.3]})
    task = "verification" if metric == "f1" else None
    found = sweep.collect(frame, "lab", by=["model"], metrics=[metric], task=task, results=tmp_path)
    report = write(sweep.load(found.folder))
    assert metric not in report.headline or report.rows[0].metrics[metric].interval.n_seeds == 2
    assert (tmp_path / "lab" / "report" / "seeds.svg").is_file() == (metric in report.headline)


def test_a_further_test_set_is_collected_beside_the_own_one(tmp_path: Path) -> None:
    """Files of the split test.B, or rows of it in a frame: their metrics are at dev's threshold, their EER is own."""
    pattern = write_scores(tmp_path / "scores")
    for test in (tmp_path / "scores").rglob("test*"):
        text = test.read_text()
        test.with_name(test.name.replace("test", "test.B")).write_text(text)
    sweep.collect(pattern, "twice", results=tmp_path / "results")
    loaded = sweep.load(tmp_path / "results" / "twice")
    assert set(loaded.scores["split"]) == {"dev", "test", "test.B"}
    assert (loaded.trials["metric.B.hter"] == loaded.trials["metric.hter"]).all()
    assert (loaded.trials["n_test.B"] == loaded.trials["n_test"]).all()
    config = loaded.study["plan"][0]["config_id"]
    assert sweep.estimate(loaded, "B.hter", config).values == sweep.estimate(loaded, "hter", config).values
    frame = loaded.scores.assign(system=loaded.scores["config_id"].astype(str)).drop(columns=["config_id", "trial_id"])
    sweep.collect(frame, "frame", by=["system"], results=tmp_path / "results")
    again = sweep.load(tmp_path / "results" / "frame")
    assert sorted(again.trials["metric.B.eer"]) == sorted(loaded.trials["metric.B.eer"])


def test_a_further_test_set_has_a_name_that_columns_can_have(tmp_path: Path) -> None:
    """The name of a metric is none; its file is not left out without a word."""
    pattern = write_scores(tmp_path / "scores", seeds=1)
    test = next((tmp_path / "scores").rglob("test*"))
    test.with_name(test.name.replace("test", "test.hter")).write_text(test.read_text())
    with pytest.raises(InputError, match=r"that no metric has\. Received: hter, in"):
        sweep.collect(pattern, "twice", results=tmp_path / "results")

"""The folds of a seed as one run: counted by hand, each sample at its own fold's threshold, no fold lost in silence."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sweep
from sweep.analysis.current import current
from sweep.analysis.fold_scores import GIVEN, for_metric, metrics_of_runs, scores_of_runs
from sweep.analysis.folds import gathered, means_over_folds, n_folds
from sweep.analysis.measured_study import measure_study
from sweep.analysis.study_scores import study_scores
from sweep.metrics.catalogue import CATALOGUE
from sweep.report.precision import plan_precision
from sweep.report.summarising import summarise
from sweep.report.text import as_text
from sweep.report.writing import write
from sweep.store.store import Results
from tests.analysis.folded import K, stored_folds
from tests.report.simulated import stored


def by_hand(results: Results, seed: int, dropout: float) -> tuple[float, float]:
    """Return the HTER of all folds of a seed, each sample at its trial's own threshold; and the mean over folds."""
    trials = results.trials
    rows = trials[(trials["seed"] == seed) & (trials["hp.model.dropout"] == dropout)]
    wrong = np.zeros(2)
    n = np.zeros(2)
    for trial in rows.itertuples():
        scores = results.scores[(results.scores["trial_id"] == trial.trial_id) & (results.scores["split"] == "test")]
        accepted = scores["score"].to_numpy() >= trial.threshold
        for label in (0, 1):
            own = scores["label"].to_numpy() == label
            wrong[label] += np.sum(own & (accepted != bool(label)))
            n[label] += own.sum()
    assert len(rows) == K
    return float((wrong / n).mean()), float(rows["metric.hter"].mean())


def test_a_run_counts_the_errors_of_all_folds(tmp_path: Path) -> None:
    """The HTER of each seed is that of the decisions which its folds made, though their scales are far apart."""
    results = stored_folds(tmp_path / "folds")
    runs = gathered(results).trials
    assert len(runs) == 6
    assert len(results.trials) == 6 * K
    for run in runs.itertuples():
        dropout = runs.loc[run.Index, "hp.model.dropout"]
        assert runs.loc[run.Index, "metric.hter"] == pytest.approx(by_hand(results, run.seed, dropout)[0], abs=1e-12)
    measured = measure_study(results, "hter", rng=np.random.default_rng(0), n_replicates=20)
    assert measured.value.tolist() == runs["metric.hter"].tolist()
    assert measured.n_units == measured.n_dev_units == 12
    assert measured.configs == tuple(runs["config_id"].unique())


def test_a_score_at_the_threshold_is_accepted_in_its_fold(tmp_path: Path) -> None:
    """Scores that are equal to thresholds: one error in six of each class, as counted on paper."""

    # In fold f dev has genuine 1 + f, 3 + f and impostor f, 1 + f: FMR falls below FNMR at 3 + f, the threshold. The
    # genuine test scores are at it, but for one just below; impostor scores are below it, but for one at it.
    def score(dropout: float, seed: int, fold: int, split: str, subject: int, label: int) -> float:
        second = subject >= K
        if split == "dev":
            return fold + ([1, 3] if label else [0, 1])[second]
        wrong = second and fold == 0
        return fold + (2.9 if wrong else 3.0) if label else fold + (3.0 if wrong else 2.5)

    results = stored_folds(tmp_path / "folds", score, subjects=2 * K, grid=False)
    assert (results.trials["threshold"] == 3.0 + results.trials["hp.division.fold"]).all()
    runs = gathered(results).trials
    assert runs["metric.far"].tolist() == [1 / 6] * 3
    assert runs["metric.frr"].tolist() == [1 / 6] * 3
    assert measure_study(results, "far", rng=np.random.default_rng(0), n_replicates=5).value.tolist() == [1 / 6] * 3


def test_metrics_that_read_scores_as_they_are_get_them_as_they_are(tmp_path: Path) -> None:
    """MSE and accuracy at 0.5 are those of the models' own scores, all folds together; AUC is of the common scale."""
    results = stored_folds(tmp_path / "folds")
    runs = gathered(results)
    rows = results.scores[results.scores["split"] == "test"]
    first = runs.trials.iloc[0]
    ids = results.trials[(results.trials["seed"] == 0) & (results.trials["hp.model.dropout"] == 0.0)]["trial_id"]
    own = rows[rows["trial_id"].isin(ids)]
    assert first["metric.mse"] == pytest.approx(((own["score"] - own["label"]) ** 2).mean())
    assert first["metric.test_accuracy"] == pytest.approx(((own["score"] > 0.5) == (own["label"] == 1)).mean())
    for name in ("mse", "cllr"):
        scale = for_metric(runs, CATALOGUE[name]).scores
        assert np.array_equal(scale["score"], runs.scores[GIVEN])
    assert for_metric(runs, CATALOGUE["auc"]) is runs
    plain = results.trials["metric.auc"][results.trials["trial_id"].isin(ids)].mean()
    assert first["metric.auc"] == pytest.approx(plain, abs=0.2)
    assert first["metric.train_accuracy"] == pytest.approx(0.6)
    assert means_over_folds(runs) == ["train_accuracy"]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_other_tasks_count_over_all_folds(task: str) -> None:
    """Without a threshold the samples of all folds are one test set as they are: 3 of 5 right, or a mean of squares."""
    test = pd.DataFrame({"trial_id": list("aabbb"), "sample": list("vwxyz"), "label": [0.0, 1.0, 0.0, 1.0, 0.0]})
    test = test.assign(split="test", score=[0.9, 0.2, 0.8, 0.3, 0.6])
    if task == "classification":
        test["prediction"] = [0.0, 0.0, 0.0, 1.0, 1.0]
    frame = pd.concat([test, test.assign(split="dev")])
    where = {"a": ("run", "whole", 0), "b": ("run", "whole", 1)}
    scores = scores_of_runs(frame, where, task, {})
    assert set(scores["trial_id"]) == {"run"}
    assert sorted(scores["score"]) == sorted(frame["score"])
    found = metrics_of_runs(scores, task)["run"]
    if task == "classification":
        assert found["accuracy"] == pytest.approx(3 / 5)
    else:
        assert found["mse"] == pytest.approx((0.81 + 0.64 + 0.64 + 0.49 + 0.36) / 5)


def test_each_subject_is_tested_once_and_resampled_over_all_folds(tmp_path: Path) -> None:
    """The scores of a run hold each sample once in test and once in dev, and all runs the same."""
    scores = study_scores(gathered(stored_folds(tmp_path / "folds")))
    assert scores.test.score.shape == (6, 24)
    assert scores.dev is not None
    assert scores.dev.score.shape == (6, 24)
    assert len(scores.units) == 12
    assert np.bincount(scores.test.unit).tolist() == [2] * 12 == np.bincount(scores.dev.unit).tolist()


def test_a_seed_that_lost_a_fold_is_no_run(tmp_path: Path) -> None:
    """A failed fold fails its seed, a fold that was not run leaves it out; the report says both."""
    results = stored_folds(tmp_path / "folds", seeds=5, failed=[(1, 2)], unrun=[(3, 0)])
    now = current(gathered(results))
    assert sorted(now.ok["seed"]) == [0, 0, 2, 2, 4, 4]
    assert sorted(now.failed["seed"]) == [1, 1]
    assert now.n_missing == 2
    assert now.failed["error"].iloc[0].startswith("fold 2 of 3: fit: ValueError: no luck")
    found = sweep.estimate(results, "hter", "dropout=0")
    assert found.this_test_set.n_seeds == found.new_subjects.n_seeds == 3
    assert found.new_subjects.n_failed == 1
    text = " ".join(as_text(summarise(results)).split())
    assert "2 configurations, 6 of 10 runs of 3 folds ok" in text
    assert "Failed: 2 of 10 runs of 3 folds. A seed that lost a fold is no run." in text
    assert "Not run yet: 2 of 10 planned runs of 3 folds (a fold of each is missing)" in text
    assert "fold 2 of 3: fit: ValueError: no luck" in text


def test_a_report_says_what_a_run_is(tmp_path: Path) -> None:
    """Table, figures and methods paragraph speak of runs of folds, of the common scale, and of what is not covered."""
    results = stored_folds(tmp_path / "folds", machines=True)
    report = write(results)
    said = " ".join(report.notes)
    assert "Each run is the 3 folds of one seed." in said
    assert "No interval covers another training set" in said
    assert "HTER: test of all folds, each sample at the threshold of its own fold's dev." in said
    assert "6 of 6 runs have folds that were trained in different environments" in said
    assert "Means over the folds, as scores do not give them: train_accuracy." in said
    assert "Each run was a 3-fold cross-validation." in report.methods
    assert "dealt to 3 disjoint folds" in report.methods
    assert "trained on the other one (8 samples)" in report.methods
    assert "each of 24 samples of 12 subjects was tested once (8 samples in a fold)" in report.methods
    assert "The development set had" not in report.methods
    assert "Bengio and Grandvalet 2004" in report.methods
    assert {path.name for path in report.files} >= {"det.svg", "losses.svg", "seeds.svg", "index.html"}
    assert report.as_dict()["folds"] == K
    assert [row.label for row in report.rows] == ["model.dropout=0", "model.dropout=0.5"]


def test_answers_work_on_runs(tmp_path: Path) -> None:
    """Comparison and precision count seeds, not folds."""
    results = stored_folds(tmp_path / "folds", seeds=4)
    (pair,) = sweep.compare(results, "hter")
    assert pair.this_test_set.n_seeds == 8
    assert [plan.n_pilot for _, _, plan in plan_precision(results, "hter", 0.05).plans] == [4, 4]
    assert "runs of 3 folds are needed" in plan_precision(results, "hter", 0.05).as_text()
    assert sweep.estimate(results, "fmr100", "dropout=0").new_subjects.n_subjects == 12


def test_what_has_no_folds_is_left_alone(tmp_path: Path) -> None:
    """Results of other studies, and gathered ones, come back as they are."""
    plain = sweep.load(stored(tmp_path / "plain"))
    assert gathered(plain) is plain
    assert n_folds(plain) == 0
    runs = gathered(stored_folds(tmp_path / "folds"))
    assert gathered(runs) is runs
    assert n_folds(runs) == K


def test_trials_of_other_settings_are_still_told(tmp_path: Path) -> None:
    """Stored trials that the plan does not know stand beside the runs, and count as foreign."""
    results = stored_folds(tmp_path / "folds")
    results.study["plan"] = [one for one in results.study["plan"] if one["seed"] < 2]
    now = current(gathered(results))
    assert (len(now.ok), now.n_foreign) == (4, 2 * K)


def test_no_scores_leave_means_over_folds(tmp_path: Path) -> None:
    """Where the scores are gone, a run has the means of its folds, and there is no interval for new subjects."""
    from dataclasses import replace

    results = stored_folds(tmp_path / "folds")
    runs = gathered(replace(results, scores=results.scores[:0]))
    for run in range(6):
        dropout, seed = runs.trials["hp.model.dropout"][run], runs.trials["seed"][run]
        assert runs.trials["metric.hter"][run] == pytest.approx(by_hand(results, seed, dropout)[1])

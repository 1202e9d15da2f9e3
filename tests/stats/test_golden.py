"""Other tools' answers on published data: OR-DBM MRMC, multibootstrap, rliable, SciPy, statsmodels."""

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sweep.stats import compare, estimate, holm, iqm, measure, probability_above, seed_test, t_interval, trial_scores
from sweep.stats.measured_trials import Measured


@pytest.fixture(scope="module")
def van_dyke(golden_folder: Path) -> Measured:
    """Return the AUC of Van Dyke's readers, with the jackknife that the published program uses."""
    table = pd.read_csv(golden_folder / "vandyke_mrmc.csv")
    scores = table.pivot(index=["treatment", "reader"], columns="case", values="rating")
    truth = table.drop_duplicates("case").set_index("case")["truth"].loc[scores.columns]
    return measure(
        trial_scores(
            scores.to_numpy(),
            truth.to_numpy(),
            scores.columns.to_numpy(),
            config=scores.index.get_level_values(0).astype(str),
            seed=scores.index.get_level_values(1),
            unit="subject",
        ),
        "auc",
        rng=np.random.default_rng(0),
        resampling="jackknife",
    )


@pytest.mark.parametrize("treatment", ["0", "1"])
def test_one_treatment(van_dyke: Measured, expected: dict[str, Any], treatment: str) -> None:
    """Mean, standard error, degrees of freedom, limits and components are those of the reference implementation."""
    want = expected["vandyke_mrmc.csv"][f"or_single_{treatment}"]
    got = estimate(van_dyke, treatment)
    new, parts = got.new_subjects, got.components
    assert got.values == pytest.approx(expected["vandyke_mrmc.csv"]["theta"][treatment], abs=1e-12)
    assert [new.value, new.se, new.df, new.low, new.high] == pytest.approx(
        [want["mean"], want["se"], want["df"], want["lo"], want["hi"]], rel=1e-9
    )
    assert [parts.ms, parts.cov2, parts.var_err] == pytest.approx([want["ms"], want["cov2"], want["var_err"]], rel=1e-9)


def test_one_treatment_as_printed(van_dyke: Measured) -> None:
    """The digits are those that OR-DBM MRMC 2.51 prints, for random readers and cases, and for fixed cases."""
    got = estimate(van_dyke, "0")
    new, here = got.new_subjects, got.this_test_set
    assert f"{new.value:.8f} {new.se:.8f} {new.df:.2f}" == "0.89703704 0.03317360 12.74"
    assert f"{new.low:.8f} {new.high:.8f} {got.components.cov2:.8f}" == "0.82522360 0.96885048 0.00048396"
    assert f"{here.se:.8f} {here.df:.0f} {here.low:.8f} {here.high:.8f}" == "0.02482994 4 0.82809808 0.96597599"
    other = estimate(van_dyke, "1").new_subjects
    assert f"{other.value:.8f} {other.se:.8f} {other.df:.2f}" == "0.94083736 0.02156637 12.71"
    assert f"{other.low:.8f} {other.high:.8f}" == "0.89413783 0.98753689"


def test_difference_as_printed(van_dyke: Measured, expected: dict[str, Any]) -> None:
    """The paired difference is the published one, and the reference implementation's to all digits."""
    got = compare(van_dyke, paired=True)[0]
    new = got.new_subjects
    assert f"{new.value:.5f} {new.se:.5f} {new.df:.2f} {got.p_new_subjects:.4f}" == "-0.04380 0.02075 15.26 0.0517"
    assert f"{new.low:.5f} {new.high:.5f}" == "-0.08796 0.00036"
    want = expected["vandyke_mrmc.csv"]["or_paired_1-2"]
    assert [new.value, new.se, new.df, new.low, new.high, got.p_new_subjects] == pytest.approx(
        [want[key] for key in ("diff", "se", "df", "lo", "hi", "p")], rel=1e-9
    )
    health = expected["vandyke_mrmc.csv"]["google_health_dual_modality_orh(2-1)"]
    assert [-new.value, -new.high, -new.low, got.p_new_subjects] == pytest.approx(
        [health[key] for key in ("effect", "lo", "hi", "p")], abs=1e-6
    )


def test_crossed_bootstrap_agrees_with_multibootstrap(golden_folder: Path, expected: dict[str, Any]) -> None:
    """The percentile interval over seeds and cases is multibootstrap's, within its Monte Carlo error."""
    table = pd.read_csv(golden_folder / "vandyke_mrmc.csv")
    scores = table.pivot(index=["treatment", "reader"], columns="case", values="rating").loc[0]
    truth = table.drop_duplicates("case").set_index("case")["truth"].loc[scores.columns]
    rng = np.random.default_rng(0)
    measured = measure(trial_scores(scores, truth, scores.columns), "auc", rng=rng, n_replicates=4000)
    got = estimate(measured, method="crossed bootstrap", rng=rng).new_subjects
    want = expected["vandyke_mrmc.csv"]["multibootstrap_nboot1000_rng0_paired_seeds=True"]["base"]
    assert [got.low, got.high] == pytest.approx([want["low"], want["high"]], abs=0.01)


@pytest.fixture(scope="module")
def atari(golden_folder: Path) -> pd.DataFrame:
    """Return five seeds of six agents on thirty games."""
    return pd.read_csv(golden_folder / "dopamine_atari_5seeds.csv")


def test_rliable_points(atari: pd.DataFrame, expected: dict[str, Any]) -> None:
    """Median, IQM and mean over games and seeds are rliable's point values."""
    for agent, want in expected["dopamine_atari_5seeds.csv"]["rliable_[median,iqm,mean,optgap]"].items():
        norm = atari[atari["agent"] == agent]
        everything = norm["norm"].to_numpy()
        assert iqm(everything).value == pytest.approx(want["point"][1], abs=1e-9)
        assert everything.mean() == pytest.approx(want["point"][2], abs=1e-9)
        assert np.median(norm.groupby("game")["norm"].mean()) == pytest.approx(want["point"][0], abs=1e-9)


def test_rliable_probability_of_improvement(atari: pd.DataFrame, expected: dict[str, Any]) -> None:
    """The mean of P(X > Y) over games is rliable's."""
    for pair, want in expected["dopamine_atari_5seeds.csv"]["rliable_prob_improvement"].items():
        x, y = pair.split(",")
        games = [
            probability_above(game[game["agent"] == x]["norm"], game[game["agent"] == y]["norm"]).value
            for _, game in atari.groupby("game")
        ]
        assert np.mean(games) == pytest.approx(want["point"], abs=1e-12)


@pytest.mark.parametrize("game", ["airraid", "amidar", "asterix", "atlantis"])
def test_scipy_and_statsmodels(atari: pd.DataFrame, expected: dict[str, Any], game: str) -> None:
    """Welch, paired t, Mann-Whitney, permutation, t interval and Holm are SciPy's and statsmodels'."""
    want = expected["dopamine_atari_5seeds.csv"][f"game:{game}"]
    here = atari[atari["game"] == game].sort_values("seed")
    runs = {str(agent): rows["value"].to_numpy() for agent, rows in here.groupby("agent")}
    x, y = runs["IQN"], runs["DQN"]
    for name, key in (("welch", "welch"), ("paired-t", "paired_t"), ("mann-whitney", "mwu_exact")):
        got = seed_test(x, y, name)
        assert [got.statistic, got.p] == pytest.approx(want[key], rel=1e-9)
    assert seed_test(x, y, "permutation").p == pytest.approx(want["perm_mean_exact_p"], rel=1e-9)
    interval = t_interval(x)
    assert [interval.low, interval.high] == pytest.approx(want["t_ci_mean_IQN"], rel=1e-12)
    p = [seed_test(runs[a], runs[b]).p for a, b in combinations(sorted(runs), 2)]
    assert p == pytest.approx(want["pairs_welch_p"], rel=1e-9)
    assert holm(p) == pytest.approx(want["holm"], rel=1e-9)


def test_brunner_munzel_matches_scipy(atari: pd.DataFrame) -> None:
    """The standard error behind P(A > B) is that of scipy.stats.brunnermunzel."""
    game = atari[atari["game"] == "atlantis"]
    x, y = (game[game["agent"] == agent]["value"] for agent in ("IQN", "DQN"))
    got, want = probability_above(x, y), stats.brunnermunzel(y, x)
    assert (got.value - 0.5) / got.se == pytest.approx(want.statistic)

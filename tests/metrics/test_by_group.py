"""FMR and FNMR of groups: by hand, what lacks, and how often all intervals together hold the truth."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom
from typer.testing import CliRunner

from sweep.commands.cli import app
from sweep.errors import InputError
from sweep.metrics import clopper_pearson, rates_by_group
from sweep.metrics.clustered_rate import Marked, clustered_rates
from tests.simulations import studies as simulated


def by_person(rates: dict[str, float], people: int, scores: int, alike: float, rng: np.random.Generator):
    """Return errors (n,), groups and people: a rate a person, from a beta law of this correlation within people."""
    error, group, person = [], [], []
    for name, rate in rates.items():
        own = rng.beta(rate * (1 - alike) / alike, (1 - rate) * (1 - alike) / alike, people)
        error.append(rng.random((people, scores)) < own[:, None])
        group += [name] * people * scores
        person += [f"{name} {at // scores}" for at in range(people * scores)]
    return np.concatenate(error).ravel(), np.array(group), np.array(person)


def test_rates_and_limits_are_those_of_the_counts() -> None:
    """Without people each limit is Clopper-Pearson's at the level that Bonferroni leaves it."""
    score, label = [0.9, 0.4, 0.8, 0.7, 0.2, 0.6, 0.1, 0.2], [1, 1, 1, 1, 0, 0, 0, 0]
    found = rates_by_group(score, label, ["a", "a", "b", "b"] * 2, threshold=0.5)
    a, b = found.rows
    assert a.fmr is not None
    assert a.fnmr is not None
    assert b.fmr is not None
    assert (a.fnmr.n_errors, a.fnmr.n, a.fmr.n_errors, b.fmr.n_errors) == (1, 2, 1, 0)
    assert found.each == 1 - 0.05 / 4
    limits = clopper_pearson(1, 2, confidence=found.each)
    assert (a.fnmr.low, a.fnmr.high) == (limits.low, limits.high)
    assert found.fmr_ratio is not None
    assert found.fmr_ratio.value is None
    assert found.fmr_ratio.high is None
    assert found.fmr_ratio.note == "No error in b: no upper limit."
    assert found.as_dict()["fmr_ratio"]["high"] is None
    assert "Bonferroni over 4 rates" in str(found)


def test_the_variance_of_dyads_is_that_of_all_pairs_that_share_a_person() -> None:
    """By a double loop over the samples; and of one person a sample, that of clusters."""
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 9, (2, 60))
    error = rng.random(60) < 0.4
    deviation = error - error.mean()
    shares = [
        deviation[a] * deviation[b] for a in range(60) for b in range(60)
        if {first[a], second[a]} & {first[b], second[b]}
    ]  # fmt: skip
    from sweep.metrics.clustered_rate import _between

    variance, k = _between(Marked(error, first.astype(np.intp), second.astype(np.intp)))
    assert k == np.unique([first, second]).size
    assert variance == pytest.approx(max(sum(shares), 0) / 60**2 * k / (k - 1))


@pytest.mark.parametrize("people", [12, 25])
def test_all_intervals_together_hold_the_truth(people: int) -> None:
    """Four groups whose people differ much: at a nominal 95 % all rates are held in 93 % at least."""
    rates = {"a": 0.05, "b": 0.05, "c": 0.1, "d": 0.2}
    rng, studies = np.random.default_rng(people), simulated(200)
    together = ratio = alone = 0
    for _ in range(studies):
        error, group, person = by_person(rates, people, 10, 0.2, rng)
        asked = (np.where(error, 0.0, 1.0), np.ones(error.size), group)
        found = rates_by_group(*asked, threshold=0.5, subject=person)
        naive = rates_by_group(*asked, threshold=0.5)
        held = [
            [one.fnmr.low <= rates[one.name] <= one.fnmr.high for one in x.rows if one.fnmr] for x in (found, naive)
        ]
        together += all(held[0])
        alone += all(held[1])
        assert found.fnmr_ratio is not None
        ratio += found.fnmr_ratio.low <= 4 <= (found.fnmr_ratio.high or math.inf)
    assert together >= binom.ppf(0.001, studies, 0.93)
    assert ratio >= binom.ppf(0.001, studies, 0.95)
    assert alone < 0.8 * studies  # scores of a person taken as independent


def test_more_groups_make_each_interval_wider() -> None:
    """The same counts, looked at beside others: the price of looking at many."""
    wide = []
    for n in (2, 8):
        marked = {str(at): Marked(np.arange(40) < 4) for at in range(n)}
        found = clustered_rates(marked, confidence=1 - 0.05 / n)
        wide.append(found["0"].high - found["0"].low)
    assert wide[0] < wide[1]


def test_what_lacks_is_said_once() -> None:
    """One class alone, one person, scores of no group, failures; a group of one person spoils no ratio."""
    label = [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0]
    group = ["a", "a", "a", "a", "b", "b", "b", "b", "c", None, math.nan]
    subject = ["1", "2", "1", "2", "3", "4", "3", "4", "5", "6", "7"]
    score = [0.9, 0.1, 0.1, 0.9, 0.9, 0.1, 0.9, math.nan, 0.9, 0.9, 0.9]
    found = rates_by_group(score, label, group, threshold=0.5, subject=subject)
    assert (found.n_unnamed, found.n_failed) == (2, 1)
    notes = {row.name: row.note for row in found.rows}
    assert notes["c"] == "no impostor scores; one subject: nothing is known of others"
    assert notes["a"] == "few subjects: 2"
    assert found.rows[2].fmr is None
    assert found.rows[2].fnmr is not None
    assert (found.rows[2].fnmr.low, found.rows[2].fnmr.high) == (0.0, 1.0)
    assert found.fnmr_ratio is not None
    assert (found.fnmr_ratio.value, found.fnmr_ratio.note) == (1.0, "Left out, with one subject: c.")
    assert rates_by_group([0.9, 0.1], [1, 0], ["a", "a"], threshold=0.5).fmr_ratio is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"group": ["", None]}, "Expected names of groups. Received: none"),
        ({"group": ["a"]}, "a group for each of 2 scores"),
        ({"label": [1, 2]}, "labels 1"),
        ({"subject": ["x", ""]}, "a subject for every score. Received: 1 without"),
        ({"threshold": math.nan}, "a finite threshold"),
        ({"score": [0.1, math.inf]}, "1 infinite"),
    ],
)
def test_bad_input_is_one_message(changes: dict[str, object], said: str) -> None:
    """Expected, received, for each."""
    asked = {"score": [0.9, 0.1], "label": [1, 0], "group": ["a", "b"], "threshold": 0.5} | changes
    with pytest.raises(InputError, match=said):
        rates_by_group(**asked)  # type: ignore[arg-type]


def test_the_command_reads_any_column_even_one_called_group(tmp_path: Path) -> None:
    """`--group group` is a group and no split; the rates are those of the test file at dev's threshold."""
    rng = np.random.default_rng(2)
    for split in ("dev", "test"):
        rows = [
            f"{split}{at // 4},{rng.normal(2 * (at % 2), 1):.4f},{at % 2},{'north' if at < 40 else 'south'}"
            for at in range(80)
        ]
        rows.insert(0, "subject,score,label,group")
        (tmp_path / f"{split}.csv").write_text("\n".join(rows))
    asked = ["metrics", "--dev", str(tmp_path / "dev.csv"), "--test", str(tmp_path / "test.csv"), "--unit", "subject"]
    found = CliRunner().invoke(app, [*asked, "--group", "group"])
    assert found.exit_code == 0, found.output
    assert "groups of test" in found.output
    assert "few subjects: 10" in found.output
    assert "largest ratio between groups" in found.output
    wrong = CliRunner().invoke(app, [*asked, "--group", "grup"])
    assert wrong.exit_code != 0

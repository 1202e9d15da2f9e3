"""APCER by attack type: in a trial's metrics, its stored columns, and under weights."""

import numpy as np
import pytest

from sweep import metrics
from sweep.data import Split, Splits
from sweep.errors import InputError
from sweep.metrics.catalogue import metric_called
from sweep.metrics.verification import verification
from sweep.stats import estimate, measure, trial_scores
from sweep.trial.score_columns import score_columns
from sweep.trial.tasks import TASKS

KINDS = np.array(["", "", "", "print", "print", "replay", "replay", "replay"])
LABEL = np.array([1, 1, 1, 0, 0, 0, 0, 0])
SCORE = np.array([0.9, 0.8, 0.4, 0.7, 0.2, 0.1, 0.3, 0.6])
DEV = ([1, 1, 0, 0], [0.9, 0.5, 0.4, 0.1])  # separated: the threshold is 0.45


def test_each_type_has_its_rate_at_devs_threshold() -> None:
    """Worked by hand, and beside `attack_rates`; what has no type is measured as before."""
    got = verification(*DEV, LABEL, SCORE, test_attack_type=KINDS)
    assert (got["apcer:print"], got["apcer:replay"]) == (1 / 2, 1 / 3)
    kinds = {kind: SCORE[kind == KINDS] for kind in ("print", "replay")}
    rates = metrics.attack_rates(SCORE[LABEL == 1], kinds, got["eer_threshold"])
    assert {name: got[f"apcer:{name}"] for name in rates.by_type} == rates.by_type
    assert got["apcer"] == rates.apcer == 1 / 2
    plain = verification(*DEV, LABEL, SCORE)
    assert {name: got[name] for name in plain} == plain
    assert not any(name.startswith("apcer") for name in plain)


def test_types_without_an_attack_are_none() -> None:
    """A column of empty words is as no column."""
    assert verification(*DEV, LABEL, SCORE, test_attack_type=[""] * 8) == verification(*DEV, LABEL, SCORE)


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        (["print", *KINDS[1:]], "no attack type where the label is genuine.*such as 'print'"),
        (KINDS[1:], "an attack type for each label.*7 and 8"),
    ],
)
def test_refuses_types_that_do_not_fit(kinds: list[str], says: str) -> None:
    """A genuine attack and another number of types stop with one message."""
    with pytest.raises(InputError, match=says):
        verification(*DEV, LABEL, SCORE, test_attack_type=kinds)


def test_a_trial_measures_and_stores_the_types_that_its_data_give() -> None:
    """The metrics of the task and the columns of the scores have them; without types neither has."""

    def split(kinds: np.ndarray | None) -> Split:
        names = np.array([f"s{at}" for at in range(8)])
        return Split(SCORE[:, None], LABEL, names, names, names, attack_type=kinds, further={"camera": names})

    task, outputs = TASKS["verification"], SCORE[:, None].astype(np.float32)
    for kinds in (KINDS, None):
        splits = Splits(*(split(kinds) for _ in range(3)))
        columns = score_columns(splits, dict.fromkeys(("train", "dev", "test"), outputs), task)
        assert columns["sample.camera"].tolist() == [f"s{at}" for at in range(8)] * 2
        assert ("attack_type" in columns) == (kinds is not None)
        got = task.metrics({name: (one.y, outputs) for name, one in splits.items()}, splits.test.attack_type)
        assert ("apcer:print" in got) == (kinds is not None)
        if kinds is not None:
            assert columns["attack_type"].tolist() == [*KINDS, *KINDS]


def test_a_type_has_an_interval_for_new_subjects() -> None:
    """A replicate is the rate of the attacks repeated as often as their subject counts; each replicate holds some."""
    rng = np.random.default_rng(0)
    subject = np.repeat(np.arange(12), 8)
    label, kinds = np.tile(LABEL, 12), np.tile(KINDS, 12)
    kinds[(subject > 2) & (kinds == "print")] = "replay"  # few subjects stand before the printer
    score = rng.normal(1.5 * label, 1, (3, 96))
    dev = (rng.normal(1.5 * LABEL, 1, (3, 8)), LABEL, np.arange(100, 108))
    scores = trial_scores(score, label, subject, dev=dev, attack_type=kinds)
    for name in ("apcer:print", "apcer:replay", "apcer"):
        found = measure(scores, name, rng=np.random.default_rng(1), n_replicates=200)
        assert np.isfinite(found.replicates).all()
        assert found.value == pytest.approx([metric_called(name).point(scores.of_trial(at)) for at in range(3)])
        assert 0 <= estimate(found).new_subjects.low <= estimate(found).new_subjects.high <= 1
    weights = rng.integers(1, 4, (1, scores.n_columns)).astype(float)
    counts = weights[0].astype(int)[scores.test.unit]
    rows = np.repeat(np.arange(96), counts)
    assert scores.dev is not None
    again = np.repeat(np.arange(8), weights[0].astype(int)[scores.dev.unit])
    want = verification(LABEL[again], dev[0][0][again], label[rows], score[0][rows], test_attack_type=kinds[rows])
    row = metric_called("apcer:print")
    assert row.under(scores.of_trial(0), weights)[0] == pytest.approx(want["apcer:print"])


def test_a_type_that_is_not_there_is_named() -> None:
    """The types of the test set are told, or that none is known."""
    scores = trial_scores(SCORE, LABEL, np.arange(8), dev=(DEV[1], DEV[0]), attack_type=KINDS)
    with pytest.raises(InputError, match=r"of the test set: print, replay. Received: prin. Did you mean 'print'"):
        measure(scores, "apcer:prin", rng=np.random.default_rng(0))
    scores = trial_scores(SCORE, LABEL, np.arange(8), dev=(DEV[1], DEV[0]))
    with pytest.raises(InputError, match=r"none is known. Received: print. Give `attack_type`"):
        measure(scores, "apcer:print", rng=np.random.default_rng(0))


def test_the_worst_type_is_each_replicates_own() -> None:
    """Where a replicate lacks the type that is worst in the trial, the worst of the others counts."""
    scores = trial_scores(SCORE, LABEL, np.arange(8), dev=(DEV[1], DEV[0]), attack_type=KINDS)
    weights = np.ones((3, scores.n_columns))
    names = scores.units[scores.test.unit].astype(int)
    weights[1, scores.test.unit[np.isin(names, np.flatnonzero(KINDS == "print"))]] = 0
    weights[2, scores.test.unit[names == 7]] = 5  # the replay that is accepted
    assert metric_called("apcer").under(scores.of_trial(0), weights).tolist() == [1 / 2, 1 / 3, 5 / 7]
    plain = trial_scores(SCORE, LABEL, np.arange(8), dev=(DEV[1], DEV[0]))
    with pytest.raises(InputError, match="none is known"):
        measure(plain, "apcer", rng=np.random.default_rng(0))

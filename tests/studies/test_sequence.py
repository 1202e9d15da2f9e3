"""The study `sequence`: its data, its answer from simulated results, and a small run of all its arms."""

import numpy as np
import pandas as pd
import pytest

import sweep
from sweep.data import number_sequence
from sweep.errors import InputError
from sweep.report import summarise
from sweep.store import store
from sweep.studies.sequence import answer
from sweep.study.plan import as_document, configurations, plan
from sweep.study.study import Study

ARMS = ["unseeded", "seeded", "init only", "order only", "order only, batches of 1", "nothing varies"]


def simulated(folder, repeats=30, order=1e-9, still=1):
    """Return results of the study: normal values, as many sets of weights as an arm should have."""
    study = Study.load("sequence", seeds=repeats)
    trials = list(plan(study, lambda one, seed: "data", lambda one: "code"))
    rng, rows = np.random.default_rng(3), []
    spread = dict.fromkeys(ARMS[:3], 0.02) | {ARMS[3]: order, ARMS[4]: 1e-5, ARMS[5]: 0.0}
    for one in trials:
        arm = one.configuration.hp["arm"]
        digest = str(one.seed % still) if arm == "nothing varies" else f"{one.seed}"
        row = {"trial_id": one.trial_id, "config_id": one.configuration.config_id, "seed": one.seed, "attempt": 0}
        rows.append(row | {"status": "ok", "final_sha256": digest, "metric.mse": 0.1 + spread[arm] * rng.normal()})
    empty = pd.DataFrame()
    return store.Results(folder, as_document(study, trials), pd.DataFrame(rows), empty, empty, empty)


def test_the_data_are_the_pairs_of_the_sequence():
    """Nine pairs to train on; dev and test follow the same rule between them and share no sample with them."""
    splits = number_sequence()
    assert splits.train.x.ravel() == pytest.approx(np.arange(9) / 10)
    for split in (splits.train, splits.dev, splits.test):
        assert split.y == pytest.approx(split.x.ravel() + 0.1)
    inputs = [split.x.ravel() for _, split in splits.items()]
    assert [len(one) for one in inputs] == [9, 8, 8]
    assert len(np.unique(np.concatenate(inputs))) == 25


def test_the_arms_let_loose_what_their_names_say():
    """Six arms of thirty repeats; hold and seed are those of the name."""
    arms = {one.hp["arm"]: one.study for one in configurations(Study.load("sequence"))}
    assert list(arms) == ARMS
    assert not arms["unseeded"].seeded
    free = {name: {"init", "order"} - set(one.hold) for name, one in arms.items()}
    assert [free[name] for name in ARMS[1:]] == [{"init", "order"}, {"init"}, {"order"}, {"order"}, set()]


def test_the_answer_names_the_stream_and_counts_the_bits(tmp_path):
    """The larger SD is named where the intervals are apart; n, SD at 10 and at 30 and the digests are counted."""
    found = answer(simulated(tmp_path))
    said = " ".join(found.sentences)
    assert "initial weights move the result more than the order of the samples" in said
    assert "all 30 repeats agree in every digit" in said
    assert "not told apart" in said
    one = found.values["unseeded"]
    assert (one["n"], one["n_distinct"], found.values["nothing varies"]["n_distinct"]) == (30, 30, 1)
    assert one["sd_low"] < one["sd"] < one["sd_high"]
    assert one["sd_of_10_high"] - one["sd_of_10_low"] > one["sd_high"] - one["sd_low"]
    assert one["min"] < one["mean"] < one["max"]
    assert [table.rows[0][0] for table in found.tables] == ["unseeded", "unseeded"]


def test_the_answer_follows_the_data(tmp_path):
    """Streams of one SD are not told apart, and repeats that differ although all is held are said to."""
    said = " ".join(answer(simulated(tmp_path, order=0.02, still=2)).sentences)
    assert "which of them moves the result more is not told apart" in said
    assert "should agree in every digit, and ended with 2 sets" in said
    with pytest.raises(InputError, match="two repeats or more"):
        answer(simulated(tmp_path, repeats=1))


@pytest.mark.ray
@pytest.mark.tensorflow
@pytest.mark.usefixtures("one_ray")
def test_a_small_run_answers_and_gives_no_false_alarm(tmp_path):
    """Two repeats of every arm: the held ones agree to the bit without a finding, and the report answers."""
    study = Study.load("sequence", seeds=2, results=str(tmp_path))
    changes = {name: dict(arm) for name, arm in study.arms.items() if name != "order only, batches of 1"}
    study = study.model_copy(update={"arms": changes, "train": study.train.model_copy(update={"epochs": 3})})
    assert sweep.run(study, progress=False, slots=1).n_failed == 0
    report = summarise(sweep.load(tmp_path / "sequence"))
    assert report.findings == ()
    values = report.answer.values
    assert [values[name]["n_distinct"] for name in changes] == [2, 2, 2, 2, 1]
    assert values["nothing varies"]["sd"] == 0

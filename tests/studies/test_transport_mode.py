"""The study `transport-mode`: its protocols, its answer from simulated results, and a small run of both arms."""

import json

import numpy as np
import pandas as pd
import pytest

import sweep
from sweep.errors import InputError
from sweep.report import write
from sweep.store import store
from sweep.studies.transport_mode import answer
from sweep.study.plan import as_document, configurations, plan
from sweep.study.study import Study
from tests.drawn import ticks

USERS = 30


def simulated(folder, segments=0.85, users=0.75, seeds=6, study=None):
    """Return results of both arms, whose predictions are right with these chances and users' own; two test sets."""
    study = study or Study.load("transport-mode", seeds=seeds)
    trials = list(plan(study, lambda one, seed: str(one.hp["arm"]), lambda one: "code"))
    rng, rows, parts = np.random.default_rng(7), [], []
    ease = rng.normal(0, 0.08, USERS)
    subject = np.repeat(np.arange(USERS), 20)
    for one in trials:
        arm = one.configuration.hp["arm"]
        label = np.random.default_rng(len(arm)).integers(0, 5, subject.size)
        right = np.clip({"segments": segments, "users": users}[arm] + ease + rng.normal(0, 0.01), 0, 1)
        guess = np.where(rng.random(label.size) < right[subject], label, (label + rng.integers(1, 5, label.size)) % 5)
        keys = {"trial_id": one.trial_id, "config_id": one.configuration.config_id, "seed": one.seed}
        rows.append(keys | {"attempt": 0, "status": "ok", "data_id": arm, "metric.accuracy": np.mean(guess == label)})
        columns = {
            "split": "test",
            "sample": [f"{arm}-{at}" for at in range(label.size)],
            "subject": subject.astype(str),
        }
        values = {
            "video": "",
            "other_subject": "",
            "label": label.astype(float),
            "score": 0.5,
            "prediction": guess.astype(float),
        }
        parts.append(pd.DataFrame(keys | columns | values))
    document = as_document(study, trials)
    empty = pd.DataFrame()
    return store.Results(folder, document, pd.DataFrame(rows), pd.concat(parts, ignore_index=True), empty, empty)


def test_the_arms_are_the_two_protocols():
    """The source's protocol allows its leak, the sound one refuses any; both train 62 epochs in batches of 64."""
    arms = {one.hp["arm"]: one.study for one in configurations(Study.load("transport-mode"))}
    assert {name: (one.data.keywords["protocol"], one.data.leakage) for name, one in arms.items()} == {
        "segments": ("segments", "allow"),
        "users": ("users", "refuse"),
    }
    assert all((one.train.epochs, one.train.batch_size) == (62, 64) for one in arms.values())


def test_the_answer_says_by_how_much_and_for_whom(tmp_path):
    """The difference with its interval over seeds, and the wider one for new users, which holds it."""
    found = answer(simulated(tmp_path))
    gap, new = found.values["overstated"]["this_test_set"], found.values["overstated_new_subjects"]
    assert gap["low"] < 0.1 < gap["high"]
    assert new["low"] < gap["low"] < gap["high"] < new["high"]
    assert "overstates the accuracy by" in found.sentences[0]
    assert "independent" in found.sentences[1]
    assert found.values["arms"]["users"]["n_subjects"] == USERS
    source = found.values["against"]["the source's three seeds"]
    assert f"{100 * source['low']:.2f} {100 * source['high']:.2f} {source['p']:.3f}" == "73.87 78.01 0.096"
    assert "[73.87, 78.01], and 74.5 is consistent with it (p = .096)" in found.sentences[-1]
    assert found.values["against"]["one run, users"]["consistent"]
    assert not found.values["against"]["one run, segments"]["consistent"]
    json.dumps(found.values, default=str)


def test_equal_protocols_are_not_told_apart(tmp_path):
    """Where both are right as often, no overstatement is claimed; a grid or other arms have no answer."""
    said = answer(simulated(tmp_path, users=0.85)).sentences[0]
    assert "may be zero, on these two test sets" in said
    other = Study.load("transport-mode", arms={"users": {}}, seeds=2)
    with pytest.raises(InputError, match="arms segments and users"):
        answer(simulated(tmp_path, study=other))


@pytest.mark.thorough
@pytest.mark.ray
@pytest.mark.tensorflow
@pytest.mark.usefixtures("one_ray")
def test_a_small_run_shows_classes_by_name(tmp_path, drawn):
    """Both arms run; the page, the JSON and a figure show precision, recall and confusion by the classes' names."""
    study = Study.load("transport-mode", seeds=2, results=str(tmp_path))
    data = study.data.model_copy(update={"users": 15, "trips": 3})
    train = study.train.model_copy(update={"epochs": 2, "early_stopping": None})
    study = study.model_copy(update={"data": data, "train": train})
    assert sweep.run(study, progress=False, slots=1).n_failed == 0
    report = write(sweep.load(tmp_path / "transport-mode"), figures=("svg", "png"))
    assert {one.name for one in report.findings} == {"chosen_on_test"}
    assert len(report.answer.tables) == 3
    assert "In 1 of 2 configurations, however, the development set contained samples of the test set" in report.methods
    told = report.as_dict()["classes"]
    assert len(told) == 2
    for one in told.values():
        assert list(one["classes"]) == ["walk", "bike", "bus", "car", "train"]
        assert one["classes"]["walk"]["recall"]["new_subjects"]["covers"] == "new subjects"
    page = (tmp_path / "transport-mode" / "report" / "index.html").read_text()
    assert "Confusion, arm=users" in page
    assert (tmp_path / "transport-mode" / "report" / "confusion.svg").is_file()
    (figure,) = [one for one in drawn if one.axes[0].images]
    assert [axes.get_title() for axes in figure.axes] == ["arm=segments", "arm=users"]
    for axes, one in zip(figure.axes, told.values(), strict=True):
        assert ticks(axes, "x") == list(one["classes"])
        shares = axes.images[0].get_array()
        assert shares.shape == (5, 5)
        np.testing.assert_allclose(np.asarray(shares).sum(axis=1), 1)
        assert len(axes.texts) == 25

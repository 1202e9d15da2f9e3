"""The study `face-verify`: its model, its answer from simulated pairs, and a small run that stores both people."""

import numpy as np
import pandas as pd
import pytest

import sweep
from sweep.analysis.study_scores import study_scores
from sweep.data import identity_pairs
from sweep.errors import InputError
from sweep.metrics.score_file import read_scores
from sweep.report import summarise
from sweep.store import store
from sweep.studies.face_verify import answer
from sweep.study.plan import as_document, plan
from sweep.study.study import Study


def simulated(folder, *, seeds=4, people=16, effect=0.8, skill=(1.2, 1.2)):
    """Return results of the study: scores of pairs that both people move; `skill` of each arm."""
    study = Study.load("face-verify", seeds=seeds)
    trials = list(plan(study, lambda one, seed: "data", lambda one: "code"))
    arms = dict.fromkeys(one.configuration.config_id for one in trials)
    pairs = np.array([(a, b) for a in range(people) for b in range(a, people) for _ in range(3)])
    label = (pairs[:, 0] == pairs[:, 1]).astype(float)
    like = np.random.default_rng(0).normal(0, effect, (2, people))
    rows, scores = [], []
    for one in trials:
        keys = {"trial_id": one.trial_id, "config_id": one.configuration.config_id, "seed": one.seed}
        rng = np.random.default_rng([one.seed, list(arms).index(one.configuration.config_id)])
        mean = (2 * label - 1) * skill[list(arms).index(one.configuration.config_id)]
        for at, split in enumerate(("dev", "test")):
            names = np.array([f"{split}{person}" for person in range(people)])
            columns = {"subject": names[pairs[:, 0]], "other_subject": names[pairs[:, 1]], "video": "", "split": split}
            score = mean + like[at][pairs].sum(axis=1) + rng.normal(0, 0.5, label.size)
            sample = [f"{split} {row}" for row in range(label.size)]
            scores.append(pd.DataFrame(keys | columns | {"sample": sample, "label": label, "score": score}))
        rows.append(keys | {"attempt": 0, "status": "ok", "data_id": "data", "metric.eer": 0.1, "metric.hter": 0.1})
    tables = (pd.DataFrame(rows), pd.concat(scores, ignore_index=True), pd.DataFrame(), pd.DataFrame())
    return store.Results(folder, as_document(study, trials), *tables)


def test_the_answer_counts_people_and_tells_what_pairs_would_have_claimed(tmp_path):
    """The interval is of people, and wider than one that takes pairs as independent; equal arms are not told apart."""
    found = answer(simulated(tmp_path))
    units = found.values["by_unit"]
    widths = [one["high"] - one["low"] for one in units.values()]
    assert units["both persons of a pair"]["n_subjects"] == 16
    assert widths[0] > 1.2 * widths[2]
    assert "The test depends on 16 people, not on" in found.sentences[1]
    assert "times too narrow" in found.sentences[1]
    assert "not told apart" in found.sentences[2]
    assert [len(table.rows) for table in found.tables] == [2, 3]


def test_the_answer_follows_the_data(tmp_path):
    """A better arm is named; without an effect of people nothing is too narrow; one seed is no answer."""
    better = answer(simulated(tmp_path, skill=(3.0, 0.6))).sentences[2]
    assert better.startswith("arm=difference is better than arm=cosine")
    assert "too narrow" not in answer(simulated(tmp_path, effect=0.0, skill=(0.6, 0.6))).sentences[1]
    with pytest.raises(InputError, match="two seeds or more"):
        answer(simulated(tmp_path, seeds=1))


@pytest.mark.tensorflow
def test_the_order_of_a_pair_makes_no_difference():
    """Both images go through one embedding, so that a pair and its mirror image have one score."""
    from sweep.models import embedding_pair

    x = np.asarray(identity_pairs(people=12, images=2, image_size=16).test.x[:4], dtype=np.float32)
    for compare in ("difference", "cosine"):
        model = embedding_pair((2, 16, 16, 1), 2, compare=compare, channels=[4, 8], embedding=6, dropout=0.2)
        one, other = (np.asarray(model(pairs, training=False)) for pairs in (x, x[:, ::-1]))
        assert one.shape == (4, 1)
        assert np.allclose(one, other, atol=1e-6)
    for wrong in ({"compare": "sum"}, {"embedding": 0}, {"channels": [4] * 6}):
        with pytest.raises(InputError, match="Received"):
            embedding_pair((2, 16, 16, 1), 2, **wrong)
    with pytest.raises(InputError, match="pairs of images"):
        embedding_pair((16, 16, 1), 2)


@pytest.mark.thorough
@pytest.mark.ray
@pytest.mark.tensorflow
@pytest.mark.usefixtures("one_ray")
def test_a_small_run_stores_both_people(tmp_path):
    """Two seeds on few people: both people of a pair are stored, resampled, and read by `sweep metrics`."""
    study = Study.load("face-verify", seeds=2, results=str(tmp_path))
    small = {"use": study.data.use, "people": 20, "images": 3, "image_size": 16}
    changes = {"data": small, "train": {"epochs": 2}, "arms": {"difference": {}}}
    study = Study.model_validate(study.model_dump(mode="json") | changes)
    assert sweep.run(study, progress=False, slots=1).n_failed == 0
    results = sweep.load(tmp_path / "face-verify")
    scores = study_scores(results)
    assert (scores.n_units(), scores.n_units(on_dev=True), scores.unit) == (4, 4, "subject")
    report = summarise(results)
    assert report.rows[0].metrics["hter"].new_subjects.n_subjects == 4
    assert report.answer.values["by_unit"]["both persons of a pair"]["n_subjects"] == 4
    read = read_scores(tmp_path / "face-verify" / "scores.parquet", split="test", trial=results.trials["trial_id"][0])
    assert read.clusters("subject").unit == "subject (both of a pair)"

"""The study `face-attack`: its arms, its answer from simulated results, and a small run of it."""

import numpy as np
import pandas as pd
import pytest

import sweep
from sweep.errors import InputError
from sweep.metrics.verification import verification
from sweep.report import summarise
from sweep.store import store
from sweep.studies.face_attack import answer
from sweep.study.plan import as_document, configurations, plan
from sweep.study.study import Study


def simulated(folder, *, seeds=5, gain=0.6, fall=0.4):
    """Return results of the study; a pass better by `gain` a fit before it, its first loss lower by `fall`."""
    study = Study.load("face-attack", seeds=seeds)
    trials = list(plan(study, lambda one, seed: "data", lambda one: "code"))
    label = np.repeat([0.0, 1.0], 40)
    subject = np.tile([f"s{at:02d}" for at in range(20)], 4)
    people = np.random.default_rng(1).normal(0, 0.5, (2, 20))
    rows, scores, epochs = [], [], []
    for one in trials:
        before = one.configuration.study.train.carry_over
        rng = np.random.default_rng([one.seed, before])
        keys = {"trial_id": one.trial_id, "config_id": one.configuration.config_id, "seed": one.seed}
        both = {}
        for at, split in enumerate(("dev", "test")):
            both[split] = rng.normal((2 * label - 1) * (1 + gain * before)) + np.tile(people[at], 4)
            frame = {"split": split, "subject": subject, "video": "", "label": label, "score": both[split]}
            sample = [f"{split} {row}" for row in range(80)]
            scores.append(pd.DataFrame(keys | frame | {"sample": sample, "other_subject": None}))
        measured = verification(label, both["dev"], label, both["test"])
        metrics = {f"metric.{name}": measured[name] for name in ("eer", "hter")}
        rows.append(keys | {"attempt": 0, "status": "ok", "epochs": 9, "data_id": "data"} | metrics)
        epochs.append(keys | {"epoch": 0.0, "loss": 0.6 - fall * (before > 0) + 0.02 * rng.normal()})
    tables = (pd.DataFrame(rows), pd.concat(scores, ignore_index=True), pd.DataFrame(epochs), pd.DataFrame())
    return store.Results(folder, as_document(study, trials), *tables)


def test_the_arms_say_how_many_fits_stand_before_the_measured_one():
    """One arm makes its model for each run, the others carry one over."""
    arms = {one.hp["arm"]: one.study.train.carry_over for one in configurations(Study.load("face-attack"))}
    assert arms == {"inside": 0, "outside-run-2": 1, "outside-run-4": 3}


def test_the_answer_gives_the_mean_of_honest_runs_and_tells_of_the_drift(tmp_path):
    """No run alone is true: the mean, both intervals and the range of the seeds; later passes begin and end lower."""
    results = simulated(tmp_path)
    found = answer(results)
    honest = found.values["inside"]
    hter = results.trials[results.trials["config_id"] == honest["hter"]["config_id"]]["metric.hter"]
    assert honest["hter"]["value"] == pytest.approx(hter.mean())
    assert f"from {100 * hter.min():.1f} % to {100 * hter.max():.1f} %" in found.sentences[0]
    assert f"{100 * hter.mean():.1f} %, with [" in found.sentences[0]
    assert "so they are no repeats of the first" in found.sentences[1]
    assert "lower in pass 2, 4" in found.sentences[2]
    later = found.values["outside-run-2"]["first_loss_less_inside"]
    assert later["low"] < -0.4 < later["high"] < 0
    assert [len(table.rows) for table in found.tables] == [3, 2]


def test_the_answer_follows_the_data(tmp_path):
    """Passes that are alike are not told apart, worse ones are said to be higher, and one seed is no answer."""
    alike = answer(simulated(tmp_path, gain=0, fall=0)).sentences
    assert "not told apart from a fresh start" in alike[1]
    assert "not told apart from the first in pass 2, 4" in alike[2]
    assert "higher in pass" in answer(simulated(tmp_path, gain=-0.3)).sentences[2]
    with pytest.raises(InputError, match="two seeds or more"):
        answer(simulated(tmp_path, seeds=1))


@pytest.mark.ray
@pytest.mark.tensorflow
@pytest.mark.usefixtures("one_ray")
def test_a_small_run_answers(tmp_path):
    """Two seeds of two arms on few frames: the later pass begins lower, and the report holds the answer."""
    study = Study.load("face-attack", seeds=2, results=str(tmp_path))
    small = {"use": study.data.use, "subjects": [8, 4, 4], "videos": 2, "image_size": 16}
    train = study.train.model_dump(mode="json") | {"epochs": 4, "early_stopping": None, "keep": "last"}
    arms = {name: dict(study.arms[name]) for name in ("inside", "outside-run-2")}
    model = {"use": study.model.use, "width": 0.06, "blocks": [128], "momentum": 0.9}
    changes = {"data": small, "train": train, "arms": arms, "model": model}
    study = Study.model_validate(study.model_dump(mode="json") | changes)
    assert sweep.run(study, progress=False, slots=1).n_failed == 0
    values = summarise(sweep.load(tmp_path / "face-attack")).answer.values
    assert values["outside-run-2"]["first_loss"] < values["inside"]["first_loss"]

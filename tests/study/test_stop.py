"""The key `stop`: what it may say, the seeds that it counts, and that no trial changes by it."""

from pathlib import Path
from typing import Any

import pytest

from sweep.errors import InputError
from sweep.running.opening import open_study, resolve
from sweep.study.plan import plan
from sweep.study.stop import until_in_words
from sweep.study.study import Study

SAID = {
    "study": "raced",
    "data": {"use": "sweep.data:synthetic_attack"},
    "model": {"use": "sweep.models:small_xception"},
    "grid": {"model.dropout": [0.0, 0.5]},
}
RACE = {"until": "decided"}


def study(**said: Any) -> Study:
    """Return a study, with every fault as one message."""
    return resolve(Study.model_validate(SAID), seeds=None, results=None).model_copy() if not said else _of(said)


def _of(said: dict[str, Any]) -> Study:
    try:
        return Study.model_validate(SAID | said)
    except ValueError as error:
        raise InputError(str(error)) from None


def test_a_study_with_stop_has_the_trials_of_one_without() -> None:
    """`stop` is no part of a trial: with the same seeds all ids are the same."""

    def ids(one: Study) -> list[str]:
        return [trial.trial_id for trial in plan(one, lambda *_: "d", lambda _: "c")]

    assert ids(study(stop=RACE)) == ids(study(seeds=40))
    assert ids(study(stop=RACE | {"most": 7}, seeds={"first": 3})) == ids(study(seeds={"count": 7, "first": 3}))


def test_a_study_comes_back_from_its_json() -> None:
    """What study.json holds is the same study again, with `most` as its count."""
    one = study(stop={"until": {"eer": 0.005}, "first": 10})
    assert Study.model_validate(one.model_dump(mode="json")) == one
    assert one.n_seeds == 40


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"stop": RACE | {"most": 4}}, "at least as many seeds as `first`, 5"),
        ({"stop": RACE | {"step": 0}}, "at least 1"),
        ({"stop": RACE | {"first": 1}}, "one shows no spread"),
        ({"stop": {"until": "decide"}}, "Did you mean 'decided'"),
        ({"stop": {"until": "for ever"}}, "decided, or a metric"),
        ({"stop": {"until": {"eer": 0}}}, "above 0"),
        ({"stop": {"until": {"eer": True}}}, "above 0"),
        ({"stop": {"until": {"eer": 2}}}, "below 0.5 for eer, which is a fraction"),
        ({"stop": {"until": {"eer": 0.1, "hter": 0.1}}}, "decided, or a metric"),
        ({"stop": RACE | {"metric": "macro_f1"}}, "a metric that a trial of a verification stores"),
        ({"stop": RACE | {"metric": "hterr"}}, "Did you mean 'hter'"),
        ({"stop": {"until": {"eer": 0.01}, "metric": "hter"}}, "one metric"),
        ({"stop": RACE | {"metric": "dev_auc", "covers": "new subjects"}}, "covers: this test set"),
        ({"stop": RACE, "seeds": 5}, "without a count beside `stop`"),
        ({"stop": RACE, "seeds": [1, 2, 3]}, "without a count beside `stop`"),
        ({"stop": RACE, "division": {"folds": 5}}, "`stop` or `division`"),
    ],
)
def test_what_cannot_be_meant_is_refused(said: dict[str, Any], message: str) -> None:
    """Each fault has its own message with what was expected."""
    with pytest.raises(InputError, match=message):
        study(**said)


def test_the_words_of_the_command_take_the_place_of_the_file_s(tmp_path: Path) -> None:
    """--until adds `stop` to a study without one; --seeds is then the most; the file's count gives way."""
    file = tmp_path / "raced.yaml"
    file.write_text('study: raced\nseeds: 5\ndata: {use: "a:b"}\nmodel: {use: "a:b"}\n')
    raced = resolve(file, seeds=None, results=None, until="decided")
    assert raced.stop is not None
    assert (raced.stop.until, raced.n_seeds) == ("decided", 40)
    narrow = resolve(file, seeds=20, results=None, until="eer=0.005")
    assert narrow.stop is not None
    assert (narrow.stop.until, narrow.n_seeds, until_in_words(narrow.stop)) == ({"eer": 0.005}, 20, "eer=0.005")
    assert resolve(raced, seeds=10, results=None).n_seeds == 10
    assert resolve(file, seeds=None, results=None).stop is None


@pytest.mark.parametrize("word", ["soon", "eer=", "eer=0", "=0.1", "eer=nan", "decided=1=2"])
def test_other_words_are_refused(word: str) -> None:
    """--until takes `decided` or METRIC=NUMBER."""
    with pytest.raises(InputError, match=r"--until: expected|a metric that a trial"):
        resolve(Study.model_validate(SAID), seeds=None, results=None, until=word)


def test_one_configuration_cannot_race() -> None:
    """Of one configuration a precision is meant, which the message says."""
    alone = Study.model_validate({**SAID, "grid": {}, "stop": RACE})
    with pytest.raises(InputError, match=r"two configurations or more.*--until eer=0.005"):
        open_study(alone)

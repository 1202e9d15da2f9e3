"""Further test sets: what is taken of them, what is checked against the data that a model is trained on, their ids."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweep.data import (
    FurtherTest,
    Prepared,
    Split,
    Splits,
    ids_of_tests,
    open_prepared,
    prepare,
    synthetic_vectors,
    with_tests,
)
from sweep.errors import InputError

SMALL: dict[str, Any] = {"subjects": (4, 3, 3), "samples": 4}


def own(**changes: Any) -> Splits:
    """Return the data that a model is trained on."""
    return synthetic_vectors(**{**SMALL, **changes})


def elsewhere(seed: int = 5, **changes: Any) -> Split:
    """Return a test set of other samples; its people have the names of people in train unless they are renamed."""
    return own(seed=seed, **changes).test


def renamed(split: Split, before: str = "x") -> Split:
    """Return a split of people of other names."""
    return replace(split, subject=np.char.add(before, split.subject))


def both(cache: Path, given: Any, task: str = "verification", expect: str | None = None, **of: Any) -> Prepared:
    """Return the small data with one further test set B."""
    main = prepare(lambda: own(kind=task), {}, split_seed=None, task=task, cache=cache)
    call: Callable[..., Any] = given if callable(given) else lambda: given
    test = FurtherTest(**{"name": "B", "function": call, "keywords": {}, "split_seed": None, **of})
    return with_tests(main, [test], task=task, cache=cache, expect=expect)


def test_a_further_test_set_lies_beside_the_data_under_an_id_of_its_own(tmp_path: Path) -> None:
    """Opened, the data have their own splits as before and the further one by its name; the ids follow the content."""
    main = prepare(own, {}, split_seed=None, task="verification", cache=tmp_path)
    found, again = (both(tmp_path, renamed(elsewhere())) for _ in range(2))
    moved = both(tmp_path, renamed(elsewhere(seed=6)))
    opened, before = open_prepared(tmp_path, found.data_id), open_prepared(tmp_path, main.data_id)
    assert found.data_id == again.data_id
    assert len({main.data_id, found.data_id, moved.data_id}) == 3
    assert found.tests == ids_of_tests(tmp_path, found.data_id) != moved.tests
    assert ids_of_tests(tmp_path, main.data_id) == {}
    assert [name for name, _ in opened.items()] == ["train", "dev", "test"]
    np.testing.assert_array_equal(opened.test.x, before.test.x)
    np.testing.assert_array_equal(opened.tests["B"].x, elsewhere().x)
    assert found.counts["test.B"].n == 12
    assert before.tests == {}
    with pytest.raises(InputError, match="Expected the data 0000"):
        both(tmp_path, renamed(elsewhere()), expect="0" * 64)


@pytest.mark.parametrize(
    "given",
    [
        lambda split: split,
        lambda split: (split.x, split.y),
        lambda split: {"x": split.x, "y": split.y, "subject": split.subject},
        lambda split: {"testing": split, "train": own().train},
        lambda split: Splits(own().train, own().dev, split),
    ],
)
def test_a_function_may_return_a_test_or_one_split_alone(tmp_path: Path, given: Callable[[Split], Any]) -> None:
    """A Split, a pair, a mapping, or whole splits of which test alone counts: the samples are the same."""
    split = renamed(elsewhere())
    found = both(tmp_path, given(split))
    np.testing.assert_array_equal(open_prepared(tmp_path, found.data_id).tests["B"].x, split.x)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"train": own().train, "dev": own().dev},
            "tests.B: Expected of a further test set a split `test`.*train, dev",
        ),
        (replace(renamed(elsewhere()), x=np.zeros((12, 5), np.float32)), r"tests.B: .*\(6,\).*in train, \(5,\)"),
        (replace(renamed(elsewhere()), y=np.ones(12, int)), "tests.B: .*12 genuine and 0 impostor in test.B"),
        (
            replace(elsewhere(), subject=own().dev.subject),
            "tests.B: Expected nobody of train or dev in it.*S005, S006, S007 in dev and test.B.*`people: others`",
        ),
        (renamed(own().dev), "tests.B: Expected no sample of train or dev in it.*identical to the byte"),
    ],
)
def test_what_does_not_fit_the_data_is_refused(tmp_path: Path, given: Any, said: str) -> None:
    """One message that names the test set: no test in it, other inputs, one class, people or samples of train."""
    with pytest.raises(InputError, match=said):
        both(tmp_path, given)


def test_people_may_be_others_or_allowed(tmp_path: Path) -> None:
    """`people: others` renames them by the test set; `leakage: allow` keeps them, and says whom they share."""
    split = replace(elsewhere(), subject=own().dev.subject)
    others = both(tmp_path, split, others=True)
    names = set(open_prepared(tmp_path, others.data_id).tests["B"].subject.tolist())
    allowed = both(tmp_path, split, leakage="allow")
    assert names == {f"B: {name}" for name in own().dev.subject}
    assert others.findings == ()
    assert allowed.findings == ("Allowed by `leakage: allow`: subjects S005, S006, S007 in dev and test.B.",)


def test_people_of_the_own_test_set_may_be_tested_again(tmp_path: Path) -> None:
    """Another camera, the same people: what own test and further test share is no leak."""
    found = both(tmp_path, replace(elsewhere(), subject=own().test.subject))
    assert found.findings == ()


def test_classes_are_those_of_train_by_their_names(tmp_path: Path) -> None:
    """A further test set that numbers its classes otherwise is numbered as train is; an unknown class is refused."""
    split = own(kind="classification", seed=5).test
    turned = Splits(split, split, split, classes=("class 2", "class 0", "class 1"))
    found = both(tmp_path, turned, task="classification", others=True)
    np.testing.assert_array_equal(
        open_prepared(tmp_path, found.data_id).tests["B"].y, np.array([2, 0, 1])[np.asarray(split.y)]
    )
    with pytest.raises(InputError, match=r"tests\.B: Expected only classes of train: .*Received: strange"):
        both(tmp_path, replace(turned, classes=("class 2", "strange", "class 1")), task="classification", others=True)

"""Folds: every subject in one of them, every sample tested once, all columns cut alike; else refused."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweep.data import Splits, as_splits, open_prepared, prepare
from sweep.data.folds import Fold, deal, one_fold, pooled
from sweep.data.images import Images
from sweep.errors import InputError

K = 4
SIZES = {"train": 24, "dev": 12, "test": 12}


def given(change: str = "", kinds: bool = False) -> dict[str, Any]:
    """Return splits of people with four samples each, both labels; `kinds`: some people have one label alone."""
    rng, found, person = np.random.default_rng(0), {}, 0
    for name, n in SIZES.items():
        subject = [f"p{person + at // 4:02d}" for at in range(n)]
        person += n // 4
        y = np.arange(n) % 2
        if kinds:
            y = np.asarray(
                [int(one[1:]) % 3 == 0 or (int(one[1:]) % 3 == 1 and at % 2) for at, one in enumerate(subject)]
            )
        found[name] = {"x": rng.normal(size=(n, 3)), "y": y.astype(int), "subject": subject}
    if change == "no subject":
        found["dev"].pop("subject")
    elif change == "some without":
        found["test"]["subject"][3] = ""
    elif change == "pairs":
        found["train"]["other_subject"] = ["p98"] * SIZES["train"]
    elif change == "weights":
        found["train"]["sample_weight"] = np.ones(SIZES["train"])
    elif change == "few":
        for one in found.values():
            one["subject"] = [f"p{int(name[1:]) % 3:02d}" for name in one["subject"]]
    elif change == "one class":
        for one in found.values():
            one["y"] = np.asarray([int(name in ("p00", "p06")) for name in one["subject"]])
    elif change == "type":
        found["dev"]["x"] = found["dev"]["x"].astype(np.float32)
    return found


def folds(splits: Splits, seed: int = 0, task: str = "verification", n: int = K) -> list[Splits]:
    """Return all folds of the splits."""
    return [one_fold(splits, Fold(number, n, seed), task) for number in range(n)]


def test_each_subject_is_in_one_fold_and_each_sample_tested_once() -> None:
    """In K folds a sample is once in test, once in dev, K - 2 times in train, and no subject is in two splits."""
    found = folds(as_splits(given()))
    every = sorted(np.concatenate([split.sample for _, split in as_splits(given()).items()]).tolist())
    for name, times in (("test", 1), ("dev", 1), ("train", K - 2)):
        seen = sorted(sample for one in found for sample in getattr(one, name).sample.tolist())
        assert seen == sorted(every * times), name
    for at, one in enumerate(found):
        people = [set(split.subject.tolist()) for _, split in one.items()]
        assert sum(map(len, people)) == len(set().union(*people)) == 12
        assert set(one.dev.subject.tolist()) == set(found[(at + 1) % K].test.subject.tolist())


def test_folds_follow_their_seed_and_not_the_order_of_the_samples() -> None:
    """The same seed deals the same folds, also where samples or splits are in another order; another seed others."""
    tests = [sorted(set(one.test.subject.tolist())) for one in folds(as_splits(given()))]
    assert [sorted(set(one.test.subject.tolist())) for one in folds(as_splits(given()))] == tests
    assert [sorted(set(one.test.subject.tolist())) for one in folds(as_splits(given()), seed=1)] != tests
    moved = as_splits(given())
    moved = Splits(moved.test[::-1], moved.train, moved.dev)
    assert [sorted(set(one.test.subject.tolist())) for one in folds(moved)] == tests


def test_subjects_of_each_kind_are_spread_over_the_folds() -> None:
    """Twelve people, four of each set of labels, in four folds: one of each set in each fold."""
    whole = pooled(as_splits(given(kinds=True)), "verification")
    place = deal(whole, K, np.random.default_rng(3))
    for kind in range(3):
        assert sorted(place[f"p{person:02d}"] for person in range(kind, 12, 3)) == list(range(K))


def test_a_rare_class_is_in_every_fold_where_it_can_be() -> None:
    """Three people share a class, each with another set of labels: each is dealt to a fold of its own."""
    y = [0, 1, 0, 2, 0, 3, 1, 2, 3, 1, 2, 3]
    subject = ["a", "a", "b", "b", "c", "c", "d", "e", "f", "g", "h", "i"]
    splits = as_splits({name: {"x": np.eye(12), "y": y, "subject": subject} for name in SIZES})
    for seed in range(20):
        place = deal(pooled(splits, "classification"), 3, np.random.default_rng(seed), task="classification")
        assert {place["a"], place["b"], place["c"]} == {0, 1, 2}


def test_a_regression_deals_people_of_any_value() -> None:
    """The labels of a regression are no classes: folds are balanced by samples alone."""
    rng = np.random.default_rng(0)
    splits = as_splits({name: {**one, "y": rng.normal(size=SIZES[name])} for name, one in given().items()})
    assert [len(one.test) for one in folds(splits, task="regression")] == [12] * K


def test_all_columns_are_cut_with_the_samples() -> None:
    """Several inputs, labels of outputs, weights, attack types and further columns stay with their sample."""
    given_, start = given(), 0
    for one in given_.values():
        number = np.arange(start, start + len(one["y"]))
        start += len(number)
        one |= {"x": {"face": number[:, None, None] * np.ones((1, 2, 2)), "mark": number[:, None] * 1.0}}
        one |= {"y": {"live": one["y"], "place": number * 2.0}, "sample": [f"s{at}" for at in number]}
        one |= {"sample_weight": number + 1.0, "attack_type": np.where(number % 2, "", "print")}
        one |= {"further": {"camera": [f"c{at}" for at in number]}, "video": [f"v{at}" for at in number]}
    for one in folds(as_splits(given_)):
        assert one.dev.sample_weight is None
        assert one.test.sample_weight is None
        for name, split in one.items():
            number = np.asarray([int(sample[1:]) for sample in split.sample])
            assert split.x["face"][:, 0, 0].tolist() == number.tolist() == split.x["mark"][:, 0].tolist()
            assert (split.labels["place"] == 2.0 * number).all()
            assert (split.y == number % 2).all()
            assert split.attack_type is not None
            assert split.attack_type.tolist() == ["" if at % 2 else "print" for at in number]
            assert split.further["camera"].tolist() == [f"c{at}" for at in number]
            assert split.video.tolist() == [f"v{at}" for at in number]
            if name == "train":
                assert split.sample_weight is not None
                assert split.sample_weight.tolist() == (number + 1.0).tolist()


def test_images_of_a_store_are_not_copied() -> None:
    """A fold of images is rows of the same store."""
    pixels = np.zeros((48, 2, 2, 1), dtype=np.uint8)
    start, parts = 0, {}
    for name, one in given().items():
        rows = np.arange(start, start + SIZES[name])
        parts[name] = {**one, "x": Images(pixels, rows)}
        start += SIZES[name]
    found = folds(as_splits(parts))
    assert all(split.x.pixels is pixels for one in found for _, split in one.items())
    assert sorted(row for one in found for row in one.test.x.rows.tolist()) == list(range(48))


BAD = {
    "no subject": "division: expected the subject of every sample.*none for 12 of 12 samples of dev, such as dev-0",
    "some without": "none for 1 of 12 samples of test, such as test-000004",
    "pairs": r"one person each.*pairs \(other_subject\) in train",
    "weights": "sample_weight in all splits or in none.*in train alone",
    "few": "as many subjects of each class as folds at least.*4 folds and 3 subjects of class impostor. Take 3 folds",
    "one class": "4 folds and 2 subjects of class genuine. Collect more",
    "type": "inputs of one shape and type in all splits.*float64 in train.*float32 in dev",
}


@pytest.mark.parametrize("change", BAD)
def test_what_cannot_be_dealt_is_refused(change: str, tmp_path: Path) -> None:
    """Each fault of the data has one message that says what came and what to do; nothing is stored."""
    with pytest.raises(InputError) as told:
        prepare(given, {"change": change}, split_seed=0, task="verification", cache=tmp_path, fold=Fold(0, K, 0))
    assert re.search(BAD[change], str(told.value)), told.value
    assert not list(tmp_path.rglob("*.npy"))


def test_batches_are_refused(tmp_path: Path) -> None:
    """A train that hands out batches cannot be dealt to folds."""
    from sweep.data.streamed_splits import Streaming

    def streamed() -> dict[str, Any]:
        found = given()
        return {**found, "train": iter([(np.zeros((2, 3)), np.zeros(2))])}

    streaming = Streaming(make=lambda *_: pytest.fail("nothing is read"), code=lambda: "")
    with pytest.raises(InputError, match=r"expected arrays or images.*batches\. Return arrays, or leave"):
        prepare(
            streamed, {}, split_seed=0, task="verification", cache=tmp_path, streaming=streaming, fold=Fold(0, K, 0)
        )


def test_prepared_folds_have_ids_of_their_own(tmp_path: Path) -> None:
    """Each fold is other data, and comes back from the cache as it was cut."""
    ids = set()
    for number in range(K):
        fold = Fold(number, K, 7)
        ready = prepare(given, {}, split_seed=0, task="verification", cache=tmp_path, fold=fold)
        stored, cut = open_prepared(tmp_path, ready.data_id), one_fold(as_splits(given()), fold, "verification")
        for (_, one), (_, other) in zip(stored.items(), cut.items(), strict=True):
            np.testing.assert_array_equal(one.x, other.x)
            assert one.subject.tolist() == other.subject.tolist()
        ids.add(ready.data_id)
    assert len(ids) == K

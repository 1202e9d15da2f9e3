"""Pairs of people's images: who meets whom, kept apart by split, each image stored once."""

from collections import Counter
from pathlib import Path

import joblib
import numpy as np
import pytest
from PIL import Image

from sweep.data import Splits, identity_pairs, identity_sources, open_prepared, prepare
from sweep.errors import InputError

SMALL = {"people": 15, "images": 3, "image_size": 16}


def prepared(cache, **keywords):
    """Return what was prepared, and the splits as a trial opens them."""
    made = prepare(identity_pairs, keywords, split_seed=0, task="verification", cache=cache)
    return made, open_prepared(cache, made.data_id)


def folder(root: Path, counts: dict[str, int]) -> Path:
    """Write a folder a person with so many images, and return the root."""
    rng = np.random.default_rng(0)
    for person, count in counts.items():
        (root / person).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 255, (12, 10), dtype=np.uint8)
            Image.fromarray(pixels).save(root / person / f"{number}.png")
    return root


def test_no_person_stands_in_two_splits_and_labels_are_right(tmp_path):
    """A genuine pair is of one person, an impostor pair of two, and the people of the splits are disjoint."""
    _, splits = prepared(tmp_path, **SMALL)
    people = [set(split.people) for _, split in splits.items()]
    assert [len(one) for one in people] == [9, 3, 3]
    assert len(set.union(*people)) == 15
    for split in (splits.train, splits.dev, splits.test):
        assert np.array_equal(split.y == 1, split.subject == split.other_subject)
        assert len(set(split.sample)) == len(split)
        first = [name.partition(" + ")[0].partition("/")[0] for name in split.sample.tolist()]
        assert first == split.subject.tolist()


def test_all_pairs_are_taken_up_to_a_limit_and_people_evenly(tmp_path):
    """Below the limit every pair is there once; at a limit everybody is in as many impostor pairs, give or take."""
    _, whole = prepared(tmp_path, **SMALL)
    assert np.bincount(whole.train.y).tolist() == [36 * 9, 9 * 3]
    _, some = prepared(tmp_path, **SMALL, genuine=20, impostor=90)
    split = some.train
    assert np.bincount(split.y).tolist() == [90, 20]
    for label, spread in ((0, 1), (1, 1)):
        each = Counter([*split.subject[split.y == label], *split.other_subject[split.y == label]])
        assert max(each.values()) - min(each.values()) <= spread * 2
    assert set(split.sample) <= set(whole.train.sample)


def test_an_image_is_stored_once_however_many_pairs_hold_it(tmp_path):
    """The store has as many images as people have; a pair is two of its rows, and the inputs are (2, h, w, c)."""
    made, splits = prepared(tmp_path, **SMALL)
    x = splits.test.x
    assert made.input_shape == (2, 16, 16, 1)
    assert (len(x.pixels), x.rows.shape, x.ndim) == (45, (len(splits.test), 2), 5)
    assert x[np.array([0, 4])].shape == (2, 2, 16, 16, 1)
    assert made.counts["test"].subjects == 3
    again = prepare(identity_pairs, SMALL, split_seed=0, task="verification", cache=tmp_path / "elsewhere")
    other = prepare(identity_pairs, SMALL, split_seed=1, task="verification", cache=tmp_path)
    assert made.data_id == again.data_id != other.data_id


def test_a_folder_a_person_is_read_and_one_image_alone_is_told(tmp_path):
    """A person with one image is in impostor pairs only, which is one finding."""
    root = folder(tmp_path / "faces", {f"p{at}": 3 for at in range(10)} | {"lonely": 1})
    made, splits = prepared(tmp_path / "cache", root=str(root), image_size=[8, 8])
    assert made.findings == ("One image alone, so in impostor pairs only: lonely.",)
    (split,) = [split for _, split in splits.items() if "lonely" in split.people]
    alone = (split.subject == "lonely") | (split.other_subject == "lonely")
    assert alone.any()
    assert (split.y[alone] == 0).all()


@pytest.mark.parametrize(
    ("counts", "keywords", "message"),
    [
        ({"a": 2, "b": 2, "c": 2}, {}, "Expected two people or more in train, .* Received: 1 of 3 people"),
        ({"a": 2, "b": 2}, {"source": "lfw"}, "Expected root or source. Received: both"),
        ({f"p{at}": 1 for at in range(12)}, {}, "one of them with two images"),
        ({"": 2}, {}, "Expected a folder a person"),
    ],
)
def test_what_cannot_be_paired_is_one_message(tmp_path, counts, keywords, message):
    """Too few people, single images alone or images without a folder are refused by name."""
    root = folder(tmp_path / "faces", counts)
    with pytest.raises(InputError, match=message):
        identity_pairs(root=root, image_size=8, **keywords)


def test_the_same_image_of_two_people_is_a_leak(tmp_path):
    """A copy of one person's image under another name in another split is found, although no pair repeats."""
    root = folder(tmp_path / "faces", {f"p{at}": 2 for at in range(10)})
    splits = identity_pairs(root=root, image_size=8)
    one, other = splits.train.subject[0], splits.test.subject[0]
    (root / one / "0.png").write_bytes((root / other / "0.png").read_bytes())
    with pytest.raises(InputError, match="identical to the byte"):
        prepared(tmp_path / "cache", root=str(root), image_size=8)


def test_both_people_of_a_pair_are_looked_for_in_other_splits(tmp_path):
    """A person who is the second of a pair in train and the second of one in test is a subject in two splits."""
    splits = identity_pairs(**SMALL)
    strange = splits.test.other_subject.copy()
    strange[-1] = splits.train.other_subject[-1]

    def tampered() -> Splits:
        test = type(splits.test)(**{**vars(splits.test), "other_subject": strange})
        return Splits(splits.train, splits.dev, test, classes=splits.classes)

    with pytest.raises(InputError, match=f"subject {strange[-1]} in train and test"):
        prepare(tampered, {}, split_seed=0, task="verification", cache=tmp_path)


def test_public_sets_come_through_scikit_learn_or_say_what_to_do(tmp_path, monkeypatch):
    """Olivetti's faces are scaled and resized; without a network there is one line with the way round."""
    from sklearn import datasets
    from sklearn.utils import Bunch

    faces = Bunch(images=np.random.default_rng(0).random((24, 16, 16)), target=np.repeat(np.arange(8), 3))
    monkeypatch.setattr(datasets, "fetch_olivetti_faces", lambda: faces)
    monkeypatch.setattr(datasets, "get_data_home", lambda: str(tmp_path))
    monkeypatch.setitem(identity_sources._IMAGES, "olivetti", 24)
    _, splits = prepared(tmp_path, source="olivetti", image_size=8)
    assert splits.train.x.pixels.shape == (24, 8, 8, 1)
    assert splits.train.x.pixels.max() > 150

    def offline(**_):
        raise OSError("Name or service not known")

    monkeypatch.setattr(datasets, "fetch_lfw_people", offline)
    with pytest.raises(InputError, match="put the images into a folder a person and give `root:`"):
        identity_pairs(source="lfw")
    with pytest.raises(InputError, match="Did you mean"):
        identity_pairs(source="lfv")


def test_a_download_that_broke_off_is_not_kept(tmp_path, monkeypatch, capfd):
    """A torn file and a half-unpacked archive are removed, a set with fewer images than it has is refused."""
    from sklearn import datasets
    from sklearn.utils import Bunch

    faces = Bunch(images=np.random.default_rng(0).random((24, 16, 16)), target=np.repeat(np.arange(8), 3))
    monkeypatch.setattr(datasets, "get_data_home", lambda: str(tmp_path))
    for name in ("fetch_olivetti_faces", "fetch_lfw_people"):
        monkeypatch.setattr(datasets, name, lambda **_: faces)
    kept = tmp_path / "olivetti_py3.pkz"
    joblib.dump(faces.images, kept, compress=6)
    whole = kept.read_bytes()
    for content, stays in ((whole, True), (whole[:-40], False), (b"", False)):
        kept.write_bytes(content)
        with pytest.raises(InputError, match=r"Expected 400 images .*Received: 24\..*delete .*olivetti_py3"):
            identity_pairs(source="olivetti")
        assert kept.exists() == stays
    assert "is torn; it is downloaded again" in capfd.readouterr().err
    half = tmp_path / "lfw_home" / "lfw_funneled"
    for archive in (False, True):
        half.mkdir(parents=True)
        (half.parent / "lfw-funneled.tgz").write_bytes(b"archive") if archive else None
        with pytest.raises(InputError, match="Expected 9164 images of lfw"):
            identity_pairs(source="lfw")
        assert half.exists() != archive
        if not archive:
            half.rmdir()


ORL = Path(__file__).resolve().parents[3] / "shared" / "data" / "orl_faces"


@pytest.mark.skipif(not ORL.is_dir(), reason="the ORL faces are not beside this checkout (../shared/data/orl_faces)")
def test_orls_people_make_pairs_within_every_split(tmp_path):
    """40 people with ten images: 24, 8 and 8 of them, all genuine pairs of dev and test, everybody equally often."""
    made, splits = prepared(tmp_path, root=str(ORL), image_size=16)
    assert [made.counts[name].subjects for name in ("train", "dev", "test")] == [24, 8, 8]
    assert made.counts["test"].labels == {"impostor": 1000, "genuine": 8 * 45}
    strangers = splits.test.y == 0
    each = Counter([*splits.test.subject[strangers], *splits.test.other_subject[strangers]])
    assert set(each.values()) == {250}

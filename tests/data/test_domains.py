"""The two synthetic domains, and dev taken from train where public data have none."""

import numpy as np
import pytest
from PIL import Image

from sweep.data import image_folder, synthetic_domains
from sweep.errors import InputError

SMALL = {"samples": (40, 20, 20), "image_size": 16}


def test_the_target_is_another_light_and_equal_calls_give_equal_bytes():
    """The shift dims, reddens and flattens; without it the light is the source's; a seed decides every byte."""
    source = synthetic_domains(domain="source", **SMALL)
    target, again = synthetic_domains(**SMALL), synthetic_domains(**SMALL)
    plain = synthetic_domains(shift=0.0, **SMALL)
    assert np.array_equal(target.train.x, again.train.x)
    assert not np.array_equal(target.train.x, synthetic_domains(seed=1, **SMALL).train.x)
    assert target.classes == ("4 petals", "5 petals")
    assert len(source.classes) == 5
    assert sorted(np.bincount(target.train.y).tolist()) == [20, 20]
    red, _, blue = target.train.x.mean(axis=(0, 1, 2))
    assert red - blue > 40
    assert target.train.x.std() < 0.75 * source.train.x.std()
    assert abs(plain.train.x.mean() - source.train.x.mean()) < 20


@pytest.mark.parametrize("changes", [{"domain": "both"}, {"samples": (1, 2, 2)}, {"image_size": 8}, {"shift": 3.0}])
def test_a_number_out_of_range_is_refused(changes):
    """Each is named in the message."""
    with pytest.raises(InputError, match=next(iter(changes))):
        synthetic_domains(**changes)


def _folder(root, names):
    for name in names:
        for number in range(10):
            file = root / name / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (8, 8), (number, len(name), 0)).save(file)


def test_dev_is_taken_from_train_class_by_class(tmp_path):
    """A fifth of each class moves; test stays whole; the same split seed takes the same pictures."""
    _folder(tmp_path, ("train/cat", "train/dogs", "test/cat", "test/dogs"))
    given = {"image_size": 8, "task": "classification", "dev_from_train": 0.2}
    splits = image_folder(tmp_path, **given)
    assert [len(split) for _, split in splits.items()] == [16, 4, 20]
    assert np.bincount(splits.dev.y).tolist() == [2, 2]
    assert set(splits.dev.sample) == set(image_folder(tmp_path, **given).dev.sample)
    assert set(splits.dev.sample) != set(image_folder(tmp_path, split_seed=1, **given).dev.sample)
    with pytest.raises(InputError, match=r"dev_from_train: 0\.2"):
        image_folder(tmp_path, 8, task="classification")
    with pytest.raises(InputError, match="between 0 and 1"):
        image_folder(tmp_path, 8, task="classification", dev_from_train=1.5)


def test_dev_is_taken_by_subject_where_subjects_are_known(tmp_path):
    """All pictures of a subject move together."""
    _folder(tmp_path, [f"{split}/{kind}/{split}{n}" for split in ("train", "test") for kind in "ab" for n in range(4)])
    splits = image_folder(tmp_path, 8, task="classification", dev_from_train=0.25)
    assert not set(splits.dev.subject) & set(splits.train.subject)
    assert len(splits.dev) == 20

"""Synthetic data: the same bytes every time, subjects apart, traces of the screen that can be dialled."""

import numpy as np
import pytest

from sweep.data import prepare, synthetic_attack, synthetic_vectors
from sweep.errors import InputError


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    """Two calls agree, another seed differs, and going back gives the first bytes again."""
    options = {"subjects": (2, 1, 1), "videos": 1, "frames": 2}
    first, second = (synthetic_attack(**options, seed=3).train.x for _ in range(2))
    other = synthetic_attack(**options, seed=4).train.x
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(first, synthetic_attack(**options, seed=3).train.x)


def test_defaults_are_balanced_and_disjoint(tmp_path):
    """The default data pass every check: no subject twice, no copy, both classes in equal number."""
    data = synthetic_attack()
    ready = prepare(lambda: data, {}, split_seed=None, task="verification", cache=tmp_path)
    assert ready.findings == ()
    assert ready.input_shape == (32, 32, 3)
    assert [count.subjects for count in ready.counts.values()] == [72, 24, 36]
    assert ready.counts["train"].labels == {"impostor": 432, "genuine": 432}
    assert ready.counts["test"].videos == 36 * 2 * 3


def test_adding_subjects_leaves_those_that_were_there():
    """A subject's images depend on the seed and its number alone."""
    few = synthetic_attack(subjects=(2, 1, 1), videos=1, frames=1)
    many = synthetic_attack(subjects=(5, 1, 1), videos=1, frames=1)
    np.testing.assert_array_equal(few.train.x, many.train.x[:4])


def test_frames_of_a_video_and_videos_of_a_subject_are_alike():
    """Frames differ least within a video, more between videos of a subject, most between subjects."""
    data = synthetic_attack(subjects=(12, 1, 1), videos=2, frames=2).train
    x = data.x[data.y == 1].astype(float).reshape(12, 2, 2, -1)
    within_video = np.abs(x[:, :, 0] - x[:, :, 1]).mean()
    within_subject = np.abs(x[:, 0, 0] - x[:, 1, 0]).mean()
    between = np.abs(x[:-1, 0, 0] - x[1:, 0, 0]).mean()
    assert within_video < within_subject < between


def test_difficulty_fades_the_screen():
    """Bona fide images do not depend on difficulty; the more difficult, the nearer an attack to its plain picture."""
    plain, easy, hard = (
        synthetic_attack(subjects=(6, 1, 1), videos=1, frames=1, difficulty=level).train for level in (10, 0.5, 2)
    )
    genuine, attack = plain.y == 1, plain.y == 0
    np.testing.assert_array_equal(easy.x[genuine], hard.x[genuine])
    distance = [np.abs(data.x[attack].astype(float) - plain.x[attack]).mean() for data in (easy, hard)]
    assert distance[0] > distance[1] > 0


def test_height_and_width_may_differ():
    """image_size is a number or (height, width)."""
    assert synthetic_attack(subjects=(1, 1, 1), videos=1, frames=1, image_size=(16, 24)).dev.x.shape == (2, 16, 24, 3)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"subjects": (3, 3)}, "three counts"),
        ({"subjects": (3, 0, 3)}, "three counts"),
        ({"videos": 0}, "Expected videos of at least 1"),
        ({"image_size": 8}, "Expected image_size of at least 16"),
        ({"difficulty": -1}, "Expected difficulty from 0 to 10"),
    ],
)
def test_numbers_out_of_range_get_one_message(keywords, message):
    """What was expected, what came."""
    with pytest.raises(InputError, match=message):
        synthetic_attack(**keywords)


@pytest.mark.parametrize(
    ("kind", "n_classes", "labels"),
    [("verification", 2, {0, 1}), ("classification", 3, {0, 1, 2}), ("regression", 0, None)],
)
def test_vectors_of_every_kind_pass_the_checks(tmp_path, kind, n_classes, labels):
    """Each kind serves its task, with subjects of its own in every split."""
    data = synthetic_vectors(kind=kind)
    ready = prepare(synthetic_vectors, {"kind": kind}, split_seed=None, task=kind, cache=tmp_path)
    assert ready.n_classes == n_classes
    assert [count.subjects for count in ready.counts.values()] == [12, 6, 8]
    assert ready.findings == ()
    assert labels is None or set(data.dev.y.tolist()) == labels
    np.testing.assert_array_equal(data.train.x, synthetic_vectors(kind=kind).train.x)


def test_vectors_out_of_range_get_one_message():
    """A strange kind, too few samples for the classes, no noise."""
    with pytest.raises(InputError, match="Expected kind as one of"):
        synthetic_vectors(kind="ranking")
    with pytest.raises(InputError, match="Expected samples of at least 3"):
        synthetic_vectors(kind="classification", samples=2)
    with pytest.raises(InputError, match="Expected noise above 0"):
        synthetic_vectors(noise=0)

"""Preparing data: what comes out, what is refused, and what survives torn files and company."""

import errno
import multiprocessing
import os
import resource
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from sweep.data import Split, Splits, as_splits, open_prepared, prepare, synthetic_attack, whole_folders
from sweep.data.whole_folders import write_folder
from sweep.errors import ClusterError, InputError


def numbers(n=12, seed=0, **columns):
    """Return a verification split of n distinct rows as a mapping."""
    x = np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)
    return {"x": x, "y": np.arange(n) % 2, **columns}


def three(**columns):
    """Return three splits of distinct rows."""
    return {name: numbers(seed=seed, **columns.get(name, {})) for seed, name in enumerate(("train", "dev", "test"))}


def small(seed=0):
    """Return a small synthetic data set."""
    return synthetic_attack(subjects=(3, 2, 2), videos=1, frames=2, image_size=16, seed=seed)


def prepared(cache, function=small, task="verification", **options):
    """Prepare with the usual settings."""
    return prepare(function, options.pop("keywords", {}), split_seed=None, task=task, cache=cache, **options)


def test_prepared_data_come_back_as_they_were(tmp_path):
    """What `open_prepared` returns equals what the function returned, and is read-only."""
    ready = prepared(tmp_path)
    data, opened = small(), open_prepared(tmp_path, ready.data_id)
    for (_, given), (_, stored) in zip(data.items(), opened.items(), strict=True):
        for field in ("x", "y", "subject", "video", "sample"):
            np.testing.assert_array_equal(getattr(given, field), getattr(stored, field))
        with pytest.raises(ValueError, match="read-only"):
            stored.x[0] = 0
    assert ready.input_shape == (16, 16, 3)
    assert ready.n_classes == 2
    assert ready.counts["train"].labels == {"impostor": 6, "genuine": 6}
    assert ready.counts["train"].subjects == 3
    assert opened.classes == ("impostor", "genuine")


def test_further_columns_and_attack_types_come_back_and_count_in_the_id(tmp_path):
    """Columns of the user's own are kept as names; where a split lacks one its words are unknown."""
    kinds = ["print", "none"] * 6
    given = {"test": {"attack_type": kinds, "further": {"camera": [3.0, None] * 6}}}
    ready = prepared(tmp_path, lambda: three(**given))
    opened = open_prepared(tmp_path, ready.data_id)
    assert opened.test.attack_type.tolist() == ["print", ""] * 6
    assert opened.test.columns["sample.camera"].tolist() == ["3", ""] * 6
    assert list(opened.dev.columns) == list(opened.test.columns)
    assert set(opened.dev.columns["sample.camera"]) == set(opened.dev.attack_type) == {""}
    plain = prepared(tmp_path, three)
    assert list(open_prepared(tmp_path, plain.data_id).test.columns) == ["sample", "subject", "video"]
    changed = [{"test": {**given["test"], name: value}} for name, value in (("attack_type", ["mask", ""] * 6),
        ("further", {"camera": [4, None] * 6}), ("further", {"lens": [3, None] * 6}))]  # fmt: skip
    ids = {prepared(tmp_path, lambda one=one: three(**one)).data_id for one in changed}
    assert len({*ids, ready.data_id, plain.data_id}) == 5


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"attack_type": ["print"] * 12}, "no attack type where the label is genuine.*6 in test, such as 'print'"),
        ({"attack_type": ["print"]}, r"attack_type of test with shape \(12,\)"),
        ({"further": ["a"] * 12}, "further of test as a mapping"),
        ({"further": {"sub ject": ["a"] * 12}}, "names of letters, digits and _.*'sub ject'"),
        ({"further": {"video": ["a"] * 12}}, "other than sample, subject, video.*'video'"),
        ({"further": {"camera": ["a"]}}, r"camera of test with shape \(12,\)"),
    ],
)
def test_refuses_columns_that_do_not_fit(tmp_path, columns, says):
    """Types of genuine samples, other lengths, and names that no column may have are one message each."""
    with pytest.raises(InputError, match=says):
        prepared(tmp_path, lambda: three(test=columns))


def test_the_id_is_of_the_content_alone(tmp_path):
    """Another folder gives the same id; one other byte, label, subject or sample id another."""
    first = prepared(tmp_path / "a").data_id
    assert prepared(tmp_path / "b").data_id == first
    assert prepared(tmp_path / "a", keywords={"seed": 1}).data_id != first
    seen = {prepared(tmp_path / "c", three).data_id}
    for change in ({"sample": [f"s{i}" for i in range(12)]}, {"subject": ["a"] * 12}, {"y": (np.arange(12) + 1) % 2}):
        seen.add(prepared(tmp_path / "c", lambda change=change: three(train=change)).data_id)
    assert len(seen) == 4


def test_label_types_do_not_change_the_id(tmp_path):
    """True, 1 and 1.0 are one label."""
    ids = {
        prepared(tmp_path, lambda kind=kind: three(train={"y": (np.arange(12) % 2).astype(kind)})).data_id
        for kind in (bool, np.int32, np.float32)
    }
    assert len(ids) == 1


@pytest.mark.parametrize("tear", ["shorten", "remove", "no contents"])
def test_a_torn_cache_folder_is_seen_and_rebuilt(tmp_path, tear):
    """A file missing or of another size counts as absent; preparing again heals it."""
    ready = prepared(tmp_path)
    victim = ready.path / ("contents.json" if tear == "no contents" else "dev-x.npy")
    if tear == "shorten":
        victim.write_bytes(victim.read_bytes()[:-7])
    else:
        victim.unlink()
    with pytest.raises(FileNotFoundError, match=ready.data_id):
        open_prepared(tmp_path, ready.data_id)
    again = prepared(tmp_path)
    np.testing.assert_array_equal(open_prepared(tmp_path, again.data_id).dev.x, small().dev.x)


def changed_in_place(path: Path, at: int) -> bytes:
    """Flip a bit of a file, keep its size and set its times back; return what it was."""
    content, times = path.read_bytes(), path.stat()
    at %= len(content)
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    return content


@pytest.mark.parametrize("name", ["train-x.npy", "dev-y.npy", "test-sample.npy", "contents.json"])
def test_a_changed_bit_in_the_cache_is_seen_and_made_good(tmp_path, capfd, name):
    """A file of equal size and time whose content changed counts as absent; preparing again heals it and says so."""
    ready = prepared(tmp_path)
    for at in (0, 150, -1):
        before = changed_in_place(ready.path / name, at)
        with pytest.raises(FileNotFoundError, match=ready.data_id):
            open_prepared(tmp_path, ready.data_id)
        prepared(tmp_path)
        assert (ready.path / name).read_bytes() == before
        assert open_prepared(tmp_path, ready.data_id).dev.y.tolist() == small().dev.y.tolist()
        assert name == "contents.json" or f"{name} changed since it was written" in capfd.readouterr().err


def test_whole_files_are_hashed_once_a_day(tmp_path, monkeypatch):
    """Opening costs no hashing while the stamps stay; a later day or another stamp costs one."""
    ready, read = prepared(tmp_path), []
    digest = whole_folders.sha256_of
    monkeypatch.setattr(whole_folders, "sha256_of", lambda path: read.append(path.name) or digest(path))
    open_prepared(tmp_path, ready.data_id)
    assert read == []
    (ready.path / "dev-x.npy").touch()
    for _ in range(2):
        open_prepared(tmp_path, ready.data_id)
    n_files = len(read)
    assert n_files == len(set(read)) > 10
    today = time.time()
    monkeypatch.setattr(whole_folders.time, "time", lambda: today + 90_000)
    for _ in range(2):
        open_prepared(tmp_path, ready.data_id)
    assert len(read) == 2 * n_files


def test_a_second_preparation_writes_nothing(tmp_path):
    """Preparing twice leaves the files of the first time alone."""
    ready = prepared(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in ready.path.iterdir()}
    prepared(tmp_path)
    assert before == {path: path.stat().st_mtime_ns for path in ready.path.iterdir()}


def _prepare_in(cache):
    return prepared(cache).data_id


def test_processes_prepare_together(tmp_path):
    """Four processes that prepare the same data at once agree, and leave one folder and no pieces."""
    with multiprocessing.get_context("forkserver").Pool(4) as pool:
        ids = pool.map(_prepare_in, [tmp_path] * 8)
    assert len(set(ids)) == 1
    assert [path.name for path in (tmp_path / "data").iterdir() if path.is_dir()] == [ids[0]]


def test_leftovers_of_a_killed_writer_are_swept(tmp_path):
    """A partial folder beside the place does no harm and is gone afterwards."""
    ready = prepared(tmp_path)
    shutil.rmtree(ready.path)
    leftover = ready.path.with_name(f"{ready.data_id}.part-1")
    leftover.mkdir()
    prepared(tmp_path)
    assert not leftover.exists()


def test_a_full_disk_is_one_message(tmp_path):
    """A full disk names the folder and leaves no partial folder behind."""

    def fill(part: Path):
        (part / "x.npy").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ClusterError, match=f"Expected room for the data in {tmp_path}"):
        write_folder(tmp_path / "abc", fill)
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def _prepare_with_little_room(cache):
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    try:
        prepared(cache)
    except ClusterError as error:
        return str(error)
    return "no error"


def test_a_write_that_the_system_cuts_short_is_one_message(tmp_path):
    """A write that really fails in the middle of an array is told like a full disk."""
    with multiprocessing.get_context("forkserver").Pool(1) as pool:
        told = pool.apply(_prepare_with_little_room, [tmp_path])
    assert told.startswith(f"Expected room for the data in {tmp_path / 'data'}")
    assert not [path for path in (tmp_path / "data").iterdir() if path.is_dir()]


def test_a_cache_that_is_no_folder_is_one_message(tmp_path):
    """A file where the cache should be is named."""
    (tmp_path / "cache").write_text("")
    with pytest.raises(ClusterError, match="Expected a folder for the data"):
        prepared(tmp_path / "cache")


def test_other_data_on_another_node_are_refused(tmp_path):
    """An expected id that does not come out stops, naming both."""
    ready = prepared(tmp_path)
    assert prepared(tmp_path, expect=ready.data_id) == ready
    with pytest.raises(InputError, match=f"Expected the data {'0' * 16}. Received: {ready.data_id[:16]}"):
        prepared(tmp_path, expect="0" * 64)


def test_a_subject_in_two_splits_is_refused_unless_allowed(tmp_path):
    """The message names subjects and splits; allowed, it becomes a finding."""

    def leak():
        return three(train={"subject": ["12", "31"] * 6}, test={"subject": ["31", "12", "5"] * 4})

    expected = "Expected every subject in one split. Received: subjects 12, 31 in train and test. Split by subject, or"
    with pytest.raises(InputError, match=expected):
        prepared(tmp_path, leak)
    findings = prepared(tmp_path, leak, leakage="allow").findings
    assert findings == ("Allowed by `leakage: allow`: subjects 12, 31 in train and test.",)


def test_copies_across_splits_are_refused_unless_allowed(tmp_path):
    """A sample of the same bytes in two splits is named with its copy; a repeat within a split is a finding."""

    def copies():
        data = three()
        data["test"]["x"][3] = data["train"]["x"][0]
        data["dev"]["x"][1] = data["dev"]["x"][0]
        return data

    with pytest.raises(InputError, match="identical to the byte: train-000001 in train and test-000004 in test"):
        prepared(tmp_path, copies)
    allowed, within = prepared(tmp_path, copies, leakage="allow").findings
    assert "train-000001" in allowed
    assert within == "Identical samples within dev: dev-000001 and dev-000002."


def test_unknown_subjects_leak_nothing(tmp_path):
    """Where no subject is known, "" in all splits is no leak."""
    assert prepared(tmp_path, three).findings == ()
    assert prepared(tmp_path, three).counts["dev"].subjects == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.ones(12)}, "12 genuine and 0 impostor in dev"),
        ({"y": np.arange(12)}, "Received: 2 in y of dev, sample dev-000003"),
        ({"y": np.arange(11) % 2}, r"Expected y of dev with shape \(12,\)"),
        ({"subject": ["a"] * 3}, "Expected subject of dev with shape"),
        ({"sample": ["a"] * 12}, "Expected every sample id once. Received: a more than once"),
        ({"x": np.full((12, 3), np.nan, np.float32)}, "NaN or infinity in x of dev, sample dev-000001"),
        ({"x": np.zeros((12, 4), np.float32)}, "Expected inputs of one shape and type"),
        ({"x": np.zeros((12, 3), np.float64)}, "Expected inputs of one shape and type"),
        ({"x": np.array([["a"] * 3] * 12)}, "Expected x of dev as numbers"),
        ({"x": np.zeros((0, 3), np.float32), "y": []}, "Expected samples in dev. Received: none"),
        ({"x": [[1.0], [1.0, 2.0]]}, "Expected x of dev as an array, all rows of one shape"),
        ({"x": 3.0}, "Expected x of dev with a row a sample"),
        ({"labels": 3}, "Received: 'labels'"),
        ({"y": None}, "Received none called y"),
    ],
)
def test_wrong_splits_get_one_message(tmp_path, change, message):
    """Each thing that is wrong with dev is said with what was expected and what came."""
    with pytest.raises(InputError, match=message):
        prepared(tmp_path, lambda: three(dev=change))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "Received: NoneType"),
        ({"train": 1}, "Received none called dev, test"),
        ({"train": 1, "tset": 1}, "Received: 'tset'. Did you mean 'test'?"),
        ({"train": 1, "dev": 2, "test": 3}, "Expected train as a Split"),
    ],
)
def test_what_is_no_splits_gets_one_message(given, message):
    """A data function that returns something else is told what to return."""
    with pytest.raises(InputError, match=message.replace("?", r"\?")):
        as_splits(given)


def test_pairs_serve_as_splits():
    """(x, y) pairs suffice: subjects unknown, samples numbered."""
    splits = as_splits({name: (np.zeros((2, 1)), [0, 1]) for name in ("train", "dev", "test")})
    assert isinstance(splits, Splits)
    assert isinstance(splits.dev, Split)
    assert splits.dev.sample.tolist() == ["dev-000001", "dev-000002"]
    assert splits.dev.subject.tolist() == ["", ""]


def test_missing_subjects_may_be_none():
    """None or NaN among the subjects or videos means unknown, as "" does."""
    pair = {"x": np.zeros((2, 1)), "y": [0, 1], "subject": [None, "a"], "video": np.array([np.nan, 2.0])}
    test = as_splits(dict.fromkeys(("train", "dev", "test"), pair)).test
    assert test.subject.tolist() == ["", "a"]
    assert test.video.tolist() == ["", "2"]


def test_a_class_without_training_samples_is_refused(tmp_path):
    """Classification names a class that train lacks, and one that only test has."""
    with pytest.raises(InputError, match="none of class 1"):
        prepared(tmp_path, lambda: three(train={"y": [0, 2] * 6}), task="classification")
    with pytest.raises(InputError, match="Received: 2 in test"):
        prepared(tmp_path, lambda: three(test={"y": [0, 2] * 6}), task="classification")
    with pytest.raises(InputError, match=r"only the 2 classes of train. Received: 2 in train"):
        prepared(tmp_path, lambda: three(train={"y": [0, 1, 2] * 4}) | {"classes": ["a", "b"]}, task="classification")


def test_regression_takes_any_finite_label(tmp_path):
    """Regression has no classes and stores float64 labels."""
    ready = prepared(tmp_path, lambda: three(train={"y": np.linspace(0, 1, 12)}), task="regression")
    assert ready.n_classes == 0
    assert open_prepared(tmp_path, ready.data_id).train.y.dtype == np.float64
    with pytest.raises(InputError, match="Expected finite labels"):
        prepared(tmp_path, lambda: three(train={"y": [np.inf] * 12}), task="regression")


def test_the_function_gets_what_it_asks_for(tmp_path):
    """split_seed, cache and task reach a function that has such parameters; the study's own keyword wins."""
    got = {}

    def data(split_seed, cache, task, size=1):
        got.update(split_seed=split_seed, cache=cache, task=task, size=size)
        return three()

    prepare(data, {"size": 2}, split_seed=5, task="verification", cache=tmp_path)
    assert got == {"split_seed": 5, "cache": tmp_path, "task": "verification", "size": 2}
    prepare(data, {"split_seed": 9}, split_seed=5, task="verification", cache=tmp_path)
    assert got["split_seed"] == 9


def test_a_wrong_call_or_a_raising_function_is_one_message(tmp_path):
    """An unknown keyword names the nearest, a missing one is named, and an error in the function keeps its words."""

    def data(image_size):
        raise KeyError(f"no {image_size}")

    with pytest.raises(InputError, match=r"Received: 'imgsize'.* Did you mean 'image_size'"):
        prepared(tmp_path, data, keywords={"imgsize": 3})
    with pytest.raises(InputError, match=r"needs. Received: missing a required argument: 'image_size'"):
        prepared(tmp_path, data)
    with pytest.raises(InputError, match=r"Expected data to return the splits. It raised KeyError: 'no 3'"):
        prepared(tmp_path, data, keywords={"image_size": 3})
    with pytest.raises(InputError, match="Expected task as one of"):
        prepared(tmp_path, three, task="verfication")

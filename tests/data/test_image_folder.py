"""Image folders: what is read from which layout, what is refused, and that nothing is decoded twice."""

import multiprocessing
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sweep.data import (
    Splits,
    as_splits,
    image_blocks,
    image_folder,
    image_store,
    image_test_set,
    open_prepared,
    prepare,
)
from sweep.data.decoding import decode
from sweep.errors import InputError
from sweep.store.sealed_json import sealed, unsealed

CLASSES = ("genuine", "impostor")
LAYOUT = [
    f"{split}/{label}/{subject}/v{video}/{frame}.png"
    for split, subjects in (("train", "abc"), ("dev", "de"), ("test", "fg"))
    for label in CLASSES
    for subject in subjects
    for video in (1, 2)
    for frame in (1, 2)
]


def fill(root, paths, size=(8, 6), mode="RGB"):
    """Write an image of random pixels for each path."""
    rng = np.random.default_rng(0)
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shape = (*size, 3) if mode == "RGB" else size
        Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8)).save(root / path)
    return root


@pytest.fixture
def root(tmp_path):
    """A folder with three splits, two classes, subjects and videos."""
    return fill(tmp_path / "faces", LAYOUT)


def prepared(root, cache, **keywords):
    """Prepare the folder for verification."""
    keywords = {"root": str(root), "image_size": 8, **keywords}
    options = {"task": "verification", "split_seed": None, "leakage": "refuse"}
    options |= {key: keywords.pop(key) for key in options if key in keywords}
    return prepare(image_folder, keywords, cache=cache, **options)


def test_splits_classes_subjects_and_videos_come_from_the_folders(root):
    """Every sample has its label, subject, video and path; pixels are those of the file."""
    data = image_folder(root, (8, 6))
    assert data.train.x.shape == (24, 8, 6, 3)
    assert data.classes == ("impostor", "genuine")
    assert data.dev.sample[0] == "dev/genuine/d/v1/1.png"
    assert data.dev.y.tolist() == [1] * 8 + [0] * 8
    assert sorted(set(data.test.subject)) == ["f", "g"]
    assert data.test.video[0] == "genuine/f/v1"
    np.testing.assert_array_equal(data.dev.x[0], np.asarray(Image.open(root / "dev/genuine/d/v1/1.png")))


def test_subject_alone_or_neither_may_be_in_the_folders(tmp_path):
    """CLASS/SUBJECT/frame has no video, CLASS/frame has neither."""
    paths = [path.replace("/v1/", "/").replace("/v2/", "/x") for path in LAYOUT]
    data = image_folder(fill(tmp_path / "a", paths), 8)
    assert set(data.train.subject) == {"a", "b", "c"}
    assert set(data.train.video) == {""}
    flat = [
        f"{split}/{label}/{n}.png" for split in ("train", "dev", "test") for label in ("real", "spoof") for n in "12"
    ]
    assert set(image_folder(fill(tmp_path / "b", flat), 8).dev.subject) == {""}


def test_other_spellings_of_splits_and_classes_are_known(tmp_path):
    """devel/real/... and devel/attack/... are the development set of genuine and impostor."""
    paths = [path.replace("dev/", "devel/").replace("genuine", "real").replace("impostor", "attack") for path in LAYOUT]
    data = image_folder(fill(tmp_path, paths), 8, task="verification")
    assert data.classes == ("impostor", "genuine")
    assert data.dev.y[data.dev.sample == "devel/real/d/v1/1.png"].tolist() == [1]


def test_the_genuine_class_can_be_named(tmp_path):
    """With `genuine: cat` every other class is an impostor; without, verification asks; a misspelling is met."""
    paths = [f"{s}/{c}/{s}{n}/1.png" for s in ("train", "dev", "test") for c in ("cat", "dog", "eel") for n in "12"]
    folder = fill(tmp_path, paths)
    data = image_folder(folder, 8, genuine="cat", task="verification")
    assert data.train.y.tolist() == [1, 1, 0, 0, 0, 0]
    assert image_folder(folder, 8, task="classification").train.y.tolist() == [0, 0, 1, 1, 2, 2]
    with pytest.raises(InputError, match=r"Expected the classes genuine and impostor. Received: cat, dog, eel"):
        image_folder(folder, 8, task="verification")
    with pytest.raises(InputError, match=r"Expected a class called 'cta'.*Did you mean 'cat'"):
        image_folder(folder, 8, genuine="cta")


def test_attacks_are_told_apart_by_their_class(tmp_path):
    """Classes that are merged into impostor stay known as attack types, but for a word that means impostors."""
    paths = [
        f"{split}/{kind}/{split}{n}/1.png"
        for split in ("train", "dev", "test")
        for kind in ("real", "print", "replay", "zero-effort")
        for n in "12"
    ]
    data = image_folder(fill(tmp_path / "a", paths), 8, genuine="real", task="verification")
    kind_of = dict(zip(data.test.sample.tolist(), data.test.attack_type.tolist(), strict=True))
    assert {name.split("/")[1]: kind for name, kind in kind_of.items()} == {
        "real": "", "print": "print", "replay": "replay", "zero-effort": ""
    }  # fmt: skip
    assert image_folder(tmp_path / "a", 8, task="classification").test.attack_type is None
    assert image_folder(fill(tmp_path / "b", LAYOUT), 8).test.attack_type is None


def test_attack_types_can_come_from_the_file_name_or_the_manifest(tmp_path):
    """A group of the pattern and a column of the manifest name them; the class stands in where neither does."""
    names = [
        f"{split}/{label}/{split}{n}_{kind}.png"
        for split in ("train", "dev", "test")
        for label, kind in (("real", "x"), ("spoof", "mask"), ("spoof", "print"))
        for n in "12"
    ]
    folder = fill(tmp_path, names)
    data = image_folder(folder, 8, pattern=r"^(?P<subject>[a-z0-9]+)_(?P<attack_type>\w+)")
    assert data.dev.attack_type.tolist() == ["", "", "mask", "print", "mask", "print"]
    assert data.dev.subject.tolist() == ["dev1", "dev2", "dev1", "dev1", "dev2", "dev2"]
    rows = ["path,label,split,attack_type"]
    rows += [f"{n},{n.split('/')[1]},{n.split('/')[0]},{'mask' if 'mask' in n else ''}" for n in names]
    (folder / "list.csv").write_text("\n".join(rows))
    listed = image_folder(folder, 8, manifest="list.csv").dev
    assert sorted(zip(listed.y.tolist(), listed.attack_type.tolist(), strict=True)) == [
        (0, "mask"), (0, "mask"), (0, "spoof"), (0, "spoof"), (1, ""), (1, "")
    ]  # fmt: skip


def test_attack_types_leave_the_id_of_the_data_and_renew_its_cache(tmp_path):
    """Data stored before types were kept are still found; their arrays are written anew, and so after a correction."""
    names = [f"{s}/{c}/{s}{n}_{n}.png" for s in ("train", "dev", "test") for c in ("real", "spoof") for n in "12"]
    folder = fill(tmp_path / "faces", names)
    cache = tmp_path / "cache"
    found = as_splits(image_folder(folder, 8, cache=cache))
    untyped = {name: replace(split, attack_type=None) for name, split in found.items()}
    options = {"split_seed": None, "task": "verification", "cache": cache}
    before = prepare(lambda: Splits(**untyped, classes=found.classes), {}, **options)
    assert open_prepared(cache, before.data_id).test.attack_type is None
    typed = prepared(folder, cache)
    assert typed.data_id == before.data_id
    assert open_prepared(cache, typed.data_id).test.attack_type.tolist() == ["", "", "spoof", "spoof"]
    other = prepared(folder, cache, pattern=r"_(?P<attack_type>\d)")
    assert other.data_id == before.data_id
    assert open_prepared(cache, other.data_id).test.attack_type.tolist() == ["", "", "1", "2"]


def test_image_data_of_an_older_cache_are_made_anew(root, tmp_path):
    """Contents that do not say which columns they hold were written before attack types: they are not opened."""
    ready = prepared(root, tmp_path / "cache")
    contents = ready.path / "contents.json"
    said = unsealed(contents.read_bytes())
    del said["columns"]
    contents.write_bytes(sealed(said))
    with pytest.raises(FileNotFoundError):
        open_prepared(tmp_path / "cache", ready.data_id)
    again = prepared(root, tmp_path / "cache")
    assert open_prepared(tmp_path / "cache", again.data_id).test.subject.size == len(image_folder(root, 8).test)


def test_subject_and_video_can_come_from_the_file_name(tmp_path):
    """A pattern's groups name subject and video; a file that does not match is named."""
    names = [
        f"{split}/{label}/{subject}_{video}_x.png"
        for split, subjects in (("train", "ab"), ("dev", "c"), ("test", "d"))
        for label in CLASSES
        for subject in subjects
        for video in "12"
    ]
    folder = fill(tmp_path, names)
    data = image_folder(folder, 8, pattern=r"^(?P<subject>[a-z]+)_(?P<video>\d+)")
    assert set(data.train.subject) == {"a", "b"}
    assert set(data.dev.video) == {"genuine/c/1", "genuine/c/2", "impostor/c/1", "impostor/c/2"}
    by_path = image_folder(folder, 8, pattern="genuine/(?P<subject>[a-z])|impostor/(?P<subject2>[a-z])")
    assert set(by_path.dev.subject) == {"c", ""}
    with pytest.raises(InputError, match=r"Expected every image to match.*Received: 'c_1_x.png'"):
        image_folder(folder, 8, pattern=r"^(?P<subject>\d+)")
    with pytest.raises(InputError, match="Expected a group called subject"):
        image_folder(folder, 8, pattern=r"^(\d+)")
    with pytest.raises(InputError, match="Expected a regular expression"):
        image_folder(folder, 8, pattern="(?P<subject>")


def manifest(root, text):
    """Write a manifest over a flat folder of 12 images."""
    fill(root, [f"all/{n}.png" for n in range(12)])
    (root / "list.csv").write_text(text)
    return root


def test_a_manifest_gives_everything(tmp_path):
    """Columns path, label, split, subject, video are taken; columns unknown are ignored, files unlisted too."""
    rows = [
        f"all/{n}.png,{('genuine', 'impostor')[n % 2]},{('train', 'val', 'test')[n // 4]},p{n // 2},v,?"
        for n in range(12)
    ]
    data = image_folder(
        manifest(tmp_path, "path,label,split,subject,video,note\n" + "\n".join(rows)), 8, manifest="list.csv"
    )
    assert data.dev.sample.tolist() == ["all/4.png", "all/5.png", "all/6.png", "all/7.png"]
    assert data.dev.subject.tolist() == ["p2", "p2", "p3", "p3"]
    assert data.dev.video[0] == "genuine/p2/v"
    assert data.findings == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path,lable\nall/1.png,genuine", r"no label. Did you mean 'lable'"),
        ("", "Received: none; no path"),
        ("path,label\n", "Expected a row for each image"),
        ("path,label\nall/77.png,genuine", r"list.csv, line 2. Received: 'all/77.png'"),
        ("path,label\nall/1.png,", "Expected a label in"),
        ("path,label\nall/1.png,genuine\nall/1.png,genuine", "Expected every path once"),
        ("path,label,split\nall/1.png,genuine,tets", r"Received: 'tets'. Did you mean 'test'"),
    ],
)
def test_a_wrong_manifest_gets_one_message(tmp_path, text, message):
    """A missing column, a missing file, an empty label, a repeat and a strange split are named with their line."""
    with pytest.raises(InputError, match=message):
        image_folder(manifest(tmp_path, text), 8, manifest="list.csv")


def test_one_folder_is_divided_by_subject(tmp_path):
    """No subject lies in two splits, the seed decides which goes where, and every split has both classes."""
    paths = [f"{label}/{label[0]}{n:02d}/{frame}.png" for label in CLASSES for n in range(10) for frame in "12"]
    folder = fill(tmp_path, paths)
    seen = set()
    for seed in range(3):
        data = image_folder(folder, 8, split_seed=seed)
        people = [set(split.subject) for _, split in data.items()]
        assert [len(group) for group in people] == [12, 4, 4]
        assert len(set.union(*people)) == 20
        assert all(set(split.y) == {0, 1} for _, split in data.items())
        seen.add(tuple(data.test.subject))
    assert len(seen) == 3
    again = image_folder(folder, 8, split_seed=2)
    assert tuple(again.test.subject) in seen


def test_division_without_subjects_or_with_strange_fractions_is_refused(tmp_path):
    """Frames are never divided, and three parts make 1."""
    folder = fill(tmp_path, [f"{label}/{n}.png" for label in CLASSES for n in range(9)])
    with pytest.raises(InputError, match=r"Expected the subject of every image.*genuine/0.png and 17 more"):
        image_folder(folder, 8)
    assert len(image_folder(folder, 8, pattern="(?P<subject>.+)").dev) == 2 + 2
    with pytest.raises(InputError, match="three positive parts of 1"):
        image_folder(folder, 8, pattern="(?P<subject>.+)", fractions=(0.5, 0.5, 0.5))


def test_a_second_call_decodes_nothing(root, tmp_path, monkeypatch):
    """An unchanged folder is looked up, another division too; a changed file is decoded anew."""
    first = prepared(root, tmp_path / "cache")
    monkeypatch.setattr(image_blocks, "decode", lambda *_: pytest.fail("decoded again"))
    assert prepared(root, tmp_path / "cache") == first
    monkeypatch.undo()
    image = root / LAYOUT[0]
    Image.fromarray(255 - np.asarray(Image.open(image))).save(image)
    assert prepared(root, tmp_path / "cache").data_id != first.data_id


def test_a_file_of_the_same_size_and_time_but_other_bytes_is_seen(tmp_path):
    """Setting the time back does not hide a change: the time of the inode is looked at as well."""
    folder = fill(tmp_path / "faces", [path.replace("png", "bmp") for path in LAYOUT])
    first = prepared(folder, tmp_path / "cache")
    image = folder / LAYOUT[0].replace("png", "bmp")
    before = image.stat()
    Image.fromarray(255 - np.asarray(Image.open(image))).save(image)
    os.utime(image, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (image.stat().st_size, image.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert prepared(folder, tmp_path / "cache").data_id != first.data_id


def test_a_copy_of_the_folder_has_the_same_id_and_shares_the_pixels(root, tmp_path):
    """The id is of the content, and the store of pixels is kept once."""
    first = prepared(root, tmp_path / "cache")
    copy = shutil.copytree(root, tmp_path / "elsewhere")
    assert prepared(copy, tmp_path / "cache") == first
    assert prepared(copy, tmp_path / "other cache").data_id == first.data_id
    assert len([path for path in (tmp_path / "cache" / "images").iterdir() if path.is_dir()]) == 1


def test_opened_images_equal_the_decoded_ones(root, tmp_path):
    """Trials see the pixels of the files through the store, also by arrays of indices, slices and in whole."""
    ready = prepared(root, tmp_path / "cache")
    x = open_prepared(tmp_path / "cache", ready.data_id).test.x
    direct = np.asarray(image_folder(root, 8).test.x)
    np.testing.assert_array_equal(np.asarray(x), direct)
    np.testing.assert_array_equal(x[np.array([3, 0])], direct[[3, 0]])
    np.testing.assert_array_equal(x[1:5], direct[1:5])
    assert x.shape == direct.shape
    assert x.dtype == np.uint8


def test_a_torn_store_of_pixels_is_rebuilt(root, tmp_path):
    """Where the pixels were cut, the data count as absent until they are prepared again."""
    ready = prepared(root, tmp_path / "cache")
    (pixels,) = (tmp_path / "cache" / "images").glob("*/pixels.npy")
    pixels.write_bytes(pixels.read_bytes()[:-1])
    with pytest.raises(FileNotFoundError):
        open_prepared(tmp_path / "cache", ready.data_id)
    prepared(root, tmp_path / "cache")
    assert len(open_prepared(tmp_path / "cache", ready.data_id).test.x) == 16


@pytest.mark.parametrize("victim", ["*/pixels.npy", "*/digests.npy", "*.json"])
def test_changed_pixels_are_decoded_again(root, tmp_path, victim):
    """A flipped bit in the decoded images, their digests or the file that names them trains nothing."""
    ready = prepared(root, tmp_path / "cache")
    expected = np.array(open_prepared(tmp_path / "cache", ready.data_id).test.x[:])
    (file,) = (tmp_path / "cache" / "images").glob(victim)
    content = file.read_bytes()
    file.write_bytes(content[:140] + bytes([content[140] ^ 4]) + content[141:])
    if victim != "*.json":  # which only names them: the data are whole
        with pytest.raises(FileNotFoundError):
            open_prepared(tmp_path / "cache", ready.data_id)
    assert prepared(root, tmp_path / "cache").data_id == ready.data_id
    np.testing.assert_array_equal(open_prepared(tmp_path / "cache", ready.data_id).test.x[:], expected)


def _prepare_and_die(root, cache):
    decoded = []

    def die_in_the_middle(*arguments):
        decoded.append(arguments)
        if len(decoded) > 10:
            os.kill(os.getpid(), signal.SIGKILL)
        return decode(*arguments)

    image_blocks.decode = die_in_the_middle
    prepared(root, cache)


def test_a_process_killed_while_it_decodes_leaves_no_harm(root, tmp_path):
    """The lock is free again, nothing half-made is taken for whole, and the next one finishes and sweeps up."""
    process = multiprocessing.get_context("forkserver").Process(
        target=_prepare_and_die, args=(root, tmp_path / "cache")
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert list((tmp_path / "cache" / "images").glob("*.part*"))
    ready = prepared(root, tmp_path / "cache")
    np.testing.assert_array_equal(
        open_prepared(tmp_path / "cache", ready.data_id).dev.x[:], image_folder(root, 8).dev.x[:]
    )
    assert not list((tmp_path / "cache" / "images").glob("*.part*"))


def test_a_corrupt_image_stops_or_is_skipped_by_name(root, tmp_path):
    """`stop` names the file, `skip` leaves it out and says so, and `stop` afterwards stops again."""
    (root / LAYOUT[3]).write_bytes((root / LAYOUT[3]).read_bytes()[:40])
    (root / LAYOUT[5]).write_text("no image")
    with pytest.raises(InputError, match=f"Expected images that can be decoded. Received: {LAYOUT[3]}"):
        prepared(root, tmp_path / "cache")
    ready = prepared(root, tmp_path / "cache", on_corrupt="skip")
    assert [LAYOUT[3] in ready.findings[0], LAYOUT[5] in ready.findings[1]] == [True, True]
    assert str(root) not in " ".join(ready.findings)
    assert ready.counts["train"].n == 22
    with pytest.raises(InputError, match=LAYOUT[3]):
        prepared(root, tmp_path / "cache")


def test_a_link_that_leads_nowhere_is_a_corrupt_image(root, tmp_path):
    """It is named, not passed over in silence."""
    (root / "train/genuine/a/v1/9.png").symlink_to(tmp_path / "nothing.png")
    with pytest.raises(InputError, match=r"Received: train/genuine/a/v1/9.png \(No such file or directory\)"):
        prepared(root, tmp_path / "cache")


def test_what_file_managers_leave_is_ignored_and_strange_files_are_told(root):
    """Hidden files, Thumbs.db and desktop.ini do not count; a video file is a finding."""
    for name in (".DS_Store", "train/.hidden.png", "train/genuine/Thumbs.db", "dev/desktop.ini", "train/._a/x.png"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("")
    assert image_folder(root, 8).findings == ()
    (root / "train/genuine/a/film.mp4").write_text("")
    assert "train/genuine/a/film.mp4" in image_folder(root, 8).findings[0]


def test_a_loop_of_links_ends(root):
    """A link to a folder above is followed once at most."""
    (root / "train/genuine/a/up").symlink_to(root / "train")
    assert len(image_folder(root, 8).train) == 24


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda root: shutil.move(root / "dev", root / "extra"), "no dev. The threshold"),
        (
            lambda root: (root / "train" / "unknown").mkdir(),
            "Expected images in every folder of a class.*train/unknown",
        ),
        (lambda root: shutil.rmtree(root / "dev" / "genuine"), "no genuine in dev"),
        (
            lambda root: shutil.move(root / LAYOUT[0], root / "train" / "1.png"),
            "in the folder of its class.*train/1.png",
        ),
        (lambda root: shutil.copytree(root / "dev", root / "val"), "Expected one folder for dev. Received: dev, val"),
        (lambda root: fill(root, ["other/genuine/a/1.png"]), "Expected every image in train, dev or test.*other"),
    ],
)
def test_a_wrong_layout_gets_one_message(root, change, message):
    """A missing split, an empty class, a class that one split lacks and stray images are named."""
    change(root)
    with pytest.raises(InputError, match=message):
        image_folder(root, 8)


def test_a_missing_folder_names_the_nearest(root):
    """A misspelt folder anywhere on the way is met with the nearest name there."""
    with pytest.raises(InputError, match=r"Received: no 'facse' in .*Did you mean 'faces'"):
        image_folder(root.parent / "facse" / "deep", 8)
    with pytest.raises(InputError, match="Received: the file"):
        image_folder(root / LAYOUT[0], 8)


def test_wrong_options_get_one_message(root):
    """Sizes, colours and words out of range are answered with the known ones."""
    with pytest.raises(InputError, match="Expected image_size"):
        image_folder(root, (8, 0))
    with pytest.raises(InputError, match=r"Did you mean 'grayscale'"):
        image_folder(root, 8, color="greyscale")
    with pytest.raises(InputError, match="Expected on_corrupt"):
        image_folder(root, 8, on_corrupt="ignore")
    (root / "empty").mkdir()
    with pytest.raises(InputError, match="Expected images"):
        image_folder(root / "empty", 8)


def test_a_subject_in_two_splits_is_refused(root, tmp_path):
    """The folders' own subjects are compared across the splits."""
    fill(root, ["test/genuine/a/v1/1.png"], size=(9, 9))
    with pytest.raises(InputError, match="Received: subject a in train and test"):
        prepared(root, tmp_path / "cache")
    assert prepared(root, tmp_path / "cache", leakage="allow").counts["test"].n == 17


def test_the_same_image_in_two_splits_is_refused(root, tmp_path):
    """Copies under other names are found by their pixels."""
    shutil.copy(root / LAYOUT[0], root / "test/genuine/f/v1/copy.png")
    with pytest.raises(InputError, match=f"identical to the byte: {LAYOUT[0]} in train and test/genuine/f/v1/copy.png"):
        prepared(root, tmp_path / "cache")


def test_the_orl_faces_become_a_verification_study(tmp_path):
    """Faces divided by a manifest: odd subjects genuine, even ones impostors, none in two splits."""
    faces = Path(__file__).parents[3] / "shared" / "data" / "orl_faces"
    if not faces.is_dir():
        pytest.skip("the ORL faces are not beside this checkout")
    root = tmp_path / "orl"
    for folder in sorted(faces.glob("s*")):
        label = "genuine" if int(folder.name[1:]) % 2 else "impostor"
        (root / label).mkdir(parents=True, exist_ok=True)
        (root / label / folder.name).symlink_to(folder)
    ready = prepared(root, tmp_path / "cache", image_size=[28, 23], color="grayscale", split_seed=1)
    assert ready.input_shape == (28, 23, 1)
    assert {name: count.n for name, count in ready.counts.items()} == {"train": 240, "dev": 80, "test": 80}
    assert ready.counts["dev"].labels == {"impostor": 40, "genuine": 40}


def test_a_second_link_to_a_folder_is_a_second_name_of_one_person(root):
    """The link is read as what it points to, so that a person in two splits is found however the folder is called."""
    (root / "test" / "genuine" / "anna").symlink_to(root / "train" / "genuine" / "a")
    data = image_folder(root, 8, task="verification")
    assert "anna" not in set(data.test.subject)
    assert "a" in set(data.test.subject) & set(data.train.subject)
    with pytest.raises(InputError, match=r"Expected every subject in one split. Received: subject a in train and test"):
        prepared(root, root.parent / "cache")


def test_links_that_lead_in_a_circle_end(root):
    """A link to a folder above is left out; one that grows without end is refused."""
    (root / "train" / "genuine" / "a" / "up").symlink_to(root)
    assert len(image_folder(root, 8).train) == 24
    folder = root / "train" / "genuine" / "a" / "deep"
    folder.mkdir()
    for depth in range(8):
        inner = root.parent / f"inner{depth}"
        inner.mkdir()
        (folder / "one").symlink_to(inner)
        (folder / "two").symlink_to(inner)
        folder = inner
    with pytest.raises(InputError, match="at most 100 times"):
        image_folder(root, 8)


def test_a_root_that_is_a_link_to_nothing_is_called_so(tmp_path):
    """No other name is proposed for what is there."""
    (tmp_path / "F").symlink_to(tmp_path / "F")
    with pytest.raises(InputError, match="a link that leads to no folder"):
        image_folder(tmp_path / "F", 8)


def test_a_pipe_with_the_name_of_an_image_is_not_opened(root):
    """Opening it would wait for ever: it is left out like any other thing that is no image."""
    os.mkfifo(root / "train" / "genuine" / "a" / "pipe.png")
    data = image_folder(root, 8)
    assert len(data.train) == 24
    assert any("pipe.png" in finding for finding in data.findings)


def test_a_class_of_which_a_part_is_left_out_is_named(root):
    """Files of a kind that is not read make one class smaller than it is: their number stands beside the class."""
    for n in range(3):
        (root / "train" / "impostor" / "a" / f"{n}.heic").write_bytes(b"x")
    (root / "train" / "impostor" / "notes.txt").write_text("x")
    (finding,) = image_folder(root, 8).findings
    assert "3 of 31 files of the class impostor" in finding


def test_depth_in_sixteen_bits_is_told_and_spread(tmp_path):
    """12-bit values in 16-bit files come out as few grey levels, which is said; `scale: range` uses all of them."""
    rng = np.random.default_rng(0)
    for path in LAYOUT:
        (tmp_path / "d" / path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(400, 4095, (8, 8), dtype=np.uint16)).save(tmp_path / "d" / path)
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):  # decoded, stored, and looked up
        (finding,) = image_folder(tmp_path / "d", 8, color="grayscale", cache=cache).findings
        assert "come out as 15 of 256 levels" in finding
        spread = image_folder(tmp_path / "d", 8, color="grayscale", scale="range", cache=cache)
        assert spread.findings == ()
        assert len(np.unique(spread.train.x[:])) > 200
    with pytest.raises(InputError, match=r"Expected scale as one of full, range\..* Did you mean 'range'"):
        image_folder(tmp_path / "d", 8, scale="rage")


def test_an_image_size_without_room_is_refused_before_anything_is_decoded(root, tmp_path):
    """The message counts what it would take."""
    for cache in (None, tmp_path / "cache"):
        with pytest.raises(InputError, match=r"Expected an image_size whose pixels have room. Received: 1000000 x"):
            image_folder(root, (1_000_000, 1_000_000), cache=cache)


def test_images_that_are_stored_already_need_no_room(root, tmp_path, monkeypatch):
    """A disk that has filled up since stops a new decoding, not the use of what lies there."""
    first = image_folder(root, 8, cache=tmp_path / "cache")
    monkeypatch.setattr(image_store, "_room", lambda cache: 0)
    again = image_folder(root, 8, cache=tmp_path / "cache")
    assert np.array_equal(first.train.x[:], again.train.x[:])
    with pytest.raises(InputError, match=r"0\.0 GiB are free"):
        image_folder(root, 9, cache=tmp_path / "cache")


@pytest.mark.parametrize("layout", ["test alone", "divided", "classes", "manifest"])
def test_a_further_test_set_is_a_folder_of_test_or_a_whole(tmp_path, layout):
    """What is there of train and dev is left out; a folder that is not divided is a test set as a whole."""
    ours = [path for path in LAYOUT if path.startswith("test")]
    paths = {"test alone": ours, "divided": LAYOUT}.get(layout, [path.removeprefix("test/") for path in ours])
    fill(tmp_path / "B", paths)
    keywords = {}
    if layout == "manifest":
        rows = [f"{path},{path.split('/')[0]},{path.split('/')[1]}" for path in paths]
        (tmp_path / "B" / "list.csv").write_text("\n".join(["path,label,subject", *rows]))
        keywords["manifest"] = "list.csv"
    given = image_test_set(tmp_path / "B", (8, 6), **keywords)
    assert given["classes"] == ("impostor", "genuine")
    test = given["test"]
    assert [len(test), set(test.subject.tolist())] == [16, {"f", "g"}]
    assert sorted(test.sample) == sorted(paths if layout != "divided" else ours)
    assert test.y.sum() == 8


def test_a_further_test_set_without_test_is_refused(tmp_path):
    """Train alone is no test set; and a test set is nothing to train on."""
    fill(tmp_path / "B", [path for path in LAYOUT if path.startswith("train")])
    with pytest.raises(InputError, match=r"Expected the folders test in .* no test\."):
        image_test_set(tmp_path / "B", 8)
    fill(tmp_path / "C", [path for path in LAYOUT if path.startswith("test")])
    with pytest.raises(InputError, match="train"):
        as_splits(image_test_set(tmp_path / "C", 8))

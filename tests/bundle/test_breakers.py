"""An archive that is not what `sweep bundle` wrote is refused with one message that names the file."""

import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sweep.bundle.archive import MANIFEST, manifest_of, write_archive
from sweep.bundle.reading import open_bundle, unpack
from sweep.errors import InputError
from tests.bundle.conftest import files_in, rewritten
from tests.one_ray import sweep_here


@pytest.fixture
def whole(archives: Callable[[str], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a bundle as it was made, in the current folder."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("own-bundle.zip").write_bytes(archives("own"))
    return Path("own-bundle.zip")


def refusal(path: Path) -> str:
    """Return the message of a bundle that is refused, which leaves nothing behind."""
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(InputError) as caught:
        open_bundle(path)
    assert sorted(path.parent.rglob("*")) == before
    return str(caught.value)


def with_manifest(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return files with a MANIFEST that fits them."""
    files = {name: one for name, one in files.items() if name != MANIFEST}
    return files | {MANIFEST: manifest_of(files)}


def test_a_whole_bundle_is_opened_and_unpacked(whole: Path, tmp_path: Path) -> None:
    """Every file is there, to the byte, and nothing else."""
    bundle = open_bundle(whole)
    unpack(bundle, tmp_path / "out")
    found = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert found == files_in(whole)
    with pytest.raises(InputError, match="new or an empty folder"):
        unpack(bundle, tmp_path / "out")


def test_a_file_made_again_with_its_manifest_is_still_a_bundle(whole: Path) -> None:
    """The breakers below break one thing alone: an archive packed by other hands is read."""
    assert open_bundle(rewritten(whole, with_manifest(files_in(whole)))).about["study"] == "own"


def test_a_changed_byte_is_named(whole: Path) -> None:
    """The file's name, the digest that was expected and the one that came."""
    files = files_in(whole)
    table = bytearray(files["tables/table.csv"])
    table[-2] ^= 1
    said = refusal(rewritten(whole, files | {"tables/table.csv": bytes(table)}))
    assert "tables/table.csv" in said
    assert "it was changed" in said


def test_a_changed_byte_of_the_archive_is_named(whole: Path) -> None:
    """The ZIP's own checksum fails, or the packed stream does: one message, no traceback."""
    content = bytearray(whole.read_bytes())
    with zipfile.ZipFile(whole) as archive:
        entry = archive.getinfo("results/study.json")
    content[entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2] ^= 0xFF
    (whole.parent / "flipped.zip").write_bytes(content)
    assert "results/study.json" in refusal(whole.parent / "flipped.zip")


def test_a_missing_file_is_named(whole: Path) -> None:
    """It stands in MANIFEST, and is not there."""
    files = files_in(whole)
    del files["code/bundled_net.py"]
    assert "Received: none called code/bundled_net.py" in refusal(rewritten(whole, files))


def test_a_further_file_is_named(whole: Path) -> None:
    """What MANIFEST does not list is not unpacked."""
    assert "code/keras.py besides" in refusal(rewritten(whole, files_in(whole) | {"code/keras.py": b""}))


@pytest.mark.parametrize("at", [0.3, 0.9, 0.999])
def test_an_archive_that_was_cut_off(whole: Path, at: float) -> None:
    """A ZIP without its end is told as cut."""
    content = whole.read_bytes()
    (whole.parent / "cut.zip").write_bytes(content[: int(at * len(content))])
    assert "take it anew" in refusal(whole.parent / "cut.zip")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../climbed", "leads out of the folder"),
        ("code/../../climbed", "leads out of the folder"),
        ("/tmp/climbed", "leads out of the folder"),  # noqa: S108 (never written)
        ("C:/climbed", "leads out of the folder"),
        ("code\\..\\climbed", "signs"),
        ("code/a\x1b[2J", "signs"),
        ("code//a", "empty parts"),
        ("code/", "a folder"),
    ],
)
def test_a_name_that_climbs_out_is_refused(whole: Path, name: str, why: str) -> None:
    """Even where MANIFEST lists it."""
    files = files_in(whole) | {name: b"climbed"}
    del files[MANIFEST]
    said = refusal(rewritten(whole, files | {MANIFEST: manifest_of(files)}))
    assert why in said
    assert "Nothing of it was unpacked" in said


def test_a_link_is_refused(whole: Path) -> None:
    """A link could lead the next file out of the folder."""
    out = rewritten(whole, with_manifest(files_in(whole)))
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("code/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc")
    assert "code/link" in refusal(out)


def test_two_files_of_one_name_are_refused(whole: Path) -> None:
    """One of them would be checked, and the other unpacked."""
    out = rewritten(whole, files_in(whole))
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("README", "another")
    assert "twice" in refusal(out)


def test_a_huge_expansion_is_refused_before_it_is_unpacked(whole: Path) -> None:
    """200 MB of zeros from some kB."""
    out = rewritten(whole, with_manifest(files_in(whole) | {"code/zeros": bytes(200 * 2**20)}))
    assert "unpacks to at most 100 times its size" in refusal(out)


def test_what_packs_too_well_is_stored_unpacked(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle of black images is no attack, and is opened."""
    monkeypatch.setattr("sweep.bundle.archive.FREE", 1000)
    contents = {"data/black": bytes(10**8), **files_in(whole)}
    del contents[MANIFEST]
    write_archive(tmp_path / "black.zip", contents)
    assert (tmp_path / "black.zip").stat().st_size > 10**8
    assert open_bundle(tmp_path / "black.zip").about["study"] == "own"


def test_a_bundle_of_another_program(whole: Path) -> None:
    """A ZIP without our MANIFEST, a MANIFEST of other lines, a file that is no ZIP, and none at all."""
    assert "without one" in refusal(rewritten(whole, {"hello.txt": b"hello"}))
    assert "its first line is 'hello'" in refusal(rewritten(whole, {MANIFEST: b"hello\n"}))
    other = whole.parent / "other.zip"
    other.write_text("no archive")
    assert "Expected a whole bundle" in refusal(other)
    assert "which is no file" in refusal(whole.parent / "nothing.zip")


def test_a_bundle_of_a_later_format(whole: Path) -> None:
    """It says to update, and names both formats."""
    files = files_in(whole)
    files[MANIFEST] = files[MANIFEST].replace(b"format 1", b"format 2", 1)
    said = refusal(rewritten(whole, files))
    assert "format 2" in said
    assert "Update Seed Sweep" in said


@pytest.mark.parametrize("name", ["bundle.json", "results/study.json"])
def test_a_bundle_without_its_own_description(whole: Path, name: str) -> None:
    """What `sweep reproduce` reads first must be there."""
    files = files_in(whole)
    del files[name]
    assert f"no {name}" in refusal(rewritten(whole, with_manifest(files)))


def test_the_command_ends_with_2_and_one_line(whole: Path) -> None:
    """No traceback, nothing on standard output, no folder left."""
    files = files_in(whole)
    broken = rewritten(whole, files | {"README": b"another"})
    done = sweep_here("reproduce", broken, "--trust")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "README" in done.stderr
    assert not list(whole.parent.glob("*-reproduced"))

"""Addresses of results: what they mean, and what is refused."""

from pathlib import Path

import pytest

from sweep.errors import InputError
from sweep.store.places import ObjectPath, absolute, place


@pytest.mark.parametrize("said", ["results/", "/srv/results", "~/results"])
def test_a_path_is_a_folder(said: str) -> None:
    """Whatever has no scheme is a folder."""
    assert place(said) == Path(said).expanduser()
    assert absolute(place(said)).is_absolute()


def test_file_is_a_folder() -> None:
    """file:// names a folder of this machine, with its spaces."""
    assert place("file:///srv/my%20results") == Path("/srv/my results")


@pytest.mark.parametrize(
    "said",
    [
        "s3://bucket/results/faces",
        "gs://bucket/results",
        "s3://bucket/a?endpoint_override=127.0.0.1:9000&scheme=http",
        "gs://anonymous@bucket/a",
    ],
)
def test_an_address_comes_back(said: str) -> None:
    """An address travels to the nodes as text, with what it says of its store."""
    assert str(place(said)) == said
    assert absolute(place(said)) == place(said)


def test_what_lies_below_keeps_the_store() -> None:
    """A study's folder and its files are named below the prefix, before the question mark."""
    folder = place("s3://bucket/?region=eu-west-1") / "faces"
    assert str(folder / "parts") == "s3://bucket/faces/parts?region=eu-west-1"
    assert (folder / "parts").parent == folder
    assert (folder / "study.json").name == "study.json"


@pytest.mark.parametrize("said", ["http://host/results", "s3:///results", "file://host/results", "S4://x/y"])
def test_other_addresses_are_refused(said: str) -> None:
    """One message says what may be written."""
    with pytest.raises(InputError, match=r"Expected a folder, s3://bucket/prefix"):
        place(said)


def test_keys_in_an_address_are_refused_and_not_repeated() -> None:
    """An address is stored with the results and shown: no secret may stand in it."""
    for said in ("s3://me:secret@bucket/a", "s3://bucket/a?access_key=me&secret_key=secret"):
        with pytest.raises(InputError, match="Expected an address without a key") as caught:
            place(said)
        assert "secret@" not in str(caught.value)
        assert "=secret" not in str(caught.value)


def test_an_unknown_option_of_a_store_is_one_message() -> None:
    """What follows the question mark is pyarrow's; a word that it does not know is named."""
    with pytest.raises(InputError, match="endpoint_overide"):
        place("s3://bucket/a?endpoint_overide=127.0.0.1").is_file()  # type: ignore[union-attr]
    assert isinstance(place("s3://bucket/a"), ObjectPath)

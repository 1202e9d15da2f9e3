"""Patterns of score files: which files they name, and what is said where they do not."""

from pathlib import Path

import pytest

from sweep.collection.pattern import named_files
from sweep.errors import InputError


def made(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def test_fields_seed_and_split_are_read_from_the_path(tmp_path: Path) -> None:
    """A file's seed is a number, its split dev or test by any usual name, and every other field a word."""
    made(tmp_path, "A-big/s07/DEVEL.txt", "A-big/s07/eval.txt", "A-big/s07/train.txt", "A-big/sx/dev.txt")
    found = named_files(f"{tmp_path}/{{system}}-{{size}}/s{{seed}}/{{split}}.txt")
    assert [(file.seed, file.split, file.fields) for file in found] == [
        (7, "dev", {"system": "A", "size": "big"}),
        (7, "test", {"system": "A", "size": "big"}),
    ]


def test_a_field_that_comes_again_has_the_same_text(tmp_path: Path) -> None:
    """scores/A/A_1_dev.txt fits {system}/{system}_..., scores/A/B_1_dev.txt does not."""
    made(tmp_path, "A/A_1_dev.txt", "A/B_1_dev.txt")
    found = named_files(f"{tmp_path}/{{system}}/{{system}}_{{seed}}_{{split}}.txt")
    assert [file.path.name for file in found] == ["A_1_dev.txt"]


def test_signs_of_a_glob_in_a_folder_s_name_are_text(tmp_path: Path) -> None:
    """A folder called run[1]? is itself; a star is any text within one name."""
    made(tmp_path, "run[1]?/any-1-dev.txt", "run1x/any-1-dev.txt")
    found = named_files(f"{tmp_path}/run[1]?/*-{{seed}}-{{split}}.txt")
    assert [file.path.parent.name for file in found] == ["run[1]?"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("scores/{split}.txt", "Expected {seed} in the pattern"),
        ("scores/{seed}.txt", "Expected {split} in the pattern"),
        ("scores/{seed}/{split}/{1a}.txt", "Expected fields such as {system}. Received: {1a}"),
        ("none/{seed}/{split}.txt", "Received: none. The current folder holds scores."),
        ("scores/{system}/run{seed}/{split}.txt", "Received: none. scores/A holds seed1, seed01."),
        ("scores/{system}/seed{seed}/{split}.txt", "for one place"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_in_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, message: str
) -> None:
    """Missing fields, nothing that fits and two files for one place are told with what is there."""
    made(tmp_path, "scores/A/seed1/dev.txt", "scores/A/seed01/dev.txt")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        named_files(pattern)
    assert message.replace("seed1, seed01", "seed01, seed1") in str(error.value)

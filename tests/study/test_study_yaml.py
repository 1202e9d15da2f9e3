"""A study file as text: numbers that mean one thing, and no file that keeps a person waiting."""

from pathlib import Path
from typing import Any

import pytest

from sweep.errors import InputError
from sweep.study.plan import configurations
from sweep.study.study import MOST_TRIALS, Study

BASE = "study: faces\ndata: {use: 'sweep.data:synthetic_vectors'}\nmodel: {use: 'sweep.models:dense_net'}\n"


def load(folder: Path, text: str) -> Study:
    """Return the study of BASE and these lines."""
    file = folder / "faces.yaml"
    file.write_text(BASE + text + "\n", encoding="utf-8")
    return Study.load(file)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("1_000", 1000),
        ("0o10", 8),
        ("0x10", 16),
        ("-3", -3),
        ("0", 0),
        ("1e-3", 0.001),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.e+2", 100.0),
        ("1:30", "1:30"),
        ("1:30.5", "1:30.5"),
        ("190:20:30", "190:20:30"),
        ("'010'", "010"),
        ("1e", "1e"),
        ("10k", "10k"),
    ],
)
def test_a_number_means_what_it_looks_like(tmp_path: Path, text: str, value: Any) -> None:
    """Whole numbers and fractions are numbers, a time of day is a word."""
    found = load(tmp_path, f"grid: {{model.width: [{text}]}}").grid["model.width"][0]
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize("text", ["010", "-010", "08", "0_7", "+007"])
def test_a_number_that_versions_of_yaml_read_differently_is_refused(tmp_path: Path, text: str) -> None:
    """A zero in front means eight or ten: the message says how to write either."""
    with pytest.raises(InputError, match=r"other versions of YAML. Write [+-]?\d+, or .* if it is a word \(line 4"):
        load(tmp_path, f"seeds: {text}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("grid: &g {model.dropout: *g}", "within itself"),
        ("train: &t [1, *t]", "within itself"),
        ("seeds: 3\nseeds: 4", "key given twice: seeds"),
        ("train: {epochs: 1, 'epochs': 2}", "key given twice: epochs"),
        (f"seeds: {'9' * 400}", "a number of 400 digits"),
        ("seeds: [" * 3000, "nested too deeply"),
        ("about: " + "x" * 2**20, "at most 1,048,576 bytes"),
    ],
)
def test_a_text_that_nobody_means_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """What loops, repeats itself, or is longer than a study can be, is one message."""
    with pytest.raises(InputError, match=message):
        load(tmp_path, text)


def test_aliases_that_explode_are_counted_and_refused(tmp_path: Path) -> None:
    """Nine lists of nine, each of the last nine times, are 10^8 values: their number is in the message."""
    lists = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lists += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 9)]
    with pytest.raises(InputError, match=r"Received: [\d,]+ values, aliases .* at most 100,000"):
        load(tmp_path, "arms: {" + ", ".join(lists) + "}")


def test_an_alias_that_is_used_twice_is_read(tmp_path: Path) -> None:
    """Aliases are there to be used."""
    study = load(tmp_path, "grid: {model.width: &w [1, 2], model.depth: *w}")
    assert len(configurations(study)) == 4


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("seeds: 1000000000", "1,000,000,000"),
        (f"seeds: 1{'0' * 30}", r"about 10\^30"),
        ("seeds: {count: 4000000000, first: 7}", "4,000,000,000"),
        ("samples: 100000000\ngrid: {model.width: {uniform: [0, 1]}}", "500,000,000"),
        ("grid: {" + ", ".join(f"model.k{at}: [1,2,3,4,5,6,7,8,9,0]" for at in range(6)) + "}", "5,000,000"),
    ],
)
def test_trials_are_counted_before_any_is_made(tmp_path: Path, text: str, number: str) -> None:
    """More trials than anybody runs are refused with their number, however they come about."""
    with pytest.raises(InputError, match=f"at most {MOST_TRIALS:,} trials. Received: .*{number}"):
        load(tmp_path, text)


def test_seeds_beyond_the_last_seed_are_refused(tmp_path: Path) -> None:
    """A range ends where the seeds end."""
    with pytest.raises(InputError, match="seeds: expected"):
        load(tmp_path, "seeds: {count: 3, first: 4294967295}")


def test_the_same_text_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """An editor's mark at the beginning is no part of the first key."""
    (tmp_path / "faces.yaml").write_text(BASE, encoding="utf-8-sig")
    assert Study.load(tmp_path / "faces.yaml").study == "faces"

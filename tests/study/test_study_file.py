"""The study file: every kind of bad input is answered by one message that a person can act on."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sweep.errors import InputError
from sweep.study.study import Study, built_in_studies

SMALLEST: dict[str, Any] = {"study": "faces", "data": {"use": "sweep.data:x"}, "model": {"use": "sweep.models:y"}}


def load(folder: Path, **changes: Any) -> Study:
    """Return the smallest study with some keys changed, read from a file."""
    file = folder / "faces.yaml"
    file.write_text(yaml.safe_dump({**SMALLEST, **changes}), encoding="utf-8")
    return Study.load(file)


def refusal(folder: Path, **changes: Any) -> str:
    """Return the message that refuses these changes."""
    with pytest.raises(InputError) as caught:
        load(folder, **changes)
    assert caught.value.exit_code == 2
    return str(caught.value)


def load_text(folder: Path, text: str) -> Study:
    """Return the study of a YAML text that follows data and model."""
    file = folder / "faces.yaml"
    file.write_text(f"study: faces\ndata: {{use: a:b}}\nmodel: {{use: a:b}}\n{text}\n", encoding="utf-8")
    return Study.load(file)


@pytest.mark.parametrize(
    ("changes", "place", "meant"),
    [
        ({"sedes": 3}, "sedes", "seeds"),
        ({"train": {"epocs": 3}}, "train.epocs", "epochs"),
        ({"train": {"early_stopping": {"patienc": 3}}}, "train.early_stopping.patienc", "patience"),
        ({"resources": {"thread": 1}}, "resources.thread", "threads"),
    ],
)
def test_a_misspelt_key_is_answered_with_the_nearest(tmp_path: Path, changes: Any, place: str, meant: str) -> None:
    """At every level of the file, an unknown key is named in full with the nearest known one."""
    message = refusal(tmp_path, **changes)
    assert f"Unknown key '{place}'. Did you mean '{meant}'?" in message
    assert str(tmp_path / "faces.yaml") in message


def test_a_misspelt_key_of_a_seed_range_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """The keys of {count, first} are checked like all others."""
    assert "Did you mean 'count'?" in refusal(tmp_path, seeds={"coutn": 3})


@pytest.mark.parametrize(
    "seeds",
    [
        *(0, -1, 1.5, True, "ten", None, [], [1, 2.0], [True], [0, -1], ["1"], [2**32]),
        *({"count": 0}, {"first": 2}, {"count": 2, "first": -1}, {"count": True}, {"count": 2, "first": 2**32}),
    ],
)
def test_seeds_must_be_whole_numbers(tmp_path: Path, seeds: Any) -> None:
    """Anything but a count, a list of whole numbers or {count, first} is refused in one sentence."""
    message = refusal(tmp_path, seeds=seeds)
    assert message.count("seeds:") == 1
    assert "expected a count of 1 or more, a list of whole numbers" in message
    assert "Received:" in message


def test_repeated_seeds_are_named(tmp_path: Path) -> None:
    """A seed given twice would count one run as two."""
    assert "Received repeated seeds: 2, 7" in refusal(tmp_path, seeds=[7, 2, 2, 3, 7])


def test_a_long_list_of_seeds_is_answered_with_the_wrong_one(tmp_path: Path) -> None:
    """The message shows the seed that is wrong, not the thousand others."""
    assert "Received: 'x' in the list" in refusal(tmp_path, seeds=[*range(1000), "x"])


def test_the_three_ways_to_give_seeds(tmp_path: Path) -> None:
    """A count starts at 0, a list keeps its order, a range starts at first."""
    assert load(tmp_path, seeds=3).seed_list == (0, 1, 2)
    assert load(tmp_path, seeds=[5, 1]).seed_list == (5, 1)
    assert load(tmp_path, seeds={"count": 2, "first": 10}).seed_list == (10, 11)
    assert load(tmp_path).seed_list == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"train": {"epochs": "6"}}, "train.epochs: expected a number. Received: '6'."),
        ({"train": {"epochs": True}}, "train.epochs: expected a number. Received: True."),
        ({"train": {"epochs": 6.5}}, "train.epochs: expected a whole number. Received: 6.5."),
        ({"train": {"epochs": 0}}, "train.epochs: expected greater than or equal to 1. Received: 0."),
        ({"train": {"learning_rate": "fast"}}, "train.learning_rate: expected a number. Received: 'fast'."),
        ({"train": {"learning_rate": float("inf")}}, "train.learning_rate: expected a finite number. Received: inf."),
        ({"train": {"learning_rate": float("nan")}}, "train.learning_rate: expected a finite number. Received: nan."),
        ({"train": {"learning_rate": 0}}, "train.learning_rate: expected greater than 0. Received: 0."),
        ({"train": {"early_stopping": 5}}, "train.early_stopping: expected keys and values. Received: 5."),
        ({"train": {"keep": "beest"}}, "train.keep: expected 'best' or 'last'. Received: 'beest'."),
        ({"train": []}, "train: expected keys and values. Received: []."),
        ({"data": "folder"}, "data: expected keys and values. Received: 'folder'."),
        ({"data": {"root": "x"}}, "Expected the key 'data.use'. Received: none."),
        ({"data": {"use": "folder"}}, "data.use: expected 'package.module:function'. Received: 'folder'."),
        ({"data": {"use": "a:b", "leakage": "some"}}, "data.leakage: expected 'refuse' or 'allow'. Received: 'some'."),
        ({"model": {"use": 5}}, "model.use: expected a word. Received: 5."),
        ({"task": "verify"}, "task: expected 'verification', 'classification' or 'regression'. Received: 'verify'."),
        ({"study": "a/b"}, "study: expected letters, digits, '.', '_' or '-'"),
        ({"study": "../b"}, "study: expected letters, digits, '.', '_' or '-'"),
        ({"study": "x" * 81}, "study: expected at most 80 characters."),
        ({"hold": []}, "hold: expected keys and values. Received: []."),
        ({"hold": {"order": True}}, "hold.order: expected a whole number. Received: True."),
        ({"hold": {"order": -1}}, "hold.order: expected greater than or equal to 0. Received: -1."),
        ({"grid": []}, "grid: expected keys and values. Received: []."),
        (
            {"grid": {"lr": [1]}},
            "grid: expected keys like train.learning_rate, model.dropout or data.root. Received: lr.",
        ),
        ({"grid": {"model.use": ["a:b"]}}, "which chooses the code; make two studies."),
        ({"grid": {"model.x": 5}}, "expected a list of values, {choice: [...]}"),
        ({"samples": 0}, "samples: expected greater than or equal to 1. Received: 0."),
        ({"determinism": "perhaps"}, "determinism: expected on, off or portable. Received: 'perhaps'."),
        ({"resources": {"cpu": 0}}, "resources.cpu: expected greater than 0. Received: 0."),
        ({"resources": {"gpu": 1, "gpu_memory": 4}}, "a size with its unit, such as 4 GiB or 512 MiB. Received: 4."),
        ({"resources": {"gpu": 1, "gpu_memory": "4 GB"}}, "such as 4 GiB or 512 MiB. Received: '4 GB'."),
        ({"resources": {"gpu_memory": "4 GiB"}}, "gpu_memory beside a gpu. Received: gpu: 0."),
        (
            {"backend": "jax", "resources": {"gpu": 1, "gpu_memory": "4 GiB"}},
            "With `gpu: 0.25` a trial takes a quarter",
        ),
        ({"resources": {"gpu": True}}, "resources.gpu: expected a number. Received: True."),
        ({"results": 5}, "results: expected a word. Received: 5."),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(tmp_path: Path, changes: Any, expected: str) -> None:
    """The message says the key, what it takes and what came, and nothing of pydantic's own words."""
    message = refusal(tmp_path, **changes)
    assert expected in message
    for internal in (
        "Input should",
        "instance of",
        "constrained",
        "SeedRange",
        "Literal",
        "ValidationError",
        "pydantic",
    ):
        assert internal not in message


@pytest.mark.parametrize("value", [float("nan"), [1.0, float("inf")], {"deep": {"x": float("-inf")}}])
def test_a_keyword_that_is_no_finite_number_is_refused(tmp_path: Path, value: Any) -> None:
    """NaN equals nothing, so a trial with it could never be recognised again."""
    message = refusal(tmp_path, model={"use": "a:b", "momentum": value})
    assert "model: expected words, finite numbers, lists and mappings for momentum" in message


def test_an_unknown_stream_in_hold_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """Only the five streams of a trial can be held still."""
    assert "Received: ordr. Did you mean 'order'?" in refusal(tmp_path, hold={"ordr": 0})


def test_many_faults_are_told_at_once(tmp_path: Path) -> None:
    """One run of the command shows up to three faults, so that they need not be found one by one."""
    message = refusal(tmp_path, sedes=1, task="x", results=5)
    assert all(word in message for word in ("sedes", "task", "results"))


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 1e-3), ("1E3", 1e3), ("+2.5e2", 250.0), (".5e-1", 0.05), ("1.e1", 10.0), ("0.5", 0.5), ("1", 1.0)],
)
def test_a_number_with_an_exponent_is_a_number(tmp_path: Path, text: str, value: float) -> None:
    """YAML 1.1 reads 1e-3 as a word; a study file does not."""
    assert load_text(tmp_path, f"train: {{learning_rate: {text}}}").train.learning_rate == value


@pytest.mark.parametrize("text", ["off", "false", "no"])
def test_determinism_can_be_switched_off_by_word(tmp_path: Path, text: str) -> None:
    """`determinism: off` is the spelling that error messages propose."""
    assert load_text(tmp_path, f"determinism: {text}").determinism is False
    assert load(tmp_path).determinism is True


@pytest.mark.parametrize(
    "text", ["seeds: 3\nseeds: 4", "train: {epochs: 1, epochs: 2}", "grid:\n  model.x: [1]\n  model.x: [2]"]
)
def test_a_key_given_twice_is_refused(tmp_path: Path, text: str) -> None:
    """YAML would let the second win in silence."""
    with pytest.raises(InputError, match=r"Expected YAML in .* key given twice: (seeds|epochs|model\.x)"):
        load_text(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"study: [", "Expected YAML in"),
        (b"a: b: c", "Expected YAML in"),
        (b"\xff\xfe\xfa", "Expected YAML in"),
        (b"study: 2024-13-45", "Expected YAML in"),
        (b"study: !!python/object:os.system x", "Expected YAML in"),
        (b"- a\n- b", "Expected keys and values in"),
        (b"", "Expected keys and values in"),
        (b"just words", "Expected keys and values in"),
    ],
)
def test_a_file_that_is_no_mapping_in_yaml_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Whatever stands in the file, the answer is one message with the file's name."""
    file = tmp_path / "broken.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        Study.load(file)
    assert "broken.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """Files beside the misspelt one and built-in studies are proposed."""
    load(tmp_path)
    with pytest.raises(InputError, match=r"Did you mean '.*faces\.yaml'\?"):
        Study.load(tmp_path / "face.yaml")
    with pytest.raises(InputError, match=r"Received: dmeo\. Did you mean 'demo'\?"):
        Study.load("dmeo")
    with pytest.raises(InputError, match="Expected a study file or a built-in study"):
        Study.load(tmp_path)


def test_built_in_studies_are_read_by_name() -> None:
    """Every study in the package loads, and its name is the file's."""
    assert "demo" in built_in_studies()
    for name in built_in_studies():
        assert Study.load(name).study == name


def test_changes_replace_the_files_keys() -> None:
    """None leaves what the file says."""
    assert Study.load("demo", seeds=2, results=None).seed_list == (0, 1)
    with pytest.raises(InputError, match="seeds: expected a count"):
        Study.load("demo", seeds=0)


def test_a_study_cannot_be_changed_after_it_was_read() -> None:
    """What was validated stays as it was validated."""
    study = Study.load("demo")
    with pytest.raises(ValueError, match="frozen"):
        study.samples = 3  # type: ignore[misc]

"""A train that hands out batches, as it is read before the trials: its id, what is known of it, what is refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweep.data import Prepared, open_prepared, stream_reading
from sweep.errors import InputError
from sweep.machine.folders import cache_folder
from sweep.study.study import Study
from sweep.trial.data_function import DataRequest, prepare_data
from sweep.trial.stream_settings import check_settings

TRIALS = Path(__file__).parents[1] / "trial"


def study(use: str, **keys: Any) -> Study:
    """Return a study of a data function of tests/trial/streams.py."""
    data = {"use": f"streams:{use}", **keys.pop("data", {})}
    return Study.model_validate({"study": "s", "data": data, "model": {"use": "sweep.models:dense_net"}, **keys})


@pytest.fixture(autouse=True)
def _modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TRIALS))


def read(use: str, seed: int = 0, **data: Any) -> Prepared:
    """Return what is prepared of a data function, in this process."""
    return prepare_data(DataRequest(study(use, data=data), seed, None))


def made(monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> Prepared:
    """Return what is prepared of a data function that returns this."""
    import streams

    monkeypatch.setattr(streams, "arrays", lambda: streams._splits(**given))
    return read("arrays")


def test_a_stream_is_read_once_and_a_sample_of_it_is_kept() -> None:
    """Batches, samples and labels are counted; what a trial opens holds rows of each label; again gives the same id."""
    ready = read("drawn")
    opened = open_prepared(cache_folder(), ready.data_id)
    assert ready.stream == opened.stream
    assert ready.stream is not None
    assert (ready.stream.kind, ready.stream.steps, ready.stream.by_pass, ready.stream.whole) == (
        "generator", 5, True, True,
    )  # fmt: skip
    assert (ready.counts["train"].n, ready.counts["train"].labels) == (40, {"impostor": 20, "genuine": 20})
    assert opened.train.x.shape == (40, 4)
    assert set(opened.train.y.tolist()) == {0, 1}
    assert opened.dev.x.shape == (40, 4)
    assert read("drawn").data_id == ready.data_id


def test_the_id_is_that_of_content_code_and_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other batches, another function and another number of steps give other ids."""
    import streams

    x, y = streams._set("train")
    batches = [(x[at : at + 8], y[at : at + 8]) for at in range(0, 40, 8)]

    def of(some: list[Any], **further: Any) -> str:
        return made(monkeypatch, {"train": lambda run: iter(some), **further}).data_id

    changed = [*batches[:4], (batches[4][0], 1 - batches[4][1])]
    ids = [of(batches), of(changed), of(batches[::-1]), of(batches, steps_per_epoch=5), of(batches, digest_steps=2,
           steps_per_epoch=5)]  # fmt: skip
    assert len(set(ids)) == len(ids)
    assert of(batches) == ids[0]
    monkeypatch.setattr("sweep.study.identity.code_id", lambda use: "other")
    assert of(batches) != ids[0]


def test_a_long_stream_is_not_held_and_may_be_read_in_part(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sample of 256 rows and a rare label stay; with digest_steps no further batch is asked for, and that is said."""
    asked = []

    def train(run: Any) -> Any:
        for at in range(400):
            asked.append(at)
            yield np.full((8, 4), at / 400, np.float32), np.full(8, int(at == 3))

    ready = made(monkeypatch, {"train": train})
    assert (ready.counts["train"].n, ready.counts["train"].labels) == (3200, {"impostor": 3192, "genuine": 8})
    sample = open_prepared(cache_folder(), ready.data_id).train
    assert 256 <= len(sample) <= 257
    assert 1 in sample.y
    assert sample.x.max() > 0.9
    asked.clear()
    part = made(monkeypatch, {"train": train, "digest_steps": 50, "steps_per_epoch": 400})
    assert max(asked) == 49
    assert part.stream is not None
    assert (part.stream.whole, part.stream.steps, part.stream.n) == (False, 400, 400)
    said = "train: only its first 50 batches of the 400 of an epoch were read"
    assert part.findings[0].startswith(said)
    assert said in capsys.readouterr().err


def test_a_sample_of_train_is_found_in_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of a stream are compared with dev and test, as those of arrays are."""
    import streams

    x, y = streams._set("test")
    with pytest.raises(InputError, match=r"train-\d+ in train and test-\d+ in test and 39 more pairs"):
        made(monkeypatch, {"train": lambda run: iter([(x[:8], y[:8]), (x[8:], y[8:])])})


WRONG = {
    "empty": "expected at least one batch. Received: none",
    "raises": "It raised ZeroDivisionError: no batch 2 in batch 3",
    "nan": "NaN or infinity in x of train, batch 1, sample row 1 of batch 1",
    "shape": r"one shape and type in all batches of train. Received: (4,) float32 in batches before, (3,) float32 in",
    "dtype": "(4,) float64 in batches before, (4,) float32 in train, batch 2",
    "length": "y of train, batch 1 with shape (8,), one entry for each row of x. Received: shape (7,)",
    "alone": "expected batches (x, y) or (x, y, sample_weight). Received: ndarray as batch 1",
    "label": "Expected labels 1 (genuine) and 0 (impostor). Received: 2 in y of train, batch 1, sample row 2 of",
    "weight": "sample_weight of train, batch 1 as finite numbers of 0 or more",
    "some weights": "Expected sample_weight in every batch of train, or in none. Received: some in train, batch 2",
    "two inputs": "Expected x of train, batch 1 as one array: batches have one input and the labels of one output.",
    "unseeded": "expected the same batches from the same seeds",
}


@pytest.mark.parametrize("kind", WRONG)
def test_each_wrong_batch_is_one_message(kind: str) -> None:
    """It says what was expected, what came, and in which batch."""
    with pytest.raises(InputError) as said:
        read("bad", kind=kind)
    assert WRONG[kind] in str(said.value)


def test_steps_go_with_batches_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside arrays, where they are no number, or where a generator ends before them."""
    import streams

    x, y = streams._set("train")
    batches = [(x, y)]
    for given, said in (
        ({"train": (x, y), "steps_per_epoch": 3}, "expected it beside a train that hands out batches"),
        ({"train": iter(batches), "steps_per_epoch": 0}, "steps_per_epoch: expected a number of batches, 1 or more"),
        ({"train": iter(batches), "steps_per_epoch": 2}, "expected 2 batches, as steps_per_epoch says. Received: 1"),
        ({"train": iter(batches), "digest_steps": 2}, "digest_steps: expected steps_per_epoch beside it"),
        ({"train": lambda run: None}, "expected the function train(run) to return or yield batches. Received: nothing"),
        ({"train": lambda run: run.seed("ordre")}, "Did you mean 'order'?"),
    ):
        with pytest.raises(InputError) as error:
            made(monkeypatch, given)
        assert said in str(error.value)


def test_a_pass_without_an_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a generator nobody knows: after many batches it is taken for one without end."""
    import streams

    x, y = streams._set("train")

    def train(run: Any) -> Any:
        while True:
            yield x, y

    monkeypatch.setattr(stream_reading, "MOST_BATCHES", 30)
    with pytest.raises(InputError, match=r"expected an end of its batches, or steps_per_epoch. Received: 30 batches"):
        made(monkeypatch, {"train": train})


def test_people_of_dev_cannot_be_looked_for_in_train(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches name nobody: where dev does, that is said."""
    import streams

    x, y = streams._set("dev")
    batches = [streams._set("train")]
    named = made(monkeypatch, {"train": lambda run: iter(batches), "dev": {"x": x, "y": y, "subject": y}})
    assert [said for said in named.findings if "its batches name no people" in said]
    assert not made(monkeypatch, {"train": lambda run: iter(batches)}).findings


def test_dev_stays_arrays() -> None:
    """A dev of batches is refused with the reason."""
    with pytest.raises(InputError, match="Train alone may do so, as scores are kept by sample"):
        read("in_dev")


def test_settings_that_say_nothing_are_refused() -> None:
    """The size of batches, carried-over fits, and epochs that a generator cannot give; a `fit` has none of them."""
    stream = read("bad", kind="generator").stream
    assert stream is not None
    for train, said in (
        ({"batch_size": 64}, "train.batch_size: expected none, as streams:bad hands out batches of its own"),
        ({"carry_over": 1, "epochs": 1}, "train.carry_over: expected arrays as train"),
        ({"epochs": 2}, "Received: a generator, which can be walked once. Return a function train(run)"),
    ):
        with pytest.raises(InputError) as error:
            check_settings(study("bad", train=train), stream)
        assert said in str(error.value)
    check_settings(study("bad", train={"epochs": 1}), stream)
    part = replace(stream, whole=False, once=False)
    with pytest.raises(InputError, match="balanced, but only the first 5 of 5 batches were counted"):
        check_settings(study("bad", train={"class_weight": "balanced"}), part)

"""`sweep explain STUDY` stores its runs like any study, names the stream that acts, and goes on where it stopped."""

from types import SimpleNamespace

import pytest
import yaml

from sweep.explain import sources
from sweep.explain.sources import Explanation, Repeats
from sweep.explain.sources_figure import sources_png
from sweep.explain.sources_text import as_text, sentences
from sweep.stats.attribution import Attribution, Source
from sweep.study.identity import Identity
from sweep.study.plan import PlannedTrial, configurations
from sweep.study.study import Study
from tests.drawn import ticks


def source(name, sd, low, high, share):
    """Return a source with these numbers."""
    return Source(name, sd, low, high, sd**2, share, 0.01)


def explanation(tmp_path, *sources, rest=0.2):
    """Return an explanation of HTER with these sources."""
    last = source("rest", 0.004, 0.003, 0.008, rest)
    one = Attribution(tuple(sources), last, 0.1, 0.02, 25, 5, 0.95, 4)
    return Explanation(
        "study", "", tmp_path, {"hter": one}, Repeats(4, True, {"hter": 0.0}), {"split": "no split_seed"}
    )


def test_the_sentence_names_the_source_that_stands_out(tmp_path):
    """A source whose interval leaves 0 is named with SD, interval and share; others that act come after it."""
    found = explanation(tmp_path, source("init", 0.012, 0.006, 0.03, 0.7), source("order", 0.004, 0.001, 0.01, 0.1))
    (said,) = sentences(found)
    assert "the initial weights (SD 1.20 [0.60, 3.00] points, 70% of the variance)" in said
    assert "Other sources with an effect: the order of the samples" in said
    text = as_text(found)
    assert "4 exact repeats of one run are equal to the bit" in text
    assert "split has no effect" in text


def test_the_sentence_does_not_name_a_source_that_cannot_be_told(tmp_path):
    """An interval that begins at 0 is said to; where the rest is larger, no single stream is named."""
    assert "cannot tell this from no effect" in sentences(explanation(tmp_path, source("init", 0.01, 0, 0.03, 0.6)))[0]
    assert "no single stream" in sentences(explanation(tmp_path, source("init", 0.001, 0, 0.03, 0.1), rest=0.9))[0]


def test_the_figure_is_drawn(tmp_path, drawn):
    """A panel a metric, from 0: each source and the rest with a dot at its SD and a line from end to end."""
    found = explanation(tmp_path, source("init", 0.01, 0, 0.03, 0.6), source("order", 0.002, 0.001, 0.004, 0.1))
    assert sources_png(found).startswith(b"\x89PNG")
    ((axes,),) = [figure.axes for figure in drawn]
    assert axes.get_xlabel() == "SD of HTER, percentage points"
    assert ticks(axes, "y") == ["rest", "order", "init"]
    marks = [(line.get_marker(), [round(float(x), 9) for x in line.get_xdata()]) for line in axes.lines]
    assert marks == [
        ("None", [0.3, 0.8]), ("o", [0.4]), ("None", [0.1, 0.4]), ("o", [0.2]), ("None", [0.0, 3.0]), ("o", [1.0]),
    ]  # fmt: skip
    low, high = axes.get_xlim()
    assert low == 0
    assert high >= 3


@pytest.mark.ray
def test_a_study_is_explained_stored_and_not_run_twice(command_here, tmp_path):
    """Only the streams that act have a part; the second command trains nothing; a run of it can be verified."""
    study = {
        "study": "small",
        "data": {"use": "sweep.data:synthetic_vectors"},
        "model": {"use": "sweep.models:dense_net", "units": []},
        "train": {"epochs": 2, "batch_size": 8},
    }
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(study))
    code, answer, errors = command_here("explain", tmp_path / "small.yaml", "--results", tmp_path)
    assert code == 0, errors
    assert "28/28 trials" in errors
    parts = {part["name"]: part for part in answer["metrics"]["hter"]["sources"]}
    assert parts["init"]["share"] > 0.3
    assert answer["repeats"]["identical"]
    assert set(answer["idle"]) == {"split", "dropout", "augment"}
    assert set(parts) == {"init", "order"}
    assert (tmp_path / "small-explain" / "report" / "sources.png").is_file()
    again, same, errors = command_here("explain", tmp_path / "small.yaml", "--results", tmp_path)
    assert (again, same) == (0, answer)
    assert "starting Ray" not in errors
    code, verified, errors = command_here("verify", tmp_path / "small-explain", "--trials", "1")
    assert (code, verified["equal"]) == (0, True), errors


@pytest.mark.parametrize(("train", "idle"), [({}, True), ({"augment": {"use": "brought:shift"}}, False)])
def test_an_augmentation_of_the_study_draws_from_its_stream(monkeypatch, train, idle):
    """With it the stream "augment" acts, although no layer draws from it."""
    given = {"study": "s", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": "brought:net"}}
    study = Study.model_validate(given | {"train": train})
    (one,) = configurations(study)
    monkeypatch.setattr(sources.process, "call", lambda *_, **__: SimpleNamespace(crash="", value=[]))
    found = sources._idle(study, PlannedTrial("0" * 16, one, 0, "0" * 64, Identity("0" * 16)), ())
    assert ("augment" in found) == idle

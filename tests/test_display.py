"""What results show at Python's prompt and in a notebook."""

import dataclasses
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sweep
from sweep import metrics, stats
from sweep.errors.display import Several, as_table, clipped, displayed, short

REFERENCE = Path(__file__).parents[1] / "results" / "reference"
HOSTILE = "<script>alert('&')</script>\x1b[31m\n" + "x" * 10_000
ALLOWED = {"p", "table", "tr", "th", "td"}


class Tags(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Keep the tag."""
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def shown(result: Any) -> tuple[str, str]:
    """Return the short text and the text of the table of a result, after the rules that hold for all."""
    text, page = repr(result), result._repr_html_()
    assert 1 <= len(text.splitlines()) <= 20
    assert max(map(len, text.splitlines())) <= 220
    assert "\x1b" not in text + page
    found = Tags(page)
    assert found.tags <= ALLOWED
    assert len(page) < 20_000
    return text, found.text


@pytest.fixture(scope="module")
def results() -> sweep.Results:
    """The results of the reference study."""
    return sweep.load(REFERENCE)


def test_results_say_what_there_is_and_how_to_go_on(results: sweep.Results) -> None:
    """Study, task, trials ok of planned, a row a configuration with mean and SD, and the frames."""
    for said in shown(results):
        assert "reference (verification): 20 of 20 planned trials ok, 2 configurations" in said
        assert "model.dropout=0.5" in said
        assert "hter mean (SD)" in said
        assert "10 of 10" in said
        assert "0.1102 (0.024)" in said
        assert ".trials, .scores, .epochs and .environments" in said


def test_failed_and_unplanned_trials_are_counted(results: sweep.Results) -> None:
    """A failed trial leaves its configuration's mean, and a stored trial that is not planned is told of."""
    trials = results.trials.copy()
    trials.loc[0, "status"] = "failed"
    trials.loc[1, "trial_id"] = "another"
    text, _ = shown(dataclasses.replace(results, trials=trials, notes=["one"]))
    assert "18 of 20 planned trials ok" in text
    assert "1 stored trials are not in the plan" in text
    assert "1 notes: see .notes" in text


def test_results_without_a_trial_show_their_configurations(results: sweep.Results) -> None:
    """A study that has not run yet has no mean."""
    text, _ = shown(dataclasses.replace(results, trials=results.trials[:0]))
    assert "0 of 20 planned trials ok" in text
    assert "0 of 10" in text
    assert "mean" not in text


@pytest.mark.parametrize("n", [1, 200])
def test_names_of_others_are_cut_and_escaped(results: sweep.Results, n: int) -> None:
    """A name with markup, control characters and 10,000 characters stays text, and few lines."""
    configurations = {f"{at:012d}": {"label": HOSTILE, "hp": {}} for at in range(n)}
    study = results.study | {"study": HOSTILE, "task": HOSTILE, "configurations": configurations, "plan": []}
    metric = {"metric.hter": "metric." + HOSTILE}
    for trials in (results.trials, results.trials.rename(columns=metric)):
        text, _ = shown(dataclasses.replace(results, study=study, trials=trials))
        assert ("more configurations" in text) == (n == 200)


def test_answers_show_what_they_say_first(results: sweep.Results) -> None:
    """The verdict in words, then the fields; tuples show a line an answer and stay tuples."""
    found = sweep.estimates(results, "hter")
    text, page = shown(found)
    assert isinstance(found, tuple)
    assert text.startswith("2 of Estimate:\n")
    assert "0.1102 [0.08063, 0.1488]" in page
    text, _ = shown(found[0])
    assert text.startswith("Estimate: ")
    assert "values: 10 values: 0.157407" in text
    compared = sweep.compare(results, "hter")
    assert shown(compared)[0].startswith("1 of Comparison:\n")
    assert str(compared[0]) == stats.verdict(compared[0])
    assert "not told apart" in shown(compared[0])[0]
    assert shown(sweep.against(results, "hter", 0.1))[0].startswith("Against: 0.1 is consistent with")
    assert "seeds for hter" in shown(sweep.plan_precision(results, "hter", 0.02))[0]


def test_metrics_show_their_line_and_their_fields() -> None:
    """Arrays by their shape; names of attack types escaped."""
    genuine, impostor = [0.9, 0.8, 0.4] * 9, [0.1, 0.2, 0.6] * 9
    found = [
        metrics.eer(genuine, impostor),
        metrics.hter(genuine, impostor, genuine, impostor),
        metrics.det_points(genuine, impostor),
        metrics.fnmr_at_fmr(genuine, impostor, 0.3),
        metrics.eer_interval(genuine, impostor),
        metrics.trials(genuine, genuine, impostor, impostor),
        metrics.by_unit(range(27), range(27)),
        metrics.attack_rates(genuine, {HOSTILE: impostor}, 0.5),
    ]
    texts = [shown(one)[0] for one in found]
    assert texts[0].startswith("EER: EER 33.333 % at threshold 0.6")
    assert "fmr: array of shape (7,), float64" in texts[2]
    assert "wanted_fmr: 0.3" in texts[3]


def test_every_result_of_the_doors_has_a_table() -> None:
    """Metrics and stats: no dataclass of theirs was left out."""
    classes = [getattr(door, name) for door in (metrics, stats) for name in door.__all__ if name[0].isupper()]
    left = [one.__name__ for one in classes if dataclasses.is_dataclass(one) and not hasattr(one, "_repr_html_")]
    assert left == []
    for name in ("RunSummary", "Collected", "Results"):
        assert hasattr(getattr(sweep, name), "_repr_html_")


def test_long_things_are_cut() -> None:
    """Lines, rows and values; an empty tuple says so."""
    assert clipped(["a"] * 25).splitlines()[-1] == "... and 6 more lines"
    assert "... and 88 more" in as_table(["n"], [[str(n)] for n in range(100)])
    assert short({str(n): n for n in range(9)}) == "0=0, 1=1, 2=2, 3=3, 4=4, 5=5, ..."
    assert short(np.zeros((2, 3))) == "array of shape (2, 3), float64"
    assert short(0.1 + 0.2) == "0.3"
    assert repr(Several()) == "()"


def test_a_dataclass_of_hostile_fields_is_safe() -> None:
    """Texts, keys and nested values."""

    @displayed
    @dataclasses.dataclass
    class Anything:
        text: str = HOSTILE
        several: tuple[str, ...] = (HOSTILE,) * 50
        keyed: dict[str, str] = dataclasses.field(default_factory=lambda: {HOSTILE: HOSTILE})

    shown(Anything())

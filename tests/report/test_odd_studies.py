"""Studies as people make them: words that mean something to Matplotlib or a spreadsheet, answers that fail, NaN."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sweep
from sweep import report
from sweep.errors import InputError
from sweep.report.study_answer import Answer, answer_of
from sweep.store.store import Results
from sweep.study.trust import Trust
from tests.report.conftest import Simulate

LABELS = ("arm=cost in $ of $x_$", "arm=_under", "arm==1+1", "arm=\x1b[31mred", "arm=a\nb")


def test_words_of_the_user_stay_words(simulate: Simulate) -> None:
    """Two `$`, a `_` in front, an escape sequence or a line break in a label: every figure and table is made."""
    written = report.write(simulate(labels=LABELS))
    names = {path.name for path in written.files}
    assert {"seeds.svg", "forest.svg", "losses.svg", "det.svg", "index.html", "table.csv"} <= names
    text = report.as_text(written)
    assert "cost in $ of $x_$" in text
    assert "\x1b" not in text
    assert "a b" in text


def test_a_label_with_two_dollars_is_drawn_as_it_stands(simulate: Simulate) -> None:
    """Matplotlib is told that nothing in a label is mathematics."""
    from matplotlib.text import Text

    from sweep.report.seeds import seeds_figure

    drawn = seeds_figure(report.summarise(simulate(labels=LABELS[:2])))
    assert drawn is not None
    drawn.canvas.draw()  # type: ignore[attr-defined]
    shown = [text._preprocess_math(text.get_text()) for text in drawn.findobj(Text)]  # type: ignore[attr-defined]
    assert any("cost in $ of $x_$" in text and not mathematics for text, mathematics in shown)


def test_no_cell_of_the_table_is_a_formula(simulate: Simulate) -> None:
    """A spreadsheet that opens table.csv computes nothing of what a label says."""
    from sweep.report.tables import as_csv

    found = as_csv(report.summarise(simulate(labels=("=HYPERLINK(1)", "+1", "-1", "@x", "plain"))))
    cells = [row["label"] for row in csv.DictReader(io.StringIO(found))]
    assert cells == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "plain"]


def raises_key_error(results: Results, *, level: float) -> Any:
    """An answer that reads a column that is not there."""
    return results.trials["metric.nope"].mean()


def exits(results: Results, *, level: float) -> Any:
    """An answer that ends the process."""
    raise SystemExit("bye")


def returns_a_number(results: Results, *, level: float) -> Any:
    """An answer that is none."""
    return 3


def draws_outside(results: Results, *, level: float) -> Any:
    """An answer that would write its figure elsewhere."""
    return Answer(("x",), figures={"../../escaped.png": b""})


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (raises_key_error, "raised KeyError: 'metric.nope'"),
        (exits, "raised SystemExit: bye"),
        (returns_a_number, "Expected .* to return a sweep.report.Answer. Received: int"),
        (draws_outside, "Expected figures of .* by file name"),
    ],
)
def test_an_answer_that_fails_costs_one_line(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch, function: Any, said: str
) -> None:
    """The report is there, with a sentence on what the study's own function did."""
    results = simulate()
    results.study["resolved"]["answer"] = "mine:answer"
    monkeypatch.setattr("sweep.report.study_answer.code.function", lambda use: function)
    written = report.write(results, trust=Trust(named=frozenset({"mine:answer"})))
    assert written.answer is not None
    (sentence,) = written.answer.sentences
    assert "mine:answer" in sentence
    assert re.search(said, sentence)
    assert not (Path(str(results.path)).parent / "escaped.png").exists()
    assert answer_of(results, 0.95) is not None


def test_a_configuration_without_a_finished_seed_is_no_traceback(simulate: Simulate) -> None:
    """A paper's number against a configuration whose seeds all failed is refused by name."""
    results = simulate(failed=tuple((1, seed) for seed in range(5)))
    with pytest.raises(InputError, match=r"model.dropout=0.5, of which none is"):
        sweep.against(results, "hter", 0.1, config="model.dropout=0.5")


def test_a_metric_without_a_value_is_said(simulate: Simulate) -> None:
    """Where every finished trial lacks the metric, the question is refused, and the report still stands."""
    results = simulate()
    nothing = results.trials.assign(**{"metric.eer": np.nan, "metric.hter": np.nan, "metric.mine": np.nan})
    results = replace(results, trials=nothing, scores=results.scores.iloc[:0])
    for metric in ("hter", "mine"):
        with pytest.raises(InputError, match=f"Expected a trial with a {metric}"):
            sweep.estimate(results, metric, "model.dropout=0")
    assert "no value in any seed" in report.as_text(report.write(results))

"""The table as text, CSV, Markdown and HTML."""

import csv
import io
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sweep import report
from sweep.report.labels import as_columns, shortened, wrapped
from sweep.report.page import as_html
from sweep.report.tables import as_csv, as_markdown
from sweep.stats import NEW_SUBJECTS
from tests.report.conftest import Simulate

GRID = tuple(
    f"train.learning_rate={rate} model.dropout={dropout} train.batch_size={size}"
    for rate in (0.1, 0.0001)
    for dropout in (0.0, 0.35)
    for size in (16, 256)
)


@pytest.mark.parametrize("task", ["verification", "classification", "regression"])
@pytest.mark.parametrize(
    "labels", [("",), ("model.dropout=0", "model.dropout=0.5"), GRID, ("model.name=" + "x" * 150,)]
)
def test_text_fits_100_columns(simulate: Simulate, labels: tuple[str, ...], task: str) -> None:
    """One configuration or many, short names or long: no line is wider than 100 columns, and all is ASCII."""
    text = report.as_text(report.summarise(simulate(labels=labels, task=task, seeds=3)))
    assert max(map(len, text.splitlines())) <= 100
    assert text.isascii()
    assert text.count("3/3") == len(labels)


def test_long_names_become_columns_of_values(simulate: Simulate) -> None:
    """A grid of several settings has a line a configuration: values in columns, names above them."""
    lines = report.as_text(report.summarise(simulate(labels=GRID))).splitlines()
    rows = [line for line in lines if line.endswith("5/5")]
    assert len(rows) == len(GRID)
    assert rows[0].split()[:3] == ["0.1", "0.0", "16"]
    assert any(line.startswith("learning_rate,") for line in lines)


def test_five_failures_are_shown_and_the_rest_counted(simulate: Simulate) -> None:
    """Equal errors of a configuration share a line; beyond five lines the rest is a number."""
    labels = tuple(f"model.dropout={at}" for at in range(7))
    failed = tuple((at, seed) for at in range(7) for seed in range(2))
    text = report.as_text(report.summarise(simulate(labels=labels, seeds=3, failed=failed)))
    assert text.count("seeds 0, 1: fit: TrainingDivergedError") == 5
    assert "and 4 more" in text
    assert "Traceback" not in text


def test_an_interval_for_new_subjects_has_its_place(simulate: Simulate) -> None:
    """Once a metric carries one, every form of the table shows it beside the other."""
    found = report.summarise(simulate(labels=("",)))
    metric = found.rows[0].metrics["hter"]
    new = replace(metric.interval, low=0.01, high=0.31, covers=NEW_SUBJECTS, method="ORH")
    metrics = {**found.rows[0].metrics, "hter": replace(metric, new_subjects=new)}
    with_it = replace(found, rows=(replace(found.rows[0], metrics=metrics),))
    assert "[1.0, 31.0] *" in report.as_text(with_it)
    assert "[1.0, 31.0]" in as_markdown(with_it)
    assert "[1.0, 31.0]" in as_html(with_it)
    assert "hter.new_subjects.low" in as_csv(with_it)
    assert report.as_json(with_it)["configurations"][0]["metrics"]["hter"]["new_subjects"]["covers"] == NEW_SUBJECTS


def test_csv_holds_every_metric_at_full_precision(simulate: Simulate) -> None:
    """A row a configuration, fractions not per cent, empty where undefined."""
    found = report.summarise(simulate(seeds=1))
    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert [row["label"] for row in rows] == ["model.dropout=0", "model.dropout=0.5"]
    assert float(rows[0]["hter"]) == found.rows[0].metrics["hter"].interval.value
    assert rows[0]["hter.low"] == ""
    assert float(rows[1]["hp.model.dropout"]) == 0.1
    assert "auc.sd" in rows[0]


def test_names_are_escaped_where_they_could_be_read_as_markup(simulate: Simulate) -> None:
    """A bar or a tag in a name stays a bar and a tag."""
    found = report.summarise(simulate(labels=("model.norm=a|b", "model.norm=<script>"), failed=((1, 0),)))
    table = [line for line in as_markdown(found).splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in table}) == 1
    page = as_html(found)
    assert page.count("<script") == 1  # the page's own
    seen: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: seen.append(tag)  # type: ignore[method-assign]
    parser.feed(page)
    assert seen.count("tr") >= 3


def test_names_are_shortened_only_where_unambiguous() -> None:
    """Sections are dropped unless two of them have a setting of the same name."""
    assert shortened(["train.rate=1 model.dropout=0"]) == ["rate=1 dropout=0"]
    assert shortened(["train.rate=1 model.rate=0"]) == ["train.rate=1 model.rate=0"]
    assert as_columns(["train.size=[1, 2] model.x=a b", "train.size=3 model.x=c"]) == (
        ["size", "x"],
        [["[1, 2]", "a b"], ["3", "c"]],
    )
    assert as_columns(["", "model.x=1"]) is None
    assert wrapped("learning_rate=0.001 x=1", 14) == ["learning_rate=", "0.001 x=1"]
    assert wrapped("y" * 25, 10) == ["y" * 10, "y" * 10, "y" * 5]


def test_digits_follow_the_spread(simulate: Simulate) -> None:
    """Two digits of the SD are shown, so a small spread gets more decimals."""
    results = simulate(labels=("",), seeds=3)
    results.trials["metric.eer"] = [0.0500, 0.0502, 0.0504]
    assert "5.020 [4.971, 5.070]" in report.as_text(report.summarise(results))

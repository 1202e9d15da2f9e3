"""Rates of groups of people in a study: each group as a test set of its own, all intervals at once, what lacks."""

from dataclasses import replace

import numpy as np
import pytest

import sweep
from sweep.analysis.groups import study_groups
from sweep.errors import InputError
from sweep.report.summarising import summarise
from sweep.report.text import as_text
from sweep.report.writing import write
from sweep.store.store import Results
from tests.report.conftest import Simulate


@pytest.fixture
def grouped(simulate: Simulate) -> Results:
    """A study whose test samples are of north, south or, some, of nobody's group; people have five samples each."""
    results = simulate(seeds=4, n=120)
    scores = results.scores.astype({"subject": str, "split": str})
    at = scores.groupby(["trial_id", "split"], observed=True).cumcount().to_numpy()
    group = np.where(at % 3 == 0, "north", np.where(at < 100, "south", ""))
    return replace(results, scores=scores.assign(**{"sample.group": group, "sample.camera": "one"}))


def test_a_group_is_judged_as_a_test_set_of_its_own(grouped: Results) -> None:
    """Its FNMR is the FRR of its samples at the study's threshold; both intervals have the level of Bonferroni."""
    found = study_groups(grouped)
    assert found is not None
    assert found.each == 1 - 0.05 / 4
    config = grouped.study["plan"][0]["config_id"]
    row = found.rows[config][0]
    test = (grouped.scores["split"] == "test") & (grouped.scores["sample.group"] != "north")
    alone = replace(grouped, scores=grouped.scores[~test])
    same = sweep.estimate(alone, "frr", config, level=found.each)
    assert row.name == "north"
    assert row.fnmr.new_subjects.value == same.new_subjects.value
    here, there = row.fnmr.this_test_set, same.this_test_set
    assert (here.low, here.high) == (there.low, there.high)
    assert row.fnmr.new_subjects.level == found.each
    assert row.n_genuine + row.n_impostor == 40
    ratio = found.ratios[config]["fnmr"]
    assert ratio is not None
    assert ratio.low >= 1
    assert found.n_unnamed > 0


def test_the_report_shows_groups_where_the_scores_have_them(grouped: Results) -> None:
    """The text, JSON, the page and groups.csv; a study without the column has none of it; another may be named."""
    report = write(grouped, figures=())
    text = as_text(report)
    assert "By group, dropout=0" in text
    assert "largest ratio between groups" in " ".join(text.split())
    assert set(report.as_dict()["groups"]["configurations"]) == {row.config_id for row in report.rows}
    (table,) = [path for path in report.files if path.name == "groups.csv"]
    assert table.read_text().splitlines()[1].split(",")[2] == "north"
    assert "Groups of people" in (grouped.path / "report" / "index.html").read_text()
    by_camera = summarise(grouped, group="camera").groups
    assert by_camera is not None
    assert [row.name for row in next(iter(by_camera.rows.values()))] == ["one"]
    plain = summarise(replace(grouped, scores=grouped.scores.drop(columns="sample.group")))
    assert plain.groups is None
    assert "groups" not in plain.as_dict()


def test_a_group_of_one_class_is_left_out_with_the_reason(grouped: Results) -> None:
    """The others are judged all the same."""
    scores = grouped.scores
    group = np.where((scores["label"] == 1) & (scores["sample.group"] == "south"), "odd", scores["sample.group"])
    found = study_groups(replace(grouped, scores=scores.assign(**{"sample.group": group})))
    assert found is not None
    assert found.left_out == ("odd: only genuine samples", "south: only impostor samples")
    assert [row.name for row in next(iter(found.rows.values()))] == ["north"]


def test_an_unknown_column_and_another_task_are_refused(grouped: Results, simulate: Simulate) -> None:
    """One message each, with the columns that there are."""
    with pytest.raises(InputError, match=r"sample column of the scores: group, camera\. Received: grup"):
        study_groups(grouped, "grup")
    other = simulate(task="classification", name="other")
    with pytest.raises(InputError, match="Expected a verification study"):
        study_groups(replace(other, scores=other.scores.assign(**{"sample.group": "a"})), "group")
    assert study_groups(other) is None

"""The page of a report, read without a browser: whole, escaped, labelled, and its numbers right."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from sweep import metrics, report
from sweep.analysis.folds import gathered
from sweep.analysis.study_scores import study_scores
from sweep.report.sliding import as_script
from sweep.store import store
from tests.report.conftest import Simulate
from tests.report.page_parts import Page
from tests.report.simulated import stored

EVIL = "model.name=<script>alert(1)</script>&\"'</title>"
MOST_BYTES = 1_000_000


def page_of(written: report.Report) -> Page:
    """Return the page that was written."""
    return Page((Path(str(written.path)) / "report" / "index.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("task", ["verification", "classification", "regression"])
def test_the_page_is_whole_and_asks_for_nothing(simulate: Simulate, task: str) -> None:
    """All tags close, ids are unique, labels exist, and no address of a network is there."""
    page = page_of(report.write(simulate(task=task, failed=((0, 1),))))
    assert page.faults == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) > 4
    for _, attributes in page.elements:
        for name in ("href", "src", "xlink:href", "action"):
            assert not re.match(r"(\w+:)?//", attributes.get(name) or ""), attributes
        for name in ("aria-labelledby", "for"):
            assert set((attributes.get(name) or "").split()) <= set(ids), attributes
    (policy,) = [one for one in page.all("meta") if one.get("http-equiv")]
    assert str(policy["content"]).startswith("default-src 'none'")


def test_every_figure_and_control_says_what_it_is(simulate: Simulate) -> None:
    """Each SVG is an image with a title and a description; every table, slider and choice has a name."""
    page = page_of(report.write(simulate()))
    drawings = page.all("svg")
    assert len(drawings) == 7
    assert all(one["role"] == "img" and len(str(one["aria-labelledby"]).split()) == 2 for one in drawings)
    assert len(page.all("desc")) == len(drawings)
    regions = [one for one in page.all("div") if one.get("class") == "scroll"]
    assert all(one["tabindex"] == "0" and one["aria-label"] for one in regions)
    (slider,) = page.all("input")
    assert (slider["type"], slider["id"]) == ("range", "slider-threshold")
    assert any(one.get("for") == slider["id"] for one in page.all("label"))
    assert all("scope" in one for one in page.all("th"))


def test_markup_in_a_name_stays_words(simulate: Simulate) -> None:
    """A label that is a script runs nowhere: not in the text, not in a figure, not in the numbers of the slider."""
    written = report.write(simulate(labels=(EVIL, "model.name=plain")))
    page = page_of(written)
    assert page.faults == []
    assert len(page.all("script")) == 2
    assert page.data["configurations"][0]["name"] == EVIL.removeprefix("model.")
    assert "<" not in page.scripts["application/json"]
    for path in written.files:
        if path.name.endswith("svg"):
            tree = ElementTree.fromstring(Path(str(path)).read_text(encoding="utf-8"))  # noqa: S314 (it is our own)
            assert not [one for one in tree.iter() if one.tag.endswith("script")]
    assert as_script({"x": "</script><!--\u2028"}) == '{"x":"\\u003c/script\\u003e\\u003c!--\\u2028"}'


def test_the_answer_comes_first_with_both_intervals(simulate: Simulate) -> None:
    """The first words below the name of the study: the best mean, its two intervals, and whether the next is worse."""
    text = (Path(str(report.write(simulate()).path)) / "report" / "index.html").read_text(encoding="utf-8")
    first = re.search(r'<div class="answer"><p>(.*?)</p><p>(.*?)</p>', text)
    assert first is not None
    assert text.index('<div class="answer">') < text.index("<table")
    assert first[1].count("[") == 2
    assert "for another seed on this test set" in first[1]
    assert "for new subjects" in first[1]
    assert re.search("is (better than|worse than|not told apart from)", first[2])


def test_the_numbers_of_the_slider_are_those_of_the_metrics(simulate: Simulate) -> None:
    """At each threshold FAR and FRR of dev and test are the means of `metrics.far` and `metrics.frr` over the seeds."""
    results = simulate(seeds=3)
    page = page_of(report.write(results))
    scores = study_scores(gathered(results))
    for at, one in enumerate(page.data["configurations"]):
        rows = np.flatnonzero(scores.config == f"c{at:011d}")
        assert 60 <= len(one["thresholds"]) <= 110
        assert one["thresholds"] == sorted(set(one["thresholds"]))
        for split in (scores.test, scores.dev):
            assert split is not None
            said = one["test" if split is scores.test else "dev"]
            genuine = split.label == 1
            for place in range(0, len(one["thresholds"]), 7):
                t = one["thresholds"][place]
                far = np.mean([metrics.far(split.score[row][~genuine], t) for row in rows])
                frr = np.mean([metrics.frr(split.score[row][genuine], t) for row in rows])
                for name, value in (("far", far), ("frr", frr), ("hter", (far + frr) / 2)):
                    mean, low, high = said[name][place]
                    assert mean == pytest.approx(value, abs=6e-6)
                    assert 0 <= low <= mean + 6e-6
                    assert mean - 6e-6 <= high <= 1
        assert one["test"]["far"][0][0] == 1
        assert one["test"]["frr"][-1][0] == 1


def test_seeds_with_test_sets_of_their_own_have_no_slider(simulate: Simulate) -> None:
    """There are no subjects in common to draw an interval from; the figures stay."""
    page = page_of(report.write(simulate(own_split=True)))
    assert page.all("input") == []
    assert len(page.all("svg")) >= 4


def test_a_dot_names_its_seed_its_settings_its_value_and_its_digest() -> None:
    """The words over a dot of the reference study are those of the stored trial."""
    from sweep.report.vector.drawing import drawn_from

    results = store.load("results/reference")
    found = report.summarise(results)
    text = drawn_from(found, results).figures["seeds"].element()
    row = results.trials.iloc[0]
    label = "dropout=0.5" if row["hp.model.dropout"] == 0.5 else "dropout=0"
    wanted = (
        f"seed {row['seed']}, weights {row['final_sha256'][:8]}; {label}; HTER, test {100 * row['metric.hter']:.1f} %"
    )
    assert f"<title>{wanted}</title>" in text
    assert text.count("<circle") == 2 * 20


def test_a_large_study_has_a_small_page(tmp_path: Path) -> None:
    """Curves are thinned: with more scores the page hardly grows, and stays below a megabyte at six configurations."""
    labels = tuple(f"model.dropout={at / 10}" for at in range(6))
    sizes = []
    for n in (100, 2000):
        results = store.load(stored(tmp_path / f"n{n}", labels=labels, seeds=12, n=n))
        sizes.append((Path(str(report.write(results).path)) / "report" / "index.html").stat().st_size)
    assert sizes[1] < 1.5 * sizes[0]
    assert sizes[1] < MOST_BYTES


def test_the_same_study_is_compared_once(simulate: Simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Table, verdict and answer of one report draw the subjects once."""
    from sweep.stats import measured_trials

    calls = []
    real = measured_trials.bootstrap

    def counted(*args: object, **keywords: object) -> object:
        calls.append(1)
        return real(*args, **keywords)  # type: ignore[arg-type]

    monkeypatch.setattr(measured_trials, "bootstrap", counted)
    report.write(simulate())
    assert len(calls) == 1

"""The table of methods for new subjects: one word, one row, and nothing is read out of the words."""

import re

import numpy as np
import pytest

from sweep.stats import compare, estimate, measure, simulate
from sweep.stats.interval import Kind
from sweep.stats.interval_methods import METHODS
from sweep.stats.measured_trials import Measured
from sweep.stats.simulation import Design


@pytest.fixture(scope="module")
def measured() -> Measured:
    """Return the HTER of five seeds of two configurations."""
    rng = np.random.default_rng(1)
    return measure(simulate(Design(), 5, rng, shifts=(0.0, 0.3)), "hter", rng=rng, n_replicates=200)


@pytest.mark.parametrize("word", METHODS)
def test_each_word_makes_an_interval_that_names_its_row(measured: Measured, word: str) -> None:
    """Whoever asks by the word gets limits around the mean, and the row's title, kind and coverage."""
    new = estimate(measured, "A", method=word, rng=np.random.default_rng(0)).new_subjects
    row = METHODS[word]
    assert new.low < new.value < new.high
    assert new.kind is row.kind
    assert new.method.startswith(row.title.partition(",")[0].format(unit="subject"))
    assert (new.covers, new.cases) == ("new subjects", "subjects")
    assert re.search(r"\b(19|20)\d\d\b", row.citation)


def test_what_code_reads_is_not_in_the_json(measured: Measured) -> None:
    """Kind, unit and cautions are for code; the keys of the JSON are those of before."""
    found = estimate(measured, "A").new_subjects
    assert {"kind", "unit", "cautions"}.isdisjoint(found.as_dict())
    assert {"method", "covers", "note", "n_dev_subjects"} <= found.as_dict().keys()


def test_kinds_tell_the_other_intervals_apart(measured: Measured) -> None:
    """The t over seeds, the difference for new subjects, and P(A > B) have kinds of their own."""
    pair = compare(measured)[0]
    kinds = (estimate(measured, "A").this_test_set.kind, pair.new_subjects.kind, pair.this_test_set.kind)
    assert kinds == (Kind.STUDENT, Kind.ORH, Kind.STUDENT)
    assert pair.probability.kind in (Kind.RANKS, Kind.CLOPPER_PEARSON)

"""The table of interval methods: what code reads of an interval is what people read."""

from importlib import import_module

import numpy as np

from sweep.metrics import eer_interval
from sweep.metrics.interval_methods import METHODS, Kind


def test_every_method_has_a_function_and_a_source() -> None:
    """Each row names a function that exists, and a year of its source; titles are not shared."""
    for row in METHODS.values():
        module, _, name = row.function.partition(":")
        assert callable(getattr(import_module(module), name)), row.word
        assert any(word.strip(",;:").isdigit() and len(word.strip(",;:")) == 4 for word in row.citation.split()), (
            row.word
        )
    assert len({row.title for row in METHODS.values()}) == len(METHODS)


def test_an_interval_tells_its_kind_to_code() -> None:
    """The exact law and the rule of 3 differ by kind; both words stay in `method`."""
    rng = np.random.default_rng(0)
    law = eer_interval(rng.normal(1, 1, 40), rng.normal(0, 1, 40))
    none = eer_interval(rng.normal(9, 1, 40), rng.normal(0, 1, 40))
    assert (law.kind, law.method) == (Kind.LAW, METHODS["exact law"].title)
    assert (none.kind, none.method) == (Kind.RULE_OF_3, "rule of 3")

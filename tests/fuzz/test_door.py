"""The public functions answer any argument, or refuse it with one short message of the package's own."""

import inspect
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sweep
from sweep.errors import SweepError
from tests.fuzz.command import CHARACTERS, LINES
from tests.fuzz.hanging import ended_when_it_hangs
from tests.fuzz.profiles import examples
from tests.report.simulated import stored

FUNCTIONS = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in (sweep.metrics, sweep.stats)
    for name in module.__all__
    if inspect.isfunction(getattr(module, name))
}
READERS = ("load", "estimate", "estimates", "compare", "against", "plan_precision", "verify")
ODD = [
    None, True, False, 0, 1, 2, -1, 3.5, 0.5, 0.95, 1e300, -1e308, 10**400, math.nan, math.inf, 1j, "", "a", "0.9",
    "\0", "x" * 999,
    b"1", [], [1], [0.2, 0.8], [1, "a"], [[1], [1, 2]], [None, 1.0], [math.nan], [1e308, -1e308], (), {}, {"a": 1},
    {1, 2}, object(), int, Path("nowhere"), np.float64(0.5), np.array(0.5), np.array([0.1, 0.9]), np.zeros((2, 3)),
    np.array([], dtype=object), np.array(["a"]), np.ma.masked_array([1.0, 2.0], [True, False]), pd.Series([1.0, 2.0]),
    pd.Series([1, None], dtype="Int64"), pd.DataFrame({"a": [1]}), np.array(["2020-01-01"], dtype="datetime64[D]"),
    np.random.default_rng(0),
]  # fmt: skip
SCORES = [[0.9, 0.8, 0.7, 0.3], [0.1, 0.2, 0.4, 0.6], [1, 0, 1, 0], [3, 3, 3, 3], np.linspace(0, 1, 30), [0.5]]
anything = st.sampled_from([*ODD, *SCORES, *SCORES])


@st.composite
def keywords(draw: st.DrawFn, function: Any) -> dict[str, Any]:
    """Draw arguments of a function: some as its annotations say, some of any kind."""
    chosen: dict[str, Any] = {}
    for key, parameter in inspect.signature(function, eval_str=True).parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD or parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            continue
        if parameter.default is not inspect.Parameter.empty and draw(st.integers(0, 3)):
            continue
        fitting = {float: st.floats(), int: st.integers(-2, 60), bool: st.booleans(), str: st.text(max_size=5)}
        if key == "rng":
            fitting = {parameter.annotation: st.just(np.random.default_rng(1))}
        odd = not draw(st.integers(0, 2))
        kind = anything if odd else fitting.get(parameter.annotation, st.sampled_from(SCORES))
        chosen[key] = draw(kind)
    return chosen


def check_call(function: Any, chosen: dict[str, Any]) -> None:
    """Call it; it ends, and what it raises is of the package, short and printable."""
    try:
        with ended_when_it_hangs():
            function(**chosen)
    except SweepError as error:
        said = str(error)
        assert said.strip()
        assert len(said) <= CHARACTERS
        assert len(said.splitlines()) <= LINES
        assert "\0" not in said


@given(data=st.data())
@examples(200)
def test_any_argument_of_metrics_and_statistics_is_answered_or_refused(data: st.DataObject) -> None:
    """No TypeError of NumPy's, no warning, no wait; warnings are errors in this suite."""
    function = FUNCTIONS[data.draw(st.sampled_from(sorted(FUNCTIONS)))]
    check_call(function, data.draw(keywords(function)))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated study."""
    return stored(tmp_path_factory.mktemp("door") / "small", seeds=3, n=20)


@given(data=st.data())
@examples(60)
def test_any_argument_of_what_reads_results_is_answered_or_refused(results: Path, data: st.DataObject) -> None:
    """Folders, metrics, configurations and levels of any kind."""
    function = getattr(sweep, data.draw(st.sampled_from(READERS)))
    chosen = data.draw(keywords(function))
    first = next(iter(inspect.signature(function).parameters))
    if data.draw(st.integers(0, 4)):
        chosen[first] = results
    chosen.pop("modules", None)
    check_call(function, chosen)

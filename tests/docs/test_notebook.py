"""The notebook runs from its first cell to its last, and holds no output."""

import ast
import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes

from tests.drawn import bars, dots

FILE = Path(__file__).parents[2] / "docs" / "notebook.ipynb"
NOTEBOOK = json.loads(FILE.read_text(encoding="utf-8"))
CODE = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def ran() -> Iterator[tuple[dict[str, Any], str]]:
    """The names that the cells leave, and what they print. A cell ends with an expression or not, as in Jupyter."""
    names: dict[str, Any] = {}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for source in CODE:
            tree = ast.parse(source)
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, str(FILE), "exec"), names)  # noqa: S102 (our own notebook)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), str(FILE), "eval"), names)  # noqa: S307
                print("" if source.endswith(";") else repr(value))  # noqa: T201
    yield names, out.getvalue()
    pyplot.close("all")


def test_its_numbers_are_those_of_the_reference(ran: tuple[dict[str, Any], str]) -> None:
    """Estimate, comparison and the answer on a paper's number."""
    names, said = ran
    assert len(names["trials"]) == 20
    assert round(names["here"].value, 4) == 0.1102
    assert names["new"].low < names["here"].low < names["here"].high < names["new"].high
    assert "are not told apart for new subjects" in said
    assert names["answer"].low < 0.08 < names["answer"].high
    assert "Results of reference (verification): 20 of 20 planned trials ok" in said


def test_its_figures_have_their_marks(ran: tuple[dict[str, Any], str]) -> None:
    """Seeds and forest in one figure, DET and losses in another."""
    first, second = (pyplot.figure(number).axes for number in pyplot.get_fignums())
    assert all(isinstance(axes, Axes) for axes in (*first, *second))
    assert [len(points) for points in dots(first[0])] == [20, 2]
    assert sum(line.get_marker() == "D" for line in first[1].lines) == 2
    assert [len(lines) for lines in bars(second[0])] == [10, 10]
    assert second[1].get_title("left") == "dropout=0.5"


def test_it_is_kept_without_outputs() -> None:
    """So that a change of it can be read, and no figure of an older version stays in it."""
    cells = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    assert len({cell["id"] for cell in NOTEBOOK["cells"]}) == len(NOTEBOOK["cells"])
    assert NOTEBOOK["nbformat"] == 4
    assert FILE.stat().st_size < 20_000

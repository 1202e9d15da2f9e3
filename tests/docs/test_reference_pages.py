"""The pages of the reference, and the links that leave the site; `make docs` builds the site itself."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

import sweep

DOCS = Path(__file__).parents[2] / "docs"


def module(name: str) -> ModuleType:
    """Return a module of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_every_command_is_there_with_its_options() -> None:
    """As its help tells it."""
    text = module("reference_pages").commands()
    names = re.findall(r"^### sweep (\w+)$", text, re.M)
    assert len(names) == len(set(names))
    assert {"init", "run", "plan", "check", "report", "compare", "metrics", "verify", "submit", "schema"} <= set(names)
    assert "Usage: sweep run" in text
    assert "--until" in text


def test_every_public_name_is_there_once() -> None:
    """Of the package and of its two rooms with a door, and the plots of results."""
    text = module("reference_pages").python()
    found = re.findall(r"^:::::\{py:(?:class|function)\} ([\w.]+)", text, re.M)
    assert len(found) == len(set(found))
    rooms = {f"sweep.{name}" for name in sweep.__all__} - {"sweep.metrics", "sweep.stats"}
    more = {f"sweep.metrics.{name}" for name in sweep.metrics.__all__} | {"results.plot.det", "sweep.stats.estimates"}
    assert rooms | more <= set(found)
    assert text.count("```") % 2 == 0


def test_a_docstring_becomes_markdown() -> None:
    """Arguments as a list, an example as a block, all words kept."""
    text = "Return it.\n\nArgs:\n    one, two: numbers,\n        both.\n\nRaises:\n    InputError: no.\n"
    text += "\n>>> 1 + 1\n2\n\nEnd."
    found = module("reference_pages").markdown(text)
    assert "- `one, two`: numbers,\n  both." in found
    assert "**Raises**\n\n- `InputError`: no." in found
    assert "```python\n>>> 1 + 1\n2\n```" in found
    assert found.endswith("End.")


def test_every_key_of_a_study_is_there() -> None:
    """With those of its parts, and no link to a part that is not told."""
    text = module("reference_pages").study_file()
    assert set(sweep.Study.model_fields) <= set(re.findall(r"^\| `(\w+)` \|", text, re.M))
    parts = {name.lower() for name in re.findall(r"^## (\w+)$", text, re.M)}
    assert set(re.findall(r"\]\(#(\w+)\)", text)) <= parts


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("running", "[a](data.md#people)", "[a](data.md#people)"),
        ("running", "[a](../SECURITY.md)", "[a](reference/security.md)"),
        ("studies/sequence", "[a](../../SECURITY.md#x)", "[a](../reference/security.md#x)"),
        ("studies/sequence", "[a](../../results)", "a (`results` in the repository)"),
        ("bring-your-own", "[a](scripts/after/svm.py)", "[a](scripts/after/svm.py)"),
        ("bring-your-own", "[a](scripts/after)", "a (`docs/scripts/after` in the repository)"),
        ("running", "[a](../no-such-file.md)", "[a](../no-such-file.md)"),
        (
            "running",
            "![a](images/forest.png) [b](https://a.example/b)",
            "![a](images/forest.png) [b](https://a.example/b)",
        ),
    ],
)
def test_a_link_that_leaves_the_site_names_the_file(name: str, given: str, kept: str) -> None:
    """One that is broken stays, so that the build complains of it."""
    source = [given]
    module("outward_links").kept(None, name, source)
    assert source == [kept]

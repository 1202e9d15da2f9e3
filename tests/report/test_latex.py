"""The LaTeX tables: rows of one length, booktabs' rules in their order, names as text; they compile."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from sweep import report
from sweep.report.latex import as_latex, plain
from sweep.store import store
from tests.report.conftest import Simulate

ODD = ("[0.1]", "a=x&y", "50%", "$x_1$", r"{#1}\end{tabular}", r"~^\\", '<b> | "c"', "M\u00fcller")
LATEX = next(filter(None, map(shutil.which, ("pdflatex", "tectonic"))), None)
DOCUMENT = "\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n%s\n\\end{document}\n"


def body(text: str) -> list[str]:
    """Return the lines of a table without comments and blanks at their ends."""
    return [line.strip() for line in text.splitlines() if not line.startswith("%")]


def widths(lines: list[str]) -> set[int]:
    """Return how many columns the rows of a table have, one that spans several counted as those."""
    found = set()
    for row in (line for line in lines if line.endswith(r"\\")):
        spans = sum(int(n) - 1 for n in re.findall(r"\\multicolumn\{(\d+)\}", row))
        found.add(len(re.findall(r"(?<!\\)&", row)) + 1 + spans)
    return found


def rules(lines: list[str]) -> list[str]:
    """Return the rules between the rows, in their order."""
    return [word for line in lines for word in re.findall(r"\\(toprule|midrule|bottomrule|cmidrule)", line)]


@pytest.fixture
def odd_table(simulate: Simulate) -> str:
    """The table of a report whose configurations have names that mean something to LaTeX."""
    return as_latex(report.summarise(simulate(labels=ODD, seeds=2, name="odd")))


@pytest.fixture
def scores_table(tmp_path: Path) -> str:
    """The table of `sweep metrics --latex`."""
    from typer.testing import CliRunner

    from sweep.commands.cli import app

    rng = np.random.default_rng(2)
    rows = [f"{label},{rng.normal(2 * label):.4f},s{at % 20}" for at in range(200) for label in (0, 1)]
    (tmp_path / "scores.csv").write_text("\n".join(["label,score,subject", *rows]) + "\n")
    words = ["metrics", "--dev", str(tmp_path / "scores.csv"), "--test", str(tmp_path / "scores.csv")]
    done = CliRunner().invoke(app, [*words, "--latex", str(tmp_path / "table.tex")])
    assert done.exit_code == 0, done.output
    return (tmp_path / "table.tex").read_text(encoding="utf-8")


def test_every_row_has_the_columns_of_the_table(odd_table: str, scores_table: str) -> None:
    """As many as are declared, in heads and rows, whatever a name holds."""
    for text in (odd_table, scores_table):
        lines = body(text)
        declared = re.search(r"\\begin\{tabular\}\{([lcr]+)\}", text)
        assert declared is not None
        assert widths(lines) == {len(declared[1])}
        assert rules(lines)[0] == "toprule"
        assert [one for one in rules(lines) if one != "cmidrule"] == ["toprule", "midrule", "bottomrule"]
        assert lines[-1] == r"\end{tabular}"
    assert sum(line.endswith(r"\\") for line in body(odd_table)) == 2 + len(ODD)
    assert rules(body(odd_table)) == ["toprule", "cmidrule", "cmidrule", "midrule", "bottomrule"]


def test_nothing_of_a_name_is_left_to_latex() -> None:
    """Each special character stands as text; a bracket after the end of a row is no argument of it."""
    assert plain("&%$#_{}") == r"\&\%\$\#\_\{\}"
    assert plain("<>|") == r"\textless{}\textgreater{}\textbar{}"
    assert plain("[0.1]") == "{[}0.1]"
    assert plain("a b=0.5") == "a b=0.5"


@pytest.mark.skipif(LATEX is None, reason="needs pdflatex or tectonic: neither is on this machine")
def test_the_tables_compile(odd_table: str, scores_table: str, elsewhere: store.Results, tmp_path: Path) -> None:
    """With booktabs alone, without an error, and no character is lost."""
    every = [odd_table, scores_table, as_latex(report.summarise(elsewhere))]
    assert "".join(every).count(r"\begin{tabular}") == 4
    (tmp_path / "paper.tex").write_text(DOCUMENT % "\n\n".join(every), encoding="utf-8")
    assert LATEX is not None
    words = [LATEX, "paper.tex"]
    if LATEX.endswith("pdflatex"):
        words[1:1] = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
    done = subprocess.run(
        words, capture_output=True, text=True, errors="replace", cwd=tmp_path, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in done.stdout
    assert (tmp_path / "paper.pdf").read_bytes()[:5] == b"%PDF-"

"""What the report writes, and the command that writes it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sweep import report
from sweep.commands.cli import app
from sweep.commands.report import folder_of
from sweep.errors import InputError
from sweep.store import store
from tests.report.conftest import Simulate
from tests.report.simulated import stored

TABLES = {"table.csv", "table.md", "table.tex", "index.html"}
DRAWN = {"seeds", "forest", "variance", "losses", "det", "roc", "scores"}
FILES = TABLES | {"methods.txt"} | {f"{name}.svg" for name in DRAWN}


def test_the_folder_holds_what_the_report_lists(simulate: Simulate) -> None:
    """Every file for verification, and the page holds its figures; no address of any network stands in it."""
    written = report.write(simulate())
    assert {path.name for path in written.files} == FILES
    assert {path.name for path in (written.path / "report").iterdir()} == FILES
    page = (written.path / "report" / "index.html").read_text()
    assert page.count("<svg ") == len(DRAWN)
    assert "http" not in page.replace("http-equiv", "")


def test_figures_that_cannot_be_drawn_are_not_left_from_before(simulate: Simulate) -> None:
    """A report without scores and epochs removes the figures of an earlier one."""
    results = simulate(seeds=2, failed=((0, 0), (0, 1), (1, 0), (1, 1)))
    (results.path / "report").mkdir()
    for name in ("det.png", "det.svg", "roc.pdf"):
        (results.path / "report" / name).write_bytes(b"old")
    written = report.write(results)
    assert {path.name for path in written.files} == TABLES
    assert {path.name for path in (results.path / "report").iterdir()} == TABLES


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_png_and_pdf_come_where_they_are_asked_for(simulate: Simulate, kind: str) -> None:
    """The figures of Matplotlib in place of the SVG files; the next report takes them away again."""
    results = simulate(seeds=2)
    written = report.write(results, figures=[kind])
    names = {path.name for path in written.files}
    assert names == TABLES | {"methods.txt"} | {
        f"{name}.{kind}" for name in ("seeds", "forest", "variance", "losses", "det")
    }
    for path in written.files:
        if path.name.endswith(kind):
            assert (written.path / "report" / path.name).read_bytes()[:5] in (b"\x89PNG\r", b"%PDF-")
    before = (written.path / "report" / f"det.{kind}").read_bytes()
    report.write(results, figures=[kind])
    assert (written.path / "report" / f"det.{kind}").read_bytes() == before
    report.write(results)
    assert not list((written.path / "report").glob(f"*.{kind}"))


def test_a_figure_for_a_paper_is_a_column_wide(simulate: Simulate) -> None:
    """3.4 inches are 244.8 points, in every PDF."""
    results = simulate(seeds=2)
    for path in report.write(results, figures=["pdf"]).files:
        if path.name.endswith("pdf"):
            content = (results.path / "report" / path.name).read_bytes()
            assert re.search(rb"/MediaBox \[ ?0 0 244\.8 ", content), path


def test_a_wrong_kind_of_figure_is_refused_in_one_message(tmp_path: Path) -> None:
    """Exit code 2, what was expected, and nothing written."""
    folder = stored(tmp_path / "results" / "face", seeds=1)
    for wrong, said in (("jpeg", "Received: jpeg"), ("png,", "Received: nothing"), ("pgn", "Did you mean 'png'")):
        done = CliRunner().invoke(app, ["report", str(folder), "--figures", wrong])
        assert isinstance(done.exception, InputError), done.exception
        assert done.exception.exit_code == 2
        assert "Expected figures as svg, png, pdf" in str(done.exception)
        assert said in str(done.exception)
    assert not (folder / "report").exists()


def test_the_same_results_give_the_same_bytes(simulate: Simulate) -> None:
    """Nothing in a report depends on the time or on chance."""
    results = simulate()
    before = {path.name: path.read_bytes() for path in report.write(results).files}
    assert before == {path.name: path.read_bytes() for path in report.write(results).files}


def test_a_folder_that_cannot_be_written_costs_the_files_alone(simulate: Simulate) -> None:
    """The numbers are there, and a note says why nothing was written."""
    results = simulate()
    (results.path / "report").write_text("in the way")
    written = report.write(results)
    assert written.files == ()
    assert "could not be written" in written.notes[-1]


def test_the_compacted_tables_give_the_same_report(simulate: Simulate) -> None:
    """Records and the tables made of them are one store."""
    results = simulate(failed=((0, 1),))
    before = report.as_json(report.summarise(results))
    store.compact(results.path)
    assert report.as_json(report.summarise(store.load(results.path))) == before


def test_command_prints_the_table_or_one_object(tmp_path: Path) -> None:
    """Text by default, JSON alone on standard output when asked for."""
    folder = stored(tmp_path / "results" / "face")
    text = CliRunner().invoke(app, ["report", str(folder)])
    assert text.exit_code == 0
    assert "HTER, test (%)" in text.stdout
    answer = json.loads(CliRunner().invoke(app, ["report", str(folder), "--json", "--level", "0.9"]).stdout)
    assert answer["configurations"][0]["metrics"]["eer"]["level"] == 0.9


def test_a_study_is_found_by_name_and_a_wrong_path_names_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RESULTS is a path or a name under results/; else one message says what there is, exit code 2."""
    stored(tmp_path / "results" / "face", seeds=1)
    monkeypatch.chdir(tmp_path)
    assert folder_of("face") == Path("results/face")
    assert folder_of("results/face") == Path("results/face")
    said = "study: face\nseeds: 1\nmodel: {use: 'sweep.models:small_xception'}\n"
    Path("mine.yaml").write_text(said + "data: {use: 'sweep.data:synthetic_attack'}\n")
    assert folder_of("mine.yaml") == Path("results/face")
    for wrong in ("fase", "results/fase"):
        with pytest.raises(InputError, match=r"Did you mean '(results/)?face'") as error:
            folder_of(wrong)
        assert error.value.exit_code == 2
    with pytest.raises(InputError, match="There is results/face"):
        folder_of("zzz")
    monkeypatch.chdir(tmp_path / "results" / "face")
    with pytest.raises(InputError, match="makes one"):
        folder_of("elsewhere/quite")


def test_report_needs_neither_ray_nor_tensorflow(tmp_path: Path) -> None:
    """No heavy package is imported by a report, nor one that draws; help alone imports neither pandas nor SciPy."""
    folder = stored(tmp_path / "results" / "face", seeds=2)
    code = (
        "import sys\n"
        "from sweep.commands.cli import app\n"
        "assert not {'matplotlib', 'pandas', 'scipy'} & set(sys.modules), 'help is slow'\n"
        "from sweep import report\nfrom sweep.store import store\n"
        f"report.write(store.load({str(folder)!r}))\n"
        "slow = {'matplotlib', 'scipy.special', 'scipy.stats', 'scipy.optimize', 'scipy.sparse', 'sklearn', 'PIL'}\n"
        "found = ({'ray', 'tensorflow', 'keras'} | slow) & set(sys.modules)\n"
        "assert not found, found\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONWARNINGS": "error"})


def test_a_person_chooses_the_files(simulate: Simulate) -> None:
    """--format: what is not asked for is not written, and what an earlier report wrote of it goes."""
    results = simulate()
    report.write(results)
    assert (results.path / "report" / "table.tex").is_file()
    written = report.write(results, formats=("json",), figures=())
    there = {path.name for path in (results.path / "report").iterdir()}
    assert there == {"report.json", "methods.txt"} == {file.name for file in written.files}
    said = json.loads((results.path / "report" / "report.json").read_text())
    assert said["study"] == written.study


def test_the_page_is_opened_in_the_browser(simulate: Simulate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--open: the browser gets the page's address; without the page it is one message."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: bool(opened.append(address)) or len(opened) == 1)
    folder = str(simulate().path)
    for said in ("", "no browser could be started; the page is"):
        done = CliRunner().invoke(app, ["report", folder, "--open"])
        assert done.exit_code == 0
        assert said in done.stderr
    assert opened[0].startswith("file:///")
    assert opened[0].endswith("/report/index.html")
    with pytest.raises(InputError, match="Expected html among --format"):
        CliRunner().invoke(app, ["report", folder, "--open", "--format", "csv"], catch_exceptions=False)

"""`sweep metrics` as a user runs it: exit codes, one JSON object, figures and LaTeX."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from sweep.commands.cli import main
from tests.drawn import ticks
from tests.metrics.golden import GOLDEN, expected, needs_golden

KEYS = {
    "n_genuine", "n_impostor", "n_failed", "ties", "eer", "eer_step", "eer_threshold", "eer_low", "eer_high",
    "eer_method", "fmr100", "fmr1000", "auc", "d_prime", "cllr",
}  # fmt: skip
TEST_KEYS = {
    "hter", "hter_low", "hter_high", "hter_method", "far", "frr", "false_accepts", "false_rejects", "n_genuine",
    "n_impostor", "eer", "auc",
}  # fmt: skip


class Shell:
    """Runs the command in this process and keeps what it wrote."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Take over the arguments and both outputs."""
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def run(self, *words: object) -> tuple[int, str, str]:
        """Return exit code, standard output and standard error."""
        self._monkeypatch.setattr(sys, "argv", ["sweep", "metrics", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = self._capsys.readouterr()
        return int(stop.value.code or 0), out, err

    def json(self, *words: object) -> Any:
        """Return the JSON object, the only thing on standard output."""
        code, out, err = self.run(*words, "--json")
        assert code == 0, err
        return json.loads(out)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Return a shell."""
    return Shell(monkeypatch, capsys)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return a development and a test file with subjects and videos."""
    rng = np.random.default_rng(0)
    paths = []
    for name in ("dev", "test"):
        lines = ["label,score,subject,video"]
        for k in range(600):
            label = int(k % 3 == 0)
            lines.append(f"{label},{rng.normal(2 * label, 1):.4f},s{k % 24},v{k % 48 // 24}")
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_text("\n".join(lines))
    return paths[0], paths[1]


def test_json_has_the_promised_keys(shell: Shell, files: tuple[Path, Path]) -> None:
    """All keys are there, values are fractions, and the intervals hold their estimates."""
    answer = shell.json("--dev", files[0], "--test", files[1])
    assert answer.keys() >= KEYS
    assert answer["test"].keys() >= TEST_KEYS
    assert 0 < answer["eer_low"] <= answer["eer"] <= answer["eer_high"] < 0.5
    assert answer["test"]["hter_low"] < answer["test"]["hter"] < answer["test"]["hter_high"]
    assert answer["test"]["false_accepts"] / answer["test"]["n_impostor"] == answer["test"]["far"]


@pytest.mark.parametrize(
    ("unit", "named"), [("score", "score"), ("video", "subject, then video"), ("subject", "subject")]
)
def test_units(shell: Shell, files: tuple[Path, Path], unit: str, named: str) -> None:
    """The unit is the one asked for, and it is named in the answer."""
    answer = shell.json("--dev", files[0], "--test", files[1], "--unit", unit)
    assert answer["unit"] == named
    assert answer["n_units"] == (600 if unit == "score" else 24)
    assert any("--unit subject" in caution for caution in answer["cautions"]) is (unit == "score")


def test_subjects_on_both_sides_are_said(shell: Shell, files: tuple[Path, Path]) -> None:
    """A test set of the same people as dev has a caution."""
    cautions = shell.json("--dev", files[0], "--test", files[1])["cautions"]
    assert any(caution.startswith("24 subjects are in dev and in test") for caution in cautions)


def test_deterministic_by_seed(shell: Shell, files: tuple[Path, Path]) -> None:
    """One seed gives one answer to the last digit; another seed gives another."""
    words = ("--dev", files[0], "--test", files[1], "--unit", "subject")
    first = shell.json(*words, "--rng", 3)
    assert first == shell.json(*words, "--rng", 3)
    assert first != shell.json(*words, "--rng", 4)


def test_text_for_a_person(shell: Shell, files: tuple[Path, Path]) -> None:
    """Without --json the answer is text in per cent, and cautions go to standard error."""
    code, out, err = shell.run("--dev", files[0], "--test", files[1])
    assert code == 0
    for word in ("EER", "HTER", "95 % interval", "accept when score >=", "FAR", "Bengio-Mariethoz"):
        assert word in out
    assert "caution:" in err
    assert "caution:" not in out


def test_figures_and_latex(shell: Shell, files: tuple[Path, Path], tmp_path: Path, drawn: list[Figure]) -> None:
    """Four figures and a table are written where they were asked for, and listed; each shows its curves with bands."""
    folder, table = tmp_path / "new" / "plots", tmp_path / "table.tex"
    answer = shell.json("--dev", files[0], "--test", files[1], "--plot", folder, "--latex", table, "--unit", "subject")
    assert {Path(path).name for path in answer["files"]} == {"det.png", "roc.png", "epc.png", "scores.png", "table.tex"}
    det, roc, scores, epc = drawn
    (axes,) = det.axes
    assert [line.get_label() for line in axes.lines if line.get_marker() == "None"][:2] == ["dev", "test"]
    assert len([line for line in axes.lines if line.get_marker() == "o"]) == len(axes.collections) == 2
    assert (axes.get_xlabel(), axes.get_ylabel()) == tuple(f"{e} (%, normal-deviate scale)" for e in ("FMR", "FNMR"))
    assert set(ticks(axes, "x")) >= {"1", "5", "20", "40"}
    (axes,) = roc.axes
    assert (axes.get_xscale(), axes.get_xlim()[1], len(axes.collections)) == ("log", 100, 2)
    for line in axes.lines:
        assert ((line.get_ydata() >= 0) & (line.get_ydata() <= 100)).all()
        assert len(line.get_ydata()) > 0
    assert [axes.get_ylabel() for axes in scores.axes] == [f"{s}: share of the class (%)" for s in ("dev", "test")]
    for axes in scores.axes:
        shares = [one.get_data().values for one in axes.patches if not one.get_fill()]
        assert [len(one) for one in shares] == [50, 50]
        assert all(99 < one.sum() <= 100.0001 for one in shares)
    (axes,) = epc.axes
    (line,) = axes.lines
    assert (axes.get_xlim(), axes.get_ylim()[0], len(line.get_xdata()), len(axes.collections)) == ((0, 1), 0, 99, 1)
    assert all((folder / f"{name}.png").read_bytes().startswith(b"\x89PNG") for name in ("det", "roc", "scores", "epc"))
    assert r"\toprule" in table.read_text()
    code, _, err = shell.run("--dev", files[0], "--plot", files[0])
    assert code == 2
    assert "Expected a place to write to" in err


@pytest.mark.parametrize(
    ("text", "eer"),
    [("1 0.5\n-1 0.5\n", 0.5), ("1 0.5\n-1 0.4\n", 0.0), ("1 0.4\n-1 0.5\n", 1.0), ("1 2\n1 3\n-1 1\n", 0)],
)
def test_extreme_scores(shell: Shell, tmp_path: Path, text: str, eer: float) -> None:
    """All equal, one score a class, inverted, separated: a defined value, figures included."""
    path = tmp_path / "few.txt"
    path.write_text(text)
    answer = shell.json("--dev", path, "--test", path, "--plot", tmp_path)
    assert answer["eer"] == eer
    assert 0 <= answer["eer_low"] <= answer["eer"] <= answer["eer_high"] <= 1
    assert any("polarity" in caution for caution in answer["cautions"]) is (eer > 0.5)
    assert any("All scores are equal" in caution for caution in answer["cautions"]) is (eer == 0.5)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Expected --dev FILE, or --genuine FILE with --impostor FILE"),
        (["--genuine", "g.txt"], "Received: --genuine"),
        (["--dev", "none.txt"], "which is not there"),
        (["--dev", "DEV", "--confidence", "95"], "Expected a confidence between 0 and 1"),
        (["--dev", "DEV", "--rng", "-1"], "Expected --rng 0 or greater"),
        (["--dev", "DEV", "--unit", "frame"], "frame"),
        (["--dev", "DEV", "--column", "score"], "PURPOSE=NAME"),
    ],
)
def test_bad_input_is_one_message(shell: Shell, files: tuple[Path, Path], words: list[str], message: str) -> None:
    """Exit code 2, nothing on standard output, a message and no traceback."""
    code, out, err = shell.run(*(files[0] if word == "DEV" else word for word in words))
    assert code == 2
    assert out == ""
    assert message in err
    assert "Traceback" not in err


@needs_golden
def test_golden_files(shell: Shell) -> None:
    """The files of bob.measure and bob.bio.base, from the command line to their known values."""
    folder = GOLDEN / "bob.measure"
    answer = shell.json("--dev", folder / "dev-1.txt", "--test", folder / "test-1.txt")
    other = expected("bob.measure/dev-test-1")
    assert answer["eer"] == pytest.approx(other["dev"]["eer_default_ROC_linear_interp"], abs=1e-6)
    exact = (answer["eer_exact_low"], answer["eer_exact_high"])
    assert exact == pytest.approx((0.04878048780, 0.08484848484), abs=1e-6)
    assert answer["eer_low"] <= exact[0] < exact[1] <= answer["eer_high"]
    assert answer["n_failed"] == other["bob_measure_6.1.1"]["dev_nan"]
    assert answer["test"]["hter"] == pytest.approx(other["bob_measure_6.1.1"]["test@eer"]["hter"], abs=1e-6)
    four, five = (
        shell.json("--dev", GOLDEN / "bob.bio.base" / name, "--distances")
        for name in ("scores-nonorm-dev", "scores-nonorm-fivecol-dev")
    )
    assert four.pop("read_as") != five.pop("read_as")
    assert four == five
    exact = (four["eer"], four["eer_exact_low"], four["eer_exact_high"])
    assert exact == pytest.approx((0.16, 0.120526, 0.213158), abs=1e-6)
    assert four["eer_threshold"] > 0
    inverted = shell.json("--dev", GOLDEN / "bob.bio.base" / "scores-nonorm-dev")
    assert inverted["eer"] == pytest.approx(0.84)
    assert "polarity looks wrong" in inverted["cautions"][0]

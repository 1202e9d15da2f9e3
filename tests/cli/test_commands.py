"""The command: one message for each wrong input, JSON alone where a program reads, and a quick start."""

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from sweep.commands import cli
from sweep.running import opening, preparation
from sweep.store import records, store
from sweep.store.claims import Claims, this_process
from sweep.store.places import make_folder
from sweep.study.study import built_in_studies

MODEL = "def build(shape, classes, *, width=1.0):\n    raise RuntimeError('never built here')\n"
DATA = (
    "import numpy as np\nfrom sweep.data import Split, Splits\n"
    "def load(*, n=8):\n"
    "    print('printed by the data function')\n"
    "    def split(name):\n"
    "        x = np.arange(n * 3, dtype=np.float32).reshape(n, 3) + len(name) / 7\n"
    "        names = [f'{name} {at}' for at in range(n)]\n"
    "        return Split(x=x, y=np.arange(n) % 2, subject=names, video=names, sample=names)\n"
    "    return Splits(split('train'), split('dev!'), split('testing'))\n"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's folder with a model, a data function and a study, where the command is given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    for name in ("rv_model", "rv_data"):
        sys.modules.pop(name, None)
    (tmp_path / "rv_model.py").write_text(MODEL)
    (tmp_path / "rv_data.py").write_text(DATA)
    study(tmp_path)
    return tmp_path


def study(place: Path, **changes: Any) -> None:
    """Write the study, with some keys changed."""
    fixed: dict[str, Any] = {
        "study": "small",
        "seeds": 3,
        "data": {"use": "rv_data:load"},
        "model": {"use": "rv_model:build"},
        "grid": {"model.width": [1, 2]},
    }
    (place / "small.yaml").write_text(yaml.safe_dump(fixed | changes))


def answer(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    """Return (exit code, standard output, standard error) of the command given with these words."""
    monkeypatch.setattr(sys, "argv", ["sweep", *words])
    capfd.readouterr()
    code: Any = 0
    try:
        cli.main()
    except SystemExit as ended:
        code = ended.code or 0
    written = capfd.readouterr()
    return code, written.out, written.err


@pytest.mark.parametrize("command", ["run", "plan", "check"])
@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({}, "smal.yaml", "Did you mean 'small.yaml'?"),
        ({}, "dmeo", "Did you mean 'demo'?"),
        ({"sedes": 3}, "small.yaml", "Unknown key 'sedes'. Did you mean 'seeds'?"),
        ({"seeds": "many"}, "small.yaml", "seeds: expected a count"),
        ({"grid": {"train.epochs": [1.5]}}, "small.yaml", "train.epochs: expected a whole number. Received: 1.5."),
        ({"model": {"use": "rv_modle:build"}}, "small.yaml", "Received: rv_modle."),
        ({"model": {"use": "rv_model:biuld"}}, "small.yaml", "Did you mean 'build'?"),
        ({"model": {"use": "rv_model:build", "widht": 1}}, "small.yaml", "Did you mean 'width'?"),
        ({"grid": {"model.widht": [1]}}, "small.yaml", "Did you mean 'width'?"),
        ({"data": {"use": "rv_data:load", "m": 1}}, "small.yaml", "Unknown key 'data.m'"),
        (
            {"data": {"use": "sweep.data:image_folder", "root": "nowhere", "image_size": [8, 8]}},
            "small.yaml",
            "nowhere",
        ),
        ({"data": {"use": "rv_data:load", "n": "many"}}, "small.yaml", "It raised TypeError"),
    ],
)
def test_a_wrong_input_is_one_message_and_exit_code_2(
    place: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    changes: Any,
    name: str,
    expected: str,
) -> None:
    """Whatever is wrong, and whichever command meets it: one line on standard error, no traceback, nothing written."""
    study(place, **changes)
    code, out, err = answer(capfd, monkeypatch, command, name)
    assert code == 2
    assert out == ""
    lines = [line for line in err.splitlines() if line != "printed by the data function"]
    assert len(lines) == 1, err
    assert lines[0].startswith("sweep: ")
    assert expected in lines[0]
    assert not list(place.glob("results/*/*.parquet"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["paln"], "No such command 'paln'"),
        (["plan"], "Missing argument"),
        (["plan", "small.yaml", "--sedes", "3"], "No such option: --sedes"),
        (["plan", "small.yaml", "--seeds", "0"], "--seeds"),
        (["run", "small.yaml", "--slots", "none"], "--slots"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], expected: str
) -> None:
    """An option or a command that does not exist is named, without a traceback."""
    code, out, err = answer(capfd, monkeypatch, *words)
    assert code == 2
    assert out == ""
    assert expected in err
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [["report", "results/smal"], ["compare", "results/smal"]])
def test_a_missing_folder_of_results_is_exit_code_2(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """What reads results says what it expected and what makes them."""
    code, out, err = answer(capfd, monkeypatch, *words)
    assert (code, out) == (2, "")
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_results_folder_that_cannot_be_written_is_exit_code_2(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is tried before any trial runs."""
    (place / "closed").mkdir(mode=0o500)
    code, _, err = answer(capfd, monkeypatch, "run", "small.yaml", "--results", "closed")
    assert code == 2
    assert "Expected a results folder that can be written" in err


@pytest.mark.parametrize("results", ["taken", "s3://bucket/prefix"])
def test_results_that_are_no_folder_are_exit_code_2(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, results: str
) -> None:
    """A file in the way, or an address that is not written yet, is refused before any trial runs."""
    (place / "taken").write_text("a file")
    study(place, results=results)
    code, out, err = answer(capfd, monkeypatch, "run", "small.yaml")
    assert (code, out) == (2, "")
    assert "Expected a" in err
    assert "Received" in err
    assert err.count("\n") == 1
    assert not (place / "s3:").exists()


def test_plan_says_who_trains_the_study_now(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that goes on elsewhere is named, with the number of trials that it holds."""
    small = opening.resolve("small.yaml", seeds=None, results=None)
    trials, _ = preparation.prepare(small)
    results = opening.results_folder(small)
    make_folder(results)
    other = Claims(results, replace(this_process(), host="node-b", pid=4711))
    for one in trials[:2]:
        other.take(one.trial_id)
    code, out, _ = answer(capfd, monkeypatch, "plan", "small.yaml")
    assert code == 0
    assert "Note: 2 of 6 trials are being trained by process 4711 on host node-b since" in " ".join(out.split())


def test_plan_as_json_is_one_object_and_nothing_else(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the user's data function prints, standard output holds the answer alone; what is unknown is null."""
    code, out, err = answer(capfd, monkeypatch, "plan", "small.yaml", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["n_planned"] == 6
    assert found["n_stored"] == 0
    assert found["seconds_left"] is None
    assert list(found["configurations"].values()) == ["model.width=1", "model.width=2"]
    assert err == "printed by the data function\n"


def test_plan_for_a_person_says_what_is_missing(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Configurations, seeds, trials, and how to learn the cost; the seeds of the command replace the study's."""
    code, out, _ = answer(capfd, monkeypatch, "plan", "small.yaml", "--seeds", "4")
    assert code == 0
    assert "2 configurations x 4 seeds = 8 trials; 0 stored" in out
    assert "Run one seed first (--seeds 1)" in out
    assert not (place / "results").exists()


def test_plan_says_that_a_gpu_is_not_here(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A study that asks for GPUs is planned on a machine without one, with a caution in text and JSON."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    study(place, resources={"gpu": 2})
    code, out, _ = answer(capfd, monkeypatch, "plan", "small.yaml")
    assert code == 0
    assert "2 GPUs a trial, this machine has 0: no trial of it can start here" in " ".join(out.split())
    _, out, _ = answer(capfd, monkeypatch, "plan", "small.yaml", "--json")
    assert [one["name"] for one in json.loads(out)["cautions"]] == ["not_on_this_machine"]


def test_plan_learns_the_cost_from_stored_trials(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The median of the good trials tells the time of the rest; failures alone tell nothing."""
    resolved = opening.resolve("small.yaml", seeds=None, results=None)
    trials, _ = preparation.prepare(resolved)
    folder = opening.results_folder(resolved)

    def stored(at: int, status: str, seconds: float) -> None:
        row = {"study": "small", "trial_id": trials[at].trial_id, "config_id": "c", "seed": 0, "attempt": 0}
        records.write_part(folder, records.Record(row | {"status": status, "seconds.total": seconds}))

    stored(0, "failed", 1000.0)
    _, out, _ = answer(capfd, monkeypatch, "plan", "small.yaml")
    assert "6 trials; 1 stored" in out
    assert "The stored trials failed." in out
    assert "nan" not in out
    stored(1, "ok", 60.0)
    _, out, _ = answer(capfd, monkeypatch, "plan", "small.yaml")
    assert "4 to run" in out
    assert "at 60.0 s a trial" in out
    for at in range(2, 6):
        stored(at, "ok", 60.0)
    _, out, _ = answer(capfd, monkeypatch, "plan", "small.yaml")
    assert out.endswith("Nothing is missing.\n")


def test_a_full_disk_is_one_message_and_exit_code_2(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables cannot be written: the message says so, and that nothing stored is lost."""

    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store, "compact", full)
    code, out, err = answer(capfd, monkeypatch, "run", "small.yaml")
    assert (code, out) == (2, "")
    assert "No space left on device" in err
    assert "what was stored is whole" in err
    assert "Traceback" not in err


def test_the_demo_can_be_planned_by_name(tmp_path: Path) -> None:
    """`sweep plan demo --json`, as the shell starts it: one JSON object on standard output, nothing on the other."""
    done = subprocess.run(
        [sys.executable, "-m", "sweep.commands.cli", "plan", "demo", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n_planned"] == 10
    assert done.stderr == ""


def test_the_schema_admits_every_built_in_study(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sweep schema` prints a JSON Schema that editors can use, and it agrees with what the package ships."""
    code, out, err = answer(capfd, monkeypatch, "schema")
    assert (code, err) == (0, "")
    schema = json.loads(out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for file in built_in_studies().values():
        mapping = yaml.safe_load(file.read_text(encoding="utf-8"))
        validator.validate(mapping)
        for wrong in ({"sedes": 3}, {"task": "x"}, {"hold": {"ordr": 1}}, {"train": {"epocs": 1}}, {"seeds": []}):
            assert not validator.is_valid(mapping | wrong)


def test_help_names_every_command_and_imports_nothing_heavy(tmp_path: Path) -> None:
    """The first thing a person types answers at once."""
    program = (
        "import sys; sys.argv = ['sweep', '--help']\nfrom sweep.commands import cli\n"
        "try: cli.main()\nexcept SystemExit as ended: print('code', ended.code)\n"
        "print([name for name in ('ray', 'tensorflow', 'keras', 'pandas', 'pyarrow', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-2:] == ["code 0", "[]"]
    assert all(word in done.stdout for word in ("run", "plan", "check", "schema"))


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    """`sweep schema | head` ends quietly."""
    command = f"{sys.executable} -m sweep.commands.cli schema | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2]
    )
    assert done.stdout == "{\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("error", "expected", "exit_code"),
    [
        (KeyError("nothing foreseen"), "This is a fault of Seed Sweep; what is stored stays", 3),
        (MemoryError("8 GiB"), "Expected enough memory. Received: MemoryError: 8 GiB", 3),
        (OSError(errno.EACCES, "Permission denied", "/srv/x"), "Received: /srv/x: Permission denied", 2),
    ],
)
def test_an_error_that_nobody_foresaw_is_one_line(
    place: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    expected: str,
    exit_code: int,
) -> None:
    """No traceback reaches the screen; the one of a fault of ours is kept in a file that the line names."""
    monkeypatch.setattr("tempfile.tempdir", str(place))

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("sweep.forecast.inspection.inspect_study", fail)
    code, out, err = answer(capfd, monkeypatch, "check", "small.yaml")
    assert (code, out) == (exit_code, "")
    assert expected in err
    assert len(err.splitlines()) == 1
    traces = list(place.glob("seedsweep-trace-*.txt"))
    assert len(traces) == isinstance(error, KeyError)
    for trace in traces:
        assert trace.name in err
        assert "nothing foreseen" in trace.read_text()


def test_ctrl_c_is_exit_code_130(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a command has no words of its own for Ctrl-C, it ends without a traceback all the same."""

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sweep.forecast.inspection.inspect_study", interrupt)
    assert answer(capfd, monkeypatch, "check", "small.yaml")[0] == 130


def test_what_a_message_quotes_is_made_printable_and_short(
    place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Escape sequences and broken Unicode are shown as such; ten thousand characters are cut, the advice stays."""
    code, _, err = answer(capfd, monkeypatch, "plan", "\x1b[31mno\udcff" + "x" * 100)
    assert code == 2
    assert "\\x1b[31mno\\udcff" in err
    study(place, about="y" * 10_000, seeds=["z" * 5_000, *["w" * 500] * 400])
    code, _, err = answer(capfd, monkeypatch, "plan", "small.yaml")
    assert code == 2
    assert len(err) <= 2_000
    assert len(err.splitlines()) <= 12

"""The public door: everything it names is there, and nothing heavy comes with it."""

import inspect
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import sweep
from sweep.errors import InputError
from sweep.machine.caller_state import leaves_caller_alone

REFERENCE = Path(__file__).parents[1] / "results" / "reference"


def ask(program: str) -> str:
    """Return what a program prints in a fresh Python."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


def test_importing_the_package_imports_nothing_heavy() -> None:
    """`import sweep` takes a moment, not the seconds of TensorFlow."""
    heavy = "[name for name in ('ray', 'tensorflow', 'keras', 'pandas', 'pyarrow', 'scipy') if name in sys.modules]"
    assert ask(f"import sys, sweep; print({heavy})") == "[]"


def test_reading_results_imports_neither_ray_nor_tensorflow() -> None:
    """`sweep.load` and the metrics work where neither is installed."""
    heavy = "[name for name in ('ray', 'tensorflow', 'keras') if name in sys.modules]"
    assert ask(f"import sys, sweep; sweep.load, sweep.metrics, sweep.stats, sweep.Study; print({heavy})") == "[]"


READS = {
    "estimate": "sweep.estimate(sweep.load(folder), 'hter', 'dropout=0')",
    "compare": "command('compare', folder)",
    "plan": "command('plan', 'demo')",
    "precision": "command('plan', folder, '--precision', 'hter=0.02')",
    "metrics": "command('metrics', '--dev', scores, '--test', scores)",
}


@pytest.mark.parametrize("asked", READS)
def test_what_reads_loads_neither_ray_nor_tensorflow(asked: str, tmp_path: Path) -> None:
    """A question about stored trials, a plan or score files starts no training library and no drawing one."""
    scores = tmp_path / "scores.csv"
    scores.write_text(
        "label,score\n" + "".join(f"{at % 2},{(at * 37 % 50 + 20 * (at % 2)) / 70}\n" for at in range(100))
    )
    folder = Path(__file__).parents[1] / "results" / "reference"
    found = ask(
        "import contextlib, io, sys\nimport sweep\nfrom sweep.commands.cli import app\n"
        f"folder, scores = {str(folder)!r}, {str(scores)!r}\n"
        "def command(*words):\n"
        "    with contextlib.redirect_stdout(io.StringIO()):\n"
        "        assert not app(words, standalone_mode=False)\n"
        f"{READS[asked]}\n"
        "print([name for name in ('ray', 'tensorflow', 'keras', 'matplotlib', 'scipy.stats') if name in sys.modules])"
    )
    assert found == "[]"


@pytest.mark.parametrize("first", ["", "running.execution", "commands.run", "commands.cli"])
def test_run_is_the_function(first: str) -> None:
    """Whatever was imported before, `sweep.run` is what runs a study, and no module of that name."""
    before = f"import sweep.{first}; " if first else ""
    found = ask(f"{before}import sweep; print(callable(sweep.run), sweep.run.__module__)")
    assert found == "True sweep.running.execution"


def test_every_public_name_is_there() -> None:
    """`__all__` promises nothing that cannot be had, and says each thing once."""
    assert len(set(sweep.__all__)) == len(sweep.__all__)
    for name in sweep.__all__:
        assert getattr(sweep, name) is not None
    assert {"Study", "run", "load", "metrics", "stats"} <= set(sweep.__all__)


@pytest.mark.parametrize("door", ["sweep", "sweep.metrics", "sweep.stats"])
def test_a_notebook_completes_the_door_and_nothing_else(door: str) -> None:
    """`dir` names all that is public before it is imported, and no module behind it."""
    found = ask(
        f"import importlib; door = importlib.import_module({door!r}); print(dir(door) == sorted(dir(door)), "
        "sorted(door.__all__) == [name for name in dir(door) if not name.startswith('__')])"
    )
    assert found == "True True"


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As with every module; so `hasattr` and completion work."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sweep.nothing
    assert not hasattr(sweep, "__wrapped__")


def _state() -> dict[str, object]:
    """Return what is one for all of this process, of all that a call might change."""
    loggers = [logging.getLogger(name) for name in ("", "ray", "tensorflow", "absl", "matplotlib")]
    return {
        "environment": dict(os.environ),
        "folder": Path.cwd(),
        "path": list(sys.path),
        "loggers": [(one.level, one.propagate, one.disabled, list(one.handlers)) for one in loggers],
        "disabled": logging.root.manager.disable,
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        "warnings": list(warnings.filters),
        "streams": (sys.stdout, sys.stderr),
        "python": random.getstate(),
        "numpy": np.random.get_state()[1].tolist(),  # type: ignore[index]  # noqa: NPY002 (the global one is meant)
    }


def _messes(fails: bool) -> str:
    """Change everything that is one for all of the process."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "9"
    os.environ.pop("MPLBACKEND", None)
    os.chdir("/")
    sys.path = ["/nowhere"]
    logging.root.setLevel(1)
    logging.getLogger("ray").addHandler(logging.NullHandler())
    logging.getLogger("absl").disabled = True
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    sys.stdout = sys.stderr
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 (what a user's code may do)
    if fails:
        raise KeyboardInterrupt
    return "an answer"


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_call_changes_in_the_callers_process_is_put_back(fails: bool) -> None:
    """Variables, folder, module path, loggers, signals, warnings, streams and generators, however the call ends."""
    before = _state()
    if fails:
        with pytest.raises(KeyboardInterrupt):
            leaves_caller_alone(_messes)(True)
    else:
        assert leaves_caller_alone(_messes)(False) == "an answer"
    assert _state() == before


def test_what_the_door_imports_draws_from_no_generator_of_the_callers() -> None:
    """A package draws a number when it is imported; the caller's seed gives what it gave without that."""
    program = "import random, sweep; random.seed(1); sweep.run, sweep.compare, sweep.stats; print(random.random())"
    assert ask(program) == str(random.Random(1).random())


def test_every_function_of_the_door_leaves_the_caller_alone(tmp_path: Path) -> None:
    """Each is wrapped; and those that read results show it on results that are there."""
    functions = {name: getattr(sweep, name) for name in sweep.__all__ if inspect.isfunction(getattr(sweep, name))}
    assert set(functions) >= {"run", "load", "estimate", "compare", "against", "verify", "explain_study"}
    assert [name for name, one in functions.items() if not hasattr(one, "__wrapped__")] == []
    shutil.copytree(REFERENCE, tmp_path / "reference")
    random.seed(11)
    before = _state()
    sweep.estimates(tmp_path / "reference", "hter")
    sweep.plan_precision(tmp_path / "reference", "hter", 0.01)
    with pytest.raises(InputError):
        sweep.load(tmp_path / "nothing")
    with pytest.raises(InputError):
        sweep.run(str(tmp_path / "nothing.yaml"))
    with pytest.raises(InputError):
        sweep.verify(tmp_path / "nothing")
    with pytest.raises(InputError):
        sweep.explain_study(str(tmp_path / "nothing.yaml"))
    assert _state() == before

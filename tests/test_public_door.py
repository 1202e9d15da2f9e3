"""The public door: everything it names is there, and nothing heavy comes with it."""

import subprocess
import sys

import pytest

import sweep


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


@pytest.mark.parametrize("first", ["", "import sweep.execution; ", "import sweep.commands.run; ", "import sweep.cli; "])
def test_run_is_the_function(first: str) -> None:
    """Whatever was imported before, `sweep.run` is what runs a study, and no module of that name."""
    assert ask(f"{first}import sweep; print(callable(sweep.run), sweep.run.__module__)") == "True sweep.execution"


def test_every_public_name_is_there() -> None:
    """`__all__` promises nothing that cannot be had, and says each thing once."""
    assert len(set(sweep.__all__)) == len(sweep.__all__)
    for name in sweep.__all__:
        assert getattr(sweep, name) is not None
    assert {"Study", "run", "load", "metrics", "stats"} <= set(sweep.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As with every module; so `hasattr` and completion work."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sweep.nothing
    assert not hasattr(sweep, "__wrapped__")

"""SciPy's compiled functions: the same as the package's, and the package is whole for who imports it afterwards."""

import importlib
import os
import subprocess
import sys
from types import ModuleType

import pytest
from scipy import special as whole

from sweep.metrics import special_functions

USED = (
    "betaincinv",
    "binom",
    "chdtri",
    "expit",
    "fdtri",
    "logit",
    "nctdtr",
    "ndtr",
    "ndtri",
    "psi",
    "stdtr",
    "stdtrit",
)


def test_scipys_compiled_functions_come_without_the_package() -> None:
    """In a process of its own: no `scipy.special` is imported, and a later import of it is whole."""
    code = (
        "import sys, warnings\n"
        "warnings.simplefilter('error')\n"
        "from sweep.metrics.special_functions import special\n"
        "assert 'scipy.special' not in sys.modules\n"
        "t = special.stdtrit(9.0, 0.975)\n"
        "from scipy import special as whole, stats\n"
        "from scipy.stats import mstats\n"
        "assert [whole.expit(0.3), whole.ndtr(0.3)] == [special.expit(0.3), special.ndtr(0.3)]\n"
        "assert whole.stdtrit(9.0, 0.975) == t == stats.t.ppf(0.975, 9)\n"
        "assert mstats.ttest_ind([1, 2, 3], [2, 4, 5]).pvalue < 1\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONWARNINGS": "error"})


@pytest.mark.parametrize("name", USED)
def test_each_function_that_we_use_is_there(name: str) -> None:
    """Whichever of the two modules was found, it has the functions under the names of the package."""
    assert callable(getattr(special_functions.special, name))
    assert callable(getattr(whole, name))


def test_a_scipy_that_is_built_otherwise_gives_the_whole_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the compiled module has another name the package's own import takes its place."""
    real = importlib.import_module

    def other(name: str, package: str | None = None) -> ModuleType:
        if name.endswith("_ufuncs"):
            raise ImportError(name)
        return real(name, package)

    monkeypatch.delitem(sys.modules, "scipy.special")
    monkeypatch.setattr(importlib, "import_module", lambda name: whole if name == "scipy.special" else other(name))
    assert special_functions._compiled() is whole

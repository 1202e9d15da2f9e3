"""SciPy's compiled special functions, without the rest of `scipy.special`, whose import takes a third of a second."""

import importlib
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_PACKAGE = "scipy.special"


def _compiled() -> ModuleType:
    """Return the module of the compiled functions: the same code, and so the same bits, as `scipy.special` has.

    The package's own `__init__` is passed over: a bare package stands in its place while the compiled module is loaded.
    A later `import scipy.special` is the usual one. Where SciPy is built otherwise, the whole package comes.
    """
    if _PACKAGE in sys.modules:
        return sys.modules[_PACKAGE]
    spec = find_spec(_PACKAGE)
    if spec is not None:
        sys.modules[_PACKAGE] = _bare(spec)
        try:
            return importlib.import_module("scipy.special._ufuncs")
        except (ImportError, AttributeError):
            pass
        finally:
            sys.modules.pop(_PACKAGE, None)
    return importlib.import_module(_PACKAGE)


def _bare(spec: ModuleSpec) -> ModuleType:
    """Return the package before its `__init__` ran; whoever wants a name of it meanwhile gets it from the whole one."""

    def whole(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        sys.modules.pop(_PACKAGE, None)
        return getattr(importlib.import_module(_PACKAGE), name)

    package = module_from_spec(spec)
    package.__dict__["__getattr__"] = whole
    return package


special = _compiled()

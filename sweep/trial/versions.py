"""Versions of what a trial runs on, and which differences between two nodes would make one study into two."""

import importlib.metadata
import platform
from collections.abc import Mapping

from sweep.trial import backends

_OURS = ("keras", "numpy", "scipy", "scikit-learn", "ray", "pandas", "pyarrow")
# Another version of these changes no bits of a training. One of the others may, or does; the patch of Python does not.
FREE = ("scipy", "scikit-learn", "ray", "pandas", "pyarrow")


def versions_here(backend: str = backends.FIRST) -> dict[str, str]:
    """Return the versions of Python and of the packages that a trial runs on, "" where one is not installed.

    backend: what Keras computes with in that trial.
    """
    names = ("seedsweep", *backends.called(backend).PACKAGES, *_OURS)
    return {"python": platform.python_version(), **{name: version_of(name) for name in names}}


def differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """Return "Expected NAME X, as here. Received: Y" for the first of our versions that binds and differs, or ""."""
    for name in ours:
        one, other = _binding(name, ours[name]), _binding(name, theirs.get(name, ""))
        if name not in FREE and one != other:
            return f"Expected {name} {one or 'not installed'}, as here. Received: {other or 'none'}"
    return ""


def _binding(name: str, version: str) -> str:
    return ".".join(version.split(".")[:2]) if name == "python" else version


def version_of(package: str) -> str:
    """Return the version of a package as it is installed, "" where it is not."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""

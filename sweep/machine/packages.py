"""The packages that training needs and reading does not: whether they are installed, and what to say where not."""

from collections.abc import Iterable
from importlib.util import find_spec

from sweep.errors import InputError

TRAINING = ("ray", "tensorflow", "keras")
INSTALL = "pip install 'seedsweep[run]'"


def is_installed(name: str) -> bool:
    """Return whether a package can be imported; nothing is imported."""
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # somebody blocks it, or something else took its name
        return False


def require(names: Iterable[str], install: str = INSTALL) -> None:
    """Return where all of these packages are installed.

    Raises:
        InputError: some are not; it names them and says the command that installs them.
    """
    wanted = tuple(dict.fromkeys(names))
    missing = [name for name in wanted if not is_installed(name)]
    if missing:
        raise InputError(
            f"Expected {_listed(wanted)} to be installed, which this needs. Received: no package {_listed(missing)} "
            f"here. Say: {install}"
        )


def missing_training(error: BaseException) -> InputError | None:
    """Return what to say of an import that failed because a package of TRAINING is not installed, None of any other."""
    name = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if name not in TRAINING or is_installed(name):
        return None
    return InputError(
        f"Expected {_listed(TRAINING)} to be installed, which training needs. Received: no package {name} here. Say: "
        f"{INSTALL}"
    )


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last

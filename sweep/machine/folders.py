"""Folders of this process: the current one, and the cache of decoded data."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder of decoded data on this node: SEEDSWEEP_CACHE, or seedsweep in the user's cache folder."""
    named = os.environ.get("SEEDSWEEP_CACHE")
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "seedsweep"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "seedsweep"


def current_folder() -> str:
    """Return the folder in which the command was given: where relative paths start."""
    return str(Path.cwd())

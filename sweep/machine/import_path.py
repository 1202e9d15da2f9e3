"""Where this process, and those that it starts, look for the user's modules."""

import os
import sys
from pathlib import Path


def find_modules_in(folders: tuple[str, ...]) -> None:
    """Let `use: "module:function"` find the user's modules: in the current folder and beside the study file.

    They come first, as a script's own folder does for `python script.py`.
    """
    for folder in reversed(folders):
        if folder not in sys.path:
            sys.path.insert(0, folder)


def import_nothing_from_here() -> None:
    """Take the current folder off the import path, of this process and of those that it starts."""
    here = Path.cwd()
    sys.path[:] = [folder for folder in sys.path if folder and Path(folder).resolve() != here]
    os.environ["PYTHONSAFEPATH"] = "1"

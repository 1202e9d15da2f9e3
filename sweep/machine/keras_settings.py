"""Keras's settings of this person and process, read without loading Keras."""

import json
import os
from pathlib import Path


def keras_home() -> str:
    """Return the folder in which Keras keeps its settings and downloads."""
    return os.environ.get("KERAS_HOME") or str(Path.home() / ".keras")


def keras_backend() -> str:
    """Return the backend that Keras will take: KERAS_BACKEND, or that of its settings file, else tensorflow."""
    named = os.environ.get("KERAS_BACKEND")
    if named:
        return named
    try:
        return str(
            json.loads((Path(keras_home()) / "keras.json").read_text(encoding="utf-8")).get("backend") or "tensorflow"
        )
    except (OSError, ValueError, AttributeError):
        return "tensorflow"

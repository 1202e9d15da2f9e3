"""The file that describes a cluster: a launcher file, a RayJob or a batch script."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sweep.errors import InputError


@dataclass(frozen=True)
class ClusterFile:
    """A cluster's file. document: the YAML mapping, empty for a script or anything else."""

    path: Path
    text: str
    document: dict[str, Any]


def read_cluster_file(path: Path) -> ClusterFile:
    """Return the file; `sweep.submit.clusters.kind_of` says of which kind it is.

    Raises:
        InputError: not there, unreadable, or no YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise InputError(
            f"Expected a cluster's file. Received: {path}: {reason}. The templates lie under cluster/ of the checkout."
        ) from None
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        if text.startswith("#!"):  # a script
            return ClusterFile(path.absolute(), text, {})
        raise InputError(f"Expected YAML in {path}. Received: {' '.join(str(error).split())}.") from None
    return ClusterFile(path.absolute(), text, document if isinstance(document, dict) else {})


def check_filled_in(file: ClusterFile) -> None:
    """Raise InputError while a line outside the comments still says FILL-IN."""
    open_lines = [
        f"line {at}: {line.strip()}"
        for at, line in enumerate(file.text.splitlines(), 1)
        if "FILL-IN" in line.partition("#")[0]
    ]
    if open_lines:
        raise InputError(
            f"Expected {file.path.name} filled in; its header says with what. Received: {'; '.join(open_lines[:5])}."
        )

"""The file that describes a cluster: a launcher file, a RayJob or a batch script, known by what stands in it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from sweep.errors import InputError

Kind = Literal["launcher", "kubernetes", "slurm"]


@dataclass(frozen=True)
class ClusterFile:
    """A cluster's file.

    kind: launcher (Ray's cluster launcher), kubernetes (a KubeRay RayJob) or slurm (a batch script).
    document: the YAML mapping, empty for a batch script.
    """

    path: Path
    kind: Kind
    text: str
    document: dict[str, Any]


def read_cluster_file(path: Path) -> ClusterFile:
    """Return the file, and of which kind it is.

    Raises:
        InputError: not there, unreadable, or none of the three kinds.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise InputError(
            f"Expected a cluster's file. Received: {path}: {reason}. The templates lie under cluster/ of the checkout."
        ) from None
    if text.startswith("#!") and re.search(r"^#SBATCH\b", text, re.MULTILINE):
        return ClusterFile(path.absolute(), "slurm", text, {})
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"Expected YAML in {path}. Received: {' '.join(str(error).split())}.") from None
    if isinstance(document, dict):
        if document.get("kind") == "RayJob" and str(document.get("apiVersion", "")).startswith("ray.io/"):
            return ClusterFile(path.absolute(), "kubernetes", text, document)
        if "cluster_name" in document and "provider" in document:
            return ClusterFile(path.absolute(), "launcher", text, document)
    raise InputError(
        f"Expected a launcher file (cluster_name, provider), a RayJob (kind: RayJob) or a batch script (#SBATCH). "
        f"Received: {path}. The templates under cluster/ are such files."
    )


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

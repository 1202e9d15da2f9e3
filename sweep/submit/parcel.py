"""The parcel that goes to a cluster: the study, the user's code, Seed Sweep's own code, and nothing else.

Equal content is equal bytes, so that the cluster knows what it has already.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from sweep.errors import InputError
from sweep.plan import configurations
from sweep.study import Study

MOST = 100 * 2**20  # bytes before packing; code is some kB, so more is data or results that lie among it
STORED = ".seedsweep-stored.json"  # what the person's machine has stored already, for job.py
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows


@dataclass(frozen=True)
class Parcel:
    """What is sent.

    study_file: the study within the parcel. content: the zip file. n_bytes: its files' size before packing.
    digest: of the content. n_files: of the user's own files.
    """

    study_file: str
    content: bytes
    n_bytes: int
    n_files: int

    @property
    def digest(self) -> str:
        """Return a digest of the content."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    def __str__(self) -> str:
        """Return what is sent, for the person."""
        return f"{_size(len(self.content))} packed ({self.n_files} files of yours, Seed Sweep's code, the study)"


def pack(
    study: Study, source: Path | None, *, stored: Sequence[Mapping[str, Any]] = (), never: Sequence[Path] = ()
) -> Parcel:
    """Return the parcel of a study.

    The user's files go along only where the study names a function outside `sweep`: those below the current folder, or
    below the study's where that lies elsewhere; without hidden files, environments, caches, results and data.

    Args:
        study: the study as it is to run.
        source: its file, None for a built-in study.
        stored: trials that need not run again, see `sweep.submit.stored`.
        never: files that stay here whatever happens, such as the token's.

    Raises:
        InputError: too large, with the largest entries; or data under a path that the cluster cannot have.
    """
    here = Path.cwd()
    folder = here if source is None else source.absolute().parent
    root = here if folder.is_relative_to(here) else folder
    data = _local_data(study, here)
    if data:
        key, path = next(iter(data.items()))
        raise InputError(
            f"Expected data that the cluster's nodes have: an absolute path, the same on all of them. "
            f"Received: data.{key} names {path}, which stays here. Put the data on the nodes (file_mounts, a volume), "
            "and name them by their absolute path."
        )
    files: dict[str, Path] = {}
    if any(not use.startswith("sweep.") for use in _named(study)):
        keep_out = {path.resolve() for path in (*never, Path(study.results).expanduser())}
        files = {path.relative_to(root).as_posix(): path for path in _walk(root, keep_out)}
    sizes = {name: path.stat().st_size for name, path in files.items()}
    if sum(sizes.values()) > MOST:
        raise InputError(
            f"Expected code of at most {_size(MOST)} to send. Received: {_size(sum(sizes.values()))} below {root}: "
            f"{_largest(sizes)}. Move data and results elsewhere, or give the command in the folder of your code."
        )
    study_file = f"{study.study}.yaml"
    if source is not None and source.absolute().is_relative_to(root):
        study_file = source.absolute().relative_to(root).as_posix()
    content = {name: path.read_bytes() for name, path in files.items()}
    content |= dict(_own_code())
    content[study_file] = yaml.safe_dump(study.model_dump(mode="json"), sort_keys=True).encode()
    content[STORED] = json.dumps(list(stored)).encode()
    return Parcel(study_file, _zip(content), sum(map(len, content.values())), len(files))


def _local_data(study: Study, here: Path) -> dict[str, Path]:
    """Return keyword -> path of data that the study names by a relative path, which exists here."""
    named = {key: value for key, value in study.data.keywords.items() if isinstance(value, str) and value}
    return {
        key: here / value for key, value in named.items() if not Path(value).is_absolute() and (here / value).exists()
    }


def _named(study: Study) -> Iterator[str]:
    """Yield every function that the study names, in any of its arms."""
    for one in configurations(study):
        yield from (one.study.data.use, one.study.model.use)
    yield from filter(None, [study.measure and study.measure.use, study.answer])


def _walk(root: Path, keep_out: set[Path]) -> Iterator[Path]:
    for at, folders, names in os.walk(root):
        folder = Path(at)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "__pycache__")) and not _left_here(folder / name, keep_out)
        )
        for name in sorted(names):
            path = folder / name
            if not name.startswith(".") and path.resolve() not in keep_out and path.is_file():
                yield path


def _left_here(folder: Path, keep_out: set[Path]) -> bool:
    """Return whether a folder is an environment, a study's results or data."""
    marks = ("pyvenv.cfg", "conda-meta", "study.json", "CACHEDIR.TAG")
    return folder.resolve() in keep_out or any((folder / mark).exists() for mark in marks)


def _own_code() -> Iterator[tuple[str, bytes]]:
    root = Path(str(resources.files("sweep")))
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".yaml", ".typed"):
            yield f"sweep/{path.relative_to(root).as_posix()}", path.read_bytes()


def _zip(content: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content[name], zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _largest(sizes: Mapping[str, int]) -> str:
    by_entry: dict[str, int] = {}
    for name, size in sizes.items():
        entry = name.partition("/")[0] + ("/" if "/" in name else "")
        by_entry[entry] = by_entry.get(entry, 0) + size
    first = sorted(by_entry.items(), key=lambda item: -item[1])[:5]
    return ", ".join(f"{name} {_size(size)}" for name, size in first)


def _size(n_bytes: float) -> str:
    return f"{n_bytes / 2**20:.1f} MB" if n_bytes >= 2**20 else f"{n_bytes / 2**10:.0f} kB"

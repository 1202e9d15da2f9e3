"""The parcel that goes to a cluster: the study, the user's code, Seed Sweep's own code, and nothing else.

Equal content is equal bytes, so that the cluster knows what it has already.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from sweep.errors import InputError
from sweep.study.study import Study
from sweep.submit.parcel_contents import Contents, contents, local_paths

MOST = 100 * 2**20  # bytes before packing; code is some kB, so more is data or results that were listed
STORED = ".seedsweep-stored.json"  # what the person's machine has stored already, for job.py
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows


@dataclass(frozen=True)
class Parcel:
    """What is sent.

    study_file: the study within the parcel. content: the zip file. n_bytes: its files' size before packing.
    n_files: of the user's own files. going: these files. listing: the files for the person, a line each, and what else
    is to be known.
    """

    study_file: str
    content: bytes
    n_bytes: int
    n_files: int
    going: Contents
    listing: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Return a digest of the content."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    def __str__(self) -> str:
        """Return what is sent, for the person."""
        return f"{size(len(self.content))} packed ({self.n_files} files of yours, Seed Sweep's code, the study)"


def pack(
    study: Study, source: Path | None, *, stored: Sequence[Mapping[str, Any]] = (), never: Sequence[Path] = ()
) -> Parcel:
    """Return the parcel of a study: what its functions import and what it lists, see `sweep.submit.parcel_contents`.

    Args:
        study: the study as it is to run.
        source: its file, None for a built-in study.
        stored: trials that need not run again, see `sweep.submit.stored_ids`.
        never: files that stay here whatever happens, such as the token's.

    Raises:
        InputError: too large, with the largest entries; or data under a path that the cluster cannot have.
    """
    here = Path.cwd()
    going = contents(study, source, never=never)
    data: dict[str, Path] = {}
    for section in ("data", *(f"tests.{name}" for name in study.tests)):
        data |= local_paths(study, section, here, going.files)
    if data:
        key, path = next(iter(data.items()))
        raise InputError(
            f"Expected data that the cluster's nodes have: an absolute path, the same on all of them. "
            f"Received: {key} names {path}, which stays here. Put the data on the nodes (file_mounts, a volume), "
            "and name them by their absolute path; a small file may go along under submit: {include: [...]}."
        )
    sizes = {name: path.stat().st_size for name, path in going.files.items()}
    if sum(sizes.values()) > MOST:
        raise InputError(
            f"Expected code of at most {size(MOST)} to send. Received: {size(sum(sizes.values()))}: "
            f"{_largest(sizes)}. Take data out of submit.include, and put them on the nodes."
        )
    content = {name: path.read_bytes() for name, path in going.files.items()}
    # Where results lie here is of no use there: the job is told its own folder, and equal code stays an equal parcel.
    sent = study.model_dump(mode="json", exclude={"results"})
    content[going.study_file] = yaml.safe_dump(sent, sort_keys=True).encode()
    content[STORED] = json.dumps(list(stored)).encode()
    lines = [
        f"  {name}  {size(len(content[name]))}  {going.why.get(name, _OWN.get(name, 'the study'))}"
        for name in sorted(content)
    ]
    own = dict(_own_code())
    lines.append(f"  sweep/  {size(sum(map(len, own.values())))}  Seed Sweep's own code")
    lines += [*going.notes, HINT]
    content |= own
    return Parcel(
        going.study_file, _zip(content), sum(map(len, content.values())), len(going.files), going, tuple(lines)
    )


HINT = "nothing else is sent; a file that your code opens goes along where the study lists it: submit: {include: [...]}"
_OWN = {STORED: "which trials are stored here"}
# Rooms of a person's own machine, which no job imports: a ConfigMap has little room.
STAYS = ("bundle", "collection", "commands", "explain", "export", "forecast")


def _own_code() -> Iterator[tuple[str, bytes]]:
    root = Path(str(resources.files("sweep")))
    for path in sorted(root.rglob("*")):
        if path.relative_to(root).parts[0] in STAYS:
            continue
        if path.suffix in (".py", ".yaml", ".typed", ".npz", ".json"):
            yield f"sweep/{path.relative_to(root).as_posix()}", path.read_bytes()


def _zip(content: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content[name], zipfile.ZIP_DEFLATED, compresslevel=9)
    return file.getvalue()


def _largest(sizes: Mapping[str, int]) -> str:
    by_entry: dict[str, int] = {}
    for name, n_bytes in sizes.items():
        entry = name.partition("/")[0] + ("/" if "/" in name else "")
        by_entry[entry] = by_entry.get(entry, 0) + n_bytes
    first = sorted(by_entry.items(), key=lambda item: -item[1])[:5]
    return ", ".join(f"{name} {size(n_bytes)}" for name, n_bytes in first)


def size(n_bytes: float) -> str:
    """Return a size for the person."""
    if n_bytes < 2**10:
        return f"{n_bytes:.0f} bytes"
    return f"{n_bytes / 2**20:.1f} MB" if n_bytes >= 2**20 else f"{n_bytes / 2**10:.1f} kB"

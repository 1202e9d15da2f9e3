"""What the data function of a built-in study gave the last time: it need not be called to know it.

Only functions of this package count, and only where no keyword names a file: they give the same data for the same
keywords, as long as neither they nor NumPy change. A user's function is called each time, as its data may be others.
"""

import hashlib
import json
import platform
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from sweep.data import Count, Prepared, open_prepared
from sweep.machine.folders import cache_folder
from sweep.study import code, identity
from sweep.study.named_files import named_files
from sweep.study.study import Study

_PACKAGE = Path(__file__).parents[1]
_OURS = f"{__name__.partition('.')[0]}."


def kept(study: Study, key: str) -> Prepared | None:
    """Return the data that lie ready on this machine, None where the data function must be called.

    key: what decides the data of a configuration, see `sweep.trial.data_process.data_key`.
    """
    place = _place(study, key)
    if place is None:
        return None
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        open_prepared(cache_folder(), told["data_id"])
        return Prepared(
            data_id=told["data_id"],
            findings=tuple(told["findings"]),
            counts={name: Count(**count) for name, count in told["counts"].items()},
            input_shape=tuple(told["input_shape"]),
            n_classes=told["n_classes"],
            classes=tuple(told["classes"]),
            path=Path(told["path"]),
            tests=told.get("tests", {}),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(study: Study, key: str, prepared: Prepared) -> None:
    """Note what a data function gave; what cannot be told again in full is not noted."""
    place = _place(study, key)
    shape = prepared.input_shape
    plain = isinstance(shape, tuple) and all(isinstance(size, int) for size in shape)
    if place is None or not plain or prepared.stream is not None:
        return
    with suppress(OSError):  # it is made again the next time
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f"{place.name}.{id(prepared):x}")
        part.write_text(json.dumps(asdict(prepared) | {"path": str(prepared.path)}), encoding="utf-8")
        part.replace(place)


def _place(study: Study, key: str) -> Path | None:
    every = (study.data, *study.tests.values())
    for one in every:
        said = {**code.defaults(one.use), **one.keywords}
        if not one.use.startswith(_OURS) or named_files(said, kept=cache_folder()):
            return None
    codes = [identity.code_id(one.use) for one in every]
    decides: list[Any] = [key, study.task, *codes, _stamps(), np.__version__, platform.machine()]
    digest = hashlib.sha256(json.dumps(decides).encode()).hexdigest()
    return cache_folder() / "answers" / f"{digest}.json"


def _stamps() -> list[list[Any]]:
    """Return name, size and time of every file of this package that prepares data."""
    files = [*sorted((_PACKAGE / "data").glob("*.py")), Path(__file__), *sorted((_PACKAGE / "trial").glob("data*.py"))]
    return [[file.name, about.st_size, about.st_mtime_ns] for file in files for about in [file.stat()]]

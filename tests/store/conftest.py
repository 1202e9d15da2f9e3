"""An object store in a folder, for what needs no server."""

from pathlib import Path
from typing import Any

import pytest
from pyarrow import fs

from sweep.store import object_path
from sweep.store.places import ObjectPath


class _Bucket:
    """What the store calls of an object store, answered by a folder that makes its own prefixes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inner = fs.SubTreeFileSystem(str(folder), fs.LocalFileSystem())

    def open_output_stream(self, path: str) -> Any:
        (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
        return self._inner.open_output_stream(path)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@pytest.fixture
def object_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectPath:
    """Return a prefix in an object store."""
    bucket = _Bucket(tmp_path / "store")
    (tmp_path / "store").mkdir()
    monkeypatch.setattr(object_path, "_opened", lambda *_: bucket)
    return ObjectPath("s3", "bucket", "results/faces")

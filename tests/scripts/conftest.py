"""A folder as a user has it: embeddings, the scripts beside them."""

import shutil
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "docs" / "scripts"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with embeddings.npz and every script and study file, which is the current one."""
    for file in (SCRIPTS / "after").iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    rng = np.random.default_rng(11)
    columns = {}
    for split, people in (("train", 12), ("dev", 8), ("test", 8)):
        subject = np.repeat([f"{split}-{person}" for person in range(people)], 6)
        y = np.tile([0, 0, 0, 1, 1, 1], people)
        columns |= {f"{split}_subject": subject, f"{split}_y": y}
        columns[f"{split}_x"] = (rng.normal(size=(len(y), 8)) + 0.8 * y[:, None]).astype(np.float32)
    np.savez(tmp_path / "embeddings.npz", **columns)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path

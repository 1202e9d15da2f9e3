"""What several tests of the statistics share: the golden data beside the repository."""

import json
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden" / "statistics"


@pytest.fixture(scope="session")
def golden_folder() -> Path:
    """Return the folder of golden data; skip where it is not beside the repository."""
    if not (GOLDEN / "expected.json").exists():
        pytest.skip("the golden data are not beside the repository (../shared/golden/statistics)")
    return GOLDEN


@pytest.fixture(scope="session")
def expected(golden_folder: Path) -> dict[str, Any]:
    """Return what other tools answered."""
    return dict(json.loads((golden_folder / "expected.json").read_text()))

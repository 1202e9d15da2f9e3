"""The studies that are committed under results/: their values are those that the runs gave."""

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

import sweep

RESULTS = Path(__file__).resolve().parents[2] / "results"
EXPECTED = json.loads(Path(__file__).with_name("committed.json").read_text())


def digest(frame: pd.DataFrame) -> str:
    """Return the digest of every value of a table, to the bit; columns without any value are left out."""
    found = hashlib.sha256()
    for name in sorted(frame.columns[frame.notna().any()]):
        values = [None if value != value or value is None else value for value in frame[name].astype(object).tolist()]
        exact = [value.hex() if isinstance(value, float) else value for value in values]
        found.update(json.dumps([name, exact]).encode())
    return found.hexdigest()


@pytest.mark.parametrize("study", EXPECTED)
def test_committed_tables_hold_the_values_of_their_runs(study: str) -> None:
    """Written anew with checksums, every number and word is the one of before, and nothing is to be said of them."""
    results = sweep.load(RESULTS / study)
    assert results.notes == []
    for name, expected in EXPECTED[study].items():
        frame = getattr(results, name)
        assert (len(frame), digest(frame)) == (expected["rows"], expected["sha256"])
        pd.testing.assert_frame_equal(pd.read_parquet(RESULTS / study / f"{name}.parquet"), frame)

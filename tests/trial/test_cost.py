"""What a trial takes, learnt from a few of its steps."""

from pathlib import Path

import pytest
import yaml

from sweep.forecast.cost import cost

pytestmark = pytest.mark.tensorflow


def test_a_few_steps_tell_time_and_memory(tmp_path: Path) -> None:
    """Every configuration is measured, more epochs cost more, and nothing is stored."""
    study = {
        "study": "costly",
        "seeds": 4,
        "data": {"use": "sweep.data:synthetic_vectors"},
        "model": {"use": "sweep.models:dense_net", "units": [8]},
        "grid": {"train.epochs": [1, 100_000]},
    }
    path = tmp_path / "costly.yaml"
    path.write_text(yaml.safe_dump(study))
    found = cost(str(path), seeds=None, results=str(tmp_path / "results"), measure=True)
    short, long = found.measured.values()
    assert 0 < short.seconds < long.seconds
    assert 2**27 < short.memory < 2**34
    assert found.seconds_left == pytest.approx(4 * (short.seconds + long.seconds) / found.slots)
    assert "8 to run: at most about" in found.as_text()
    assert not (tmp_path / "results").exists()

"""Real faces in an image folder, from the folder to the full table."""

from pathlib import Path

import numpy as np
import pytest

import sweep
from tests.one_ray import sweep_here
from tests.orl.make_study import make

FACES = Path(__file__).resolve().parents[3] / "shared" / "data" / "orl_faces"


@pytest.mark.ray
@pytest.mark.thorough
@pytest.mark.usefixtures("one_ray")
@pytest.mark.skipif(not FACES.is_dir(), reason="the ORL faces are not beside this checkout (../shared/data/orl_faces)")
def test_a_study_of_real_faces_ends_in_a_full_table(tmp_path):
    """Two configurations by three seeds on the ORL faces: every trial ok, EER and HTER better than chance."""
    done = sweep_here("run", make(FACES, tmp_path), "--results", tmp_path / "results", "--slots", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("3/3") == 2
    trials = sweep.load(tmp_path / "results" / "orl").trials
    assert trials["status"].tolist() == ["ok"] * 6
    assert trials["n_train"].unique().tolist() == [150]
    assert np.median(trials["metric.hter"]) < 0.4

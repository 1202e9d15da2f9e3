"""The commands on a study of JAX: run on Ray, verified, looked at before."""

import pytest
import yaml

from sweep.forecast.inspection import inspect_study
from tests.one_ray import sweep_here
from tests.with_jax.conftest import HERE, VECTORS


@pytest.fixture
def study_file(tmp_path, monkeypatch):
    """Return a function that writes a study beside its models."""
    (tmp_path / "nets.py").write_text((HERE / "nets.py").read_text())
    monkeypatch.chdir(tmp_path)

    def write(**keys):
        (tmp_path / "small.yaml").write_text(yaml.safe_dump({"study": "small", "data": VECTORS, "seeds": 1} | keys))
        return tmp_path / "small.yaml"

    return write


@pytest.mark.thorough
def test_a_study_runs_on_ray_and_verifies(one_ray, study_file):
    """Each trial is repeated to the bit; the results say the backend."""
    path = study_file(model={"use": "nets:plain"}, train={"epochs": 2}, backend="jax")
    ran = sweep_here("run", path)
    assert ran.returncode == 0, ran.stderr
    assert "1 of 1 ok" in ran.stderr
    again = sweep_here("verify", "results/small")
    assert "1 of 1 trials run again are equal to the bit" in again.stdout, again.stdout + again.stderr
    assert "JAX" in (path.parent / "results" / "small" / "report" / "methods.txt").read_text()


def test_weights_that_no_gradient_reaches_are_named(study_file):
    """JAX gives them a gradient of zeros, so a step is looked at."""
    path = study_file(model={"use": "nets:half_used"}, backend="jax")
    found = inspect_study(str(path))
    (finding,) = [one for one in (*found.findings, *found.cautions) if one.name == "weights_without_gradient"]
    assert "unused/kernel" in finding.evidence
    assert found.n_seen == found.n_builds == 1

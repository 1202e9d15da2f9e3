"""What `sweep submit` makes for Kubernetes, against Kubernetes's own schemas."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.object_store.servers import ENVIRONMENT

HERE = Path(__file__).parent
STUDY = """\
study: tiny
seeds: 2
data: {use: "sweep.data:synthetic_vectors"}
model: {use: "sweep.models:dense_net"}
"""


@pytest.mark.long
@pytest.mark.parametrize("gpu", [True, False])
def test_the_objects_fit_the_schemas_of_kubernetes(tmp_path: Path, gpu: bool) -> None:
    """ConfigMap, head, worker and submitter: no field that Kubernetes does not know, with a GPU and without."""
    python = ENVIRONMENT / "bin" / "python"
    if not list((ENVIRONMENT / "lib").glob("python*/site-packages/kubernetes_validate")):
        pytest.skip("needs kubernetes-validate: `make .venv-s3/stamp` installs it from locks/requirements-s3.lock")
    template = (HERE.parents[1] / "cluster" / "kubernetes.yaml").read_text()
    if not gpu:  # as the header says
        template = template.replace(", nvidia.com/gpu: 1", "")
        assert "nvidia.com/gpu: 1" not in template
    (tmp_path / "kubernetes.yaml").write_text(template)
    (tmp_path / "tiny.yaml").write_text(STUDY)
    words = ["submit", "tiny.yaml", "--cluster", "kubernetes.yaml", "--results", "s3://bucket/results", "--dry-run"]
    made = subprocess.run(
        [sys.executable, "-m", "sweep.commands.cli", *words], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert made.returncode == 0, made.stderr
    (tmp_path / "made.yaml").write_text(made.stdout)
    words = [str(HERE / "kubernetes_objects.py"), "made.yaml"]
    done = subprocess.run([python, *words], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == ["ConfigMap", "Pod", "Pod", "Pod"]
    broken = made.stdout.replace("readOnly: true", "readOnyl: true", 1)
    assert broken != made.stdout
    (tmp_path / "made.yaml").write_text(broken)
    assert subprocess.run([python, *words], cwd=tmp_path, capture_output=True, timeout=120).returncode != 0

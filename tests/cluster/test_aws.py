"""What aws.yaml makes, asked from a server of Amazon's API: up to the launcher's first try of SSH, which is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.object_store.servers import ENVIRONMENT, serving

HERE = Path(__file__).parent
IMAGE = "ami-0387d929287ab193e"  # one that the server knows


@pytest.mark.ray
def test_aws_makes_what_its_header_says(tmp_path: Path) -> None:
    """One small head, spot workers, encrypted disks; SSH alone open to the world; nothing is left after `ray down`."""
    text = (HERE.parents[1] / "cluster" / "aws.yaml").read_text()
    header, _, _ = text.partition("cluster_name:")
    text = text.replace("region: FILL-IN", "region: us-west-2").replace("ImageId: FILL-IN", f"ImageId: {IMAGE}")
    (tmp_path / "aws.yaml").write_text(text)
    for folder in ("home/.ssh", "home/.ray", "tmp", "locks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "home/.ray/auth_token").write_text("a token")
    (tmp_path / "locks/requirements-gpu.lock").touch()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ssh").write_text("#!/bin/sh\nexit 255\n")  # the address is nobody's
    (tmp_path / "bin" / "ssh").chmod(0o755)
    packages = next((ENVIRONMENT / "lib").glob("python*/site-packages"), ENVIRONMENT)
    with serving(
        "moto_server", "-H 127.0.0.1 -p {port}", tmp_path / "log", MOTO_IAM_LOAD_MANAGED_POLICIES="true"
    ) as url:
        surroundings = {
            "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path / "home"),
            "TMPDIR": str(tmp_path / "tmp"),
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
            "AWS_DEFAULT_REGION": "us-west-2",
            "AUTOSCALER_NODE_START_WAIT_S": "3",
        }
        done = subprocess.run(
            [sys.executable, HERE / "aws_nodes.py", "aws.yaml", packages],
            cwd=tmp_path,
            env=surroundings,
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    common = {"image": IMAGE, "cluster": "seedsweep", "token": "required"}
    disks = [[100, "gp3", True]]
    head = {**common, "type": "m5.large", "role": "head", "spot": False}
    worker = {**common, "type": "g4dn.xlarge", "role": "worker", "spot": True}
    assert found["up"] == [{**head, "state": "running", "disks": disks}]
    assert found["worker"] == [*found["up"], {**worker, "state": "running", "disks": disks}]
    assert found["down"] == [{**one, "state": "terminated", "disks": []} for one in (head, worker)]
    assert found["open"] == [["tcp", 22, "0.0.0.0/0"]]
    assert "lets SSH in from everywhere" in header

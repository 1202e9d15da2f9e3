"""What Ray's launcher makes of aws.yaml, asked from a server of Amazon's API: prints it as JSON.

`aws_nodes.py FILE PACKAGES`: the launcher's file, filled in, and a folder of packages with boto3, looked at last, so
that all others are those of this environment. The address of the server and the keys are in the environment.
"""

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any


def main(file: Path) -> dict[str, Any]:
    """Return instances and security groups after the head was tried, after a worker was asked for, and at the end."""
    import boto3
    import yaml
    from ray.autoscaler._private.aws.node_provider import AWSNodeProvider
    from ray.autoscaler._private.commands import _bootstrap_config
    from ray.scripts.scripts import cli

    ec2 = boto3.client("ec2", region_name="us-west-2")
    found: dict[str, Any] = {}

    def look(when: str) -> None:
        reserved = ec2.describe_instances()["Reservations"]
        disks = {disk["VolumeId"]: disk for disk in ec2.describe_volumes()["Volumes"]}
        found[when] = [_instance(one, disks) for some in reserved for one in some["Instances"]]

    def ray(*words: str) -> None:
        with contextlib.suppress(SystemExit, Exception):  # no SSH answers: the launcher gives up, as it should
            cli(list(words), standalone_mode=False)

    ray("up", "-y", str(file))
    look("up")
    groups = ec2.describe_security_groups()["SecurityGroups"]
    found["open"] = [
        [rule["IpProtocol"], rule.get("FromPort"), one["CidrIp"]]
        for group in groups
        for rule in group["IpPermissions"]
        for one in rule["IpRanges"]
    ]
    config = _bootstrap_config(yaml.safe_load(file.read_text()))
    provider = AWSNodeProvider(config["provider"], config["cluster_name"])
    wanted = config["available_node_types"]["gpu"]["node_config"]
    provider.create_node(wanted, {"ray-node-type": "worker", "ray-node-status": "uninitialized"}, 1)
    look("worker")
    ray("down", "-y", str(file))
    look("down")
    return found


def _instance(one: dict[str, Any], disks: dict[str, Any]) -> dict[str, Any]:
    mapped = [disks.get(disk["Ebs"]["VolumeId"], {}) for disk in one.get("BlockDeviceMappings", ())]
    tags = {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
    return {
        "type": one["InstanceType"],
        "image": one["ImageId"],
        "state": one["State"]["Name"],
        "spot": one.get("InstanceLifecycle") == "spot",
        "role": tags.get("ray-node-type"),
        "cluster": tags.get("ray-cluster-name"),
        "disks": [[disk.get("Size"), disk.get("VolumeType"), disk.get("Encrypted")] for disk in mapped],
        "token": one.get("MetadataOptions", {}).get("HttpTokens"),
    }


if __name__ == "__main__":
    sys.path.append(sys.argv[2])
    with contextlib.redirect_stdout(io.StringIO()):
        answer = main(Path(sys.argv[1]))
    sys.stdout.write(json.dumps(answer) + "\n")

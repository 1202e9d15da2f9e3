"""The objects of a file against the schemas of Kubernetes, strictly: `kubernetes_objects.py FILE`; prints kinds."""

import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml


def main(file: Path) -> None:
    """Validate the ConfigMap, and each pod that the RayJob would make, whose schema KubeRay leaves open."""
    version = kubernetes_validate.latest_version()
    parcel_map, job = yaml.safe_load_all(file.read_text())
    cluster = job["spec"]["rayClusterSpec"]
    groups = (cluster["headGroupSpec"], *cluster["workerGroupSpecs"])
    templates = [group["template"] for group in groups] + [job["spec"]["submitterPodTemplate"]]
    kubernetes_validate.validate(parcel_map, version, strict=True)
    sys.stdout.write("ConfigMap\n")
    for template in templates:
        pod: dict[str, Any] = {"apiVersion": "v1", "kind": "Pod", "spec": template["spec"]}
        pod["metadata"] = {"name": "pod", **template.get("metadata", {})}
        kubernetes_validate.validate(pod, version, strict=True)
        sys.stdout.write("Pod\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Kinds of nodes: their processors and GPUs, how many trials each takes, and whether all are alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Kind:
    """A kind of node: bits may differ between two. generation: see `sweep.machine.hardware.processor_generation`."""

    processor: str
    generation: str = ""
    gpus: str = ""

    def __str__(self) -> str:
        return " with ".join(filter(None, [self.processor, self.gpus]))

    def fits(self, stored: "Kind") -> bool:
        """Return whether processors are alike; what an older version did not store counts as alike."""
        generations = (self.generation, stored.generation)
        return self.processor == stored.processor and (not all(generations) or len(set(generations)) == 1)


def unlike(nodes: Mapping[str, Kind]) -> list[str]:
    """Return a note where nodes (name -> kind) have other processors or GPUs than others."""
    kinds: dict[Kind, list[str]] = {}
    for name, kind in nodes.items():
        kinds.setdefault(kind, []).append(name)
    if len(kinds) < 2:
        return []
    found = "; ".join(f"{kind} ({len(names)}: {', '.join(names[:3])})" for kind, names in kinds.items())
    return [
        f"the nodes are not alike: {found}. Equal seeds need not give equal bits on them; env_id tells them apart. "
        "`resources: {same_kind: on}` keeps a study to one kind."
    ]


def can_take(node: Mapping[str, Any], cpu: float, gpu: float) -> bool:
    """Return whether a node, as Ray tells of it, has what a trial takes."""
    return bool(node["Resources"].get("CPU", 0) >= cpu and node["Resources"].get("GPU", 0) >= gpu)


def slots_on(node: Mapping[str, Any], cpu: float, gpu: float) -> int:
    """Return how many trials that take this much run on a node at once."""
    there = node["Resources"]
    return min((int(there.get(kind, 0) / each) for kind, each in (("CPU", cpu), ("GPU", gpu)) if each), default=1)


def gpus_of(node: Mapping[str, Any]) -> str:
    """Return the kinds of GPUs that Ray counts on a node."""
    kinds = [name.partition(":")[2] for name in node["Resources"] if name.startswith("accelerator_type:")]
    return ", ".join(sorted(kinds))

"""`resources: {same_kind: on}`: a study keeps to the nodes of one kind, as bits differ between processors."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ray
from ray import tune

from sweep.errors import ClusterError
from sweep.machine.hardware import processor, processor_generation
from sweep.running.node_kinds import Kind, slots_on
from sweep.running.preflight import Exam
from sweep.store import store
from sweep.store.places import place
from sweep.trial.order import TrialOrder


@dataclass(frozen=True)
class Kept:
    """The nodes that trials go to. nodes: their ids; None for all. notes: what a person should know of the choice."""

    nodes: frozenset[str] | None = None
    notes: tuple[str, ...] = ()

    def resources(self, cpu: float, gpu: float) -> tune.PlacementGroupFactory:
        """Return what Tune asks Ray for, for a trial that takes this much."""
        chosen = [{"ray.io/node-id": f"in({','.join(sorted(self.nodes))})"}] if self.nodes is not None else None
        return tune.PlacementGroupFactory([{"CPU": cpu, "GPU": gpu}], bundle_label_selector=chosen)


def kept(orders: Sequence[TrialOrder], exam: Exam | None, cpu: float, gpu: float) -> Kept:
    """Return the nodes that these trials keep to: those of the kind of the stored trials, else of the most slots.

    Args:
        orders: the trials, of one study.
        exam: what the nodes of a cluster said; None: this machine runs them all.
        cpu, gpu: what a trial takes of a node.

    Raises:
        ClusterError: the stored trials ran on a kind that is not there.
    """
    if not orders[0].study.get("resources", {}).get("same_kind"):
        return Kept()
    stored = _stored(orders[0].results)
    if exam is None:
        here = Kind(processor(), processor_generation())
        if stored is not None and not here.fits(stored):
            raise _refused(stored, [here])
        return Kept()
    kinds = {node: kind for node, kind in exam.passed.items() if stored is None or kind.fits(stored)}
    if stored is not None and exam.passed and not kinds:
        raise _refused(stored, exam.passed.values())
    if not kinds:
        return Kept(notes=("same_kind: no node can take a trial yet; those that join are not compared.",))
    return _most(kinds, exam.passed, cpu, gpu)


def _most(kinds: Mapping[str, Kind], every: Mapping[str, Kind], cpu: float, gpu: float) -> Kept:
    """Return the nodes of the kind that has the most slots, of these."""
    nodes = {node["NodeID"]: node for node in ray.nodes()}
    slots: Counter[Kind] = Counter()
    for node, kind in kinds.items():
        slots[kind] += slots_on(nodes[node], cpu, gpu) if node in nodes else 0
    chosen = max(slots, key=lambda kind: (slots[kind], kind))
    ours = frozenset(node for node, kind in kinds.items() if kind == chosen)
    left = Counter(str(kind) for node, kind in every.items() if node not in ours)
    without = "; ".join(f"{kind} ({n})" for kind, n in left.items())
    said = f"same_kind: trials run on {len(ours)} of {len(every)} nodes, each with {chosen}"
    return Kept(ours, (f"{said}. Left out: {without}." if left else f"{said}.",))


def _stored(results: str) -> Kind | None:
    """Return the kind of processor that most of the stored trials ran on; None where none is stored."""
    folder = place(results)
    rows = store.trials(folder)
    used = Counter(rows.loc[rows["status"] == "ok", "env_id"].tolist())
    if not used:
        return None
    kinds: Counter[Kind] = Counter()
    for row in store.environments(folder).to_dict("records"):
        if row["env_id"] in used:
            kinds[Kind(str(row.get("cpu_model") or ""), str(row.get("cpu_features") or ""))] += used[row["env_id"]]
    return max(kinds, key=lambda kind: (kinds[kind], kind)) if kinds else None


def _refused(stored: Kind, there: Any) -> ClusterError:
    found = "; ".join(sorted({str(kind) for kind in there}))
    return ClusterError(
        f"Expected a node with {stored}, as the stored trials of this study (`resources: {{same_kind: on}}`). "
        f"Received: {found}. Run where they ran, name another --results, or leave same_kind out."
    )

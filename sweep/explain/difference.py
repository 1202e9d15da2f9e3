"""The first difference between two runs of one trial, in the order in which a training comes about."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from sweep.explain.stored_bits import Bits


@dataclass(frozen=True)
class Difference:
    """Where two runs part.

    stage: "data", "initial weights", "order" (of the samples), "weights" (of an epoch), "epoch metrics", "epochs"
    (their number), "final weights", "scores" or "metrics".
    epoch: from 0, as in epochs.parquet. step: from 0 within the epoch, where it was looked for. layer: the first that
    differs; n_layers: how many differ there, of_layers: of how many. size: weights of that layer, or samples or metrics
    that differ. detail: what a person wants to see.
    """

    stage: str
    epoch: int | None = None
    step: int | None = None
    layer: str = ""
    n_layers: int = 0
    of_layers: int = 0
    size: int = 0
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return every field."""
        return asdict(self)

    def __str__(self) -> str:
        """Return one line."""
        at = "" if self.epoch is None else f" of epoch {self.epoch}"
        at += "" if self.step is None else f", step {self.step}"
        said = f"{self.stage}{at}"
        if self.layer:
            said += f": layer {self.layer}, {self.size:,} weights ({self.n_layers} of {self.of_layers} layers differ)"
        return said + (f": {self.detail}" if self.detail else "")


def first_difference(stored: Bits, again: Bits) -> Difference | None:
    """Return where `again` first leaves `stored`; None if all bits are equal."""
    if stored.data_id != again.data_id:
        return Difference("data", detail=f"data_id {stored.data_id[:12]} is now {again.data_id[:12]}")
    if stored.init_sha256 != again.init_sha256:
        return _in_layers("initial weights", None, stored.layers, again.layers, stored.sizes, again.sizes)
    found = _first_epoch(stored, again)
    if found is not None:
        return found
    if stored.final_sha256 != again.final_sha256:
        handed_in = not any("weights_sha256" in epoch for epoch in stored.epochs)
        other = (
            "the weights that were handed in last" if handed_in else "the weights that were kept are of another epoch"
        )
        return Difference("final weights", detail=other)
    if (stored.scores_sha256, stored.tests) != (again.scores_sha256, again.tests):
        return _scores(stored.scores, again.scores)
    changed = [name for name, value in stored.metrics.items() if not _same(value, again.metrics.get(name, math.nan))]
    if changed:
        return Difference("metrics", size=len(changed), detail=_metrics(stored, again, changed))
    return None


def first_step(one: Bits, other: Bits, epoch: int) -> tuple[int, str] | None:
    """Return the first step of an epoch after which two traced runs differ, and the first layer that does."""
    names = list(one.layers)
    traces = [run.epochs[epoch].get("steps", []) if epoch < len(run.epochs) else [] for run in (one, other)]
    for step, (a, b) in enumerate(zip(*traces, strict=False)):
        if a != b:
            width = len(a) // max(1, len(names))
            place = next(at for at in range(len(names)) if a[at * width :][:width] != b[at * width :][:width])
            return step, names[place]
    return None


def _first_epoch(stored: Bits, again: Bits) -> Difference | None:
    for at, (a, b) in enumerate(zip(stored.epochs, again.epochs, strict=False)):
        if a.get("order_sha256", b.get("order_sha256")) != b.get("order_sha256"):
            return Difference("order", epoch=at, detail="the order of the samples differs")
        if a.get("weights_sha256", b.get("weights_sha256")) != b.get("weights_sha256"):
            return _in_layers("weights", at, a["layers"], b["layers"], stored.sizes, again.sizes)
        numbers = [name for name, value in a.items() if isinstance(value, float)]
        changed = [name for name in numbers if not _same(a[name], b.get(name, math.nan))]
        if changed:
            said = ", ".join(f"{name} {a[name]:.6g} is now {b.get(name, math.nan):.6g}" for name in changed[:3])
            return Difference("epoch metrics", epoch=at, size=len(changed), detail=said)
    if len(stored.epochs) != len(again.epochs):
        return Difference("epochs", detail=f"{len(stored.epochs)} epochs are now {len(again.epochs)}")
    return None


def _in_layers(
    stage: str,
    epoch: int | None,
    stored: dict[str, str],
    again: dict[str, str],
    sizes: dict[str, int],
    sizes_again: dict[str, int],
) -> Difference:
    if not stored or not again:
        return Difference(stage, epoch=epoch, detail="the store has no digests of single layers for this trial")
    every = list(dict.fromkeys([*stored, *again]))
    differing = [name for name in every if stored.get(name) != again.get(name)]
    detail = ""
    if list(stored) != list(again):
        detail = f"the model has other layers: {len(stored)} stored, {len(again)} now"
    if not differing:  # equal but for order or type of the weights
        return Difference(stage, epoch=epoch, of_layers=len(every), detail=detail or "weights in another order")
    first = differing[0]
    size = sizes.get(first, sizes_again.get(first, 0))
    if sizes_again.get(first, size) != size:
        detail = f"it has {sizes_again[first]:,} weights now"
    return Difference(stage, epoch, None, first, len(differing), len(every), size, detail)


def _scores(stored: dict[tuple[str, str], float], again: dict[tuple[str, str], float]) -> Difference:
    changed = [key for key, value in stored.items() if not _same(value, again.get(key, math.nan))]
    if not changed:
        return Difference("scores", detail="other samples, or outputs that the column `score` does not show")
    split, sample = changed[0]
    largest = max(abs(stored[key] - again.get(key, math.nan)) for key in changed)
    return Difference(
        "scores", size=len(changed), detail=f"sample {sample} of {split} is the first; by {largest:.3g} at most"
    )


def _metrics(stored: Bits, again: Bits, names: list[str]) -> str:
    return ", ".join(
        f"{name} {stored.metrics[name]:.6g} is now {again.metrics.get(name, math.nan):.6g}" for name in names[:3]
    )


def _same(a: float, b: float) -> bool:
    return a == b or (a != a and b != b)

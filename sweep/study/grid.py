"""The grid: axes of listed or sampled values, and every point that they span."""

import hashlib
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from sweep.errors import nearest

_LONGEST_AXIS = 10_000
SAMPLERS = ("choice", "uniform", "loguniform")


def check_grid(grid: Any) -> None:
    """Refuse axes that are no settings of a trial, and values that `check_axis` refuses.

    Raises:
        ValueError: with what was expected and what was received.
    """
    for key, axis in grid.items() if isinstance(grid, dict) else ():
        section, _, name = str(key).partition(".")
        if section not in ("train", "model", "data", "tests", "fit", "trial") or not name:
            raise ValueError(f"keys like train.learning_rate, model.dropout or data.root. Received: {key}")
        if (name.partition(".")[2] if section == "tests" else name) in ("use", "leakage", "people"):
            raise ValueError(f"settings. Received: {key}, which chooses the code; make two studies")
        check_axis(key, axis)


def check_axis(key: str, axis: Any) -> None:
    """Raise ValueError unless the axis is a list of values, {choice: [...]}, {uniform: [a, b]} or {loguniform: [a, b]}.

    A pydantic validator calls this, hence the ValueError; its text continues "expected ...".
    """
    kinds = "a list of values, {choice: [...]}, {uniform: [low, high]} or {loguniform: [low, high]}"
    if isinstance(axis, list) and axis:
        if len(axis) > _LONGEST_AXIS:
            raise ValueError(f"at most {_LONGEST_AXIS:,} values for {key}. Received: {len(axis):,}")
        repeated = [value for at, value in enumerate(axis) if value in axis[:at]]
        if repeated:
            raise ValueError(f"every value once for {key}. Received repeated: {repeated[0]!r}")
        return
    if not isinstance(axis, dict) or len(axis) != 1:
        raise ValueError(f"{kinds} for {key}. Received: {axis!r}")
    sampler, values = next(iter(axis.items()))
    if sampler not in SAMPLERS:
        raise ValueError(f"{kinds} for {key}. Received: {sampler}.{nearest(str(sampler), SAMPLERS)}")
    if not isinstance(values, list) or not values:
        raise ValueError(f"{kinds} for {key}. Received: {axis!r}")
    if sampler == "choice":
        return
    if len(values) != 2 or not all(type(value) in (int, float) and math.isfinite(value) for value in values):
        raise ValueError(f"two numbers for {sampler} of {key}. Received: {values!r}")
    if values[0] >= values[1] or (sampler == "loguniform" and values[0] <= 0):
        above = "0 < low < high" if sampler == "loguniform" else "low < high"
        raise ValueError(f"{above} for {sampler} of {key}. Received: {values!r}")


def n_points(grid: Mapping[str, Any], samples: int) -> int:
    """Return how many points `points` yields, without making them."""
    listed = math.prod(len(axis) for axis in grid.values() if isinstance(axis, list))
    return listed * (samples if any(not isinstance(axis, list) for axis in grid.values()) else 1)


def points(grid: Mapping[str, Any], samples: int, study_seed: int) -> Iterator[dict[str, Any]]:
    """Yield every point of the grid, in the order of the file, the last listed axis fastest.

    Lists are crossed. Sampled axes are drawn `samples` times for each point of the lists; draw number i of an axis
    depends on (study_seed, axis, i) alone, so more samples keep the earlier ones and every point meets the same draws.

    Args:
        grid: setting -> axis, as `check_axis` admits them.
        samples: number of draws, used only if an axis is sampled.
        study_seed: seed of the draws.
    """
    listed = {key: axis for key, axis in grid.items() if isinstance(axis, list)}
    sampled = {key: axis for key, axis in grid.items() if not isinstance(axis, list)}
    for values in itertools.product(*listed.values()):
        chosen = dict(zip(listed, values, strict=True))
        for draw in range(samples if sampled else 1):
            drawn = {key: _draw(axis, f"{study_seed}/{key}/{draw}") for key, axis in sampled.items()}
            yield {key: {**chosen, **drawn}[key] for key in grid}


def _draw(axis: Mapping[str, list[Any]], name: str) -> Any:
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))
    sampler, values = next(iter(axis.items()))
    if sampler == "choice":
        return values[int(rng.integers(len(values)))]
    low, high = map(float, values)
    if sampler == "uniform":
        return float(rng.uniform(low, high))
    drawn = math.exp(rng.uniform(math.log(low), math.log(high)))
    # Twelve digits: the last bits of exp differ between machines, and would give the same draw two trial ids.
    return min(max(float(f"{drawn:.12g}"), low), high)

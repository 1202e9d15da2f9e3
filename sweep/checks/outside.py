"""Traps of a model that takes something from outside of its study: a file that is not named, randomness of no seed."""

from typing import Any

from sweep.watched_build import outside


def outside_checks(model: Any) -> dict[str, float]:
    """Return check -> count of what the function that built the model took from outside."""
    seen = outside(model)
    return {"unnamed_files": float(len(seen.files)), "unseeded_randomness": float(len(seen.unseeded))}

"""Traps of a model that takes something from outside of its study: a file that is not named, randomness of no seed."""

import json
from collections.abc import Collection
from typing import Any

from sweep.checks.finding import Finding
from sweep.checks.traps import TRAPS
from sweep.checks.watched_build import outside


def outside_checks(model: Any) -> dict[str, float]:
    """Return check -> count of what the function that built the model took from outside."""
    seen = outside(model)
    return {"unnamed_files": float(len(seen.files)), "unseeded_randomness": float(len(seen.unseeded))}


def outside_record(model: Any) -> dict[str, str]:
    """Return the column that says in JSON what was taken from outside, by the names of the checks; {} for nothing."""
    seen = outside(model)
    said = {"unnamed_files": seen.files, "keras_files": seen.keras, "unseeded_randomness": list(seen.unseeded)}
    said = {key: value for key, value in said.items() if value}
    return {"outside": json.dumps(said)} if said else {}


def outside_findings(model: Any) -> list[Finding]:
    """Return the findings of what was taken from outside, with names and places."""
    seen = outside(model)
    told: dict[str, Collection[str]] = {"unnamed_files": seen.files, "unseeded_randomness": seen.unseeded}
    return [
        Finding(trap.name, trap.severity, trap.said(len(told[trap.name]), told[trap.name]), trap.remedy)
        for trap in TRAPS
        if told.get(trap.name)
    ]

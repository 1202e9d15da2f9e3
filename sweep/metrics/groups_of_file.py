"""The rates by group of the scores of a file."""

from typing import Any

import numpy as np

from sweep.errors import InputError
from sweep.metrics.by_group import GroupRates, rates_by_group
from sweep.metrics.score_set import Rows, ScoreSet, Unit


def group_rates(found: ScoreSet, threshold: float, unit: Unit, confidence: float) -> GroupRates:
    """Return FMR and FNMR of each group of a file; unit: what its intervals take as independent.

    Raises:
        InputError: no group in it, or no unit.
    """
    sides = (found.genuine, found.impostor)
    if any(rows.group is None for rows in sides):
        raise InputError(f"Expected a column of groups. Received: {found.source} without one. Say --group COLUMN.")
    found.clusters(unit)  # says what lacks
    label = np.repeat([1, 0], [rows.scores.size for rows in sides])
    people = {"score": None, "subject": _both(sides, "subject"), "video": _videos(sides)}[unit]
    try:
        return rates_by_group(
            np.concatenate([rows.scores for rows in sides]),
            label,
            _both(sides, "group"),
            threshold=threshold,
            subject=people,
            other=_both(sides, "other") if unit == "subject" else None,
            unit=unit,
            confidence=confidence,
        )
    except InputError as error:
        raise InputError(f"{found.source}: {error}") from None


def _both(sides: tuple[Rows, Rows], name: str) -> Any:
    """Return a column of both classes; None where one lacks it."""
    columns = [getattr(rows, name) for rows in sides]
    return None if any(column is None for column in columns) else np.concatenate(columns)


def _videos(sides: tuple[Rows, Rows]) -> Any:
    """Return the video of each score, told apart by subject where there is one."""
    video, subject = _both(sides, "video"), _both(sides, "subject")
    if video is None or subject is None:
        return video
    return np.array([f"{person}/{name}" for person, name in zip(subject, video, strict=True)], dtype=object)

"""What a study says in each of its arms and at each point of its grid: its mapping with these settings in place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sweep.errors import InputError
from sweep.study.arms import changed
from sweep.study.grid import points
from sweep.study.inside import with_setting

FOLD = "division.fold"  # the axis that `division: {folds: K}` adds to the grid, its last one


@dataclass(frozen=True)
class Settings:
    """One arm at one point of the grid, and one fold where the study divides its data.

    arm: its name, "" in a study without arms. point: setting -> value, as the grid gives it. study: as JSON, without
    grid and arms; nothing of it is checked yet.
    """

    arm: str
    point: Mapping[str, Any]
    study: dict[str, Any]


def every_settings(study: Mapping[str, Any]) -> Iterator[Settings]:
    """Yield the settings of a study as JSON, an arm after another, each in the order of the grid.

    Raises:
        InputError: an arm and the grid change the same setting, or the grid one that cannot have a value.
    """
    grid, arms = study.get("grid") or {}, study.get("arms") or {}
    plain = dict(study) | {"grid": {}, "arms": {}}
    for arm, changes in (arms or {"": {}}).items():
        for key in changes:
            if any(key == axis or axis.startswith(f"{key}.") for axis in grid):
                raise InputError(
                    f"arms.{arm}: expected settings outside the grid. Received: {key}, which the grid sets."
                )
        for point in points(grid, study.get("samples", 1), study.get("study_seed", 0)):
            mapping = changed(plain, changes)
            for key, value in sorted(point.items(), key=lambda axis: axis[0].count(".")):  # a word before its keywords
                section, _, name = key.partition(".")
                try:
                    mapping[section] = with_setting(section, mapping.get(section), name.split("."), value)
                except ValueError as error:
                    raise InputError(f"grid: expected {error}.") from None
            yield from _folds(Settings(arm, point, mapping))


def _folds(settings: Settings) -> Iterator[Settings]:
    """Yield the settings once for each fold of the study's division, if it has one."""
    division = settings.study.get("division")
    if not division or division.get("fold") is not None:
        yield settings
        return
    for fold in range(division["folds"]):
        of_fold = {**settings.study, "division": {**division, "fold": fold}}
        yield Settings(settings.arm, {**settings.point, FOLD: fold}, of_fold)

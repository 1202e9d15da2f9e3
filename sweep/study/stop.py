"""The study's key `stop:`: seeds are added until configurations are told apart, or an interval is narrow enough."""

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from sweep.errors import InputError, nearest
from sweep.metrics.catalogue import CATALOGUE
from sweep.study.parts import Number, Part, SeedRange

DECIDED = "decided"
_WHOLE = 0.5  # half of all that a rate can be
_FORMS = "decided, or a metric with the half-width of its interval, as {eer: 0.005}"
_OWN = {"verification": "eer", "classification": "dev_accuracy", "regression": "dev_mse"}


def _until(value: Any) -> Any:
    """Refuse all but the word `decided` and one metric with a half-width."""
    if value == DECIDED:
        return value
    if isinstance(value, str):
        near = nearest(value, [DECIDED])
        raise ValueError(f"{_FORMS}. Received: {value!r}{near and '.' + near}")
    if not isinstance(value, dict) or len(value) != 1 or not next(iter(value)):
        raise ValueError(f"{_FORMS}. Received: {value!r}")
    ((metric, width),) = value.items()
    if type(width) not in (int, float) or not (math.isfinite(width) and width > 0):
        raise ValueError(f"a half-width above 0 for {metric}, in the metric's unit. Received: {width!r}")
    row = CATALOGUE.get(metric)
    if row is not None and row.rate and width >= _WHOLE:
        raise ValueError(
            f"a half-width below {_WHOLE:g} for {metric}, which is a fraction from 0 to 1. Received: {width:g}. Of "
            f"{width:g} % say {width / 100:g}"
        )
    return {str(metric): float(width)}


def _whole(least: int, why: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if type(value) is not int or value < least:
            raise ValueError(f"a whole number of seeds, at least {least}{why}. Received: {value!r}")
        return value

    return BeforeValidator(check)


class Stop(Part):
    """When a study ends by itself.

    until: `decided`, a race in which configurations that are worse than the leader leave; or {METRIC: half-width}.
    metric: what decides; none: dev's own, so that the test set is touched once. covers: whether subjects are drawn
    anew, too. first: seeds before the first look. step: seeds between two looks. most: seeds a configuration gets at
    most. level: 1 - the error of all decisions together. margin: a difference that does not matter, in the metric's
    unit.
    """

    until: Annotated[Literal["decided"] | dict[str, float], BeforeValidator(_until)]
    metric: Annotated[str | None, Field(description="what decides; none: dev's EER, accuracy or MSE")] = None
    covers: Literal["new subjects", "this test set"] | None = None
    first: Annotated[int, _whole(2, ": one shows no spread"), Field(ge=2)] = 5
    step: Annotated[int, _whole(1, ""), Field(ge=1)] = 5
    most: Annotated[int, _whole(2, ""), Field(ge=2)] = 40
    level: Annotated[Number, Field(gt=0, lt=1)] = 0.95
    margin: Annotated[Number | None, Field(gt=0, description="a difference that does not matter")] = None

    @field_validator("most", mode="after")
    @classmethod
    def _most_is_not_below_first(cls, most: int, info: ValidationInfo) -> int:
        first = info.data.get("first", 2)
        if most < first:
            raise ValueError(f"at least as many seeds as `first`, {first}. Received: {most}")
        return most

    @property
    def races(self) -> bool:
        """Return whether configurations race, in place of an interval that grows narrow."""
        return self.until == DECIDED

    @property
    def half_width(self) -> float:
        """Return the half-width that is asked for; NaN of a race."""
        return math.nan if isinstance(self.until, str) else next(iter(self.until.values()))

    def metric_of(self, task: str) -> str:
        """Return the metric that decides."""
        return (None if isinstance(self.until, str) else next(iter(self.until))) or self.metric or _OWN[task]

    def covers_of(self, task: str) -> str:
        """Return what the intervals cover: new subjects, where the metric can be resampled and nothing else is said."""
        row = CATALOGUE.get(self.metric_of(task))
        return self.covers or ("new subjects" if row is not None and row.resampled else "this test set")


def check_stop(stop: Stop, task: str, *, measures: bool) -> None:
    """Raise ValueError, continuing "expected ...", where the metric does not fit the task.

    measures: whether a function of the user's may add metrics of its own.
    """
    asked = stop.metric_of(task)
    if not stop.races and stop.metric not in (None, asked):
        raise ValueError(f"one metric. Received: {asked} in `until` and {stop.metric} in `metric`; leave `metric` out")
    known = sorted(name for name, row in CATALOGUE.items() if task in row.tasks)
    if asked not in known and (asked in CATALOGUE or not measures):
        near = nearest(asked, known)
        raise ValueError(
            f"a metric that a trial of a {task} stores: {', '.join(known)}. Received: {asked}{near and '.' + near}"
        )
    row = CATALOGUE.get(asked)
    if stop.covers == "new subjects" and (row is None or not row.resampled):
        raise ValueError(
            f"a metric that scores give, for `covers: new subjects`. Received: {asked}. Say `covers: this test set`"
        )


def with_seeds(said: dict[str, Any]) -> dict[str, Any]:
    """Return a study's keys with `most` seeds, from where `seeds` begins; ValueError where both count otherwise."""
    stop = said.get("stop")
    if not isinstance(stop, dict | Stop):
        return said
    most = stop.most if isinstance(stop, Stop) else stop.get("most", Stop.model_fields["most"].default)
    if type(most) is not int:
        return said  # refused where `stop` is read
    seeds: Any = said.get("seeds")
    seeds, first = seeds.model_dump() if isinstance(seeds, SeedRange) else seeds, None
    count: Any = seeds
    if isinstance(seeds, dict):
        count, first = seeds.get("count"), seeds.get("first", 0)
    if isinstance(seeds, list) or (count is not None and count != most):
        raise ValueError(
            f"seeds without a count beside `stop`, which runs at most {most} (its key `most`). Received: seeds: "
            f"{seeds}. Leave `seeds` out, or say where they begin: {{first: 100}}"
        )
    return {**said, "seeds": most if first is None else {"count": most, "first": first}}


def stop_said(word: str) -> dict[str, Any]:
    """Return `until` from the words of a command: decided, or eer=0.005.

    Raises:
        InputError: neither.
    """
    name, equals, number = word.partition("=")
    try:
        until: Any = {name.strip(): float(number)} if equals else _until(word)
        return {"until": _until(until)}
    except ValueError as error:
        said = str(error) if "Received" in str(error) else f"{_FORMS}. Received: {word}"
        said = said.replace("{eer: 0.005}", "eer=0.005")
        raise InputError(f"--until: expected {said}{'' if said.endswith('?') else '.'}") from None


def until_in_words(stop: Stop) -> str:
    """Return `until` as --until takes it."""
    return stop.until if isinstance(stop.until, str) else "=".join(map(str, next(iter(stop.until.items()))))


def with_words(said: dict[str, Any], until: str | None, seeds: Any) -> dict[str, Any]:
    """Return the keys of a study that the words of a command change: `stop` and `seeds`; none where it does not stop.

    Args:
        said: the study's keys as its file has them.
        until: of --until; None leaves the file's.
        seeds: of --seeds; beside `stop` it is the most.

    Raises:
        InputError: no such `until`, or a list of seeds.
    """
    stop = said.get("stop")
    if until is None and not isinstance(stop, dict):
        return {}
    stop = dict(stop) if isinstance(stop, dict) else {}
    if until is not None:
        asked = stop_said(until)
        if stop.get("until") != asked["until"] and isinstance(asked["until"], dict):
            stop.pop("metric", None)
        stop |= asked
    if seeds is not None:
        if not isinstance(seeds, int):
            raise InputError("Expected a count of seeds beside `stop`, the most of a configuration. Received: a list.")
        stop["most"] = seeds
    own = said.get("seeds")
    first = own.get("first") if isinstance(own, dict) else None
    if until is None and seeds is None:
        return {}
    most = stop.get("most", Stop.model_fields["most"].default)
    return {"stop": stop, "seeds": most if first is None else {"count": most, "first": first}}

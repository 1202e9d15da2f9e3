"""What study.json and the JSON of a record must say, so that nothing that reads them meets another type."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Word = Annotated[str, Field(min_length=1)]
_SHOWN = 2  # faults of one file that are told


class _Said(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)  # later versions say more


class _Configuration(_Said):
    label: str
    hp: dict[str, float | str | None]
    classes: list[str] = []


class _Planned(_Said):
    trial_id: Word
    config_id: Word
    seed: int


class _Used(_Said):
    use: str = ""


class _Resolved(_Said):
    data: _Used = _Used()
    model: _Used | None = _Used()
    fit: _Used | None = None
    trial: _Used | None = None
    measure: _Used | None = None
    tests: dict[str, _Used] = {}
    answer: str | None = None
    hold: dict[str, int] = {}
    arms: dict[str, dict[str, Any]] = {}
    grid: dict[str, Any] = {}
    train: dict[str, Any] = {}
    resources: dict[str, Any] = {}


class StudyDocument(_Said):
    """study.json: the resolved study, its configurations and its plan."""

    study: Word
    task: str
    schema_version: int = 1
    resolved: _Resolved
    configurations: dict[str, _Configuration]
    plan: list[_Planned]

    @model_validator(mode="after")
    def _each_trial_is_planned_once(self) -> Self:
        repeated = [one for one, n in Counter(one.trial_id for one in self.plan).items() if n > 1]
        if repeated:
            raise ValueError(f"every trial once in the plan. Received: {repeated[0]!r} more than once")
        return self


class _Trial(_Said):
    trial_id: Word
    config_id: Word
    seed: int
    attempt: Annotated[int, Field(ge=0)]
    status: Literal["ok", "failed"]
    hp: dict[str, float | str | None] = {}
    metric: dict[str, float | None] = {}
    check: dict[str, float | None] = {}


class RecordDocument(_Said):
    """The JSON beside a record's scores."""

    trial: _Trial
    epochs: list[dict[str, Any]]
    environment: dict[str, Any]


def fault_of(said: Any, model: type[StudyDocument | RecordDocument]) -> str:
    """Return what is wrong with a document, "" where nothing is."""
    try:
        model.model_validate(said)
    except ValidationError as error:
        faults = error.errors(include_url=False)[:_SHOWN]
        return "; ".join(_told(fault) for fault in faults)
    return ""


def _told(fault: Mapping[str, Any]) -> str:
    place = ".".join(str(part)[:80] for part in fault["loc"])
    if fault["type"] == "value_error":
        return f"expected {str(fault['ctx']['error'])[:200]}"
    if fault["type"] == "missing":
        return f"{place} is missing"
    return f"{place}: {fault['msg'][:120].removeprefix('Input should be ')} was expected"

"""What became of one trial: the value that crosses from its process to the slot, to the driver and to listeners."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sweep.store.records import Record


class Status(StrEnum):
    """How a trial ended.

    ok, failed: its record is stored; a failure is a row with its error. unfit: this node has other data, no room or no
    GPU for it, and nothing is stored. unstored: its record could not be written. held: another run trains it now.
    not_shared: the process that was to train it has the program of another model, and nothing is stored; a fresh
    process trains it.
    """

    OK = "ok"
    FAILED = "failed"
    UNFIT = "unfit"
    UNSTORED = "unstored"
    HELD = "held"
    NOT_SHARED = "not shared"


@dataclass(frozen=True)
class TrialOutcome:
    """What became of one trial.

    stage: where a failed trial stood (session, data, build, fit, score, or crash where its process died).
    metrics: name -> value on test, in the task's units; empty unless the status is ok. error: one line, "" if ok.
    record: what is still to be stored, None where that is done. elsewhere: whether another run trained it.
    holder: of a trial that is held, who trains it. config_id, seed: of the trial; the driver fills them in.
    """

    trial_id: str
    status: Status
    stage: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    error: str = ""
    record: Record | None = None
    elsewhere: bool = False
    holder: str = ""
    config_id: str = ""
    seed: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return every field but the record, as plain values that JSON knows."""
        return {
            "trial_id": self.trial_id,
            "config_id": self.config_id,
            "seed": self.seed,
            "status": str(self.status),
            "stage": self.stage,
            "metrics": dict(self.metrics),
            "error": self.error,
            "elsewhere": self.elsewhere,
            "holder": self.holder,
        }

"""The report as numbers: every metric of every configuration over its seeds, with what the interval covers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.checks import Finding
from sweep.report.study_answer import Answer
from sweep.stats import Interval
from sweep.stats.class_report import ClassReport
from sweep.store.places import Place


@dataclass(frozen=True)
class MetricOverSeeds:
    """One metric of one configuration.

    values: (S,) a value a seed that is ok and has one, in the order of the plan. interval: mean and limits over seeds;
    NaN where `interval.note` says why. n_undefined: ok seeds for which the metric has no value, such as a precision
    when nothing was accepted. new_subjects: the interval for other subjects, where it was asked for and exists.
    """

    values: NDArray[np.float64]
    interval: Interval
    n_undefined: int = 0
    new_subjects: Interval | None = None

    @property
    def minimum(self) -> float:
        """The smallest value; NaN without a seed."""
        return float(self.values.min()) if self.values.size else math.nan

    @property
    def maximum(self) -> float:
        """The largest value; NaN without a seed."""
        return float(self.values.max()) if self.values.size else math.nan

    def as_dict(self) -> dict[str, Any]:
        """Return the interval's fields, min, max and n_undefined; new_subjects where there is one."""
        found = self.interval.as_dict() | {
            "min": self.minimum,
            "max": self.maximum,
            "n_undefined": self.n_undefined,
        }
        return found | ({"new_subjects": self.new_subjects.as_dict()} if self.new_subjects else {})


@dataclass(frozen=True)
class Row:
    """One configuration: its settings, how many of its trials are ok, and its metrics by name."""

    config_id: str
    label: str
    hp: Mapping[str, float | str]
    n_planned: int
    n_ok: int
    n_failed: int
    metrics: Mapping[str, MetricOverSeeds]

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, for JSON."""
        return {
            "config_id": self.config_id,
            "label": self.label,
            "hp": dict(self.hp),
            "n_ok": self.n_ok,
            "n_planned": self.n_planned,
            "n_failed": self.n_failed,
            "metrics": {name: metric.as_dict() for name, metric in self.metrics.items()},
        }


@dataclass(frozen=True)
class Failure:
    """A planned trial without a good attempt, and the first line of its last error."""

    trial_id: str
    label: str
    seed: int
    error: str


@dataclass(frozen=True)
class Report:
    """What a study found, from its store alone.

    headline: the metrics that the table shows. rows: the configurations in the order of the plan.
    findings, cautions: of the trials' checks. notes: what a reader must know beside the numbers, a sentence each.
    files: what was written, if anything. methods: a paragraph for a paper's methods section. answer: to the study's own
    question. classes: of a classification, config_id -> its classes and confusion matrix.
    """

    study: str
    task: str
    path: Place
    level: float
    headline: tuple[str, ...]
    rows: tuple[Row, ...]
    failures: tuple[Failure, ...] = ()
    findings: tuple[Finding, ...] = ()
    cautions: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[Place, ...] = ()
    methods: str = ""
    answer: Answer | None = None
    classes: Mapping[str, ClassReport] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as one object for JSON."""
        return {
            "study": self.study,
            "task": self.task,
            "level": self.level,
            "configurations": [row.as_dict() for row in self.rows],
            "failures": [vars(failure) for failure in self.failures],
            "findings": [finding.as_dict() for finding in self.findings],
            "cautions": [caution.as_dict() for caution in self.cautions],
            "notes": list(self.notes),
            "methods": self.methods,
            "answer": self.answer.as_dict() if self.answer else None,
            **({"classes": {key: one.as_dict() for key, one in self.classes.items()}} if self.classes else {}),
            "files": [str(path) for path in self.files],
        }

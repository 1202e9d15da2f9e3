"""The report: the numbers of every configuration, and what is said beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sweep.analysis.groups import StudyGroups
from sweep.analysis.over_seeds import Failure as Failure
from sweep.analysis.over_seeds import MetricOverSeeds as MetricOverSeeds
from sweep.analysis.over_seeds import Row as Row
from sweep.analysis.standing import Standing
from sweep.checks import Finding
from sweep.metrics.catalogue import metric_called
from sweep.report.study_answer import Answer
from sweep.stats.class_report import ClassReport
from sweep.store.places import Place


@dataclass(frozen=True)
class Report:
    """What a study found, from its store alone.

    headline: the metrics that the table shows. rows: the configurations in the order of the plan.
    findings, cautions: of the trials' checks. notes: what a reader must know beside the numbers, a sentence each.
    files: what was written, if anything. methods: a paragraph for a paper's methods section. answer: to the study's own
    question. classes: of a classification, config_id -> its classes and confusion matrix. folds: how many each run has,
    0 where the study has one test set. decisions: of a study that stops by itself, what it decided and why.
    tests: names of further test sets. groups: of people, with their error rates, where the scores name them.
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
    folds: int = 0
    decisions: Standing | None = None
    tests: tuple[str, ...] = ()
    groups: StudyGroups | None = None

    @property
    def of_test(self) -> tuple[str, ...]:
        """Return the metrics of the headline that are measured on test."""
        return tuple(name for name in self.headline if metric_called(name).split == "test" and "." not in name)

    @property
    def on_tests(self) -> tuple[str, ...]:
        """Return the same metrics of each further test set, as B.hter, where a configuration has them."""
        every = (f"{test}.{name}" for test in self.tests for name in self.of_test)
        return tuple(name for name in every if any(name in row.metrics for row in self.rows))

    def _on_each(self, name: str) -> dict[str, str]:
        """Return test set -> what a metric of it is called under `metrics` of the configurations."""
        return {"test": name, **{test: f"{test}.{name}" for test in self.tests}}

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
            **({"folds": self.folds} if self.folds else {}),
            **({"groups": self.groups.as_dict()} if self.groups else {}),
            **({"decisions": self.decisions.as_dict()} if self.decisions else {}),
            **({"tests": {name: self._on_each(name) for name in self.of_test}} if self.tests else {}),
            "files": [str(path) for path in self.files],
        }

"""The report of a study, from its store alone: table, intervals over seeds, figures. No Ray, no TensorFlow."""

from sweep.report.summarising import summarise
from sweep.report.summary import Failure, MetricOverSeeds, Report, Row
from sweep.report.text import as_text
from sweep.report.writing import write

__all__ = ["Failure", "MetricOverSeeds", "Report", "Row", "as_json", "as_text", "summarise", "write"]


def as_json(report: Report) -> dict[str, object]:
    """Return the report as one object for JSON."""
    return report.as_dict()

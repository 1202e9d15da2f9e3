"""The report of a bundle: its tables as files, and the error rates that a test report asks for."""

from collections.abc import Mapping
from dataclasses import replace

from sweep import report as door
from sweep.report.summarising import reporting
from sweep.report.summary import Report
from sweep.report.writing import contents_of
from sweep.store.store import Results
from sweep.study.trust import Trust, UntrustedError

_RATES = ("far", "frr")  # beside the task's own, of the same threshold


def summaries(results: Results, trust: Trust) -> tuple[Report, Report, list[str]]:
    """Return the study's report, the same with the rates of a test report, and notes.

    trust: whose `answer` is called; one of somebody else's is left out, and said so.
    """
    notes = []
    rates = [name for name in _RATES if f"metric.{name}" in results.trials and results.study["task"] == "verification"]
    with reporting(results, rates):
        try:
            report = door.summarise(results, trust=trust)
        except UntrustedError:
            use = results.study["resolved"]["answer"]
            notes.append(
                f"answer {use} is not yours or not here, so it was not called: its tables are not in the bundle. Name "
                "its folder with --modules FOLDER"
            )
            resolved = {key: value for key, value in results.study["resolved"].items() if key != "answer"}
            results = replace(results, study={**results.study, "resolved": resolved})
            report = door.summarise(results)
        with_rates = door.summarise(results, trust=trust, metrics=rates) if rates else report
    return report, with_rates, notes


def tables_of(report: Report, results: Results) -> Mapping[str, bytes]:
    """Return tables, methods paragraph and the whole report as JSON, as `sweep report` writes them: name -> content."""
    return contents_of(report, results, (), ("csv", "md", "tex", "json"))

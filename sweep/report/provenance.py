"""What was run: command, dates, versions, machine, seeds and digests, a row each."""

from collections.abc import Iterable

import pandas as pd

from sweep.analysis.current import current
from sweep.analysis.folds import gathered
from sweep.report.labels import names
from sweep.report.summary import Report
from sweep.report.vector.strips import digest
from sweep.store.collected import is_collected
from sweep.store.store import Results

Rows = list[tuple[str, str]]
_MACHINE = ("cpu_model", "gpu_model", "platform")


def provenance(report: Report, results: Results) -> tuple[Rows, tuple[list[str], list[list[str]]]]:
    """Return what was run as rows (what, value), and a table of the trials: configuration, seed, trial, digest."""
    results = gathered(results)
    ok = current(results).ok
    used = results.environments
    used = used[used["env_id"].isin(ok["env_id"])] if len(used) and "env_id" in ok else used[:0]
    started = sorted(str(one) for one in ok["started_at"].dropna()) if "started_at" in ok else []
    seeds = sorted({int(one) for one in ok["seed"]}) if len(ok) else []
    again = "sweep collect" if is_collected(results.study) else f"sweep run {report.study}"
    rows = [
        ("command", f"{again} (the study's file); then sweep report {results.path}"),
        ("trials began", _span(started)),
        ("seeds", _runs(seeds)),
        ("machine", " / ".join(filter(None, (_values(used, name) for name in _MACHINE)))),
        ("Python", _values(used, "python")),
        ("versions", ", ".join(_versions(used))),
        ("git commit", _values(used, "git_commit")),
        ("data", ", ".join(_short(ok, "data_id"))),
        ("code", ", ".join(_short(ok, "code_id"))),
    ]
    label = dict(zip((row.config_id for row in report.rows), names(report), strict=True))
    trials = [
        [label.get(str(row["config_id"]), ""), str(row["seed"]), str(row["trial_id"]), digest(row).lstrip(", ")]
        for row in ok.to_dict("records")
    ]
    return [row for row in rows if row[1]], (["configuration", "seed", "trial", "digest"], trials)


def _span(words: list[str]) -> str:
    """Return the first and the last day."""
    days = sorted({one[:10] for one in words})
    return " to ".join(dict.fromkeys((days[0], days[-1]))) if days else ""


def _runs(seeds: Iterable[int]) -> str:
    """Return whole numbers with their stretches joined: 0 to 9, 20."""
    parts: list[list[int]] = []
    for seed in seeds:
        if parts and seed == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], seed]
        else:
            parts.append([seed])
    return ", ".join(" to ".join(map(str, part)) for part in parts)


def _values(used: pd.DataFrame, column: str) -> str:
    if column not in used:
        return ""
    return " / ".join(sorted({str(value) for value in used[column].dropna() if str(value)}))


def _versions(used: pd.DataFrame) -> list[str]:
    columns = [str(name) for name in used.columns if str(name).startswith("version.")]
    return [f"{name.removeprefix('version.')} {said}" for name in columns if (said := _values(used, name))]


def _short(ok: pd.DataFrame, column: str) -> list[str]:
    return sorted({str(one)[:8] for one in ok[column].dropna() if str(one)}) if column in ok else []

"""test-report.md: the fields that a report of a biometric performance test has after ISO/IEC 19795-1:2021.

What is stored is filled in; what is not stored is marked, and never guessed.
"""

from collections.abc import Iterator

from sweep.bundle.facts import UNKNOWN, Facts, listed
from sweep.report.labels import labels_of
from sweep.report.metric_format import scale_of
from sweep.report.summary import Report

_FILL = f"**{UNKNOWN}**"


def biometric_report(facts: Facts, rates: Report) -> bytes:
    """Return the report as Markdown.

    rates: the report with the error rates that the task has, see `sweep.bundle.making`.
    """
    lines = [f"# Test report: {plain(facts.name)}", "", *_opening(facts)]
    for title, rows in (
        ("System under test", _system(facts)),
        ("Test", _test(facts)),
        ("Test population", _population(facts)),
        ("Attempts", _attempts(facts)),
        ("Failures", _failures(facts)),
        ("Decision threshold", _threshold(facts, rates)),
        ("Conditions", _conditions(facts)),
    ):
        lines += ["", f"## {title}", "", *_table(["field", "value"], [[name, value] for name, value in rows])]
    lines += ["", "## Error rates, with intervals", "", *_rates(facts, rates), ""]
    return "\n".join(lines).encode()


def plain(text: object) -> str:
    """Return text that Markdown leaves as it is, in one line."""
    said = str(text)
    for mark in "\\`*_<>|":
        said = said.replace(mark, f"\\{mark}")
    return " ".join(said.split())


def _opening(facts: Facts) -> Iterator[str]:
    yield (
        "The fields that ISO/IEC 19795-1:2021 (Biometric performance testing and reporting, Part 1) asks a test report "
        "for. Seed Sweep filled in what is stored with the results. Fill in every field that says "
        f"{_FILL}. This file alone claims no conformance to the standard."
    )
    yield ""
    yield "A trial here is one training of the system with one seed. The standard's attempts are the scored samples."
    if facts.task != "verification":
        yield ""
        yield f"The task of this study is {facts.task}, no biometric verification: many fields do not apply."
    elif not _attacks(facts):
        yield ""
        yield "If the impostor samples are presentation attacks, report them after ISO/IEC 30107-3 instead."
    if _attacks(facts):
        yield ""
        yield (
            "The impostor samples are presentation attacks. These are outside ISO/IEC 19795-1: report them after "
            "ISO/IEC 30107-3. There FAR of an attack type is its APCER, and FRR is BPCER."
        )


def _attacks(facts: Facts) -> bool:
    scores = facts.results.scores
    return "attack_type" in scores or any(
        use.startswith("sweep.data:") and "attack" in use for use in facts.data_functions
    )


def _system(facts: Facts) -> Iterator[tuple[str, str]]:
    study = facts.study
    yield "system, name and version", _FILL
    makers = [] if study is None else [one.use for one in study.functions() if one.role in ("model", "trial")]
    yield "algorithm", f"{', '.join(dict.fromkeys(makers))}, as in study.yaml" if makers else _FILL
    yield "configurations", str(len(facts.report.rows))
    yield "code", listed(sorted({str(one) for one in facts.now.ok.get("code_id", []) if str(one)})) + " (code_id)"
    yield "capture device", "none: the samples are simulated" if facts.simulated else _FILL
    yield "trained and scored with", ", ".join(f"{n} {' / '.join(facts.versions(n))}" for n in facts.packages) or _FILL


def _test(facts: Facts) -> Iterator[tuple[str, str]]:
    about = str(facts.results.study["resolved"].get("about") or "")
    began, ended = facts.times
    yield "purpose", about or _FILL
    yield "type of evaluation", "technology (offline, on stored samples)" if not facts.collected else _FILL
    days = dict.fromkeys([began[:10], (facts.ended or ended)[:10]])
    yield "dates", " to ".join(days) if began and not facts.collected else _FILL
    yield "who tested", _FILL
    made = ", ".join(facts.data_functions)
    yield (
        "corpus",
        f"simulated by {made}" if facts.simulated else f"{made}; origin, licence: {UNKNOWN}" if made else _FILL,
    )
    data = sorted({str(one) for one in facts.now.ok.get("data_id", []) if str(one) and str(one) != "nan"})
    yield "digest of the data", ", ".join(one[:16] for one in data) or _FILL
    yield "enrolment and comparison protocol", _FILL


def _population(facts: Facts) -> Iterator[tuple[str, str]]:
    samples = facts.samples()
    for row in samples.to_dict("records"):
        yield f"subjects in {row['split']}", str(row["subjects"])
    if not len(samples):
        yield "subjects", _FILL
    yield "subjects in training", _FILL
    yield "samples in training", facts.number("n_train") or _FILL
    for field in ("age, sex and origin of the subjects", "how they were chosen", "consent and ethics"):
        yield field, "none: the subjects are simulated" if facts.simulated else _FILL
    yield "training, development and test share subjects", _apart(facts)


def _apart(facts: Facts) -> str:
    shared = facts.may_share
    if not facts.studies:
        return _FILL
    if shared:
        return f"may be, in {', '.join(shared)}"
    if not any(row["subjects"] != UNKNOWN for row in facts.samples().to_dict("records")):
        return f"{UNKNOWN} (the data name no subjects)"
    return "no: Seed Sweep refuses data in which a named subject stands in two splits"


def _attempts(facts: Facts) -> Iterator[tuple[str, str]]:
    samples = facts.samples()
    for row in samples.to_dict("records"):
        kind = (
            f"{row['genuine']} genuine, {row['impostor']} impostor" if facts.task == "verification" else row["samples"]
        )
        yield f"scored in {row['split']}, each trial", kind
    if not len(samples):
        yield "scored", _FILL
    yield "attempts a subject, time between enrolment and attempt", _FILL
    yield "samples left out before the test", _FILL


def _failures(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "failure to enrol (FTE)", _FILL
    yield "failure to acquire (FTA)", _FILL
    if facts.task == "verification":
        yield (
            "FAR and FRR below",
            ("FMR and FNMR of the standard: of comparisons of samples that were acquired, not of transactions"),
        )
    yield "trials", facts.standing
    for failure in facts.report.failures[:10]:
        yield f"failed: {failure.label or 'trial'}, seed {failure.seed}", failure.error
    if len(facts.report.failures) > 10:
        yield "failed", f"{len(facts.report.failures) - 10} more: results/trials.parquet"


def _threshold(facts: Facts, rates: Report) -> Iterator[tuple[str, str]]:
    ok = facts.now.ok
    if facts.task != "verification":
        yield "threshold", "none: the task has no threshold"
        return
    yield (
        "how it was set",
        (
            _FILL
            if facts.collected and not len(facts.results.scores)
            else "at the equal error rate of the development set of each trial; applied unchanged to the test set"
        ),
    )
    labels = labels_of(rates)
    for row in rates.rows:
        values = ok.loc[ok["config_id"] == row.config_id, "threshold"].dropna() if "threshold" in ok else ok[:0]
        said = f"mean {values.mean():.6g}, from {values.min():.6g} to {values.max():.6g}" if len(values) else _FILL
        yield f"threshold, {labels[row.config_id]}", f"{said} ({len(values)} trials)" if len(values) else said


def _conditions(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "capture (place, light, distance, sensor)", "none: simulated" if facts.simulated else _FILL
    yield "processor", listed(facts.values("cpu_model"))
    yield "GPU", ", ".join(facts.values("gpu_model")) or ("none used" if facts.values("cpu_model") else _FILL)
    yield "threads", listed(facts.values("threads"))
    yield "operating system", listed(facts.values("platform"))
    seeds = sorted({int(one) for one in facts.now.ok["seed"]}) if len(facts.now.ok) else []
    yield "seeds", ", ".join(map(str, seeds)) or _FILL


def _rates(facts: Facts, rates: Report) -> Iterator[str]:
    if not any(row.n_ok for row in rates.rows):
        yield f"No trial is ok: {_FILL}."
        return
    labels, level = labels_of(rates), f"{100 * rates.level:g} %"
    rows = []
    for row in rates.rows:
        for name, metric in row.metrics.items():
            if name not in rates.headline:
                continue
            scale, new = scale_of(rates, name), metric.new_subjects
            limits = scale.limits(new.low, new.high) if new and new.low == new.low else "-"
            here = metric.interval
            rows.append(
                [
                    labels[row.config_id],
                    scale.heading,
                    scale.number(here.value),
                    scale.limits(here.low, here.high) if here.low == here.low else "-",
                    f"{limits} ({new.covers})" if new else "-",
                    f"{here.n_seeds}",
                ]
            )
    head = ["configuration", "rate", "mean", f"{level}, this test set", f"{level}, other subjects", "seeds"]
    yield from _table(head, rows)
    yield ""
    yield (
        "The first interval covers another seed on the same test set. The second also covers other subjects; it is the "
        "one that the standard's uncertainty means. `tables/methods.txt` says how both were made."
    )
    yield ""
    for note in rates.notes:
        yield f"- {plain(note)}"


def _table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        cells = [cell if cell == _FILL else plain(cell).replace(UNKNOWN, _FILL) for cell in row]
        yield f"| {' | '.join(cells)} |"

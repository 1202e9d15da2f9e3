"""The rates of groups of people as tables, sentences and CSV."""

import csv
import io

from sweep.analysis.groups import GroupOverSeeds, StudyGroups
from sweep.metrics.by_group import RATES
from sweep.report.study_answer import Table
from sweep.report.tables import cell
from sweep.stats.estimating import Estimate
from sweep.stats.interval import Interval
from sweep.stats.new_subjects import FEW_UNITS


def group_tables(found: StudyGroups, labels: dict[str, str]) -> list[Table]:
    """Return the table of the groups of each configuration; labels: config_id -> its name."""
    return [
        Table(
            f"By {found.column}, {labels[key]}",
            ("group", "people", "FMR (%)", "FNMR (%)", "", ""),
            tuple(_cells(row) for row in rows),
            _note(found, key),
        )
        for key, rows in found.rows.items()
    ]


def group_notes(found: StudyGroups) -> list[str]:
    """Return what must be said of the groups, a sentence each."""
    few = next(iter(found.rows.values()), ())
    names = [f"{row.name} ({row.n_people})" for row in few if 0 < row.n_people < FEW_UNITS]
    said = [f"Few people, whose intervals are rough: {', '.join(names)}."] if names else []
    said += [f"Without rates: {one}." for one in found.left_out]
    if found.n_unnamed:
        said.append(f"{found.n_unnamed} test samples of no named group are left out.")
    return said


def groups_csv(found: StudyGroups, labels: dict[str, str]) -> str:
    """Return a row a configuration and group: rates as fractions at full precision, empty where a limit is unknown."""
    rows = []
    for key, groups in found.rows.items():
        for row in groups:
            flat: dict[str, object] = {"config_id": key, "label": cell(labels[key]), "group": cell(row.name)}
            flat |= {"n_genuine": row.n_genuine, "n_impostor": row.n_impostor, "n_people": row.n_people}
            for rate in RATES:
                one: Estimate = getattr(row, rate)
                here, new = one.this_test_set, one.new_subjects
                flat |= {rate: here.value, f"{rate}.low": here.low, f"{rate}.high": here.high}
                flat |= {f"{rate}.new_subjects.low": new.low, f"{rate}.new_subjects.high": new.high}
            rows.append({name: "" if value != value else value for name, value in flat.items()})
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["config_id"], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _cells(row: GroupOverSeeds) -> tuple[str, ...]:
    return (
        row.name[:40],
        str(row.n_people) if row.n_people else "-",
        *(_both(getattr(row, rate)) for rate in RATES),
        f"{row.n_genuine} genuine",
        f"{row.n_impostor} impostor",
    )


def _both(one: Estimate) -> str:
    return f"{100 * one.this_test_set.value:.2f} {_limits(one.this_test_set)} {_limits(one.new_subjects)}"


def _limits(one: Interval) -> str:
    return "[-]" if one.low != one.low else f"[{100 * one.low:.2f}, {100 * one.high:.2f}]"


def _note(found: StudyGroups, key: str) -> str:
    rows = found.rows[key]
    new = rows[0].fmr.new_subjects
    said = (
        f"At each trial's own threshold from dev; mean over {new.n_seeds} seeds. First [low, high]: this test set; "
        f"second: {new.covers}. All intervals of one kind hold together at {100 * found.level:g} %, by Bonferroni over "
        f"{len(RATES) * len(rows)} rates."
    )
    ratios = [f"{rate.upper()}: {ratio}" for rate, ratio in found.ratios[key].items() if ratio]
    return " ".join([said, *ratios])

"""The sentences beside the numbers: what the interval covers, what is missing, what differed between trials."""

import pandas as pd

from sweep.analysis.current import Current
from sweep.analysis.folds import means_over_folds
from sweep.analysis.mixed_machines import LEVEL, mixed_machines
from sweep.metrics.catalogue import first_of_test
from sweep.report import fold_text
from sweep.report.labels import labels_of
from sweep.report.methods_text import epoch_chosen_on_dev
from sweep.report.metric_format import scale_of
from sweep.report.summary import Report
from sweep.stats import THIS_TEST_SET
from sweep.store.collected import is_collected
from sweep.store.store import Results

WHAT = {
    "verification": "EER: development set, interpolated. HTER: test set, at the threshold of dev's EER.",
    "classification": "Accuracy and macro F1: test set.",
    "regression": "MSE and MAE: test set, in the label's unit (MSE: squared).",
}


def notes(report: Report, now: Current, results: Results) -> tuple[str, ...]:
    """Return the sentences that hold for this report, the most needed first."""
    found = [(fold_text.WHAT if report.folds else WHAT)[report.task]]
    found += [coverage(report)] if any(row.n_ok > 1 for row in report.rows) else []
    if report.task == "verification" and epoch_chosen_on_dev(results):
        found.append("EER of dev is optimistic: the epoch was chosen on the same samples.")
    found += _new_subjects(report)
    found += _seeds(report, now, results)
    found += _polarity(report)
    found += _environments(now.ok, results.environments, report.headline[0])
    found += _machines(report, results)
    found += _taken(now.ok, results)
    if now.n_foreign:
        found.append(
            f"Not shown: {_count(now.n_foreign, 'stored trial')} of earlier settings, code or data, which the plan "
            "does not contain."
        )
    if report.folds and (means := means_over_folds(results)):
        found.append(f"Means over the folds, as scores do not give them: {', '.join(means)}.")
    return (*found, *results.notes)


def _taken(ok: pd.DataFrame, results: Results) -> list[str]:
    """Return a sentence where trials of other code were taken over by --accept-code."""
    count: dict[str, int] = {}
    accepted = results.study.get("taken", {})
    for config_id, code_id in zip(ok.get("config_id", ()), ok.get("code_id", ()), strict=True):
        for what in accepted.get(config_id, {}).get(code_id, {}).get("changed", ()):
            count[what] = count.get(what, 0) + 1
    return [
        f"--accept-code counts {_count(n, 'trial')} of other code ({what} has changed since)."
        for what, n in count.items()
    ]


def coverage(report: Report) -> str:
    """Return what the interval covers and what it does not."""
    level = f"{100 * report.level:g} %"
    ways = dict.fromkeys(row.metrics[name].interval.method for row in report.rows for name in report.headline)
    if all(metric.interval.covers == THIS_TEST_SET for row in report.rows for metric in row.metrics.values()):
        return (
            f"[low, high]: {level} interval ({', '.join(ways)}) for the mean. It covers another seed on the same "
            "test set, not new subjects."
        )
    return (
        f"[low, high]: {level} interval (t over seeds) for the mean. Seeds had different test sets (the split is not "
        "held), so the interval also covers other splits of these data. The splits share samples, so the interval is "
        "too narrow for new subjects."
    )


def _new_subjects(report: Report) -> list[str]:
    new = [row.metrics[name].new_subjects for row in report.rows for name in report.headline]
    kinds = dict.fromkeys(f"{one.covers} ({one.method})" for one in new if one)
    said = f"The interval marked *, or in a separate column, is for {' or '.join(kinds)}."
    return [said] if kinds else []


def _seeds(report: Report, now: Current, results: Results) -> list[str]:
    found = []
    n_planned = len(now.plan)
    if now.n_missing and is_collected(results.study):
        found.append(f"Missing: {now.n_missing} of {n_planned} runs; a configuration lacks seeds that others have.")
    elif now.n_missing:
        what = fold_text.runs(report.folds, n_planned)
        lacking = " (a fold of each is missing)" if report.folds else ""
        found.append(
            f"Not run yet: {now.n_missing} of {n_planned} planned {what}{lacking}; `sweep run` goes on with them."
        )
    if len(now.failed):
        found.append(
            f"Failed: {len(now.failed)} of {n_planned} {fold_text.runs(report.folds, n_planned)}."
            + (" A seed that lost a fold is no run." if report.folds else "")
            + (
                " The means are over the seeds that finished. If the hard seeds failed, the means look too good."
                if len(now.ok)
                else ""
            )
        )
    single = sum(row.n_ok == 1 for row in report.rows)
    if single:
        which = "The only configuration has" if len(report.rows) == 1 else f"{_count(single, 'configuration')} with"
        found.append(f"{which} one seed: one seed gives no spread and no interval. Run at least two seeds, better ten.")
    few = [row.n_ok for row in report.rows if row.n_ok in (2, 3, 4)]
    if few:
        found.append(f"Few seeds (as few as {min(few)}): the SD is rough, and therefore the interval is wide.")
    equal = sum(row.metrics[name].interval.sd == 0 for row in report.rows for name in report.headline)
    if equal:
        found.append(
            "If every seed gave the same value, the interval has no width. This shows a coarse metric or a model that "
            "learnt nothing. It does not show certainty."
        )
    return found


def _polarity(report: Report) -> list[str]:
    wrong = [row for row in report.rows if "eer" in row.metrics and row.metrics["eer"].interval.value > 0.5]
    if not wrong:
        return []
    return [
        f"{_count(len(wrong), 'configuration')} with an EER above 50 %: there, lower scores look more genuine. "
        "Are the labels swapped?"
    ]


def _environments(ok: pd.DataFrame, environments: pd.DataFrame, headline: str) -> list[str]:
    if not len(ok) or not len(environments):
        return []
    used = environments[environments["env_id"].isin(ok["env_id"])]
    found = []
    if len(used) > 1:
        varied = [name for name in used.columns if name != "env_id" and used[name].nunique(dropna=False) > 1]
        found.append(
            f"Trials ran in {len(used)} environments ({', '.join(varied[:4])}{', ...' if len(varied) > 4 else ''} "
            "differ): equal seeds need not give equal bits. " + _by_environment(ok, f"metric.{headline}")
        )
    if "determinism" in used and not used["determinism"].fillna(True).all():
        found.append("Determinism was off for some trials: they do not repeat to the bit.")
    return found


def _machines(report: Report, results: Results) -> list[str]:
    """Return whether several kinds of machine moved the result, where there were several."""
    mixed = mixed_machines(results, first_of_test(report.task))
    if mixed is None:
        return []
    scale = scale_of(report, mixed.metric)
    counts = "; ".join(f"{name}: {n}" for name, n in sorted(mixed.kinds.items(), key=lambda one: -one[1])[:4])
    begin = f"Trials ran on {len(mixed.kinds)} kinds of machine ({counts}), whose bits differ."
    worst = mixed.worst
    if worst is None:
        return [
            f"{begin} Whether that matters cannot be told: no configuration has two seeds on each of two kinds. "
            "`resources: {same_kind: on}` keeps a study to one."
        ]
    label = labels_of(report).get(worst.config_id, worst.config_id)
    said = f"{scale.title} {scale.number(worst.difference)} [{scale.number(worst.low)}, {scale.number(worst.high)}]"
    where = f"{label + ', ' if label else ''}{worst.a} - {worst.b}: {said}{scale.unit}, p {worst.p_holm:.3g}"
    asked = _count(len(mixed.found), "configuration")
    if worst.p_holm >= 1 - LEVEL:
        return [f"{begin} No effect on the result was found in {asked} (the clearest: {where}, Holm)."]
    return [
        f"{begin} The kind moves the result (Holm over {asked}; {where}): compare configurations on one kind alone, "
        "`resources: {same_kind: on}`."
    ]


def _by_environment(ok: pd.DataFrame, column: str) -> str:
    """Return how many trials each environment ran, with their mean: a machine that differs shows here."""
    mixed = int((ok.groupby("config_id")["env_id"].nunique() > 1).sum())
    groups = (
        ok.reindex(columns=["env_id", column])
        .groupby("env_id")[column]
        .agg(["size", "mean"])
        .sort_values("size", ascending=False)
    )
    shown = [f"{env_id} {row['size']:.0f} (mean {row['mean']:.4g})" for env_id, row in groups.head(4).iterrows()]
    more = f", and {len(groups) - 4} more" if len(groups) > 4 else ""
    name = column.removeprefix("metric.")
    return (
        f"Trials and {name} by env_id: {', '.join(shown)}{more}; {_count(mixed, 'configuration')} ran in more than one."
    )


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"

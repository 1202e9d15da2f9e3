"""What a study that stopped by itself decided, in words: for the terminal, the notes and the methods paragraph."""

from sweep.analysis.standing import Decision, Standing, amount, difference
from sweep.report.labels import names
from sweep.report.summary import Report

REPEATED_NOTE = (
    "The number of seeds was decided by what was seen. The intervals are repeated confidence intervals: they are wider "
    "than those of one look, and hold at whichever look the study stopped."
)
STEIN_NOTE = (
    "The number of seeds was decided by the SD of the first ones (Stein 1945). The intervals use the t of those first "
    "seeds, and keep their coverage."
)


def notes_of(standing: Standing) -> list[str]:
    """Return the sentences beside the table."""
    said = [REPEATED_NOTE if standing.stop.races else STEIN_NOTE] if standing.decisions else []
    if not standing.over:
        said.append("The study has not ended: `sweep run` goes on with it.")
    return [*said, *standing.notes]


def decision_lines(report: Report) -> list[str]:
    """Return how each configuration fared, the last look of each, a line each."""
    if report.decisions is None:
        return []
    label = {row.config_id: name for row, name in zip(report.rows, names(report), strict=True)}
    return [_line(report.decisions, one, label.get(key, key)) for key, one in report.decisions.last().items()]


def _line(standing: Standing, one: Decision, label: str) -> str:
    metric = standing.metric
    return (
        f"{label}: {one.decision} at look {one.look}, {one.n} seeds, {metric.name} {amount(metric, one.estimate)} "
        f"[{amount(metric, one.low)}, {amount(metric, one.high)}]: {one.reason}"
    )


def methods_of(standing: Standing | None) -> list[str]:
    """Return what a methods section says of the way the study stopped."""
    if standing is None or not standing.decisions:
        return []
    stop, metric = standing.stop, standing.metric
    error = f"{100 * (1 - stop.level):g} %"
    if stop.races:
        margin = (
            f" or those left were equivalent within {difference(metric, stop.margin)} (TOST)" if stop.margin else ""
        )
        return [
            f"Seeds were added in rounds (first {stop.first}, then {stop.step}, at most {stop.most}). After each round "
            f"configurations with a worse {metric.heading} than the leader, for {standing.covers}, were dropped; the "
            f"study ended when one was left{margin}, or when further seeds would not have told those left apart. The "
            f"error of {error} was shared by all pairs in the race (Bonferroni) and spent by the fraction of the "
            "information (Lan and DeMets 1983, of Pocock's type). Intervals are repeated confidence intervals "
            "(Jennison and Turnbull 2000)."
        ]
    return [
        f"The number of seeds followed from the SD of the first {stop.first} (Stein 1945), for a half-width of "
        f"{amount(metric, stop.half_width)} in {metric.heading}, for {standing.covers}."
    ]


def longest_in_race(standing: Standing) -> list[str]:
    """Return the config_ids, those first that were in the race longest, and of these the best."""
    last, worst = standing.last(), -1.0 if standing.metric.higher_is_better else 1.0
    return sorted(last, key=lambda key: (-last[key].look, worst * last[key].estimate))

"""Seeds until the interval of every configuration is as narrow as was asked, from the stored trials."""

from dataclasses import replace

import numpy as np

from sweep.analysis.race_values import RaceValues
from sweep.analysis.standing import Decision, Standing, amount, within_metric
from sweep.stats.precision_stop import Pilot, seeds_wanted
from sweep.stats.racing import Ending
from sweep.stats.student import t_quantile, t_two_sided


def precise(values: RaceValues) -> Standing:
    """Return where a study stands that ends at a half-width: looks so far, and the seeds that each still needs.

    Each configuration has a first look after `first` seeds, which says how many it needs (Stein 1945); seeds that
    failed are made up for.

    Raises:
        InputError: subjects are to be covered, and the data have none.
    """
    stop = values.stop
    standing = Standing(stop, values.metric, values.covers, left=values.configs)
    begun = [at for at in range(len(values.configs)) if values.finished(at, stop.first)]
    if len(begun) < len(values.configs):
        return replace(standing, wanted=dict.fromkeys(values.configs, stop.first))
    if all(values.failed[at, : stop.first].all() for at in begun):
        return replace(standing, failed=values.first_error or "no error was recorded")
    covariance = values.subjects()
    rows: list[Decision] = []
    wanted: dict[str, int] = {}
    levels: dict[str, float] = {}
    said: dict[str, list[str]] = {}
    for at, name in enumerate(values.configs):
        of_one, needs, why = _one(values, at, float(covariance.covariance[at, at]), covariance.n)
        rows += of_one
        if needs:
            wanted[name] = needs
        said.setdefault(why, []).append(values.labels[at])
        if of_one:
            t = t_quantile(0.5 + stop.level / 2, max(_n_pilot(values, at) - 1, 1))
            levels[name] = 1 - t_two_sided(t, max(of_one[-1].n - 1, 1))
    rows.sort(key=lambda row: row.look)
    standing = replace(standing, decisions=tuple(rows), wanted=wanted, likely=tuple(wanted), levels=levels)
    if wanted:
        return standing
    verdict = " ".join(f"{', '.join(labels)}: {why}." for why, labels in said.items())
    return replace(standing, verdict=verdict, ending=Ending.MOST)


def _n_pilot(values: RaceValues, at: int) -> int:
    return int(np.isfinite(values.value[at, : values.stop.first]).sum())


def _one(values: RaceValues, at: int, cov2: float, n_subjects: int) -> tuple[list[Decision], int, str]:
    """Return the looks of one configuration, the seeds that it needs next (0: none), and how it stands in words."""
    stop, metric = values.stop, values.metric
    first = values.value[at, : stop.first]
    first = first[np.isfinite(first)]
    if first.size < 2:
        return [], 0, f"{stop.first - first.size} of the first {stop.first} seeds failed; two are needed for an SD"
    pilot = Pilot(float(first.var(ddof=1)), first.size, max(cov2, 0.0), n_subjects)
    asked = f"+- {amount(metric, stop.half_width)}"
    needed = seeds_wanted(pilot, stop.half_width, stop.level)
    rows: list[Decision] = []
    n = stop.first
    while True:
        value = values.value[at, :n]
        value = value[np.isfinite(value)]
        n_failed = n - value.size
        half, mean = pilot.half_width(max(value.size, first.size), stop.level), float(value.mean())
        lost = f"; {n_failed} of {n} seeds failed and are not in the mean" if n_failed else ""
        going = 0
        if needed is None:
            floor = amount(metric, pilot.half_width(np.inf, stop.level))
            word, why = (
                "subjects forbid",
                (
                    f"{asked} is out of reach: with {n_subjects} subjects the half-width stays above {floor}, however "
                    "many seeds are run"
                ),
            )
        elif value.size >= needed:
            word, why = "precise", f"{asked} is reached"
        elif needed + n_failed > stop.most:
            word, why = "most", f"{asked} needs {needed} seeds, more than the {stop.most} of `most`"
        else:
            going = needed + n_failed
            word, why = "goes on", f"{asked} needs {needed} seeds"
        low, high = within_metric(metric, mean - half, mean + half)
        spent = 1 - stop.level
        information = min(value.size / needed, 1.0) if needed else 1.0
        reason = f"{why}; +- {amount(metric, half)} with {value.size}{lost}"
        rows.append(Decision(len(rows) + 1, values.configs[at], n, mean, low, high, information, spent, word, reason))
        if not going:
            return rows, 0, why
        if not values.finished(at, going):
            return rows, going, why
        n = going

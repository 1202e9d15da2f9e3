"""A race from its stored trials: every look again, from the first, so that a race that was killed goes on as it was."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sweep.analysis.race_values import RaceValues
from sweep.analysis.standing import Decision, Standing, amount, difference, within_metric
from sweep.stats.race_spread import Seen
from sweep.stats.racing import IN_VAIN, Ending, Gap, Look, Rule, look, what_would_tell
from sweep.stats.selected import selected

SURELY = 0.2  # whose difference from the leader has a larger p-value is surely kept at the next look


def race(values: RaceValues) -> Standing:
    """Return where a race stands: the looks whose seeds are all there, and what the next one needs.

    Raises:
        InputError: subjects are to be covered, and the data have none.
    """
    stop, c = values.stop, len(values.configs)
    standing = Standing(stop, values.metric, values.covers, left=values.configs)
    racing, counts = np.ones(c, dtype=bool), np.zeros(c, dtype=np.intp)
    looks: tuple[int, ...] = ()
    while True:
        before = counts.copy()
        n = min(looks[-1] + stop.step, stop.most) if looks else stop.first
        counts[racing] = n
        wanted = {values.configs[at]: n for at in np.flatnonzero(racing)}
        if not all(values.finished(int(at), n) for at in np.flatnonzero(racing)):
            return replace(standing, wanted=wanted)
        if all(values.failed[at, before[at] : n].all() for at in np.flatnonzero(racing)):
            return replace(standing, wanted=wanted, failed=values.first_error or "no error was recorded")
        looks = (*looks, n)
        rule = Rule(looks, stop.most, stop.level, math.nan if stop.margin is None else stop.margin)
        seen = values.seen(counts)
        found = look(seen, racing, rule)
        rows = _rows(values, found, seen, racing, rule, counts)
        still = tuple(values.configs[at] for at in np.flatnonzero(found.racing))
        near = sorted(((-gap.p, at) for at, gap in found.gaps.items() if not gap.worse and gap.p > SURELY))
        standing = replace(
            standing,
            decisions=(*standing.decisions, *rows),
            left=still,
            likely=tuple(values.configs[at] for at in (found.leader, *(at for _, at in near))),
            levels={**standing.levels, **{values.configs[at]: float(found.level[at]) for at in np.flatnonzero(racing)}},
        )
        if found.ending is not Ending.GOES_ON:
            return _ended(standing, values, found, seen, rule)
        racing = found.racing


def _rows(
    values: RaceValues, found: Look, seen: Seen, racing: NDArray[np.bool_], rule: Rule, counts: NDArray[np.intp]
) -> list[Decision]:
    """Return the decision of each configuration that was in the race."""
    nearest = max(found.gaps.values(), key=lambda gap: gap.p) if found.gaps else None
    rows = []
    for at in map(int, np.flatnonzero(racing)):
        gap = found.gaps.get(at, nearest)
        low, high = sorted((values.sign * float(found.low[at]), values.sign * float(found.high[at])))
        low, high = within_metric(values.metric, low, high)
        n_failed = int(values.failed[at, : counts[at]].sum())
        lost = (
            f"; {n_failed} of {counts[at]} seeds failed and count as {amount(values.metric, values.chance(counts))}"
            if n_failed
            else ""
        )
        reason = "leads" if at == found.leader else _reason(values, found, found.gaps[at])
        rows.append(
            Decision(
                look=len(rule.looks),
                config_id=values.configs[at],
                n=int(counts[at]),
                estimate=values.sign * float(seen.mean[at]),
                low=low,
                high=high,
                information=gap.fraction if gap else 1.0,
                alpha_spent=gap.spent if gap else 0.0,
                decision=_word(found, at),
                reason=reason + lost,
            )
        )
    return rows


def _word(found: Look, at: int) -> str:
    if not found.racing[at]:
        return "dropped"
    words = {Ending.GOES_ON: "kept", Ending.ONE_LEFT: "won", Ending.EQUIVALENT: "equivalent"}
    return words.get(found.ending, "not told apart")


def _reason(values: RaceValues, found: Look, gap: Gap) -> str:
    metric = values.metric
    low, high = (amount(metric, limit).removesuffix(" %") for limit in (gap.low, gap.high))
    said = (
        f"{difference(metric, gap.value)} worse than {values.labels[found.leader]} [{low}, {high}], "
        f"p {gap.p:.2g} {'<=' if gap.worse else '>'} {gap.p_limit:.2g}"
    )
    if gap.worse:
        return said
    return f"{said}; {100 * gap.would_tell:.0f} % that {values.stop.most} seeds tell"


def _ended(standing: Standing, values: RaceValues, found: Look, seen: Seen, rule: Rule) -> Standing:
    """Return the standing with its verdict."""
    leader, metric = values.labels[found.leader], values.metric
    name = values.configs[found.leader]
    value = standing.last()[name]
    shown = (
        f"{metric.heading} {amount(metric, value.estimate)} [{amount(metric, value.low)}, {amount(metric, value.high)}]"
    )
    left = [gap_at for gap_at, gap in found.gaps.items() if not gap.worse]
    others = ", ".join(values.labels[at] for at in left)
    seeds = f"after {rule.looks[-1]} seeds"
    winner = name if found.ending is Ending.ONE_LEFT else ""
    if found.ending is Ending.ONE_LEFT:
        beaten = len(values.configs) - 1
        verdict = f"{leader} won {seeds}: {shown}; {beaten} {'others are' if beaten > 1 else 'other is'} worse."
    elif found.ending is Ending.EQUIVALENT:
        verdict = f"Equivalent within {difference(metric, rule.margin)} {seeds}: {leader} ({shown}), {others}."
    else:
        why = (
            f"more seeds would hardly help (less than {100 * IN_VAIN:.0f} % that {rule.most} seeds tell)"
            if found.ending is Ending.IN_VAIN
            else "no more seeds are allowed (`most`)"
        )
        needed = _needed(values, found, seen, rule)
        verdict = f"Not told apart {seeds}: {leader} ({shown}) leads, with {others}; {why}. {needed}"
    notes = []
    chosen = selected(seen, np.random.default_rng(0))
    if winner:
        notes.append(
            f"The winner was chosen because it looked best, so its {metric.name} looks "
            f"{difference(metric, chosen.optimism)} too good; corrected for that it is "
            f"{amount(metric, values.sign * chosen.corrected)}."
        )
    if not metric.on_dev and metric.split == "test":
        notes.insert(0, f"The test set chose: {metric.name} is measured on it. A new test set is needed to report it.")
    return replace(standing, verdict=verdict, winner=winner, ending=found.ending, notes=tuple(notes))


def _needed(values: RaceValues, found: Look, seen: Seen, rule: Rule) -> str:
    """Return what would tell the leader and its nearest rival apart."""
    left = {at: gap for at, gap in found.gaps.items() if not gap.worse}
    at = max(left, key=lambda one: left[one].would_tell)
    if left[at].value == 0:
        return "The nearest two show no difference at all."
    pairs = max(1, (len(left) + 1) * len(left) // 2)
    needed = what_would_tell(seen, at, found.leader, rule, pairs)
    gap = f"If {values.labels[at]} is worse by the {difference(values.metric, left[at].value)} that was seen"
    if needed is None:
        return f"{gap}, no number of seeds or subjects in reach would tell."
    if needed.subjects <= seen.n_subjects:
        return f"{gap}, about {needed.seeds} seeds would tell."
    return f"{gap}, about {needed.subjects} subjects with {needed.seeds} seeds would tell; there are {seen.n_subjects}."

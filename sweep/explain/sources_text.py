"""The answer to "which source?": one sentence a metric, and the table behind it."""

from sweep.explain.sources import Explanation, in_points
from sweep.metrics.catalogue import metric_called
from sweep.stats.attribution import Attribution

NAMES = {
    "init": "the initial weights",
    "order": "the order of the samples",
    "dropout": "dropout",
    "augment": "augmentation",
    "split": "the split",
}


def sentences(found: Explanation) -> list[str]:
    """Return one sentence for each metric."""
    return [_sentence(name, one) for name, one in found.metrics.items()]


def as_text(found: Explanation) -> str:
    """Return the table, the sentences and what the repeats say."""
    level = 100 * next(iter(found.metrics.values())).level
    lines = [f"{found.study}{f' ({found.label})' if found.label else ''}: where the spread between runs comes from"]
    for name, one in found.metrics.items():
        mean = in_points(name, one.mean) + (" %" if _unit(name) else "")
        lines.append(f"{name.upper()}: mean {mean}, SD of all runs {in_points(name, one.sd)}{_unit(name)}")
        lines.append(f"  {'source':10} {'SD':>8}  {f'{level:g} % interval':18} share of variance")
        for part in (*one.sources, one.rest):
            limits = f"[{in_points(name, part.low)}, {in_points(name, part.high)}]"
            lines.append(f"  {part.name:10} {in_points(name, part.sd):>8}  {limits:18} {part.share:7.0%}")
    lines += sentences(found)
    one = next(iter(found.metrics.values()))
    machine = "equal to the bit: the machine adds nothing" if found.repeats.identical else "not equal: the machine adds"
    spread = (
        ""
        if found.repeats.identical
        else " " + ", ".join(f"SD {in_points(name, sd)} to {name.upper()}" for name, sd in found.repeats.sd.items())
    )
    lines += [
        f"{found.repeats.n} exact repeats of one run are {machine}{spread}.",
        *(f"The stream {stream} has no effect: {why}." for stream, why in found.idle.items()),
        f"rest: what the streams cause together, not alone. {one.n_runs} runs on an orthogonal array of {one.n_levels} "
        f"levels; {one.method}. If an interval begins at 0, the source may have no effect.",
        *_apart(found),
        f"Stored in {found.folder}.",
    ]
    return "\n".join(lines)


def _apart(found: Explanation) -> list[str]:
    """Return a sentence for each metric some of whose runs stand apart: the intervals are not for such runs."""
    return [
        f"{name.upper()}: {len(one.apart)} of {one.n_runs} runs are outliers (Rosner 1983; the worst is run "
        f"{one.apart[0] + 1}). The intervals assume that effects and rest are normal. If single runs diverge, the "
        "intervals contain the true value far less often than they say."
        for name, one in found.metrics.items()
        if one.apart
    ]


def _unit(name: str) -> str:
    """Return the unit of a metric's SD: points where the metric is in per cent."""
    return " points" if metric_called(name).unit == "%" else ""


def _sentence(name: str, attribution: Attribution) -> str:
    unit = _unit(name)
    if attribution.sd == 0:
        return f"{name.upper()} is the same in all {attribution.n_runs} runs: no stream has an effect."
    largest = max(attribution.sources, key=lambda part: part.sd)
    told = [part for part in attribution.sources if part.low > 0]
    if largest.share < attribution.rest.share and not told:
        return (
            f"{name.upper()}: no single stream is the main source. {attribution.rest.share:.0%} of the variance comes "
            f"from the streams together (SD {in_points(name, attribution.rest.sd)}{unit}): any small change may lead "
            "the training to another result."
        )
    said = (
        f"{name.upper()}: the largest single source is {NAMES[largest.name]} (SD "
        f"{in_points(name, largest.sd)} [{in_points(name, largest.low)}, {in_points(name, largest.high)}]{unit}, "
        f"{largest.share:.0%} of the variance)."
    )
    together = f" The streams together cause {attribution.rest.share:.0%}."
    if largest not in told:
        return f"{said} With {attribution.n_runs} runs we cannot tell this from no effect.{together}"
    others = [NAMES[part.name] for part in told if part is not largest]
    return said + (f" Other sources with an effect: {' and '.join(others)}." if others else "") + together

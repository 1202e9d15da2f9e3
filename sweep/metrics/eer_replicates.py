"""Monte Carlo replicates of the EER and its threshold, exact in law, without drawing any score.

All replicates bisect for the threshold together. What a bisection needs is how many of the drawn scores fall below the
middle of the stretch; given how many fall into the stretch, that number is binomial. So each step takes two draws a
replicate, one a class, and a replicate takes about 2 log2(n) draws in place of n.
"""

from dataclasses import dataclass

import numpy as np

from sweep.metrics.equal_error_rate import crossing, first_difference, interpolate, rates_at
from sweep.metrics.scores import FloatArray, IntArray, between


@dataclass(frozen=True)
class Replicates:
    """EER and its threshold in each replicate: value (B,), threshold (B,), step (B,)."""

    value: FloatArray
    threshold: FloatArray
    step: FloatArray


def eer_replicates(g: FloatArray, i: FloatArray, replicates: int, rng: np.random.Generator) -> Replicates:
    """Return the EER of `replicates` bootstrap draws of the scores, each class drawn alone with replacement.

    g: (ng,), i: (ni,) ascending, finite. Value and step follow the rules of `eer`;
    so does the threshold: the smallest score drawn with FMR <= FNMR, or the middle of the gap between drawn classes.
    """
    first_g, last_g, first_i, last_i = _window(g, i)
    scores = np.concatenate((g[first_g:last_g], i[first_i:last_i]))
    order = np.argsort(scores, kind="stable")  # two ascending runs: merged in linear time
    scores = scores[order]
    starts = np.flatnonzero(np.concatenate(([True], scores[1:] != scores[:-1], [True])))
    of_genuine = np.concatenate(([0], np.cumsum(order < last_g - first_g)))[starts]
    under = (first_g + of_genuine, first_i + starts - of_genuine)  # scores of each class under each distinct score
    sizes = (g.size, i.size)

    low, high = np.zeros(replicates, dtype=np.intp), np.full(replicates, starts.size - 1, dtype=np.intp)
    drawn_low, drawn_high = [], []  # drawn scores of each class under the window, and under its end
    for size, of_class in zip(sizes, under, strict=True):
        drawn_low.append(rng.binomial(size, np.full(replicates, of_class[0] / size)))
        inside = (of_class[-1] - of_class[0]) / max(size - of_class[0], 1)
        drawn_high.append(drawn_low[-1] + rng.binomial(size - drawn_low[-1], inside))
    while (width := high - low).max() > 1:
        middle = low + np.maximum(width // 2, 1)
        drawn = []
        for c in (0, 1):
            inside = under[c][high] - under[c][low]
            share = (under[c][middle] - under[c][low]) / np.maximum(inside, 1)
            drawn.append(drawn_low[c] + rng.binomial(drawn_high[c] - drawn_low[c], share))
        past = drawn[0] * sizes[1] >= (sizes[1] - drawn[1]) * sizes[0]  # FNMR >= FMR at the middle
        # A stretch of one score has its middle at `high`, where FNMR >= FMR: it stays as it is.
        high, low = np.where(past, middle, high), np.where(past, low, middle)
        for c in (0, 1):
            drawn_high[c] = np.where(past, drawn[c], drawn_high[c])
            drawn_low[c] = np.where(past, drawn_low[c], drawn[c])

    fnmr_below, fnmr_above = drawn_low[0] / sizes[0], drawn_high[0] / sizes[0]
    fmr_below, fmr_above = (sizes[1] - drawn_low[1]) / sizes[1], (sizes[1] - drawn_high[1]) / sizes[1]
    # The score under the crossing is drawn, since FMR - FNMR changes its sign there.
    below = scores[starts[high] - 1]
    above = np.minimum(*(_next_drawn(x, under[c][high], x.size - drawn_high[c], rng) for c, x in enumerate((g, i))))
    above = np.where(np.isinf(above), np.nextafter(below, np.inf), above)
    separated = (fmr_above == 0) & (fnmr_above == 0)
    return Replicates(
        value=interpolate(fmr_below, fnmr_below, fmr_above, fnmr_above),
        threshold=np.where(separated, between(below, above), above),
        step=np.minimum(fmr_below, fnmr_above),
    )


def _next_drawn(x: FloatArray, under: IntArray, drawn: IntArray, rng: np.random.Generator) -> FloatArray:
    """Return the smallest score drawn of each replicate (B,), infinity where none is.

    x: (n,) a class, ascending. drawn: (B,) how many draws fell on x[under:], each of those scores being as likely.
    """
    # P(all draws lie past a share u of the scores) = (1 - u)^drawn, so that one uniform number gives the least of them.
    with np.errstate(divide="ignore"):
        share = -np.expm1(np.log(rng.random(len(drawn))) / drawn)
    left = x.size - under
    place = under + np.minimum((share * left).astype(np.intp), np.maximum(left - 1, 0))
    return np.where(drawn > 0, np.append(x, np.inf)[place], np.inf)


def _window(g: FloatArray, i: FloatArray) -> tuple[int, int, int, int]:
    """Return the places in g and in i between which the EER threshold of any replicate lies, but for 1e-12.

    FNMR - FMR of a replicate strays from that of the scores by a known spread; the window ends where it would have to
    stray eight times as far, and forty scores of the smaller class more for the skewed tails of small counts.
    """
    fmr, fnmr = rates_at(g, i, crossing(g, i)[0])
    rate = min(max(fmr, fnmr), 0.5)
    stray = 8 * np.sqrt(rate * (1 - rate) * (1 / g.size + 1 / i.size)) + 40 / min(g.size, i.size)
    inner, last = first_difference(g, i, -stray), first_difference(g, i, stray)
    # The score before the first that is near enough: there FNMR - FMR < -stray still holds.
    before = [x[at - 1] for x, at in ((g, g.searchsorted(inner)), (i, i.searchsorted(inner))) if at]
    first = max(before, default=-np.inf)
    return int(g.searchsorted(first)), int(g.searchsorted(last)), int(i.searchsorted(first)), int(i.searchsorted(last))

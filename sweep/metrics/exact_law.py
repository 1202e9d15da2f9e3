"""The law of the step EER under the bootstrap, in closed form: no random number, no Monte Carlo error.

Draw ng genuine and ni impostor scores again, independently and with replacement. The step EER of the draw exceeds e
exactly when G(s) <= I(r), where G(s) is the s-th smallest genuine and I(r) the r-th smallest impostor score of the
draw, s = floor(e ng) + 1 and r = ni - floor(e ni). Both order statistics have binomial-tail laws and are independent,
so that the probability is one sum over the genuine scores near the s-th, O(sqrt(ng)) of them.
"""

from fractions import Fraction

import numpy as np

from sweep.metrics.scores import FloatArray
from sweep.metrics.special_functions import special

# An order statistic of a draw lies farther from its place in the scores with a chance below 1e-10: standard deviations,
# and places more for the exponential tail of the very smallest.
REACH, MORE = 6.5, 25


class StepLaw:
    """The bootstrap law of the step EER of two ascending arrays of scores.

    With cross-class ties it is the law of the pessimistic step EER, which counts each tie as an error of both kinds.
    """

    def __init__(self, g: FloatArray, i: FloatArray) -> None:
        """Keep the scores: g (ng,) and i (ni,), ascending and finite.

        The law is the same with the classes exchanged and the signs turned, and the sum runs over the smaller class.
        """
        self._g, self._i = (g, i) if g.size <= i.size else (-i[::-1], -g[::-1])
        self._known: dict[Fraction, float] = {}

    def at_most(self, rate: Fraction) -> float:
        """Return P(EER <= rate)."""
        if rate not in self._known:
            self._known[rate] = 1.0 - self._exceeds(rate)
        return self._known[rate]

    def _exceeds(self, rate: Fraction) -> float:
        g, i, ng, ni = self._g, self._i, self._g.size, self._i.size
        s, r = int(rate * ng) + 1, ni - int(rate * ni)
        if s > ng or r < 1:
            return 0.0
        # Between these genuine scores neither P(G(s) <= score) nor P(I(r) >= score) is 0 or 1.
        low, high = _reach(r, ni)
        certain, impossible = g.searchsorted(i[[low - 1, high - 1]], side="right")
        first, last = _reach(s, ng)
        first = max(first, int(certain))
        last = max(first, min(last, int(impossible)))
        # P(G(s) <= k-th genuine score) is the chance that s or more of ng draws are among the k smallest.
        k = np.arange(first, last + 1)
        mass = np.diff(special.betainc(s, ng - s + 1, k / ng), prepend=0.0)
        smaller = i.searchsorted(g[first - 1 : last]) / ni
        return float(mass @ (1 - special.betainc(r, ni - r + 1, smaller)))

    def quantile(self, probability: float, near: Fraction) -> float:
        """Return the smallest rate with P(EER <= rate) >= probability; near: where to start, the step EER itself."""
        ng, ni = self._g.size, self._i.size
        j = self._first(ng, -1, ng, probability, int(near * ng))
        # Between (j - 1) / ng and j / ng only the impostors' rates are left.
        low, high = max(-1, (j - 1) * ni // ng), -(-j * ni // ng)
        m = self._first(ni, low, high, probability, (low + high) // 2)
        return float(min(Fraction(j, ng), Fraction(m, ni)))

    def _first(self, n: int, low: int, high: int, probability: float, guess: int) -> int:
        """Return the first j in (low, high] with P(EER <= j / n) >= probability, which `high` satisfies, `low` not.

        The normal deviate of the law is nearly a line, so that each guess is where that line reaches the probability.
        """
        target = special.ndtri(probability)
        line: dict[int, float] = {}
        while high - low > 1:
            j = min(max(guess, low + 1), high - 1)
            reached = self.at_most(Fraction(j, n))
            low, high = (low, j) if reached >= probability else (j, high)
            if 1e-12 < reached < 1 - 1e-12:
                line[j] = float(special.ndtri(reached))
            if low in line and high in line and line[high] > line[low]:
                guess = low + round((high - low) * (target - line[low]) / (line[high] - line[low]))
            elif j in line and (low not in line or high not in line):
                guess = j + int(np.sign(target - line[j]) * (1 + abs(target - line[j]) * np.sqrt(j + 1)))
            else:
                guess = (low + high) // 2
        return high


def _reach(s: int, n: int) -> tuple[int, int]:
    """Return the ranks, 1 to n, between which the s-th smallest of n draws lies but for a chance of 1e-10."""
    spread = REACH * np.sqrt(s * (1 - s / n)) + MORE
    return max(1, int(s - spread)), min(n, int(s + spread))

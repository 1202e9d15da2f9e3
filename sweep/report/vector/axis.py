"""Ticks at round numbers, and the way from a value to a place: linear, logarithmic, normal-deviate."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from sweep.metrics.special_functions import special
from sweep.report.vector.canvas import Canvas

DET_TICKS = (0.0001, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Axis:
    """From values low ... high to places start ... end.

    ticks: (value, words). bent: what makes the scale even, None where it is.
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[tuple[float, str], ...]
    bent: Callable[[float], float] | None = None

    def place(self, value: float) -> float:
        """Return where a value stands; one beyond an end stands at that end."""
        value = min(max(value, self.low), self.high)
        low, at, high = (self.bent(one) if self.bent else one for one in (self.low, value, self.high))
        return self.start + (self.end - self.start) * (at - low) / ((high - low) or 1)


def linear(low: float, high: float, start: float, end: float, about: int = 5, margin: float = 0.04) -> Axis:
    """Return an even axis with ticks at 1, 2 or 5 times a power of ten."""
    if not high > low:
        half = abs(low) * 0.05 or 0.5
        low, high = low - half, high + half
    gap = margin * (high - low)
    low, high = low - gap, high + gap
    raw = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = max(factor * power for factor in (1, 2, 5, 10) if factor * power <= raw * 1.5)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    first = math.ceil(low / step - 1e-9)
    ticks = []
    while first * step <= high + 1e-9 * step:
        ticks.append((first * step, _written(first * step, digits)))
        first += 1
    return Axis(low, high, start, end, tuple(ticks))


def _written(value: float, digits: int) -> str:
    if digits > 5 or abs(value) >= 1e6:
        return f"{value:.3g}"
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def logarithmic(low: float, high: float, start: float, end: float) -> Axis:
    """Return an axis of powers of ten; low > 0."""
    low, high = low / 1.2, high * 1.2
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = max(1, len(powers) // 6)
    ticks = [(10.0**power, f"{10.0**power:g}") for power in powers if low <= 10.0**power <= high and power % every == 0]
    if len(ticks) < 2:
        ticks = [
            (k * 10.0**power, f"{k * 10.0**power:g}")
            for power in powers
            for k in (1, 2, 5)
            if low <= k * 10.0**power <= high
        ]
    return Axis(low, high, start, end, tuple(ticks), math.log10)


def deviate(low: float, high: float, start: float, end: float) -> Axis:
    """Return the axis of a DET curve: even in the normal deviate of the rate; low > 0, high < 1."""
    ticks = tuple((tick, f"{100 * tick:g}") for tick in DET_TICKS if low * 0.999 <= tick <= high * 1.001)
    return Axis(low, high, start, end, ticks, lambda rate: float(special.ndtri(rate)))


def below(canvas: Canvas, axis: Axis, top: float, bottom: float, title: str) -> None:
    """Draw an axis under a panel, its grid through it."""
    for value, words in axis.ticks:
        x = axis.place(value)
        canvas.line(x, top, x, bottom, "grid")
        canvas.text(x, bottom + 15, words, anchor="middle")
    canvas.line(axis.start, bottom, axis.end, bottom, "axis")
    canvas.text((axis.start + axis.end) / 2, bottom + 32, title, anchor="middle")


def beside(canvas: Canvas, axis: Axis, left: float, right: float, title: str = "", *, words: bool = True) -> None:
    """Draw an axis at the left of a panel, its grid through it."""
    for value, said in axis.ticks:
        y = axis.place(value)
        canvas.line(left, y, right, y, "grid")
        if words:
            canvas.text(left - 5, y + 4, said, anchor="end")
    canvas.line(left, axis.start, left, axis.end, "axis")
    if title:
        canvas.text(left - 38, (axis.start + axis.end) / 2, title, anchor="middle", turned=90)

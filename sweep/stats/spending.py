"""Boundaries of tests that look at the data several times: the error that all looks may make is spent step by step."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.special_functions import special
from sweep.stats.interval import check_level
from sweep.stats.scored_trials import FloatArray

LEAST_STEP = 0.002  # of the information: a look that brings less spends nothing
FARTHEST = 9.0  # SD: beyond it nothing is ever crossed
_NODES, _WEIGHTS = leggauss(96)
_STEPS = 30  # far more than are taken

Spending = Callable[[float, FloatArray], FloatArray]


def obrien_fleming(alpha: float, fraction: FloatArray) -> FloatArray:
    """Return the error spent at each fraction of the information: little early, as of O'Brien and Fleming's test.

    2 - 2 Phi(z(1 - alpha / 4) / sqrt(fraction)) on either side. alpha: of both sides. fraction: (...), above 0 to 1.

    Reference: Lan and DeMets, Biometrika 70, 1983.
    """
    z = -float(special.ndtri(alpha / 4))
    return np.asarray(4 * special.ndtr(-z / np.sqrt(fraction)))


def pocock(alpha: float, fraction: FloatArray) -> FloatArray:
    """Return the error spent at each fraction: nearly the same at each look, as of Pocock's test.

    alpha log(1 + (e - 1) fraction). Arguments and source as in `obrien_fleming`.
    """
    return np.asarray(alpha * np.log1p((math.e - 1) * fraction))


def boundaries(fractions: ArrayLike, alpha: float, spending: Spending = obrien_fleming) -> FloatArray:
    """Return the limits of |Z| at each look, such that all looks up to it cross with the probability spent by then.

    The statistics of the looks have the canonical joint distribution: Z(k) is normal, and Z(j) and Z(k) correlate by
    sqrt(fraction(j) / fraction(k)). It is integrated look by look (Armitage, McPherson and Rowe 1969).

    Args:
        fractions: (..., K) share of the last look's information at each look, rising, in (0, 1]. A look that adds less
            than 0.002 spends nothing, and has the limit infinity.
        alpha: error of all looks together, two-sided.
        spending: how much of it is spent by a fraction.

    Raises:
        InputError: a fraction that is not above 0, above 1, or falls.

    References: Lan and DeMets, Biometrika 70, 1983; Jennison and Turnbull, Group Sequential Methods, 2000, chapter 19.

    >>> from sweep import stats
    >>> stats.boundaries([0.25, 0.5, 0.75, 1], 0.05).round(2)
    array([4.33, 2.96, 2.36, 2.01])
    """
    t = np.atleast_1d(np.asarray(fractions, dtype=np.float64))
    check_level(1 - alpha)
    if not t.shape[-1] or not (t > 0).all() or (t > 1 + 1e-9).any() or (np.diff(t, axis=-1) < -1e-9).any():
        raise InputError(f"Expected rising fractions of the information, from above 0 to 1. Received: {t.tolist()}.")
    shape, t = t.shape, np.minimum(t, 1.0).reshape(-1, t.shape[-1])
    return np.stack([_one(tuple(row), alpha, spending) for row in t.tolist()]).reshape(shape)


@lru_cache(maxsize=4096)
def _one(fractions: tuple[float, ...], alpha: float, spending: Spending) -> FloatArray:
    """Return the limits for one row of fractions, (K,)."""
    t = np.asarray(fractions)
    limits = np.full(t.size, math.inf)
    spent, before = 0.0, 0.0
    z, mass = np.zeros(1), np.ones(1)  # where the statistic is and how likely, while it crossed nothing
    for k, (now, total) in enumerate(zip(t.tolist(), spending(alpha, t).tolist(), strict=True)):
        if now - before < LEAST_STEP or total <= spent:
            continue
        kept, own = math.sqrt(before / now), math.sqrt(1 - before / now)
        limits[k] = _limit(kept * z, own, mass, total - spent)
        top = min(float(limits[k]), FARTHEST)
        nodes = top * _NODES
        away = (nodes[:, None] - kept * z) / own
        mass = top * _WEIGHTS * (np.exp(-(away**2) / 2) @ mass) / (own * math.sqrt(2 * math.pi))
        z, spent, before = nodes, total, now
    return limits


def _limit(mean: FloatArray, sd: float, mass: FloatArray, error: float) -> float:
    """Return the limit that |Z| crosses with probability `error`, Z being normal about each mean with its mass.

    Newton's method on the logarithm of the probability, from the limit of a single look, which is never below it.
    """
    highest = limit = min(-float(special.ndtri(error / 2)), FARTHEST)
    for _ in range(_STEPS):
        above, below = (mean - limit) / sd, (-limit - mean) / sd
        beyond = float((special.ndtr(above) + special.ndtr(below)) @ mass)
        density = float((np.exp(-(above**2) / 2) + np.exp(-(below**2) / 2)) @ mass) / (sd * math.sqrt(2 * math.pi))
        if density <= 0 or beyond <= 0 or abs(beyond - error) <= 1e-9 * error:
            break
        limit = min(max(limit + beyond * math.log(beyond / error) / density, 0.0), highest)
    return limit

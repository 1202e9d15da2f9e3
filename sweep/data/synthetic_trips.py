"""Synthetic trips of users with habits: the built-in stand-in for GPS trajectories, made offline.

A user walks, rides and drives at paces of their own, stops as is their way, prefers some modes, and carries a receiver
with a noise of its own; a trip has its traffic. So segments of one user resemble each other, and those of one trip more
so: whoever divides the segments at random tests on people and trips that were trained on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.data.motion import CLASSES, POINTS, Segments, segments
from sweep.data.protocols import divided
from sweep.data.splits import Splits
from sweep.errors import InputError

_Array = NDArray[np.float64]
# Of walk, bike, bus, car, train: cruising speed in m/s, seconds between stops, seconds of a stop, how quickly the
# wanted speed is reached (share a second), wander of the bearing in degrees/s at 1 m/s; neighbours overlap.
_CRUISE = (1.4, 4.4, 7.5, 13.0, 22.0)
_BETWEEN = (200.0, 150.0, 45.0, 90.0, 160.0)
_STOP = (6.0, 7.0, 14.0, 10.0, 20.0)
_QUICK = (0.8, 0.45, 0.2, 0.28, 0.12)
_WANDER = (14.0, 20.0, 16.0, 16.0, 6.0)


def synthetic_transport(
    *,
    protocol: str = "users",
    users: int = 100,
    trips: int = 5,
    length: int = 5,
    habits: float = 1.0,
    fractions: Sequence[float] = (0.6, 0.2, 0.2),
    seed: int = 0,
    split_seed: int = 0,
) -> Splits:
    """Return segments (n, 200, 4) of five modes of transport, divided over segments or over users, see `divided`.

    users: how many. trips: of each user. length: segments of a trip at most. habits: how much users and trips differ
    from each other; 0 makes all alike, and both protocols then agree. fractions, split_seed: of the division.
    seed: of the data; the same seed gives the same bytes with the same NumPy and SciPy.
    Raises InputError for a number out of range.
    """
    for name, value, low in (("users", users, 3), ("trips", trips, 1), ("length", length, 1)):
        if value < low:
            raise InputError(f"Expected {name} of at least {low}. Received: {name}={value!r}.")
    if not 0 <= habits <= 5:
        raise InputError(f"Expected habits from 0 to 5. Received: habits={habits!r}.")
    x, y, who, which, ids = [], [], [], [], []
    for user in range(users):
        rng = np.random.default_rng([seed, user])
        person, name = _User.drawn(rng, habits), f"U{user + 1:03d}"
        for trip in range(trips):
            mode = int(rng.choice(len(CLASSES), p=person.likes))
            n = int(rng.integers(1, length + 1))
            made = segments(person.trip(mode, n * POINTS, habits, rng), POINTS)
            x.append(made)
            y += [mode] * n
            who += [name] * n
            which += [f"{name}/{trip + 1:02d}"] * n
            ids += [f"{name}/{trip + 1:02d}/{part + 1}" for part in range(n)]
    found = Segments(np.concatenate(x), np.asarray(y), np.asarray(who), np.asarray(which), np.asarray(ids))
    return divided(found, protocol, fractions, split_seed)


@dataclass(frozen=True)
class _User:
    """The habits of a user: factors for each mode, the probability of each mode, and the noise of the receiver."""

    pace: _Array
    between: _Array
    quick: _Array
    wander: _Array
    likes: _Array
    noise: float
    lag: float

    @staticmethod
    def drawn(rng: np.random.Generator, habits: float) -> "_User":
        k = len(CLASSES)
        return _User(
            pace=np.exp(habits * rng.normal(0, 0.18, k)),
            between=np.exp(habits * rng.normal(0, 0.3, k)),
            quick=np.exp(habits * rng.normal(0, 0.2, k)),
            wander=np.exp(habits * rng.normal(0, 0.2, k)),
            likes=rng.dirichlet(np.full(k, 1.5)) * 0.85 + 0.03,
            noise=0.25 * float(np.exp(habits * rng.normal(0, 0.4))),
            lag=float(np.clip(0.3 + habits * rng.uniform(-0.15, 0.3), 0, 0.9)),
        )

    def trip(self, mode: int, n: int, habits: float, rng: np.random.Generator) -> _Array:
        """Return the channels (n, 4) of a trip, a point a second."""
        from scipy.signal import lfilter  # a second of every command's start, if it stood above

        traffic = float(np.exp(rng.normal(0, 0.04 + 0.06 * habits)))
        cruise = _CRUISE[mode] * self.pace[mode] * traffic
        wanted = cruise * (1 + lfilter([0.1], [1, -0.97], rng.normal(0, 0.4, n)))
        at = 0.0
        while at < n:
            at += rng.exponential(_BETWEEN[mode] * self.between[mode])
            wanted[int(at) : int(at + rng.exponential(_STOP[mode]))] = 0.0
        quick = min(0.9, _QUICK[mode] * float(self.quick[mode]))
        speed = lfilter([quick], [1, quick - 1], np.maximum(wanted, 0))
        speed = np.abs(speed + lfilter([1 - self.lag], [1, -self.lag], rng.normal(0, self.noise, n)))
        turn = np.abs(rng.normal(0, _WANDER[mode] * self.wander[mode], n)) / np.maximum(speed, 0.3)
        turn += (rng.random(n) < 0.02) * rng.uniform(0, 45, n)
        acceleration = np.append(np.diff(speed), 0.0)
        return np.column_stack([speed, acceleration, np.append(np.diff(acceleration), 0.0), turn])

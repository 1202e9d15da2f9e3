"""How a person moved, from positions and times: speed, acceleration, jerk and bearing rate, in segments."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHANNELS = ("speed", "acceleration", "jerk", "bearing rate")  # m/s, m/s^2, m/s^3, degrees/s
CLASSES = ("walk", "bike", "bus", "car", "train")
POINTS = 200
EARTH = 6_371_009.0  # mean radius in metres
# Beyond these a point is an error of the receiver, whatever the label says: limits by mode would tell the answer.
LIMITS = (60.0, 10.0, 20.0, 180.0)
_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Segments:
    """Segments of all users. x: (n, 200, 4) float32 in the units of CHANNELS. y: (n,) places in CLASSES.

    subject, video, sample: (n,) user, trajectory and a name of its own.
    """

    x: NDArray[np.float32]
    y: NDArray[np.int64]
    subject: NDArray[np.str_]
    video: NDArray[np.str_]
    sample: NDArray[np.str_]


def haversine(latitude: _Array, longitude: _Array) -> _Array:
    """Return the great-circle distances (n - 1,) in metres between successive points, given in degrees.

    Reference: Sinnott, Sky and Telescope 68, 1984.
    """
    phi, turn = np.radians(latitude), np.radians(np.diff(longitude))
    chord = np.sin(np.diff(phi) / 2) ** 2 + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(turn / 2) ** 2
    distance: _Array = 2 * EARTH * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return distance


def bearing(latitude: _Array, longitude: _Array) -> _Array:
    """Return the initial bearings (n - 1,) of successive points, in degrees from north, clockwise, in [0, 360)."""
    phi, turn = np.radians(latitude), np.radians(np.diff(longitude))
    east = np.sin(turn) * np.cos(phi[1:])
    north = np.cos(phi[:-1]) * np.sin(phi[1:]) - np.sin(phi[:-1]) * np.cos(phi[1:]) * np.cos(turn)
    angle: _Array = np.degrees(np.arctan2(east, north)) % 360
    return angle


def channels(latitude: _Array, longitude: _Array, seconds: _Array) -> _Array:
    """Return (n - 1, 4): the four channels at each point but the last, from its way to the next.

    seconds: (n,) strictly rising. Acceleration, jerk and the turn, at most 180 degrees and without sign, come from the
    change to the next way, over the seconds of this one; where there is no next way they are 0.
    """
    step = np.diff(seconds)
    speed = haversine(latitude, longitude) / step
    acceleration = _change(speed) / step
    turn = np.abs((_change(bearing(latitude, longitude)) + 180) % 360 - 180)
    return np.column_stack([speed, acceleration, _change(acceleration) / step, turn / step])


def without_jumps(latitude: _Array, longitude: _Array, seconds: _Array) -> NDArray[np.bool_]:
    """Return which points (n,) stay: those whose way from the point before keeps the limits of speed and acceleration.

    Seconds strictly rising. The first two points have no acceleration behind them.
    """
    found = np.abs(channels(latitude, longitude, seconds))
    stays = np.ones(len(seconds), dtype=bool)
    stays[1:] = found[:, 0] <= LIMITS[0]
    stays[2:] &= found[:-1, 1] <= LIMITS[1]
    return stays


def segments(values: _Array, least: int) -> NDArray[np.float32]:
    """Return (m, 200, 4): successive segments of the channels (n, 4), what is beyond a limit set to the limit.

    The last segment is padded with zeros at its end; one of fewer than `least` points is left out.
    """
    values = np.clip(values, np.negative(LIMITS), LIMITS)
    full, left = divmod(len(values), POINTS)
    n = full + (left >= least)
    padded = np.zeros((n * POINTS, len(CHANNELS)))
    taken = min(len(values), n * POINTS)
    padded[:taken] = values[:taken]
    return padded.reshape(n, POINTS, len(CHANNELS)).astype(np.float32)


def _change(values: _Array) -> _Array:
    """Return the change to the next value, 0 at the last."""
    return np.append(np.diff(values), 0.0)

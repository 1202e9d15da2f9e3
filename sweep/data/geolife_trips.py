"""GPS trajectories in the folders of GeoLife, cut into labelled segments of 200 points."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.data.motion import CLASSES, POINTS, Segments, channels, segments, without_jumps
from sweep.data.protocols import divided
from sweep.data.splits import Splits
from sweep.data.trajectories import Unreadable, read_labels, read_points
from sweep.errors import InputError

MODES = {name: name for name in CLASSES} | {"taxi": "car", "subway": "train"}


def geolife(
    root: str,
    *,
    protocol: str = "users",
    fractions: Sequence[float] = (0.6, 0.2, 0.2),
    least: int = 20,
    gap: float = 1200.0,
    split_seed: int = 0,
) -> Splits:
    """Return segments (n, 200, 4), see CHANNELS in `sweep.data.motion`, labelled walk, bike, bus, car or train.

    root: the folder of the users, `ROOT/USER/Trajectory/*.plt` and `ROOT/USER/labels.txt` (GeoLife 1.3 calls it Data).
    protocol, fractions, split_seed: of the division, see `divided`.
    least: points, from 2 to 200; a trip's last segment of fewer is left out, one of more is padded with zeros.
    gap: seconds without a point at which a trip ends.
    Taxi counts as car and subway as train; other modes are left out and reported. Points that are reached at more than
    60 m/s or 10 m/s^2 are errors of the receiver in every mode and left out; whatever is then still beyond a limit
    (also 20 m/s^3) is set to it. The user is the subject, the trajectory the video.
    Raises InputError where the folder holds no labelled user, or no segment is left.
    """
    if not 2 <= least <= POINTS or not gap > 0:
        raise InputError(f"Expected least from 2 to {POINTS} and gap above 0. Received: least={least}, gap={gap}.")
    unreadable, strange, n_points, n_jumps = Unreadable(), Counter[str](), 0, 0
    x: list[NDArray[np.float32]] = []
    rows: list[tuple[int, str, str, str]] = []
    folders, n_unlabelled = _users(Path(root))
    for folder in folders:
        labels = read_labels(folder / "labels.txt", unreadable)
        strange.update(labels["mode"][~labels["mode"].isin(list(MODES))])
        for file in sorted((folder / "Trajectory").glob("*.plt")):
            video = f"{folder.name}/{file.stem}"
            part = 0
            for mode, trip in _trips(read_points(file, unreadable), labels, gap):
                found, lost = _of_trip(trip, least)
                n_points, n_jumps = n_points + len(trip), n_jumps + lost
                x.append(found)
                for _ in found:
                    part += 1
                    rows.append((CLASSES.index(MODES[mode]), folder.name, video, f"{video}/{part:03d}"))
    if not rows:
        raise InputError(
            f"Expected labelled trips of at least {least} points in {root}. Received: none in {len(folders)} users. "
            "Do the times of labels.txt lie within those of the trajectories?"
        )
    y, subject, video_names, sample = (np.asarray(column) for column in zip(*rows, strict=True))
    everything = Segments(np.concatenate(x), y.astype(np.int64), subject, video_names, sample)
    splits = divided(everything, protocol, fractions, split_seed)
    findings = (
        str(unreadable),
        _left_out(strange),
        f"Points that no vehicle reaches: {n_jumps} of {n_points}, left out." if n_jumps else "",
        f"Users without labels.txt: {n_unlabelled}, left out." if n_unlabelled else "",
        _lonely(subject),
    )
    return Splits(
        splits.train,
        splits.dev,
        splits.test,
        classes=splits.classes,
        findings=tuple(finding for finding in findings if finding),
    )


def _users(root: Path) -> tuple[list[Path], int]:
    """Return the folders of users with labels, and how many users have none."""
    if not root.is_dir():
        raise InputError(f"Expected a folder of users. Received: {root}, which is no folder.")
    every = sorted(folder.parent for folder in root.glob("*/Trajectory") if folder.is_dir())
    labelled = [folder for folder in every if (folder / "labels.txt").is_file()]
    if labelled:
        return labelled, len(every) - len(labelled)
    deeper = sorted(root.glob("*/*/Trajectory"))
    hint = f" Did you mean {deeper[0].parent.parent}?" if deeper else ""
    raise InputError(
        f"Expected users with labels, {root}/USER/Trajectory/*.plt and {root}/USER/labels.txt. Received: {len(every)} "
        f"users, none with labels.txt.{hint}"
    )


def _trips(points: pd.DataFrame, labels: pd.DataFrame, gap: float) -> Iterator[tuple[str, Any]]:
    """Yield (mode, points) of each stretch of a trajectory in one label; `gap` seconds without a point end it too.

    Where two labels overlap the later start counts.
    """
    if points.empty or labels.empty:
        return
    time = points["time"].to_numpy()
    place = np.searchsorted(labels["start"].to_numpy(), time, side="right") - 1
    inside = (place >= 0) & (time <= labels["end"].to_numpy()[place])
    place = np.where(inside, place, -1)
    breaks = (np.diff(place) != 0) | (np.diff(time) / np.timedelta64(1, "s") >= gap)
    for start, end in zip(
        np.append(0, np.flatnonzero(breaks) + 1), [*np.flatnonzero(breaks) + 1, len(time)], strict=True
    ):
        mode = str(labels["mode"].iloc[place[start]]) if place[start] >= 0 else ""
        if mode in MODES:
            yield mode, points.iloc[start:end]


def _of_trip(trip: Any, least: int) -> tuple[NDArray[np.float32], int]:
    """Return the segments of a trip, and how many points were left out as jumps."""
    latitude, longitude = (trip[name].to_numpy(np.float64) for name in ("latitude", "longitude"))
    seconds = (trip["time"] - trip["time"].iloc[0]).dt.total_seconds().to_numpy(np.float64)
    stays = without_jumps(latitude, longitude, seconds) if len(seconds) > 1 else np.ones(len(seconds), dtype=bool)
    if stays.sum() < 2:
        return segments(np.zeros((0, 4)), least), int((~stays).sum())
    return segments(channels(latitude[stays], longitude[stays], seconds[stays]), least), int((~stays).sum())


def _left_out(strange: Counter[str]) -> str:
    if not strange:
        return ""
    named = ", ".join(f"{mode} ({n})" for mode, n in sorted(strange.items()))
    return f"Modes that are none of {', '.join(MODES)}: {named}; their {strange.total()} labels are left out."


def _lonely(subject: NDArray[np.str_]) -> str:
    users, counts = np.unique(subject, return_counts=True)
    alone = users[counts == 1].tolist()
    if not alone:
        return ""
    more = f" and {len(alone) - 5} more" if len(alone) > 5 else ""
    return f"Users with a single segment: {', '.join(alone[:5])}{more}; little can be said of each of them."

"""Reading a user's GPS trajectories and labels as GeoLife writes them, and counting what cannot be read.

A trajectory, USER/Trajectory/NAME.plt, has six lines of heading, then `latitude,longitude,0,altitude in feet,days,date,
time`. The labels, USER/labels.txt, have one line of heading, then `start time, end time, mode` between tabs.

Reference: Zheng, Xie and Ma, GeoLife: A Collaborative Social Networking Service among User, Location and Trajectory,
IEEE Data Engineering Bulletin 33, 2010.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

HEADING, FIELDS = 6, 7
_TIMES = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S")


@dataclass
class Unreadable:
    """The lines that could not be read: how many, in which files, and where the first stands."""

    n: int = 0
    files: set[str] = field(default_factory=set)
    first: str = ""

    def add(self, path: Path, lines: list[int]) -> None:
        """Count lines of a file, by their numbers from 1."""
        if lines:
            self.first = self.first or f"{path}, line {lines[0]}"
            self.files.add(str(path))
            self.n += len(lines)

    def __str__(self) -> str:
        """Return the finding, "" where every line was read."""
        if not self.n:
            return ""
        lines, files = ("line" if self.n == 1 else "lines"), ("file" if len(self.files) == 1 else "files")
        return f"Unreadable: {self.n} {lines} in {len(self.files)} {files}, left out; the first is {self.first}."


def read_points(path: Path, unreadable: Unreadable) -> pd.DataFrame:
    """Return latitude and longitude in degrees and time of every point, in the order of time, each time once."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[HEADING:]
    parts = _fields(lines, ",", FIELDS)
    points = pd.DataFrame(
        {
            "latitude": pd.to_numeric(parts[0], errors="coerce"),
            "longitude": pd.to_numeric(parts[1], errors="coerce"),
            "time": pd.to_datetime(parts[5] + " " + parts[6], format=_TIMES[1], errors="coerce"),
        }
    )
    good = points["latitude"].between(-90, 90) & points["longitude"].between(-180, 180) & points["time"].notna()
    unreadable.add(path, _numbers(lines, good, HEADING))
    return points[good].drop_duplicates("time").sort_values("time", kind="stable", ignore_index=True)


def read_labels(path: Path, unreadable: Unreadable) -> pd.DataFrame:
    """Return start, end and mode of every label, in the order of the start; one that ends before its start is bad."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[1:]
    parts = _fields(lines, "\t", 3)
    labels = pd.DataFrame(
        {
            "start": pd.to_datetime(parts[0].str.strip(), format=_TIMES[0], errors="coerce"),
            "end": pd.to_datetime(parts[1].str.strip(), format=_TIMES[0], errors="coerce"),
            "mode": parts[2].str.strip().str.lower(),
        }
    )
    good = (labels["start"] < labels["end"]) & labels["mode"].fillna("").ne("")
    unreadable.add(path, _numbers(lines, good, 1))
    return labels[good].sort_values("start", kind="stable", ignore_index=True)


def _fields(lines: list[str], mark: str, n: int) -> pd.DataFrame:
    """Return n columns of text, all of them missing in a line that has more or fewer fields."""
    split = [line.split(mark) for line in lines]
    nothing = [None] * n
    return pd.DataFrame([one if len(one) == n else nothing for one in split], columns=range(n), dtype="str")


def _numbers(lines: list[str], good: pd.Series, before: int) -> list[int]:
    """Return the numbers, from 1, of the lines that are neither good nor blank."""
    return [before + 1 + at for at in good.index[~good.to_numpy(bool)] if lines[at].strip()]

"""The shape of an answer: a value, its interval, and what the interval covers."""

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sweep.errors import InputError

THIS_TEST_SET = "this test set"
NEW_SUBJECTS = "new subjects"
OTHER_SPLITS = "other splits of these data"
_INNER = ("kind", "unit", "cautions")  # for code; `method`, `covers` and `note` say them in words


class Kind(Enum):
    """What an interval is, for code that must know: `Interval.method` is for people."""

    NONE = "no interval"
    ORH = "the variance components of seeds and subjects"
    BOOTSTRAP = "percentiles of seeds and subjects resampled"
    CLOPPER_PEARSON = "exact limits of a count"
    STUDENT = "t over seeds"
    MODERATED = "t over seeds, variances shared over the grid"
    TRIMMED = "t over the middle half of the seeds"
    RANKS = "ranks of runs"


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval, the counts that it came from, and what it covers.

    value, low, high: in the unit of the metric; low and high are NaN where `note` says why there is no interval.
    level: the nominal coverage, 0.95 unless asked otherwise. method: how the interval was made, with its source.
    covers: "this test set" (another seed, the same samples), "new subjects" (another seed and other subjects), or
    "new samples" where the data name no subjects.
    n_seeds: seeds that gave a value. n_failed: seeds that gave none. n_subjects: subjects (or samples) of the test
    set, 0 where the interval does not depend on them. n_dev_subjects: of dev, where its threshold is used.
    sd: standard deviation over seeds, NaN for one seed.
    se, df: standard error and degrees of freedom, NaN where the method has none.
    note: what a reader must know beside the number, "" if nothing. components: the variances that made the interval.
    kind: what `method` is, for code. unit: what was resampled ("subject", "video", "sample"), "" for nothing.
    cautions: the parts of `note`, but for what it says of seeds that failed.
    """

    value: float
    low: float
    high: float
    level: float
    method: str
    covers: str
    n_seeds: int
    sd: float = math.nan
    n_failed: int = 0
    n_subjects: int = 0
    se: float = math.nan
    df: float = math.nan
    note: str = ""
    components: dict[str, float] = field(default_factory=dict)
    n_dev_subjects: int = 0
    kind: Kind = field(kw_only=True)
    unit: str = field(default="", kw_only=True)
    cautions: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def cases(self) -> str:
        """What was resampled, as "subjects"."""
        return f"{self.unit}s"

    @property
    def half_width(self) -> float:
        """Half the interval's width, in the unit of the metric; NaN without an interval."""
        return (self.high - self.low) / 2

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in _INNER}

    def __str__(self) -> str:
        """Return one line: the value, the interval and what it covers."""
        if math.isnan(self.low):
            return f"{self.value:.4g} (no interval for {self.covers}: {self.note})"
        return (
            f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}] "
            f"({100 * self.level:g} %, {self.covers}, {self.n_seeds} seeds)"
        )


def check_level(level: float) -> float:
    """Return the level as a float.

    Raises:
        InputError: not strictly between 0 and 1.
    """
    if not 0 < float(level) < 1:
        raise InputError(f"Expected a level between 0 and 1, such as 0.95. Received: {level}.")
    return float(level)

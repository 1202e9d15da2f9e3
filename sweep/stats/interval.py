"""The shape of an answer: a value, its interval, and what the interval covers."""

import math
from dataclasses import dataclass, field
from typing import Any

from sweep.errors import InputError

THIS_TEST_SET = "this test set"
NEW_SUBJECTS = "new subjects"
OTHER_SPLITS = "other splits of these data"


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

    @property
    def half_width(self) -> float:
        """Half the interval's width, in the unit of the metric; NaN without an interval."""
        return (self.high - self.low) / 2

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

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

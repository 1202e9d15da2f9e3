"""Precision, recall and F1 of every class with their intervals, and the confusion matrix with its spread over seeds."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.metrics.class_rates import of_class
from sweep.metrics.metric import Metric
from sweep.stats.estimating import estimate
from sweep.stats.interval import Interval
from sweep.stats.measured_trials import measure_together
from sweep.stats.scored_trials import TrialScores

QUANTITIES = ("precision", "recall", "f1")


@dataclass(frozen=True)
class ClassRow:
    """One class: its name, the samples of the test set that are of it, and quantity -> its two intervals.

    here: t over seeds, for this test set. new: for other seeds on other subjects (or videos, or samples).
    """

    name: str
    support: int
    here: dict[str, Interval]
    new: dict[str, Interval]


@dataclass(frozen=True)
class ClassReport:
    """The classes of one configuration on its test set.

    rows: a class each. counts: (k, k) mean over seeds, a row a true class, a column a predicted one. share, share_sd:
    (k, k) mean and SD over seeds of the counts as shares of their row; the SD is NaN for one seed.
    """

    rows: tuple[ClassRow, ...]
    counts: NDArray[np.float64]
    share: NDArray[np.float64]
    share_sd: NDArray[np.float64]
    n_seeds: int

    def as_dict(self) -> dict[str, Any]:
        """Return every number by name, for JSON."""
        classes = {
            row.name: {
                "support": row.support,
                **{key: one.as_dict() | {"new_subjects": row.new[key].as_dict()} for key, one in row.here.items()},
            }
            for row in self.rows
        }
        confusion = {name: getattr(self, name).tolist() for name in ("counts", "share", "share_sd")}
        return {"classes": classes, "confusion": confusion, "n_seeds": self.n_seeds}


def class_report(
    scores: TrialScores, classes: tuple[str, ...] = (), *, level: float = 0.95, rng: np.random.Generator
) -> ClassReport:
    """Return the report of one configuration's trials.

    Args:
        scores: trials of one configuration, with predictions; labels 0 to k - 1.
        classes: their names in the order of the labels; () names them by number.
        level: nominal coverage of each interval.
        rng: of the bootstrap of the subjects; every quantity draws the same.

    Raises:
        InputError: no predictions, or trials of several configurations.

    A quantity whose denominator is 0 (a class that was never predicted) counts as 0, as in scikit-learn.
    """
    guess, label = scores.test.prediction, scores.test.label.astype(np.intp)
    if guess is None or np.unique(scores.config).size != 1:
        raise InputError("Expected predicted classes of one configuration. Received: none, or several configurations.")
    k = max(len(classes), int(max(label.max(), guess.max())) + 1)
    names = (*classes, *(str(number) for number in range(len(classes), k)))
    counts = np.stack([np.bincount(label * k + one, minlength=k * k) for one in guess.astype(np.intp)])
    counts = counts.reshape(-1, k, k).astype(np.float64)
    support = np.bincount(label, minlength=k)
    share = counts / np.maximum(support, 1)[:, None]
    seed = int(rng.integers(2**32))
    asked = [
        Metric(f"{quantity} of {name}", partial(of_class, quantity, number), direction="higher", rate=True)
        for number, name in enumerate(names)
        for quantity in QUANTITIES
    ]
    measured = iter(measure_together(scores, asked, rng=np.random.default_rng(seed)))
    rows = []
    for number, name in enumerate(names):
        found = {quantity: estimate(next(measured), level=level) for quantity in QUANTITIES}
        here = {key: one.this_test_set for key, one in found.items()}
        new = {key: one.new_subjects for key, one in found.items()}
        rows.append(ClassRow(name, int(support[number]), here, new))
    sd = share.std(axis=0, ddof=1) if len(share) > 1 else np.full((k, k), np.nan)
    return ClassReport(tuple(rows), counts.mean(axis=0), share.mean(axis=0), sd, len(counts))

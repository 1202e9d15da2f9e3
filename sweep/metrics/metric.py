"""A row of the catalogue of metrics."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sweep.errors import InputError
from sweep.metrics.scored import OfScored, Scored, Weights
from sweep.metrics.scores import FloatArray
from sweep.metrics.wrong_samples import ErrorsOf

Direction = Literal["lower", "higher"]
Split = Literal["test", "dev", "train"]


@dataclass(frozen=True)
class Metric:
    """A metric, with all that a reader and a program must know of it.

    of: (scored, weights) -> (B,), its one implementation, see `sweep.metrics.scored`; None where scores do not give it.
    title: in words. unit: "%" where it is written in per cent. direction: which of two values is better.
    split: the split that it is measured on. rate: a share of errors or of right answers, in [0, 1].
    tasks: whose trials measure it. asked: tasks whose stored scores give it where somebody asks for it, though no trial
    measures it. headline: tasks whose tables show it.
    two_classes: labels are 1 and 0, and both are needed. at_dev_threshold: measured at dev's threshold, where the task
    has one. chance: what guessing gives, NaN where it depends on the data. errors: what each wrong sample adds to the
    rate, None where it is no mean over samples. of_attacks: measured where attack types are known. attack_type: the one
    that every replicate needs, "" for none. resampled: whether there is an interval for new subjects. as_given: whether
    it reads scores as probabilities, numbers or likelihood ratios, so that a move of all scores changes it.
    wanted_fmr: the FMR at which it is an FNMR, 0 where it is none.
    """

    name: str
    of: OfScored | None = None
    title: str = ""
    unit: Literal["", "%"] = ""
    direction: Direction = "lower"
    split: Split = "test"
    rate: bool = False
    tasks: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()
    two_classes: bool = False
    at_dev_threshold: bool = False
    chance: float = np.nan
    errors: ErrorsOf | None = None
    of_attacks: bool = False
    attack_type: str = ""
    resampled: bool = True
    as_given: bool = False
    wanted_fmr: float = 0.0

    @property
    def higher_is_better(self) -> bool:
        """Return whether more of it is better."""
        return self.direction == "higher"

    @property
    def on_dev(self) -> bool:
        """Return whether it is measured on dev."""
        return self.split == "dev"

    @property
    def heading(self) -> str:
        """Return title and split as a table says them, the name where there is no title."""
        return f"{self.title}, {self.split}" if self.title else self.name

    def point(self, scored: Scored) -> float:
        """Return the metric of a trial as it is."""
        return float(self.under(scored, None)[0])

    def under(self, scored: Scored, weights: Weights) -> FloatArray:
        """Return the metric in every replicate, (B,)."""
        if self.of is None:
            raise InputError(f"Expected a metric that scores give. Received: {self.name}, which was stored by a trial.")
        return self.of(scored, weights)

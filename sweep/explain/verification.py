"""What came of running stored trials again: equal to the bit, or the first difference and what explains it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sweep.errors.display import displayed
from sweep.explain.difference import Difference
from sweep.explain.other_machine import Elsewhere, other_processor
from sweep.explain.surroundings import Factor
from sweep.study.study import Study

BY_KERAS = "initial weights, every epoch's order and weights, scores and metrics"
BY_FIT = "initial weights, every epoch's weights, scores and metrics"
BY_TRIAL = "scores, metrics, and the epochs and weights that the trial handed in"


def compared(studies: Sequence[Study]) -> str:
    """Return what of the trials of these configurations can be compared, as words."""
    if all(study.trial is not None for study in studies):
        return BY_TRIAL
    return BY_FIT if any(study.fit is not None for study in studies) else BY_KERAS


@dataclass(frozen=True)
class Verified:
    """One trial, run again.

    equal: whether every bit is the same. difference: the first that is not. factors: what differs around the two runs.
    cause: the sentence that answers "why?", "" for equal trials. proven: whether putting the cause back gave the stored
    bits. metrics: name -> (stored, now) of the task's headline, where trials differ. correlation: of the scores of
    test, as stored and as they are now, where trials differ.
    """

    trial_id: str
    label: str
    seed: int
    equal: bool
    difference: Difference | None = None
    factors: tuple[Factor, ...] = ()
    cause: str = ""
    proven: bool = False
    metrics: dict[str, tuple[float, float]] | None = None
    correlation: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return every field, for JSON."""
        return asdict(self)


@displayed
@dataclass(frozen=True)
class Verification:
    """What `sweep verify` found.

    n_stored: trials of the plan that are ok and could have been run again. n_unseeded: those that had no seed.
    compared: what of them was compared, as words. elsewhere: the verdict where they ran on another kind of processor.
    """

    results: str
    n_stored: int
    trials: tuple[Verified, ...]
    n_unseeded: int = 0
    compared: str = BY_KERAS
    elsewhere: Elsewhere | None = None

    @property
    def equal(self) -> bool:
        """Whether every trial that was run again is equal to the bit."""
        return all(trial.equal for trial in self.trials)

    @property
    def holds(self) -> bool:
        """Whether the results hold here: equal to the bit, or equivalent on another kind of processor."""
        return self.equal or (self.elsewhere is not None and self.elsewhere.equivalent is True)

    def as_json(self) -> dict[str, Any]:
        """Return one object for JSON."""
        trials = [trial.as_dict() for trial in self.trials]
        return {"results": self.results, "equal": self.equal, "n_stored": self.n_stored} | {
            "n_unseeded": self.n_unseeded,
            "trials": trials,
            "other_machine": self.elsewhere.as_dict() if self.elsewhere else None,
        }

    def as_text(self) -> str:
        """Return some lines for a person."""
        n_equal = sum(trial.equal for trial in self.trials)
        lines = [
            f"{self.results}: {n_equal} of {len(self.trials)} trials run again are equal to the bit: "
            f"{self.compared} ({self.n_stored} stored)."
        ]
        kinds = [kind for one in self.trials if one.equal and (kind := other_processor(one.factors))]
        if kinds:
            lines.append(
                f"{len(kinds)} of them were stored on another kind of processor ({kinds[0].stored or 'unknown'}; here: "
                f"{kinds[0].now})."
            )
        if self.n_unseeded:
            lines.append(f"{self.n_unseeded} trials of the study had no seed and cannot be run again.")
        if self.elsewhere:
            lines += self.elsewhere.lines()
        for one in self.trials:
            name = " ".join(part for part in (one.trial_id, one.label, f"seed {one.seed}") if part)
            differs = "other bits, as they must be" if self.elsewhere else "differs"
            lines.append(f"{name}: {'equal' if one.equal else differs}")
            if one.difference:
                lines.append(f"  First difference: {one.difference}")
                lines += [f"  Differs: {factor}" for factor in one.factors if factor.known]
                lines.append(f"  Cause: {one.cause}")
                lines += [f"  {key}: {a:.6g} stored, {b:.6g} now" for key, (a, b) in (one.metrics or {}).items()]
        return "\n".join(lines)

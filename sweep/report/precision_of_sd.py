"""What a wanted precision costs when the SD over seeds is given, and there is no pilot."""

from dataclasses import dataclass
from typing import Any

from sweep.stats import Plan, plan_seeds


@dataclass(frozen=True)
class PrecisionOfSD:
    """The seeds that a half-width needs for a given SD; nothing is known of subjects."""

    metric: str
    plan: Plan

    def as_dict(self) -> dict[str, Any]:
        """Return everything as one object for JSON."""
        return {"metric": self.metric, **self.plan.as_dict()}

    def as_text(self) -> str:
        """Return the answer in some lines."""
        plan = self.plan
        return "\n".join(
            [
                f"{self.metric} +- {plan.half_width:g} at an SD over seeds of {plan.sd:g} "
                f"({100 * plan.level:g} % interval for this test set):",
                f"{plan.seeds} seeds on average, {plan.seeds_assured} with 90 % probability; {plan.seeds_power} seeds "
                f"in each arm to see a difference of {plan.half_width:g} with 80 % power.",
                "This leaves out new subjects. To include them, run a pilot of 10 seeds and leave --sd out.",
            ]
        )


def precision_of_sd(metric: str, half_width: float, sd: float, level: float = 0.95) -> PrecisionOfSD:
    """Return the seeds for a half-width and an SD, both in the unit of the metric.

    Raises:
        InputError: a half-width not above 0, a negative SD, or a level outside (0, 1).
    """
    return PrecisionOfSD(metric, plan_seeds(half_width, sd, level=level))

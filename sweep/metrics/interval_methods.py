"""How intervals of error rates are made, a row each: who must know reads the row, and people its title."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum


class Kind(Enum):
    """What an interval is made from."""

    LAW = "the law of the bootstrap, in closed form"
    BOOTSTRAP = "percentiles of replicates"
    COVERING = "the wider of percentiles and exact limits"
    RULE_OF_3 = "trials without an error"
    NORMAL = "a normal law"


@dataclass(frozen=True)
class IntervalMethod:
    """A way to an interval.

    word: its name in `METHODS`. title: what `Interval.method` says. citation: its source. kind: what it is to code.
    covers: what varies in it. function: where it is made, module and name.
    """

    word: str
    title: str
    citation: str
    kind: Kind
    covers: str
    function: str

    def with_threshold(self) -> "IntervalMethod":
        """Return the same where the threshold is estimated again in each replicate."""
        return replace(self, title=f"{self.title}, threshold estimated again")


EXACT_LAW = IntervalMethod(
    word="exact law",
    title="exact bootstrap law of the step EER",
    citation="Efron, Annals of Statistics 7, 1979 (the bootstrap), its law worked out",
    kind=Kind.LAW,
    covers="other scores of the same kind, each independent",
    function="sweep.metrics.eer_limits:exact_interval",
)
PERCENTILE_EER = IntervalMethod(
    word="percentile EER",
    title="percentile bootstrap of the interpolated EER",
    citation="Bolle, Ratha and Pankanti, CVIU 93, 2004 (subset bootstrap)",
    kind=Kind.BOOTSTRAP,
    covers="other units of those drawn again",
    function="sweep.metrics.eer_limits:eer_bootstrap",
)
PERCENTILE_HTER = IntervalMethod(
    word="percentile HTER",
    title="percentile bootstrap, threshold estimated again",
    citation="Bolle, Ratha and Pankanti, CVIU 93, 2004 (subset bootstrap)",
    kind=Kind.BOOTSTRAP,
    covers="other units of those drawn again, on dev and test",
    function="sweep.metrics.hter_limits:hter_interval",
)
PAIRED = IntervalMethod(
    word="paired",
    title="paired percentile bootstrap",
    citation="Bolle, Ratha and Pankanti, CVIU 93, 2004 (subset bootstrap)",
    kind=Kind.BOOTSTRAP,
    covers="other units of those drawn again, the same for both systems",
    function="sweep.metrics.paired:eer_difference",
)
COVERING = IntervalMethod(
    word="covering",
    title="Korn-Graubard and bootstrap, the wider",
    citation="Korn and Graubard, Survey Methodology 24, 1998",
    kind=Kind.COVERING,
    covers="other units of those drawn again",
    function="sweep.metrics.chosen_intervals:covering_bounds",
)
WIDER_OF_3 = IntervalMethod(
    word="rule of 3 and bootstrap",
    title="rule of 3 and bootstrap, the wider",
    citation="Hanley and Lippman-Hand, JAMA 249, 1983",
    kind=Kind.RULE_OF_3,
    covers="other units of those drawn again",
    function="sweep.metrics.chosen_intervals:covering_bounds",
)
RULE_OF_3 = IntervalMethod(
    word="rule of 3",
    title="rule of 3",
    citation="Hanley and Lippman-Hand, JAMA 249, 1983; ISO/IEC 19795-1, annex B",
    kind=Kind.RULE_OF_3,
    covers="other trials of the same kind, each independent",
    function="sweep.metrics.proportion:rule_of_3",
)
BENGIO_MARIETHOZ = IntervalMethod(
    word="Bengio-Mariethoz",
    title="Bengio-Mariethoz, threshold held still",
    citation="Bengio and Mariethoz, Odyssey 2004, equation 13",
    kind=Kind.NORMAL,
    covers="other scores of the same kind, each independent, at this threshold",
    function="sweep.metrics.hter_limits:bengio_mariethoz",
)
METHODS: Mapping[str, IntervalMethod] = {
    row.word: row
    for row in (
        EXACT_LAW, PERCENTILE_EER, PERCENTILE_HTER, PAIRED, COVERING, WIDER_OF_3, RULE_OF_3, BENGIO_MARIETHOZ,
    )
}  # fmt: skip

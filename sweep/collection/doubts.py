"""What makes collected runs doubtful, though they can be read: a sentence for each doubt."""

from collections.abc import Iterator, Sequence

import numpy as np

from sweep.collection.runs import CollectedRun

_AGAINST_GUESSING = ("eer", "hter", "test_eer")  # of which guessing gives 0.5


def doubts(runs: Sequence[CollectedRun]) -> Iterator[str]:
    """Yield a caution for rates that are worse than guessing, and for scores that are all alike."""
    for name in _AGAINST_GUESSING:
        has = [run for run in runs if name in run.metrics]
        worse = [run for run in has if run.metrics[name] > 0.5]
        if len(worse) > len(has) / 2:
            why = (
                "Are lower scores more genuine? Say --distances, or negate the scores of a frame."
                if worse[0].scores
                else "Are they in per cent (--per-cent), or shares of right answers?"
            )
            yield f"{name} is above 0.5, worse than guessing, in {len(worse)} of {len(has)} runs. {why}"
    alike = [run for run in runs if run.scores and np.ptp(run.scores["score"]) == 0]
    if alike:
        yield (
            f"All scores are equal in {len(alike)} of {len(runs)} runs, as {alike[0].label} seed {alike[0].seed}: they "
            "tell nobody apart. Look at what wrote them."
        )

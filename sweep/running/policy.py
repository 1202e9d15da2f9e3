"""Which trials are run next: a pure function of what is stored and what is planned, asked again after every round."""

from collections.abc import Collection, Sequence

import pandas as pd

from sweep.store import store
from sweep.study.plan import PlannedTrial


def next_orders(
    stored: pd.DataFrame, plan: Sequence[PlannedTrial], *, ordered: Collection[str] = (), retry_failed: bool = False
) -> list[PlannedTrial]:
    """Return the trials of the next round, in the order of the plan: those that the store lacks. None ends the run.

    Args:
        stored: the rows of trials.parquet, one for each attempt, see `sweep.store.store.trials`.
        plan: the whole plan.
        ordered: trial_ids of earlier rounds of this run; no trial is ordered twice.
        retry_failed: whether trials whose attempts all failed are run again.
    """
    status = store.status_in(stored)
    known = {trial_id for trial_id, ended in status.items() if ended == "ok" or not retry_failed} | set(ordered)
    return [one for one in plan if one.trial_id not in known]

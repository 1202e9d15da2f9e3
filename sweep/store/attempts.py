"""Which attempt at a trial counts: the first good one, and where there is none the last."""

import pandas as pd


def counting(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of trials.parquet that count, each trial once: those that are ok, and those that failed.

    rows: the attempts of each trial in their order.
    """
    ok = rows[rows["status"] == "ok"].drop_duplicates("trial_id", keep="first")
    failed = rows[~rows["trial_id"].isin(ok["trial_id"])].drop_duplicates("trial_id", keep="last")
    return ok, failed

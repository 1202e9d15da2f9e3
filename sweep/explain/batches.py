"""Which streams of randomness act on batches that a data function hands out: seen by what the runs were given."""

import json
from collections.abc import Mapping

import pandas as pd


def idle_beside_batches(use: str, rows: pd.DataFrame, epochs: pd.DataFrame, idle: Mapping[str, str]) -> dict[str, str]:
    """Return the streams that cannot act, with the reason, of runs whose train hands out batches.

    What a function `train(run)` asked for may act. The order does not, where every run met the same batches.

    Args:
        use: the data function.
        rows: the runs, by trial_id.
        epochs: their epochs, with the digests of their batches.
        idle: streams that no layer of the model and no setting draws from, with the reason.
    """
    asked = {stream for said in rows["streams"].dropna() for stream in json.loads(said)}
    found = {stream: why for stream, why in idle.items() if stream not in asked or stream == "order"}
    of_runs = epochs[epochs["trial_id"].isin(rows.index)].sort_values("epoch")
    if (of_runs.groupby("epoch")["order_sha256"].nunique() == 1).all():
        found["order"] = f"{use} handed out the same batches in every run"
    return found

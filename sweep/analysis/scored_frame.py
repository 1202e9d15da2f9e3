"""What one trial scored, from its rows of scores.parquet."""

import numpy as np
import pandas as pd

from sweep.metrics.scored import Scored, ScoredSplit


def scored_of(frame: pd.DataFrame) -> Scored | None:
    """Return what one trial scored on test and dev; None without a test set. frame: its rows of scores.parquet."""
    test, dev = (_split(frame[frame["split"] == name]) for name in ("test", "dev"))
    return None if test is None else Scored(test, dev)


def _split(rows: pd.DataFrame) -> ScoredSplit | None:
    if not len(rows):
        return None
    known = "prediction" in rows and rows["prediction"].notna().any()
    kinds = rows["attack_type"].astype(object).fillna("").to_numpy(np.str_) if "attack_type" in rows else None
    return ScoredSplit(
        label=rows["label"].to_numpy(np.float64),
        score=rows["score"].to_numpy(np.float64),
        prediction=rows["prediction"].to_numpy(np.float64) if known else None,
        attack_type=kinds,
    )

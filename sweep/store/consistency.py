"""Whether tables without checksums can be of one folder: what one names, the others have."""

from collections import Counter
from collections.abc import Collection, Mapping

import pyarrow as pa

from sweep.store import tables


def inconsistent(found: Mapping[str, pa.Table], records: Collection[tuple[str, int]]) -> dict[str, str]:
    """Return table -> what is wrong with it, for four tables that can each be read.

    A compaction that was cut off leaves at worst more scores and epochs than trials, whose records are there.

    Args:
        found: the tables; of the scores the column trial_id.
        records: (trial_id, attempt) of the files under parts/.
    """
    trials, epochs, environments = found["trials"], found["epochs"], found["environments"]
    wrong = {}
    for name, keys in (("trials", ["trial_id", "attempt"]), ("epochs", ["trial_id", "epoch"]), ("environments", None)):
        table = found[name].select(keys or ["env_id"])
        if table.group_by(table.column_names).aggregate([]).num_rows < len(table):
            wrong[name] = f"holds a row twice (of equal {' and '.join(table.column_names)})"
    lacking = set(trials["env_id"].to_pylist()) - {None} - set(environments["env_id"].to_pylist())
    if lacking:
        wrong.setdefault("environments", f"lacks {len(lacking)} env_id of trials.parquet")
    scored, fitted = tables.rows_of(found["scores"]), Counter(epochs["trial_id"].to_pylist())
    counting = tables.counting(trials)
    rows = trials.select(["trial_id", "attempt", "status", "n_dev", "n_test", "epochs"]).to_pylist()
    ok = [row for row in rows if counting[row["trial_id"]] == (row["attempt"], True)]
    unscored = [row for row in ok if scored.get(row["trial_id"], 0) < (row["n_dev"] or 0) + (row["n_test"] or 0)]
    unfitted = [row for row in ok if fitted[row["trial_id"]] < (row["epochs"] or 0)]
    for name, some in (("scores", unscored), ("epochs", unfitted)):
        if some:
            wrong.setdefault(name, f"lacks rows of {len(some)} of the {len(ok)} trials of trials.parquet")
    unknown = (set(scored) | set(fitted)) - set(counting) - {trial for trial, _ in records}
    if unknown:
        wrong.setdefault("trials", f"lacks {len(unknown)} trials that the scores or epochs have")
    return wrong

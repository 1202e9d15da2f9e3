"""What a study that stops by itself has decided: recomputed from its trials, whoever asks."""

from collections.abc import Collection

import pandas as pd

from sweep.analysis.precision_looks import precise
from sweep.analysis.race_looks import race
from sweep.analysis.race_values import RaceValues, ScoresOf
from sweep.analysis.standing import COLUMNS, Standing
from sweep.store.store import Results
from sweep.study.stop import Stop


def standing_of(results: Results, scores_of: ScoresOf | None = None) -> Standing | None:
    """Return where a study stands that stops by itself; None where it runs all its seeds.

    A pure function of the stored trials: what a race decided, it decides again.

    Args:
        results: what `load` returned; its plan names the trials that count.
        scores_of: trial_ids -> rows of the score table, where `results` have none yet; asked for a few trials only.

    Raises:
        InputError: subjects are to be covered, and the data have none.
    """
    said = results.study["resolved"].get("stop")
    if not said:
        return None

    def own(ids: Collection[str]) -> pd.DataFrame:
        return results.scores[results.scores["trial_id"].isin(list(ids))]

    values = RaceValues(results, Stop.model_validate(said), scores_of or own)
    return race(values) if values.stop.races else precise(values)


def decisions_table(standing: Standing) -> pd.DataFrame:
    """Return the decisions as a table, a row a configuration and look; see `sweep.analysis.standing.Decision`."""
    return pd.DataFrame([vars(one) for one in standing.decisions], columns=list(COLUMNS))

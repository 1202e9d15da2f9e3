"""The rounds of a run: all that is missing at once, or look by look where the study stops by itself."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from sweep.running.options import RunOptions
from sweep.running.policy import next_orders
from sweep.running.preparation import Ready
from sweep.store import store
from sweep.store.places import Place, replace_file
from sweep.study.plan import PlannedTrial, as_document

if TYPE_CHECKING:
    from sweep.analysis.standing import Standing

DECISIONS = "decisions.parquet"


@dataclass
class Rounds:
    """What a run orders, round after round.

    ready: the study with its plan, in the ids of the store. record: what study.json keeps beside the plan. asked: the
    trials that the study has asked for so far: of a study without `stop` the whole plan. standing: of one with `stop`.
    """

    ready: Ready
    options: RunOptions
    record: Mapping[str, Any]
    asked: tuple[PlannedTrial, ...] = ()
    standing: "Standing | None" = None
    _ordered: set[str] = field(default_factory=set)
    _begun: bool = False

    def __post_init__(self) -> None:
        """Refuse data without subjects where `stop` is to cover new ones."""
        self.asked = tuple(self.ready.trials)
        if self.ready.study.stop is not None:
            from sweep.running.race import check_subjects  # the statistics of looks, which other studies do not need

            check_subjects(self.ready.study, self.ready.data)

    def following(self, rows: pd.DataFrame, slots: Callable[[], int] = lambda: 1) -> list[PlannedTrial]:
        """Return the trials of the next round; none ends the run. study.json then names all that were asked for.

        rows: of trials.parquet. slots: tells how many trials run at once, where that matters.

        Raises:
            InputError: see `sweep.running.race.next_trials`.
        """
        ready, again = self.ready, self.options.retry_failed
        if ready.study.stop is None:
            if not self._begun:
                self._write()
            found = next_orders(rows, ready.trials, ordered=self._ordered, retry_failed=again)
        else:
            from sweep.running.race import next_trials

            one = next_trials(
                rows, ready.study, ready.trials, partial(_scores_of, ready.folder), ready.folder,
                ordered=self._ordered, retry_failed=again, slots=slots(),
            )  # fmt: skip
            self.asked, self.standing, found = one.asked, one.standing, list(one.trials)
            self._write()
            if one.standing.decisions:
                write_decisions(ready.folder, one.standing)
        self._begun = True
        self._ordered |= {one.trial_id for one in found}
        return found

    @property
    def verdict(self) -> str:
        """Return how a study with `stop` ended, "" for another."""
        return self.standing.verdict if self.standing is not None else ""

    def _write(self) -> None:
        store.write_study(self.ready.folder, as_document(self.ready.study, self.asked) | dict(self.record))


def write_decisions(folder: Place, standing: "Standing") -> None:
    """Write decisions.parquet, whole or not at all."""
    from sweep.analysis.decisions import decisions_table

    table = decisions_table(standing)
    replace_file(folder / DECISIONS, lambda file: table.to_parquet(file, index=False))


def _scores_of(folder: Place, ids: Collection[str]) -> pd.DataFrame:
    return store.load(folder, only=ids).scores

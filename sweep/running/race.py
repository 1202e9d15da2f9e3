"""Which trials come next in a study that stops by itself: a pure function of what is stored, or its verdict."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sweep.analysis.decisions import standing_of
from sweep.analysis.race_values import ScoresOf
from sweep.analysis.standing import Standing
from sweep.data import Prepared
from sweep.errors import InputError
from sweep.metrics.catalogue import metric_called
from sweep.stats.interval import NEW_SUBJECTS
from sweep.store import store
from sweep.store.places import Place
from sweep.store.store import Results
from sweep.study.plan import PlannedTrial, as_document
from sweep.study.study import Study


@dataclass(frozen=True)
class Round:
    """The trials that come next, none where the study has its verdict, and what was decided so far.

    asked: the trials of the plan that the study has asked for until now: those stored, and these.
    """

    trials: tuple[PlannedTrial, ...]
    asked: tuple[PlannedTrial, ...]
    standing: Standing


def next_trials(
    stored: pd.DataFrame,
    study: Study,
    plan: Sequence[PlannedTrial],
    scores_of: ScoresOf,
    folder: Place,
    *,
    ordered: Collection[str] = (),
    retry_failed: bool = False,
    slots: int = 1,
) -> Round:
    """Return the next round of a study with `stop`, in the order of the plan.

    A round brings the seeds of the next look. Slots that its last wave would leave empty are given the seeds after
    those, of configurations that are surely kept: a decision never reads them before their own look.

    Args:
        stored: the rows of trials.parquet.
        study: with `stop`.
        plan: its whole plan, `most` seeds of every configuration.
        scores_of: trial_ids -> rows of the score table; asked for a few trials of the first look.
        folder: of the results, for messages.
        ordered: trial_ids of earlier rounds of this run; no trial is ordered twice.
        retry_failed: whether trials whose attempts all failed are run again.
        slots: how many trials run at once.

    Raises:
        InputError: every trial of a round failed, or the data have no subjects to cover.
    """
    status = store.status_in(stored)
    again = {key for key, ended in status.items() if retry_failed and ended != "ok" and key not in ordered}
    rows = stored[~stored["trial_id"].isin(list(again))]
    nothing = pd.DataFrame({"trial_id": pd.Series(dtype=str)})
    found = standing_of(Results(folder, as_document(study, plan), rows, nothing, nothing, nothing), scores_of)
    if found is None:
        raise InputError("Expected a study with `stop`. Received: one that runs all of its seeds.")
    if found.failed:
        raise InputError(
            f"Expected a trial of this round that is ok. Received: all of them failed, the first with: {found.failed}. "
            "Mend what fails, and give the same command with --retry-failed."
        )
    known = (set(status) - again) | set(ordered)
    rank: dict[str, int] = {}
    missing, later = [], []
    for one in plan:
        name = one.configuration.config_id
        rank[name] = rank.get(name, 0) + 1
        if one.trial_id in known or name not in found.wanted:
            continue
        if rank[name] <= found.wanted[name]:
            missing.append(one)
        elif name in found.likely and found.stop.races and rank[name] <= found.wanted[name] + found.stop.step:
            later.append(one)
    later.sort(key=lambda one: found.likely.index(one.configuration.config_id))
    fill = later[: -len(missing) % max(slots, 1)] if missing else []
    trials = (*missing, *fill)
    there = {one.trial_id for one in trials} | set(status)
    return Round(trials, tuple(one for one in plan if one.trial_id in there), found)


def check_subjects(study: Study, data: Mapping[str, Prepared]) -> None:
    """Raise InputError where new subjects are to be covered and the data name none, before anything is trained."""
    if study.stop is None or study.stop.covers_of(study.task) != NEW_SUBJECTS:
        return
    split = "dev" if metric_called(study.stop.metric_of(study.task)).on_dev else "test"
    for one in data.values():
        count = one.counts.get(split)
        if count is not None and not (count.subjects or count.videos):
            raise InputError(
                f"Expected subjects in {split}, since `stop` is to cover new subjects. Received: {count.n} samples "
                "without one. Name the subjects in the data, or say `covers: this test set` under `stop`."
            )

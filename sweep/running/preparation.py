"""From a study to its plan: the data of every trial prepared, and with them the ids of the trials."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd

from sweep.data import Prepared
from sweep.errors import InputError
from sweep.machine.folders import cache_folder
from sweep.machine.streams import stream_seeds
from sweep.running.opening import Opened, open_study, results_folder
from sweep.store import store
from sweep.store.places import Place
from sweep.study import code
from sweep.study.further_tests import takes_split_seed
from sweep.study.identity import Identities
from sweep.study.plan import Configuration, PlannedTrial, plan
from sweep.study.stored_plan import StoredPlan, stored_plan
from sweep.study.study import Study
from sweep.trial import backends
from sweep.trial.data_process import DataProcess, data_key
from sweep.trial.stream_settings import check_settings


@dataclass(frozen=True)
class Ready:
    """A study of which every trial could be run now.

    study, modules, folder: see `sweep.running.opening.Opened`. trials: the whole plan. data: data_id -> what was
    prepared.
    """

    study: Study
    trials: tuple[PlannedTrial, ...]
    data: dict[str, Prepared]
    modules: tuple[str, ...]
    folder: Place


def ready(
    study: Study | str | Path,
    *,
    seeds: int | Sequence[int] | None = None,
    results: str | Place | None = None,
    until: str | None = None,
) -> Ready:
    """Return a study with its plan, after file, functions and data were looked at; arguments as in `open_study`.

    Raises:
        InputError: study, functions or data are wrong.
    """
    return made_ready(open_study(study, seeds=seeds, results=results, until=until))


def made_ready(opened: Opened) -> Ready:
    """Return an opened study with its plan; for whoever has something to do between the two steps of `ready`."""
    trials, data = prepare(opened.study)
    return Ready(opened.study, trials, data, opened.modules, opened.folder)


def prepare(study: Study) -> tuple[tuple[PlannedTrial, ...], dict[str, Prepared]]:
    """Return the plan with its ids, and data_id -> what was prepared; the data of every trial lie ready then.

    Raises:
        InputError: the data function or its data are wrong.
    """
    return prepare_each([study])


def prepare_each(studies: Sequence[Study]) -> tuple[tuple[PlannedTrial, ...], dict[str, Prepared]]:
    """Return the plans of several studies as one, as `prepare` does for one; what they share is prepared once."""
    ready: dict[str, Prepared] = {}
    takes = cache(code.takes)  # parsed once for all trials of this plan
    process = DataProcess()

    def data_id(configuration: Configuration, seed: int) -> str:
        one = configuration.study
        split = stream_seeds(seed, one.hold)["split"] if takes_split_seed(one, takes) else 0
        key = data_key(one, split)
        if key not in ready:
            ready[key] = process.prepare(one, split)
        check_settings(one, ready[key].stream)
        return ready[key].data_id

    trials: list[PlannedTrial] = []
    with process:
        for study in studies:
            backends.check(study)
            known = identities(study)
            trials += plan(study, data_id, lambda one, known=known: known.of(one.study))  # type: ignore[misc]
    prepared = {one.data_id: one for one in ready.values()}
    return tuple(replace(trial, classes=prepared[trial.data_id].classes) for trial in trials), prepared


def plan_in(
    folder: Place, trials: Sequence[PlannedTrial], rows: pd.DataFrame, *, accept_code: bool = False
) -> StoredPlan:
    """Return a plan with the ids of the trials that a folder of results holds, see `sweep.study.stored_plan`.

    rows: of the folder's trials.parquet, see `sweep.store.store.trials`.
    """
    try:
        document = store.read_study(folder) if (folder / "study.json").is_file() else None
    except InputError:  # torn: it is written again; one of a newer version is refused there
        document = None
    return stored_plan(trials, document, rows, accept_code=accept_code, kept=cache_folder())


def identities(study: Study) -> Identities:
    """Return what finds the identities of a study's configurations on this machine."""
    folder = results_folder(study)
    return Identities(cache_folder(), folder if isinstance(folder, Path) else None)

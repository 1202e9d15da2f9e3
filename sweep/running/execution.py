"""From a study to its stored trials: what the plan names and the store lacks is run, and nothing else."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from sweep.data import Prepared
from sweep.errors import ClusterError, InputError
from sweep.machine import session
from sweep.machine.streams import stream_seeds
from sweep.running.sharing import SharedRun, room
from sweep.running.sharing import order_of as order_of
from sweep.store import claims, store
from sweep.store.places import Place, absolute, check_reach, place, probe
from sweep.study import code
from sweep.study.identity import Identities
from sweep.study.plan import Configuration, PlannedTrial, as_document, configurations, plan
from sweep.study.stored_plan import StoredPlan, stored_plan
from sweep.study.study import Study
from sweep.study.study_text import explain
from sweep.trial.data_process import DataProcess


@dataclass(frozen=True)
class RunSummary:
    """What a run did.

    folder: where the results are. n_planned: trials of the plan. n_run: those that this run trained. n_ok, n_failed:
    trials of the plan, as the store has them now. seconds: of this run. notes: files that were skipped, and why.
    """

    folder: Place
    n_planned: int
    n_run: int
    n_ok: int
    n_failed: int
    seconds: float
    notes: tuple[str, ...] = ()


def run(
    study: Study | str | Path,
    *,
    seeds: int | Sequence[int] | None = None,
    results: str | Place | None = None,
    address: str | None = None,
    slots: int | None = None,
    retry_failed: bool = False,
    progress: bool = True,
    follow: bool = False,
    accept_code: bool = False,
) -> RunSummary:
    """Run the trials of a study that the store lacks, and return what was done; every finished trial is stored at once.

    Args:
        study: a `Study`, a study file, or the name of a built-in study.
        seeds: replaces the study's seeds: a count, or a list.
        results: replaces the study's folder of results, or address of an object store; the study gets a folder of
            its name in it.
        address: a Ray cluster that is there already; None starts Ray on this machine.
        slots: processors that Ray may use on this machine; None takes all.
        retry_failed: whether stored failures are run again.
        progress: whether to show progress on standard error.
        follow: whether to wait for trials that another run of the study is training, and to take over those that it
            gives up.
        accept_code: whether stored trials of other code are taken over; the results and the report say so.

    Raises:
        InputError: study or data are wrong, no configuration can run, or the results cannot be written.
        ClusterError: no node has what a trial asks for, trials were lost, or another run is training the rest.
    """
    modules = module_folders(study)
    session.find_modules_in(modules)
    study = resolve(study, seeds=seeds, results=results)
    check_code(study)
    folder = results_folder(study)
    check_reach(folder)
    if not isinstance(folder, Path) or folder.is_dir():
        store.check(folder)  # first: where tables are damaged nothing is written, not even a folder
    _check_writable(folder)
    trials, _ = prepare(study)
    return run_planned(
        study,
        trials,
        modules,
        address=address,
        slots=slots,
        retry_failed=retry_failed,
        progress=progress,
        follow=follow,
        accept_code=accept_code,
    )


def run_planned(
    study: Study,
    trials: Sequence[PlannedTrial],
    modules: tuple[str, ...],
    *,
    address: str | None = None,
    slots: int | None = None,
    retry_failed: bool = False,
    progress: bool = True,
    follow: bool = False,
    accept_code: bool = False,
) -> RunSummary:
    """Run those trials of a plan that the store lacks; arguments and errors as in `run`.

    study: names the results and the resources. trials: the whole plan. modules: where the user's modules are found.
    """
    started = time.monotonic()
    folder = results_folder(study)
    _check_writable(folder)
    with room(folder):
        notes = store.compact(folder)  # what a killed run left is read once here, not by every later question
        found = plan_in(folder, trials, accept_code=accept_code)
        trials = found.trials
        store.write_study(folder, as_document(study, trials) | found.record)
    if progress:
        for text in found.notes:
            sys.stderr.write(f"sweep: {text}\n")
    else:
        notes = [*found.notes, *notes]
    done = store.finished(folder)
    proved = {one.configuration.config_id for one in trials if done.get(one.trial_id) == "ok"}
    missing = [one for one in trials if one.trial_id not in done or (retry_failed and done[one.trial_id] != "ok")]
    ours = SharedRun(study, folder, modules, address, slots, trials, frozenset(proved), progress, follow)
    try:
        if missing:
            ours.share(missing)
    finally:
        claims.remove_void(folder, ours.owner.run)
        with room(folder):
            notes += [one for one in store.compact(folder) if one not in notes]
    done = store.finished(folder)
    lost = [one for one in trials if one.trial_id not in done]
    if lost:
        raise ClusterError(
            f"Expected {len(trials)} trials in {folder}. Received: {len(trials) - len(lost)}; Ray ended without the "
            "rest. What finished is stored: give the same command again."
        )
    n_ok = sum(done[one.trial_id] == "ok" for one in trials)
    seconds = time.monotonic() - started
    notes += _differing(folder, trials)
    return RunSummary(folder, len(trials), ours.n_run, n_ok, len(trials) - n_ok, seconds, tuple(notes))


def _differing(folder: Place, trials: Sequence[PlannedTrial]) -> list[str]:
    """Return a note of the trials that were trained twice, with other bits; those of unseeded studies are meant to."""
    exact = {one.trial_id for one in trials if one.configuration.study.seeded and one.configuration.study.determinism}
    rows = store.trials(folder)
    rows = rows[(rows["status"] == "ok") & rows["trial_id"].isin(exact)]
    counts = rows.groupby("trial_id")[["final_sha256", "scores_sha256"]].nunique().max(axis=1)
    found = list(counts.index[counts > 1])
    if not found:
        return []
    return [
        f"{len(found)} trials are stored twice with other weights or scores, as {found[0]}; the first record counts. "
        "`sweep verify` tells whether this machine repeats them."
    ]


def plan_in(folder: Place, trials: Sequence[PlannedTrial], *, accept_code: bool = False) -> StoredPlan:
    """Return a plan with the ids of the trials that a folder of results holds, see `sweep.study.stored_plan`."""
    try:
        document = store.read_study(folder) if (folder / "study.json").is_file() else None
    except InputError:  # torn: it is written again; one of a newer version is refused there
        document = None
    rows = store.trials(folder)
    return stored_plan(trials, document, rows, accept_code=accept_code, kept=session.cache_folder())


def identities(study: Study) -> Identities:
    """Return what finds the identities of a study's configurations on this machine."""
    folder = results_folder(study)
    return Identities(session.cache_folder(), session.keras_backend(), folder if isinstance(folder, Path) else None)


def resolve(study: Study | str | Path, *, seeds: int | Sequence[int] | None, results: str | Place | None) -> Study:
    """Return the study with the command's changes in place of the file's."""
    changes = {
        "seeds": list(seeds) if isinstance(seeds, Sequence) else seeds,
        "results": None if results is None else str(results),
    }
    if isinstance(study, Study):
        given = {key: value for key, value in changes.items() if value is not None}
        try:
            return Study.model_validate(study.model_dump(mode="json") | given)
        except ValidationError as error:
            raise InputError(explain(error, Study, study.study)) from None
    return Study.load(study, **changes)


def results_folder(study: Study) -> Place:
    """Return where a study's results lie: an absolute folder, or a prefix in an object store.

    Raises:
        InputError: an address that is neither.
    """
    return absolute(place(study.results)) / study.study


def module_folders(study: Study | str | Path) -> tuple[str, ...]:
    """Return where the user's modules are looked for: the current folder, and that of the study file."""
    folders = [Path.cwd()]
    if not isinstance(study, Study) and Path(study).is_file():
        folders.append(Path(study).absolute().parent)
    return tuple(dict.fromkeys(str(folder) for folder in folders))


def check_code(study: Study) -> None:
    """Raise InputError where a function of the study is not there or does not take its keywords."""
    seen: set[tuple[str, ...]] = set()
    for one in configurations(study):
        for key, used in (("data", one.study.data), ("model", one.study.model)):
            if (what := (key, used.use, *used.keywords)) not in seen:
                seen.add(what)
                code.check_use(key, used.use, used.keywords)
    if study.measure is not None:
        code.check_use("measure", study.measure.use, study.measure.keywords)
    if study.answer is not None:
        code.check_use("answer", study.answer, {})


def prepare(study: Study) -> tuple[tuple[PlannedTrial, ...], dict[str, Prepared]]:
    """Return the plan with its ids, and data_id -> what was prepared; the data of every trial lie ready then.

    Raises:
        InputError: the data function or its data are wrong.
    """
    return prepare_each([study])


def prepare_each(studies: Sequence[Study]) -> tuple[tuple[PlannedTrial, ...], dict[str, Prepared]]:
    """Return the plans of several studies as one, as `prepare` does for one; what they share is prepared once."""
    ready: dict[tuple[str, int], Prepared] = {}
    takes = cache(code.takes)  # parsed once for all trials of this plan
    process = DataProcess()

    def data_id(configuration: Configuration, seed: int) -> str:
        one = configuration.study
        split = stream_seeds(seed, one.hold)["split"] if takes(one.data.use, "split_seed") else 0
        key = (one.data.model_dump_json(), split)
        if key not in ready:
            ready[key] = process.prepare(one, split)
        return ready[key].data_id

    trials: list[PlannedTrial] = []
    with process:
        for study in studies:
            known = identities(study)
            trials += plan(study, data_id, lambda one, known=known: known.of(one.study))  # type: ignore[misc]
    prepared = {one.data_id: one for one in ready.values()}
    return tuple(replace(one, classes=prepared[one.data_id].classes) for one in trials), prepared


def _check_writable(folder: Place) -> None:
    check_reach(folder)
    below = ("parts", claims.FOLDER) if isinstance(folder, Path) else ()  # made by another user: each may refuse
    for one in (folder, *(folder / name for name in below)):
        with room(one):
            probe(one)

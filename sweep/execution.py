"""From a study to its stored trials: what the plan names and the store lacks is run, and nothing else."""

import sys
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from sweep import code, session, store, trial
from sweep.data import Prepared
from sweep.errors import ClusterError, InputError
from sweep.places import Place, absolute, place, probe
from sweep.plan import Configuration, PlannedTrial, as_document, configurations, plan
from sweep.progress import Progress
from sweep.rehearsal import rehearse, some
from sweep.streams import stream_seeds
from sweep.study import Study
from sweep.study_text import explain


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

    Raises:
        InputError: study or data are wrong, no configuration can run, or the results cannot be written.
        ClusterError: no node has what a trial asks for, or trials were lost.
    """
    modules = module_folders(study)
    session.find_modules_in(modules)
    study = resolve(study, seeds=seeds, results=results)
    check_code(study)
    _check_writable(results_folder(study))
    trials, _ = prepare(study)
    return run_planned(
        study, trials, modules, address=address, slots=slots, retry_failed=retry_failed, progress=progress
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
) -> RunSummary:
    """Run those trials of a plan that the store lacks; arguments and errors as in `run`.

    study: names the results and the resources. trials: the whole plan. modules: where the user's modules are found.
    """
    started = time.monotonic()
    folder = results_folder(study)
    _check_writable(folder)
    with _room(folder):
        store.write_study(folder, as_document(study, trials))
        store.compact(folder)  # what a killed run left is read once here, not by every later question
    done = store.finished(folder)
    proved = {one.configuration.config_id for one in trials if done.get(one.trial_id) == "ok"}
    missing = [one for one in trials if one.trial_id not in done or (retry_failed and done[one.trial_id] != "ok")]
    notes: list[str] = []
    try:
        if missing:
            _run_missing(study, trials, missing, proved, modules, address, slots, progress)
    finally:
        with _room(folder):
            notes = store.compact(folder)
    done = store.finished(folder)
    lost = [one for one in trials if one.trial_id not in done]
    if lost:
        raise ClusterError(
            f"Expected {len(trials)} trials in {folder}. Received: {len(trials) - len(lost)}; Ray ended without the "
            "rest. What finished is stored: give the same command again."
        )
    n_ok = sum(done[one.trial_id] == "ok" for one in trials)
    seconds = time.monotonic() - started
    return RunSummary(folder, len(trials), len(missing), n_ok, len(trials) - n_ok, seconds, tuple(notes))


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
    takes, code_id = cache(code.takes), cache(code.code_id)  # parsed once for all trials of this plan

    def data_id(configuration: Configuration, seed: int) -> str:
        one = configuration.study
        split = stream_seeds(seed, one.hold)["split"] if takes(one.data.use, "split_seed") else 0
        key = (one.data.model_dump_json(), split)
        if key not in ready:
            with redirect_stdout(sys.stderr):  # the user's function may print; standard output is for the answer
                ready[key] = trial.prepare_data(one, split)
        return ready[key].data_id

    trials = tuple(
        one
        for study in studies
        for one in plan(study, data_id, lambda configuration: code_id(configuration.study.model.use))
    )
    prepared = {one.data_id: one for one in ready.values()}
    return tuple(replace(one, classes=prepared[one.data_id].classes) for one in trials), prepared


def order_of(
    one: PlannedTrial, results: Place, folder: str, modules: tuple[str, ...], git_commit: str = "", attempt: int = 0
) -> trial.TrialOrder:
    """Return what a worker needs to run a planned trial; see `sweep.trial.TrialOrder` for the arguments."""
    return trial.TrialOrder(
        trial_id=one.trial_id,
        config_id=one.configuration.config_id,
        seed=one.seed,
        data_id=one.data_id,
        code_id=one.code_id,
        study=one.configuration.study.model_dump(mode="json"),
        hp=one.configuration.hp,
        results=str(results),
        folder=folder,
        modules=modules,
        git_commit=git_commit,
        attempt=attempt,
    )


def _run_missing(
    study: Study,
    trials: Sequence[PlannedTrial],
    missing: Sequence[PlannedTrial],
    proved: Collection[str],
    modules: tuple[str, ...],
    address: str | None,
    slots: int | None,
    show: bool,
) -> None:
    """Run the missing trials of a plan; proved: config_ids of which a trial is stored that is ok."""
    session.quiet_environment()
    unproved = [one for one in missing if one.configuration.config_id not in proved]
    with ThreadPoolExecutor(1) as aside:  # a first batch takes seconds, and so does Ray's start: both at once
        looking = aside.submit(rehearse, unproved, modules)
        from sweep import driver  # imports Ray, which a study that is finished does not need

        folder = results_folder(study)
        attempts = store.attempts(folder)
        here = str(Path.cwd())
        commit = session.git_commit(here)
        orders = [order_of(one, folder, here, modules, commit, attempts.get(one.trial_id, 0)) for one in missing]
        n_stored = len(trials) - len(missing)
        with Progress(study.task, len(trials), n_stored, show=show) as progress, session.output_as_errors():

            def ready() -> None:
                every = {one.configuration.config_id: one.configuration for one in trials}
                looking.result().refuse_all(every, surely=True)
                for reason, labels in looking.result().refused(every).items():
                    where = f" of {some(labels)}" if any(labels) else ""
                    progress.note(f"all trials{where} are expected to fail: {reason}")

            driver.run_orders(
                orders,
                progress.hear,
                cpu=study.resources.cpu,
                gpu=study.resources.gpu,
                address=address,
                slots=slots,
                note=progress.note,
                ready=ready,
            )


def _check_writable(folder: Place) -> None:
    with _room(folder):
        probe(folder)


@contextmanager
def _room(folder: Place) -> Iterator[None]:
    """Turn a folder that cannot be written, or a full disk, into one message."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"Expected a results folder that can be written. Received: {folder}: "
            f"{error.strerror or ' '.join(str(error).split())}. "
            "Name another with --results, or make room there; what was stored is whole."
        ) from None

"""From a study to its stored trials: what the plan names and the store lacks is run, and nothing else."""

import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from sweep.errors import ClusterError
from sweep.errors.display import displayed
from sweep.running.head_start import RayAhead, head_start, require_packages, seems_finished
from sweep.running.listeners import Listener, check_listeners
from sweep.running.opening import open_study
from sweep.running.options import RunOptions
from sweep.running.preparation import Ready, made_ready, plan_in
from sweep.running.rounds import Rounds
from sweep.running.shared_run import SharedRun, room
from sweep.running.waiting import waiting_for
from sweep.store import claims, store
from sweep.store.places import Place, check_reach, probe
from sweep.store.saved_models import without_model
from sweep.study.plan import PlannedTrial
from sweep.study.study import Study


@displayed
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
    verdict: str = ""


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
    listeners: Sequence[Listener] = (),
    until: str | None = None,
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
        listeners: functions that are called with the outcome of every trial that ends, in this process, see
            `sweep.trial.outcome.TrialOutcome`; what one of them raises is said on standard error, and the run goes on.
        until: when the study ends by itself: "decided", a race of its configurations, or "eer=0.005", the half-width
            of an interval; None leaves what the study says.

    Raises:
        InputError: study or data are wrong, no configuration can run, or the results cannot be written.
        ClusterError: no node has what a trial asks for, trials were lost, or another run is training the rest.
    """
    check_listeners(listeners)
    opened = open_study(study, seeds=seeds, results=results, until=until)
    finished = seems_finished(opened, retry_failed=retry_failed)
    if not finished:
        require_packages(opened.study)  # first: where nothing can run, no folder is made
    check_reach(opened.folder)
    if not isinstance(opened.folder, Path) or opened.folder.is_dir():
        store.check(opened.folder)  # first: where tables are damaged nothing is written, not even a folder
    _check_writable(opened.folder)
    options = RunOptions(address, slots, retry_failed, progress, follow, accept_code, tuple(listeners))
    with ExitStack() as started:
        with waiting_for("preparing data, starting Ray", show=progress):
            ahead = started.enter_context(head_start(opened, address, slots, finished=finished))
            ready = made_ready(opened)
        return run_planned(ready, options, ahead)


def run_planned(ready: Ready, options: RunOptions, ahead: RayAhead | None = None) -> RunSummary:
    """Run those trials of a plan that the store lacks; errors as in `run`.

    ahead: a Ray that is being started for this run, see `sweep.running.head_start`; None starts one where needed.
    """
    started = time.monotonic()
    folder = ready.folder
    _check_writable(folder)
    with room(folder):
        notes = store.compact(folder)  # what a killed run left is read once here, not by every later question
        rows = store.trials(folder)
        found = plan_in(folder, ready.trials, rows, accept_code=options.accept_code)
        trials = found.trials
        rounds = Rounds(replace(ready, trials=trials), options, found.record)
        wanted = rounds.following(rows)
    if options.progress:
        for text in found.notes:
            sys.stderr.write(f"sweep: {text}\n")
    else:
        notes = [*found.notes, *notes]
    done = store.status_in(rows)
    proved = {trial.configuration.config_id for trial in trials if done.get(trial.trial_id) == "ok"}
    ours = SharedRun(replace(ready, trials=rounds.asked), options, frozenset(proved), ahead)
    try:
        with ours:
            while wanted:
                ours.share(wanted)
                with room(folder):
                    notes += [one for one in store.compact(folder) if one not in notes]
                    rows = store.trials(folder)
                    wanted = rounds.following(rows, lambda: ours.n_slots)
                    ours.ready = replace(ready, trials=rounds.asked)
    except BaseException:  # Ray has ended: however the run ends, what finished is in the tables
        with room(folder):
            store.compact(folder)
        raise
    done, trials = store.status_in(rows), rounds.asked
    lost = [trial for trial in trials if trial.trial_id not in done]
    if lost:
        raise ClusterError(
            f"Expected {len(trials)} trials in {folder}. Received: {len(trials) - len(lost)}; Ray ended without the "
            "rest. What finished is stored: give the same command again."
        )
    n_ok = sum(done[trial.trial_id] == "ok" for trial in trials)
    seconds = time.monotonic() - started
    notes += _differing(rows, trials)
    notes += without_model(rows, [trial.trial_id for trial in trials if trial.configuration.study.train.save != "none"])
    return RunSummary(folder, len(trials), ours.n_run, n_ok, len(trials) - n_ok, seconds, tuple(notes), rounds.verdict)


def _differing(rows: pd.DataFrame, trials: Sequence[PlannedTrial]) -> list[str]:
    """Return a note of trials that are stored twice, with other bits; those of unseeded studies are meant to."""
    exact = {
        trial.trial_id for trial in trials if trial.configuration.study.seeded and trial.configuration.study.determinism
    }
    rows = rows[(rows["status"] == "ok") & rows["trial_id"].isin(exact)]
    counts = rows.groupby("trial_id")[["final_sha256", "scores_sha256"]].nunique().max(axis=1)
    found = list(counts.index[counts > 1])
    if not found:
        return []
    return [
        f"{len(found)} trials are stored twice with other weights or scores, as {found[0]}; the first record counts. "
        "`sweep verify` tells whether this machine repeats them."
    ]


def _check_writable(folder: Place) -> None:
    check_reach(folder)
    below = ("parts", claims.FOLDER) if isinstance(folder, Path) else ()  # made by another user: each may refuse
    for one in (folder, *(folder / name for name in below)):
        with room(one):
            probe(one)

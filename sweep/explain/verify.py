"""Stored trials run again and compared to the bit: equal, or the first difference and what explains it.

A cause is more than a thing that differs: where threads or flags differ, the trial is run once more with them as they
were, and only if this gives the stored bits back they are named as the cause.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import cast

from sweep.data import Prepared
from sweep.errors import InputError
from sweep.explain.changed_code import Codes
from sweep.explain.changed_data import data_now, what_changed
from sweep.explain.difference import Difference, first_difference, first_step
from sweep.explain.other_machine import (
    MARGIN,
    Elsewhere,
    beside_processor,
    cause_of,
    compare_elsewhere,
    other_processor,
    portable_cause,
    score_correlation,
)
from sweep.explain.rerun import RerunFailedError, ray_for_reruns, run_again, run_through_ray
from sweep.explain.stored_bits import Bits, StoredTrial, n_unseeded, stored_trials, verifiable
from sweep.explain.surroundings import Factor, factors, variables_as_stored
from sweep.explain.verification import Verification, Verified, compared
from sweep.machine import process
from sweep.machine.variables import quiet_environment
from sweep.metrics.catalogue import headline
from sweep.store import store
from sweep.store.collected import refuse_collected
from sweep.store.places import Place
from sweep.store.store import Results
from sweep.study.portable import PORTABLE
from sweep.study.study import Study
from sweep.study.trust import Trust, permit
from sweep.trial import backends
from sweep.trial.data_process import DataProcess
from sweep.trial.frameworks import preloaded
from sweep.trial.order import TrialOrder

DEFAULT_TRIALS = 2


def verify(
    results: str | Place,
    *,
    trials: int | None = DEFAULT_TRIALS,
    threads: int | None = None,
    modules: tuple[str, ...] = (),
    address: str | None = None,
    trust: bool = False,
    margin: float = MARGIN,
    hear: Callable[[str], None] = lambda text: None,
) -> Verification:
    """Run stored trials again, and return what is equal and what is not; trials with a GPU run as Ray places them.

    Args:
        results: the study's folder.
        trials: how many, spread evenly over the plan; None runs all that are ok.
        threads: run with another number of threads than the study says, to see what that does.
        modules: folders of the user's modules, beside the current one.
        address: a Ray cluster that runs them, all at once; None runs them here, in turn.
        trust: call also what is neither Seed Sweep's nor in the current folder or `modules`.
        margin: on another kind of processor bits cannot agree: what difference counts as none, in SD over seeds.
        hear: called with a line of progress after each trial.

    Raises:
        InputError: no such results, no trial in them that is ok, or a function in them that is not trusted.
        ClusterError: a trial that was ok fails now.
    """
    loaded = store.load(results)
    for text in loaded.notes:
        hear(text)
    refuse_collected(loaded.study, loaded.path, "run again")
    asked = [key for key in loaded.study["resolved"] if key != "answer"]
    places = permit(loaded.study["resolved"], asked, loaded.path, Trust(modules, everything=trust))
    ids = verifiable(loaded)
    if not ids:
        why = "all had no seed, and cannot be run again" if n_unseeded(loaded) else "none. `sweep run` makes them"
        raise InputError(f"Expected a trial in {results} that is ok and had a seed. Received: {why}.")
    quiet_environment()
    chosen = _spread(ids, len(ids) if trials is None else trials)
    found: list[Verified] = []
    ready: dict[str, Prepared] = {}
    stored = stored_trials(loaded, chosen, places)
    codes = Codes(loaded)
    studies = {one.order.config_id: Study.model_validate(one.order.study) for one in stored}
    first_study = next(iter(studies.values()))
    backends.check(first_study)
    if first_study.is_portable and threads not in (None, 1):
        raise InputError(f"--threads: expected 1 for trials with `determinism: portable`. Received: {threads}.")
    process.warm_up(*preloaded(list(studies.values())), variables=backends.variables(first_study))
    by_ray = address is not None or stored[0].order.study["resources"]["gpu"] > 0

    with ray_for_reruns(address) if by_ray else nullcontext() as ray, DataProcess() as data:

        def rerun(order: TrialOrder, variables: Mapping[str, str] | None = None) -> Bits:
            if ray is None or variables:
                return run_again(order, variables)
            return run_through_ray(ray, [order])[order.trial_id]

        first: dict[str, Bits] = {}
        if ray is not None:
            orders = [
                _with_threads(one.order, threads) if threads else one.order
                for one in stored  # what would train on other data is told without a run
                if data_now(studies[one.order.config_id], one.order.seed, ready, data).data_id == one.order.data_id
            ]
            first = run_through_ray(ray, orders) if orders else {}
        for one in stored:
            found.append(_verified(one, threads, ready, data, first.get(one.order.trial_id), rerun, codes))
            hear(f"{len(found)}/{len(chosen)} trials, {sum(not item.equal for item in found)} differ")
    elsewhere = None if first_study.is_portable else _elsewhere(loaded, first_study.task, found, margin)
    return Verification(
        str(results), len(ids), tuple(found), n_unseeded(loaded), compared(list(studies.values())), elsewhere
    )


def _elsewhere(loaded: Results, task: str, found: Sequence[Verified], margin: float) -> Elsewhere | None:
    """Return the verdict of statistics where every trial that differs ran on another kind of processor; else None."""
    differing = [one for one in found if not one.equal]
    kinds = [other_processor(one.factors) for one in differing]
    if not kinds or None in kinds:
        return None
    pairs = [one.metrics or {} for one in differing]
    same: Mapping[str, tuple[float, float]] = dict.fromkeys(headline(task), (0.0, 0.0))
    pairs += [dict(same)] * (len(found) - len(differing))
    correlations = [math.nan if one.correlation is None else one.correlation for one in differing]
    return compare_elsewhere(loaded, task, pairs, correlations, cast(Factor, kinds[0]), margin)


def _spread(ids: list[str], count: int) -> list[str]:
    count = min(count, len(ids))
    return [ids[at * len(ids) // count] for at in range(count)]


Rerun = Callable[..., Bits]


def _verified(
    stored_trial: StoredTrial,
    threads: int | None,
    ready: dict[str, Prepared],
    data: DataProcess,
    again: Bits | None,
    rerun: Rerun,
    codes: Codes,
) -> Verified:
    study = Study.model_validate(stored_trial.order.study)
    verified = partial(Verified, stored_trial.order.trial_id, stored_trial.label, stored_trial.order.seed)
    prepared = data_now(study, stored_trial.order.seed, ready, data)
    if prepared.data_id != stored_trial.order.data_id:
        changed, cause = what_changed(study, stored_trial.order.data_id, prepared)
        factor = Factor("data_id", "the data", stored_trial.order.data_id[:16], prepared.data_id[:16], known=True)
        return verified(equal=False, difference=changed, factors=(factor,), cause=cause, proven=True)
    now = replace(stored_trial.order, code_id=codes.now(stored_trial.order, study))
    if threads is not None:
        now = _with_threads(now, threads)
    again = rerun(now) if again is None else replace(again, code_id=now.code_id)
    difference = first_difference(stored_trial.bits, again)
    if difference is None:
        return verified(equal=True, factors=factors(stored_trial.bits, again))
    around = factors(stored_trial.bits, again)
    cause, proven, difference = _why(stored_trial, now, again, around, difference, rerun)
    both = {
        key: (value, again.metrics[key]) for key, value in stored_trial.bits.metrics.items() if key in again.metrics
    }
    shown = {key: both[key] for key in headline(study.task) if key in both}
    return verified(
        equal=False,
        difference=difference,
        factors=around,
        cause=cause,
        proven=proven,
        metrics=shown,
        correlation=score_correlation(stored_trial.bits.scores, again.scores),
    )


def _why(
    stored_trial: StoredTrial,
    now: TrialOrder,
    again: Bits,
    around: tuple[Factor, ...],
    difference: Difference,
    rerun: Rerun,
) -> tuple[str, bool, Difference]:
    """Return the cause as a sentence, whether it is proven, and the difference with its step where that was found."""
    undone = [factor for factor in around if factor.name == "threads" or factor.name.startswith("flag.")]
    if undone:
        as_stored: Mapping[str, str] = variables_as_stored(around)
        before = _with_threads(now, int(stored_trial.bits.environment.get("threads", 1)))
        if first_difference(stored_trial.bits, rerun(before, as_stored)) is None:
            said = " and ".join(
                f"{factor.meaning}, {factor.now or 'unset'} instead of {factor.stored or 'unset'}" for factor in undone
            )
            difference = _with_step(before, as_stored, now, difference, rerun)
            return f"{said}. With the old setting the trial gives the stored bits.", True, difference
    known = [factor for factor in around if factor.known]
    processor = other_processor(around)
    if now.study.get("determinism") == PORTABLE:
        known = beside_processor(known, portable=True)
        if processor is not None and not known:
            return portable_cause(processor), False, difference
    elif processor is not None:
        also = "".join(f" Also differs: {factor}." for factor in beside_processor(known))
        return cause_of(processor) + also, False, difference
    if known:
        return "probably " + ", or ".join(str(factor) for factor in known) + ".", False, difference
    if first_difference(again, rerun(now)) is None:
        return (
            "no recorded setting differs, and two runs here agree with each other. So the code that the model uses, or "
            "a file that it reads, has changed, or the stored trial was disturbed.",
            False,
            difference,
        )
    return "two runs here differ from each other: the training does not repeat on this machine.", True, difference


def _with_threads(order: TrialOrder, threads: int) -> TrialOrder:
    resources = order.study["resources"] | {"threads": threads}
    return replace(order, study=order.study | {"resources": resources})


def _with_step(
    before: TrialOrder,
    variables: Mapping[str, str],
    now: TrialOrder,
    difference: Difference,
    rerun: Rerun,
) -> Difference:
    """Run both once more with every step of the epoch recorded, and add the first step that differs."""
    if difference.epoch is None:
        return difference
    epoch = difference.epoch
    one = rerun(replace(before, trace_epoch=epoch), variables)
    found = first_step(one, rerun(replace(now, trace_epoch=epoch)), epoch)
    if found is None:
        return difference
    step, layer = found
    return replace(difference, step=step, layer=layer, size=one.sizes.get(layer, difference.size))


__all__ = ["RerunFailedError", "Verification", "Verified", "verify"]

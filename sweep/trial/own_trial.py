"""A trial that is the user's own function: `trial(splits, run, **keywords)` trains what it likes and returns scores."""

import random
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.checks.measures import checks
from sweep.data import Splits
from sweep.errors import InputError, one_line
from sweep.metrics.elsewhere import BEFORE
from sweep.store.records import Record
from sweep.study import code
from sweep.study.imports import packages_of
from sweep.study.study import Study
from sweep.trial import frameworks, seeding
from sweep.trial.further_tests import keep_tests
from sweep.trial.order import TrialOrder, run_of
from sweep.trial.own_scores import in_unit_interval, one_split, own_outputs, usual_loss
from sweep.trial.run import Run
from sweep.trial.score_columns import keep_scores
from sweep.trial.streaming import TrialStream
from sweep.trial.tasks import TASKS

_NO_GPU = re.compile(r"CUDA|NVIDIA|\bHIP\b|No (visible )?GPU|gpu device|unknown backend: 'gpu'", re.IGNORECASE)


def train_own(
    study: Study,
    splits: Splits,
    seeds: dict[str, int],
    order: TrialOrder,
    record: Record,
    stage: Callable[[str], None],
    stream: TrialStream | None = None,
) -> None:
    """Call the study's `trial`, measure its scores, and fill in the record.

    Python, NumPy and what `preload` lists are seeded before by the stream "init"; whoever draws from them has asked
    for it. stage: called with "trial" and "score" as each begins.
    stream: hands out the batches of train, where it is no arrays; the function gets it as the user made it.

    Raises:
        InputError: what it returns are no scores of dev and test.
    """
    use = study.maker
    row, task = record.trial, TASKS[study.task]

    def on_dev(scores: Any) -> dict[str, float]:
        outputs = one_split(use.use, study.task, splits, "dev", scores)
        return usual_loss(study.task, splits.dev.y, outputs) | task.epoch_metrics(splits.dev.y, outputs)

    stage("trial")
    at = time.perf_counter()
    function = code.function(use.use)
    _seed(seeds["init"], study.preload)
    with run_of(study, order, record, "trial", seeds, on_dev) as (run, journal):
        before = _generators(study.preload)
        given = splits if stream is None else stream.for_user(splits)
        found = _called(function, use.use, given, run, use.keywords, study.resources.gpu)
        if _generators(study.preload) != before:
            journal.asked.add("init")
        outputs = own_outputs(use.use, study.task, splits, found)
    record.epochs.extend(journal.epochs)
    row |= {**journal.row(), "epochs": len(journal.epochs), "seconds.fit": time.perf_counter() - at}
    record.environment.update(_versions(use.use))

    stage("score")
    further = {name: outputs.pop(f"{BEFORE}{name}") for name in splits.tests}
    keep_scores(record, splits, outputs, task)
    if splits.tests:
        keep_tests(record, study.task, splits, outputs["dev"], further)
    row["check"] = _checks(study, splits, outputs, journal.epochs)


def _called(
    function: Callable[..., Any], use: str, splits: Splits, run: Run, keywords: Mapping[str, Any], gpus: float
) -> Any:
    """Return what the user's function returns; an error that tells of a GPU that is not there says what to do."""
    try:
        return function(splits, run, **keywords)
    except (RuntimeError, AssertionError) as error:
        if gpus or not _NO_GPU.search(str(error)):
            raise
        raise InputError(
            f"trial: expected {use} to compute where this trial runs, which was given no GPU. It raised "
            f"{one_line(error)} Say `resources: {{gpu: 1}}` where there is one, or keep to the processor."
        ) from error


def _seed(seed: int, preload: Sequence[str]) -> None:
    seeding.seed_numpy_and_python(seed)
    for name in preload:
        frameworks.framework(name).seed(seed)


def _generators(preload: Sequence[str]) -> list[Any]:
    """Return the state of every global generator that was seeded."""
    kind, keys, *place = np.random.get_state()  # noqa: NPY002 (the global generator, which a user's code may use)
    states = [frameworks.framework(name).state() for name in preload]
    return [random.getstate(), kind, np.asarray(keys).tobytes(), place, *states]


def _checks(
    study: Study, splits: Splits, outputs: dict[str, NDArray[Any]], epochs: list[dict[str, Any]]
) -> dict[str, float]:
    """Return the columns check.* that look at scores; where scores are no probabilities, a decision at 0.5 is none."""
    found = checks(study.task, splits, outputs, epochs, None, 0, study.task == "classification")
    both = [outputs[name] for name in ("dev", "test")]
    found["one_score"] = float(any(len(one) > 1 and len(np.unique(one, axis=0)) == 1 for one in both))
    if study.task == "verification" and not in_unit_interval(outputs):
        for name in ("one_class", "label_order", "scores_out_of_scale"):
            found.pop(name, None)
    return found


def _versions(use: str) -> dict[str, str]:
    """Return the versions of installed packages that the function's modules import, as they say them."""
    found = {}
    for name in packages_of([use]):
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            found[f"version.{name}"] = version
    return found

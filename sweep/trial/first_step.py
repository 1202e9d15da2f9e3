"""One configuration from its model function to a first step of training on one batch: can it run, what is seen?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sweep.checks import Finding
from sweep.checks.before_run import class_weight_findings, model_findings
from sweep.checks.model import model_checks, policy_is_stated
from sweep.checks.one_batch import answers, first_rows, train_step
from sweep.checks.outputs import last_activation, output_findings
from sweep.checks.unnamed_inputs import outside_findings
from sweep.data import Splits
from sweep.data.inputs import first, float_rows, in_each, labels_of
from sweep.errors import OF_USERS_CODE, InputError, one_line
from sweep.models.layers import every_layer, outputs_as_given
from sweep.study.study import Study
from sweep.trial import weights
from sweep.trial.augmenting import augment_of
from sweep.trial.building import begin_phase, build, loss_of, model_outputs
from sweep.trial.losses import loss_name, named_loss, takes_logits, takes_probabilities
from sweep.trial.output_losses import loss_of_score
from sweep.trial.portable_step import portable_findings
from sweep.trial.sample_weights import sample_weights, weights_of_outputs
from sweep.trial.scored_output import outputs_findings
from sweep.trial.tasks import TASKS, n_classes


@dataclass(frozen=True)
class Seen:
    """What one batch showed of a configuration.

    parameters: of its model, None where it was not built. refused: why no trial of it can run, "" if one can.
    surely: whether that holds for every trial, not for this machine or this small batch alone. trained: digest of the
    first outputs and of all weights and the optimizer's state after the steps, "" without.
    """

    parameters: int | None = None
    findings: tuple[Finding, ...] = ()
    refused: str = ""
    surely: bool = True
    trained: str = ""


def look(study: Study, splits: Splits, seeds: dict[str, int], twice: bool) -> Seen:
    """Return what one batch shows of a configuration; TensorFlow may print, and whatever is raised is an answer.

    twice: whether the model is built twice, to see that each call makes a new one.
    """
    import keras

    precision = keras.config.dtype_policy()
    try:
        return _looked_at(study, splits, seeds, twice)
    finally:
        keras.config.set_dtype_policy(precision)  # the next study may say nothing of it


def _looked_at(study: Study, splits: Splits, seeds: dict[str, int], twice: bool) -> Seen:
    seen = Seen()
    small = False
    try:
        _check_names(study)
        model, shared = _built(study, splits, seeds, twice)
        asked = {"frozen_batchnorm_by_batch"} if policy_is_stated(model) else set()
        found = [*shared, *model_findings(model_checks(model), asked), *outside_findings(model)]
        seen = replace(seen, parameters=int(model.count_params()), findings=tuple(found))
        given = model_outputs(study, model, splits)
        losses: Any = loss_of(study, model, splits) if study.fit is None else None
        loss = loss_of_score(losses)
        found += outputs_findings(given, losses)
        classes = n_classes(study.task, splits.classes, splits.train.y)
        found += class_weight_findings(study.train.class_weight, classes)
        seen = replace(seen, findings=tuple(found))
        x, y, *weights_of_samples = batch_of(study, splits, seeds, given.scored)
        small = len(first(x)) < min(study.train.batch_size, len(splits.train)) or study.resources.gpu > 0
        outputs = answers(study.maker.use, model, x, given.score)
        labels = splits.train.y if study.task == "regression" else None
        if study.fit is not None:  # what it trains with, and how its outputs are meant, is its own
            return replace(seen, findings=tuple(dict.fromkeys(found)))
        tensor = given.score(outputs_as_given(model)) if given.several and outputs_as_given(model) else None
        probabilities = None if takes_logits(loss) else takes_probabilities(loss)
        found += output_findings(outputs, last_activation(model, tensor), loss_name(loss), probabilities, labels)
        if hasattr(loss, "check"):  # one of the user's own
            loss.check(y[given.scored] if isinstance(y, dict) else y, outputs)
        seen = replace(seen, findings=tuple(found))
        found += _steps(study, model, losses, (x, *map(given.structured, (y, *weights_of_samples))))
        return replace(seen, findings=tuple(dict.fromkeys(found)), trained=_after_steps(model, outputs))
    except InputError as error:
        return replace(seen, refused=str(error), surely=not small or not _raised(error))
    except OF_USERS_CODE as error:
        return replace(seen, refused=f"model: expected to train it on a batch. It raised {one_line(error)}")


def _check_names(study: Study) -> None:
    """Raise InputError where a name of `train` is unknown, before anything is built."""
    from sweep.trial.callbacks import callbacks_of
    from sweep.trial.compiling import optimizer_of
    from sweep.trial.fitting import check_monitor

    train = study.train
    for phase in train.phases:
        callbacks_of(train, optimizer_of(phase), TASKS[study.task].epoch)
    if train.loss is not None:
        for said in train.loss.values() if isinstance(train.loss, Mapping) else (train.loss,):
            loss_name(named_loss(said, ""))
    if train.early_stopping is not None and study.fit is None:
        check_monitor(train.early_stopping.monitor, TASKS[study.task].epoch)


def _built(study: Study, splits: Splits, seeds: dict[str, int], twice: bool) -> tuple[Any, list[Finding]]:
    """Return a model, and what a second call of its function showed.

    Raises:
        InputError: as `build`; or the second call returned the same model.
    """
    model = build(study, splits, seeds)
    if not twice:
        return model, []
    first, digest = model, weights.digest(model.get_weights())
    model = build(study, splits, seeds)
    use = study.maker.use
    if model is first:
        raise InputError(
            f"model: expected {use} to make a new model at every call. Received: one model twice. Build it inside of "
            "the function: what is made when the module is imported does not follow the seed, and keeps what it learnt."
        )
    shared = {id(one) for one in every_layer(first)} & {id(one) for one in every_layer(model)}
    if shared:
        names = [one.name for one in every_layer(model) if id(one) in shared]
        return model, [
            Finding(
                "layers_of_two_models",
                "warning",
                f"Two calls of {use} share layers ({', '.join(names[:3])}): they are made when the module is imported.",
                "Make every layer inside of the function, so that its weights follow the seed.",
            )
        ]
    if weights.digest(model.get_weights()) != digest:
        return model, [
            Finding(
                "weights_without_seed",
                "error",
                f"Two calls of {use} with the same seed gave other weights: no trial can be repeated.",
                "Look for a generator of its own in the model's code, such as np.random.default_rng().",
            )
        ]
    return model, []


def batch_of(study: Study, splits: Splits, seeds: Mapping[str, int], scored: str) -> tuple[Any, ...]:
    """Return some samples of train and their labels as a step meets them, and their weights where they have some."""
    train = splits.train
    rows = first_rows(train.x, train.y, study.train.batch_size)
    x, y = float_rows(train.x, rows), in_each(lambda values: values[rows], labels_of(train))
    classes = n_classes(study.task, splits.classes, train.y)
    augment = augment_of(study.train, seeds["augment"], classes)
    if augment is not None:
        x, y = augment(x, y, epoch=0, step=0)
    every = weights_of_outputs(train, sample_weights(train, study.train.class_weight, study.task, classes), scored)
    return (x, y) if every is None else (x, y, in_each(lambda values: values[rows], every))


def _steps(study: Study, model: Any, loss: Any, batch: tuple[Any, ...]) -> list[Finding]:
    """Return what a step of each phase shows, one after the other."""
    from sweep.trial.callbacks import callbacks_of
    from sweep.trial.fitting import check_logs

    found = []
    for number in range(len(study.train.phases)):
        begin_phase(model, study.train, number, loss)
        callbacks_of(study.train, model.optimizer, TASKS[study.task].epoch)
        found += train_step(study.maker.use, model, batch, check_logs)
        found += portable_findings(study, model, batch)
    return found


def _after_steps(model: Any, outputs: Any) -> str:
    """Return a digest that differs where a setting does something: a first step of Adam is that of the signs alone."""
    state = [np.asarray(value) for value in model.optimizer.variables]
    return weights.digest([outputs, *model.get_weights(), *state])


def _raised(error: InputError) -> bool:
    """Return whether the model's own code raised, which on a larger batch or a GPU it might not."""
    return error.__cause__ is not None

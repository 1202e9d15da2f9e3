"""From a study to a compiled model: built by the user's function, its streams in place, its phases begun."""

from typing import Any

from sweep.checks.watched_build import watched
from sweep.data import Splits
from sweep.errors import OF_USERS_CODE, InputError, one_line
from sweep.study import code
from sweep.study.parts import Phase
from sweep.study.study import Study
from sweep.trial import seeding
from sweep.trial.losses import check_loss
from sweep.trial.returned_model import check_model, check_structure, one_output, one_shape
from sweep.trial.tasks import TASKS, check_outputs, n_classes


def build(study: Study, splits: Splits, seeds: dict[str, int]) -> Any:
    """Return the model that the study's function builds, in a clean session and with its streams in place.

    Raises:
        InputError: the function raises, returns no Keras model or a compiled one, or a model that does not fit data and
            task.
    """
    classes = n_classes(study.task, splits.classes, splits.train.y)
    shape = input_shape(splits)
    use = study.maker.use
    builder = code.function(use)
    seeding.seed_everything(seeds["init"])
    try:
        with watched(study) as built:
            model = builder(shape, classes, **study.maker.keywords)
            check_model(use, model)
            built.append(model)
            if not model.built:
                model.build((None, *shape))
        check_structure(use, model, _fixed_batch(study, splits))
        outputs = output_shape(use, model, shape)
    except InputError:
        raise
    except OF_USERS_CODE as error:
        raise InputError(
            f"model: expected {use} to return a Keras model for input shape {shape} and {classes} classes. "
            f"It raised {one_line(error)}"
        ) from error
    check_outputs(study.task, outputs, classes)
    seeding.give_layers_their_streams(model, seeds["dropout"], seeds["augment"])
    return model


def input_shape(splits: Splits) -> tuple[int, ...]:
    """Return the shape of one sample."""
    return tuple(int(size) for size in splits.train.x.shape[1:])


def output_shape(use: str, model: Any, shape: tuple[int, ...]) -> tuple[int | None, ...]:
    """Return the shape of a model's outputs, (None, k), for inputs of a shape; a subclassed model must be asked.

    Raises:
        InputError: it has several outputs, or one in a list or a mapping.
    """
    import keras

    one_output(use, model)
    if hasattr(model, "output_shape"):
        return one_shape(use, model.output_shape)
    found = model.compute_output_spec(keras.KerasTensor((None, *shape)))
    if isinstance(found, dict):
        return one_shape(use, dict.fromkeys(found, ()))
    return one_shape(use, [one.shape for one in found] if isinstance(found, list | tuple) else found.shape)


def loss_of(study: Study, model: Any, splits: Splits) -> str:
    """Return the name of the loss: the study's, or the usual one of its task for the model's outputs.

    Raises:
        InputError: Keras knows no such loss, or it does not fit the model's outputs.
    """
    n_outputs = int(output_shape(study.maker.use, model, input_shape(splits))[-1] or 0)
    loss = study.train.loss or TASKS[study.task].loss(n_outputs)
    check_loss(loss, n_outputs, study.task)
    return loss


def begin_phase(model: Any, phase: Phase, loss: str) -> None:
    """Freeze what a phase of the training freezes, and compile the model with its optimizer.

    Raises:
        InputError: Keras knows no such optimizer or loss, or the model has no such layer.
    """
    from sweep.trial.compiling import compile_model, train_from

    if phase.trainable_from is not None:
        train_from(model, phase.trainable_from)
    compile_model(
        model, optimizer=phase.optimizer, learning_rate=phase.learning_rate, loss=loss, momentum=phase.momentum
    )


def _fixed_batch(study: Study, splits: Splits) -> int | None:
    """Return the one size of batch that every call of a trial has, or None: the last batch is smaller otherwise."""
    from sweep.trial.scoring import SCORE_BATCH

    same = study.train.batch_size == SCORE_BATCH and len(splits.train) % SCORE_BATCH == 0
    return SCORE_BATCH if same else None

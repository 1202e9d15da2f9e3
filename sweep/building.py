"""From a study to a compiled model: built by the user's function, its streams in place, its phases begun."""

from typing import Any

from sweep import code, seeding
from sweep.data import Splits
from sweep.errors import InputError, one_line
from sweep.study import Phase, Study
from sweep.tasks import TASKS, check_outputs, n_classes
from sweep.watched_build import watched


def build(study: Study, splits: Splits, seeds: dict[str, int]) -> Any:
    """Return the model that the study's function builds, in a clean session and with its streams in place.

    Raises:
        InputError: the function raises, returns no Keras model, or a model that does not fit data and task.
    """
    import keras

    classes = n_classes(study.task, splits.classes, splits.train.y)
    shape = tuple(int(size) for size in splits.train.x.shape[1:])
    builder = code.function(study.model.use)
    seeding.seed_everything(seeds["init"])
    try:
        with watched(study) as built:
            model = builder(shape, classes, **study.model.keywords)
            built += [model] if isinstance(model, keras.Model) else []
        if isinstance(model, keras.Model) and not model.built:
            model.build((None, *shape))
        outputs = output_shape(model, shape) if isinstance(model, keras.Model) else ()
    except (Exception, SystemExit) as error:
        raise InputError(
            f"model: expected {study.model.use} to return a Keras model for input shape {shape} and {classes} classes. "
            f"It raised {one_line(error)}"
        ) from error
    if not isinstance(model, keras.Model):
        raise InputError(
            f"model: expected {study.model.use} to return a keras.Model. Received: {type(model).__name__}."
        )
    check_outputs(study.task, outputs, classes)
    seeding.give_layers_their_streams(model, seeds["dropout"], seeds["augment"])
    return model


def output_shape(model: Any, shape: tuple[int, ...]) -> tuple[int | None, ...]:
    """Return the shape of a model's outputs, (None, k), for inputs of a shape; a subclassed model must be asked."""
    import keras

    if hasattr(model, "output_shape"):
        return tuple(model.output_shape)
    return tuple(model.compute_output_spec(keras.KerasTensor((None, *shape))).shape)


def loss_of(study: Study, model: Any, splits: Splits) -> str:
    """Return the name of the loss: the study's, or the usual one of its task for the model's outputs."""
    n_outputs = output_shape(model, tuple(splits.train.x.shape[1:]))[-1]
    return study.train.loss or TASKS[study.task].loss(int(n_outputs or 0))


def begin_phase(model: Any, phase: Phase, loss: str) -> None:
    """Freeze what a phase of the training freezes, and compile the model with its optimizer.

    Raises:
        InputError: Keras knows no such optimizer or loss, or the model has no such layer.
    """
    from sweep import training

    if phase.trainable_from is not None:
        training.train_from(model, phase.trainable_from)
    training.compile_model(
        model, optimizer=phase.optimizer, learning_rate=phase.learning_rate, loss=loss, momentum=phase.momentum
    )

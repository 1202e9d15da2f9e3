"""From a study to a compiled model: built by the user's function, its streams in place, its phases begun."""

from typing import Any

from sweep.checks.watched_build import watched
from sweep.data import Inputs, Splits
from sweep.data.inputs import sample_shape
from sweep.errors import OF_USERS_CODE, InputError, one_line
from sweep.study import code
from sweep.study.study import Study
from sweep.study.train import Train
from sweep.trial import seeding
from sweep.trial.losses import check_loss, chosen_loss
from sweep.trial.model_outputs import ModelOutputs, outputs_of, symbolic_inputs
from sweep.trial.output_losses import OutputLosses, output_losses
from sweep.trial.program import Program
from sweep.trial.returned_model import check_compiled, check_model, check_structure
from sweep.trial.tasks import TASKS, check_outputs, n_classes


def build(study: Study, splits: Splits, seeds: dict[str, int], program: Program | None = None) -> Any:
    """Return the model that the study's function builds, in a clean session and with its streams in place.

    program: of this process, which stays ready to run where it was traced.

    Raises:
        InputError: the function raises, returns no Keras model, one whose optimizer and loss both it and the study
            decide, or one that does not fit data and task.
    """
    classes = n_classes(study.task, splits.classes, splits.train.y)
    shape = input_shape(splits)
    use = study.maker.use
    builder = code.function(use)
    seeding.seed_everything(seeds["init"], keep_programs=program is not None and program.traced)
    if study.train.precision is not None:
        _set_precision(study.train.precision)
    try:
        with watched(study) as built:
            model = builder(shape, classes, **study.maker.keywords)
            check_model(use, model)
            check_compiled(use, model, study.train.names_compiling)
            built.append(model)
            if not model.built:
                if isinstance(splits.train.x, Inputs):
                    model(symbolic_inputs(splits.train.x))
                else:
                    model.build((None, *shape))
        check_structure(use, model, _fixed_batch(study, splits), splits.train.x)
        outputs = model_outputs(study, model, splits)
    except InputError:
        raise
    except OF_USERS_CODE as error:
        raise InputError(
            f"model: expected {use} to return a Keras model for input shape {shape} and {classes} classes. "
            f"It raised {one_line(error)}"
        ) from error
    check_outputs(study.task, outputs.shapes[outputs.scored], classes)
    seeding.give_layers_their_streams(model, seeds["dropout"], seeds["augment"])
    return model


def input_shape(splits: Splits) -> Any:
    """Return the shape of one sample; of several inputs name -> shape, or a tuple of shapes."""
    return sample_shape(splits.train.x)


def model_outputs(study: Study, model: Any, splits: Splits) -> ModelOutputs:
    """Return the outputs of a built model, and which of them is the score; errors as in `outputs_of`."""
    return outputs_of(study.maker.use, model, splits.train.x, study.train.output, tuple(splits.train.labels))


def loss_of(study: Study, model: Any, splits: Splits) -> Any:
    """Return the loss: the study's, that of a compiled model, or the usual one of its task for the model's outputs.

    It is a word, or what else Keras's `compile` takes; of a model with several outputs `OutputLosses`.

    Raises:
        InputError: Keras knows no such loss, or it does not fit the model's outputs.
    """
    outputs = model_outputs(study, model, splits)
    weighted = study.train.class_weight is not None or splits.train.sample_weight is not None
    kept = model.loss if model.compiled else None
    if outputs.several:
        if kept is not None:
            raise InputError(
                f"model: expected {study.maker.use} to leave a model of several outputs uncompiled. Received: one with "
                "a loss. Say its losses under `train.loss`, a mapping output -> loss."
            )
        return output_losses(study, outputs, splits, weighted)
    n_outputs = int(outputs.shapes[outputs.scored][-1] or 0)
    loss = chosen_loss(study.train, TASKS[study.task].loss(n_outputs), kept=kept, weighted=weighted)
    check_loss(loss, n_outputs, study.task)
    return loss


def begin_phase(model: Any, train: Train, number: int, loss: Any, program: Program | None = None) -> None:
    """Freeze what a phase of the training freezes, and compile the model with its optimizer.

    A model that its function compiled keeps its optimizer in the first phase. program: may know the optimizer's
    variables already.

    Raises:
        InputError: Keras knows no such optimizer, keyword or schedule, the model has no such layer, or no XLA.
    """
    from sweep.trial import compiling

    phase = train.phases[number]
    if phase.trainable_from is not None:
        compiling.train_from(model, phase.trainable_from)
    kept = model.optimizer if number == 0 and model.compiled else None
    if kept is not None and model.loss is not None:
        compiling.keep_compiled(model, train.jit_compile, not (program and program.knows(kept)))
    else:
        optimizer = compiling.optimizer_of(phase) if kept is None else kept
        losses = loss.compiled() if isinstance(loss, OutputLosses) else {"loss": loss}
        build = not (program and program.knows(optimizer))
        compiling.compile_model(model, optimizer=optimizer, jit_compile=train.jit_compile, build=build, **losses)


def _set_precision(precision: str) -> None:
    import keras

    keras.config.set_dtype_policy(precision)


def _fixed_batch(study: Study, splits: Splits) -> int | None:
    """Return the one size of batch that every call of a trial has, or None: the last batch is smaller otherwise."""
    from sweep.trial.scoring import SCORE_BATCH

    same = splits.stream is None and study.train.batch_size == SCORE_BATCH and len(splits.train) % SCORE_BATCH == 0
    return SCORE_BATCH if same else None

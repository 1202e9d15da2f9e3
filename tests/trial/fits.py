"""Several trainings in one fresh process: a mapping of `train` in, digests and epochs out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sweep.errors import InputError
from sweep.machine import process
from sweep.machine.import_path import find_modules_in

HERE = str(Path(__file__).parent)


@dataclass(frozen=True)
class Fit:
    """What became of a training: digest of the weights, the epochs' records, the kept epoch, or what went wrong."""

    weights: str = ""
    epochs: tuple[dict[str, Any], ...] = ()
    kept: int = -1
    error: str = ""
    rate: float = float("nan")
    others: dict[str, Any] = field(default_factory=dict)


def fits(determinism: bool = True, **trains: Mapping[str, Any]) -> dict[str, Fit]:
    """Return name -> what became of a training.

    trains: name -> settings of `train`; beside them seed, model, hold and weights (of the samples) may stand.
    """
    process.warm_up("sweep.trial.preload")
    outcome = process.call(_fits, (determinism, trains))
    assert not outcome.crash, f"{outcome.crash}: {outcome.log}"
    return outcome.value  # type: ignore[no-any-return]


def _fits(asked: tuple[bool, Mapping[str, Mapping[str, Any]]]) -> dict[str, Fit]:
    from sweep.trial.process_state import Machine, begin_trial

    find_modules_in([HERE])
    determinism, trains = asked
    begin_trial(Machine(determinism=determinism), HERE)
    found = {}
    for name, given in trains.items():
        try:
            found[name] = _fit(dict(given))
        except (InputError, ArithmeticError) as error:
            found[name] = Fit(error=str(error))
    return found


def _fit(given: dict[str, Any]) -> Fit:
    from dataclasses import replace

    import keras
    import numpy as np

    from sweep.data import synthetic_vectors
    from sweep.machine.streams import stream_seeds
    from sweep.study.study import Study
    from sweep.trial import training, weights
    from sweep.trial.building import begin_phase, build, loss_of

    keras.config.set_dtype_policy("float32")
    beside = {"data": {"use": "sweep.data:synthetic_vectors"}, "model": given.pop("model", {"use": "brought:net"})}
    seed, of_samples, hold = given.pop("seed", 0), given.pop("weights", None), given.pop("hold", {})
    train = {"epochs": 2, "batch_size": 16, "learning_rate": 0.05, "keep": "last"} | given
    train = {key: value for key, value in train.items() if value is not None}
    study = Study.model_validate({"study": "s", "train": train, "hold": hold, **beside})
    splits = synthetic_vectors(subjects=(12, 8, 8), samples=4)
    if of_samples is not None:
        own = np.where(splits.train.y == 1, *of_samples).astype(np.float32)
        splits = replace(splits, train=replace(splits.train, sample_weight=own))
    seeds = stream_seeds(seed, study.hold)
    model = build(study, splits, seeds)
    loss = loss_of(study, model, splits)
    begin_phase(model, study.train, 0, loss)
    epochs, kept = training.train(study, model, loss, splits, seeds)
    return Fit(
        weights.digest(model.get_weights()),
        tuple(epochs),
        kept,
        rate=float(model.optimizer.learning_rate),
        others={
            "optimizer": type(model.optimizer).__name__,
            "dtype": str(model.layers[0].compute_dtype),
            "jit": bool(model.jit_compile),
        },
    )

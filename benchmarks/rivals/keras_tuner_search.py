"""KerasTuner: a grid search with `executions_per_trial`, one process."""

import os
import tempfile
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import keras_tuner

from benchmarks.rivals.work import DROPOUTS, Work, answer, arguments, arrays, compiled


class Timed(keras_tuner.HyperModel):
    """The model of the benchmark, its fit timed."""

    def __init__(self, work: Work, shape: tuple[int, ...]) -> None:
        """Start with no fits."""
        super().__init__()
        self.work, self.shape = work, shape
        self.fits: list[float] = []

    def build(self, hp: keras_tuner.HyperParameters) -> object:
        """Return the compiled model of a configuration."""
        return compiled(self.work, self.shape, hp.Choice("dropout", list(DROPOUTS)))

    def fit(self, hp: keras_tuner.HyperParameters, model: object, *args: object, **kwargs: object) -> object:
        """Fit, and note how long it took."""
        at = time.perf_counter()
        history = model.fit(*args, **kwargs)  # type: ignore[attr-defined]
        self.fits.append(time.perf_counter() - at)
        return history


if __name__ == "__main__":
    folder, seeds, work = arguments()
    data = arrays(folder)
    model = Timed(work, data["train_x"].shape[1:])
    tuner = keras_tuner.GridSearch(
        model, objective="val_loss", executions_per_trial=seeds, directory=tempfile.mkdtemp(), seed=0
    )
    tuner.search(
        data["train_x"], data["train_y"], epochs=work.epochs, batch_size=work.batch_size, verbose=0,
        validation_data=(data["dev_x"], data["dev_y"]),
    )  # fmt: skip
    answer(model.fits)

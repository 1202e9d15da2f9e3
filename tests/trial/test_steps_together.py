"""Several steps of a small net in one call: the bits of steps taken one by one, and only where they are sure to be."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow
N, FEATURES, BATCH = 70, 5, 16  # five steps, the last of six samples


def arrays() -> tuple[Any, Any]:
    """Return inputs (N, FEATURES) and labels (N,)."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(N, FEATURES)).astype(np.float32), rng.integers(0, 2, N)


def net(*layers: Any, **compiled: Any) -> Any:
    """Return a compiled net of these layers and an output, from fixed seeds."""
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    built = [layer() if callable(layer) and not isinstance(layer, keras.layers.Layer) else layer for layer in layers]
    model = keras.Sequential([keras.Input((FEATURES,)), *built, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(**{"optimizer": "adam", "loss": "binary_crossentropy", "jit_compile": False, **compiled})
    return model


def trained(model: Any, monkeypatch: pytest.MonkeyPatch, *, alone: bool, weights: Any = None, **asked: Any) -> Any:
    """Return (what is kept of each epoch, final weights) of a training with steps alone or together."""
    from sweep.trial import fitting, steps_together
    from sweep.trial.batches import ShuffledBatches

    x, y = arrays()
    batches = ShuffledBatches(x, y, BATCH, 11, weights=weights)
    with monkeypatch.context() as patch:
        patch.setattr(steps_together, "WORTH", 1)
        if alone:
            patch.setattr(fitting, "steps_together", lambda *_: 1)
        epochs, _ = fitting.fit(
            model, batches, lambda: {"val_loss": float(np.square(model.get_weights()[0]).sum())}, measured=["val_loss"],
            epochs=4, monitor="val_loss", patience=None, min_delta=0.0, keep_best=False, **asked,
        )  # fmt: skip
    return epochs, [array.tobytes() for array in model.get_weights()]


def _dense(**keywords: Any) -> Callable[[], Any]:
    import keras

    return lambda: keras.layers.Dense(8, **keywords)


def _made(name: str, *given: Any) -> Callable[[], Any]:
    import keras

    return lambda: getattr(keras.layers, name)(*given)


def _optimizer(**keywords: Any) -> Any:
    import keras

    return keras.optimizers.SGD(0.1, momentum=0.9, **keywords)


NETS: dict[str, Callable[[], Any]] = {
    "dropout": lambda: net(_dense(activation="relu"), _made("Dropout", 0.4)),
    "noise": lambda: net(_made("GaussianNoise", 0.3), _dense(activation="gelu"), _made("LeakyReLU")),
    "batch normalisation": lambda: net(_dense(), _made("BatchNormalization"), _made("ReLU"), _made("Flatten")),
    "layer normalisation": lambda: net(_dense(), _made("LayerNormalization"), _made("UnitNormalization")),
    "penalties": lambda: net(_dense(kernel_regularizer="l2"), _made("Dropout", 0.2)),
    "average": lambda: net(_dense(), optimizer=_optimizer(use_ema=True, clipnorm=0.5)),
    "accumulated": lambda: net(_dense(), optimizer=_optimizer(gradient_accumulation_steps=2)),
    "metrics": lambda: net(_dense(), metrics=["accuracy"], loss="binary_focal_crossentropy"),
    "asked for other steps": lambda: net(_dense(), steps_per_execution=3),
}


@pytest.mark.parametrize("name", NETS)
def test_steps_together_are_steps_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Losses, digests of each epoch and the last weights are equal to the bit, some with samples' weights."""
    from sweep.trial.steps_together import _traced

    weights = np.linspace(0.5, 2, N).astype(np.float32) if name in ("dropout", "average") else None
    model = NETS[name]()
    together = trained(model, monkeypatch, alone=False, weights=weights)
    assert _traced[model] == 5
    assert together == trained(NETS[name](), monkeypatch, alone=True, weights=weights)


def test_a_model_that_is_fitted_again_takes_the_steps_of_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """First together, then with the digests of every step of an epoch, which are all there."""
    model = net(_dense())
    trained(model, monkeypatch, alone=False)
    epochs, _ = trained(model, monkeypatch, alone=False, trace_epoch=2)
    assert len(epochs[2]["steps"]) == 5
    assert model.steps_per_execution == 1


def test_who_looks_at_batches_sees_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A callback with a hook for batches, as a method or as an attribute."""
    import keras

    seen: list[int] = []
    trained(
        net(_dense()), monkeypatch, alone=False,
        callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))],
    )  # fmt: skip
    assert seen == [0, 1, 2, 3, 4] * 4


def test_what_is_not_known_or_not_small_goes_step_by_step() -> None:
    """Layers of other kinds, models with a step of their own, augmented batches, wide nets."""
    import keras

    from sweep.trial.batches import ShuffledBatches
    from sweep.trial.steps_together import steps_together

    x, y = arrays()
    batches = ShuffledBatches(x, y, BATCH, 11)
    assert steps_together(net(_dense()), batches, [], 40) == 5
    assert steps_together(net(_dense()), batches, [], 39) == 1, "195 steps do not pay"
    assert steps_together(net(lambda: keras.layers.Dense(2**20)), batches, [], 40) == 1
    assert steps_together(net(_made("GaussianDropout", 0.1)), batches, [], 40) == 1
    assert steps_together(net(_dense(activity_regularizer="l2")), batches, [], 40) == 1
    assert steps_together(net(_dense(), run_eagerly=True), batches, [], 40) == 1
    augmented = ShuffledBatches(x, y, BATCH, 11, augment=lambda x, y, **_: (x, y))  # type: ignore[arg-type]
    assert steps_together(net(_dense()), augmented, [], 40) == 1

    class Own(keras.Model):  # type: ignore[misc]
        """A class of the user's."""

    own = Own(one := keras.Input((FEATURES,)), keras.layers.Dense(1)(one))
    own.compile(loss="mse", jit_compile=False)
    assert steps_together(own, batches, [], 40) == 1

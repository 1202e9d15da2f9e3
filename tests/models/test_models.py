"""The models: their shape, their seeds, what they refuse, and that the small Xception meets the built-in data."""

import subprocess
import sys

import numpy as np
import pytest

import sweep.models
from sweep.data import synthetic_attack
from sweep.errors import InputError


@pytest.mark.parametrize("module", ["sweep.models", "sweep.data"])
def test_reading_a_study_imports_no_keras(module):
    """Importing the models or the data imports neither Keras nor TensorFlow nor Ray."""
    code = f"import {module}, sys; print(sorted({{'keras', 'tensorflow', 'ray'}} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_an_unknown_model_is_no_attribute():
    """The lazy door answers as any module does, and lists what it has."""
    with pytest.raises(AttributeError, match="has no attribute 'big_xception'"):
        _ = sweep.models.big_xception
    assert {"dense_net", "residual_transfer", "small_xception"} < set(dir(sweep.models))
    assert dir(sweep.models) == sorted(sweep.models.__all__)


@pytest.mark.tensorflow
def test_full_width_has_the_parameters_counted_by_hand():
    """Layer by layer: Conv 128, residual blocks 256, 512, 728, separable 1024, one sigmoid: 2,731,065."""

    def separable(c, s):  # depthwise kernel 3 x 3, pointwise kernel, bias; then the four vectors of the normalisation
        return 9 * c + c * s + s + 4 * s

    counted = (3 * 3 * 3 * 128 + 128) + 4 * 128
    for c, s in ((128, 256), (256, 512), (512, 728)):
        counted += separable(c, s) + separable(s, s) + (c * s + s)
    counted += separable(728, 1024) + (1024 + 1)
    model = sweep.models.small_xception((180, 180, 3), 2)
    assert model.count_params() == counted == 2_731_065
    assert not model.compiled


@pytest.mark.tensorflow
@pytest.mark.parametrize(("n_classes", "units", "activation"), [(2, 1, "sigmoid"), (5, 5, "softmax"), (0, 1, "linear")])
@pytest.mark.parametrize("build", ["small_xception", "dense_net"])
def test_the_output_fits_the_task(build, n_classes, units, activation):
    """Two classes one sigmoid, more a softmax, none a linear output."""
    keywords = {"width": 0.02} if build == "small_xception" else {}
    model = getattr(sweep.models, build)((16, 16, 3), n_classes, **keywords)
    assert model.output_shape == (None, units)
    assert model.layers[-1].activation.__name__ == activation


@pytest.mark.tensorflow
def test_width_momentum_and_blocks_are_taken():
    """Channels shrink with the width, and every BatchNormalization has the momentum asked for."""
    model = sweep.models.small_xception((32, 32, 1), 2, width=0.125, momentum=0.9, blocks=(64, 128))
    norms = [layer for layer in model.layers if type(layer).__name__ == "BatchNormalization"]
    assert {layer.momentum for layer in norms} == {0.9}
    assert [layer.gamma.shape[0] for layer in norms] == [16, 8, 8, 16, 16, 128]


@pytest.mark.tensorflow
def test_the_weights_follow_the_seed():
    """Same seed agrees, no reseed differs, reseed agrees again, another seed differs."""
    import keras

    def weights(seed):
        if seed is not None:
            keras.utils.set_random_seed(seed)
        model = sweep.models.small_xception((16, 16, 3), 2, width=0.02)
        return np.concatenate([weight.ravel() for weight in model.get_weights()])

    first = weights(1)
    assert np.array_equal(first, weights(1))
    assert not np.array_equal(first, weights(None))
    assert np.array_equal(first, weights(1))
    assert not np.array_equal(first, weights(2))


@pytest.mark.tensorflow
def test_augmentation_acts_in_training_alone():
    """Predicting twice gives the same scores; without augmentation there is no such layer."""
    x = synthetic_attack(subjects=(1, 1, 1), videos=1, frames=1, image_size=16).train.x.astype(np.float32)
    model = sweep.models.small_xception((16, 16, 3), 2, width=0.02, augment=True)
    np.testing.assert_array_equal(model(x, training=False), model(x, training=False))
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds[1:3] == ["RandomFlip", "RandomRotation"]
    plain = sweep.models.small_xception((16, 16, 3), 2, width=0.02)
    assert "RandomFlip" not in [type(layer).__name__ for layer in plain.layers]


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("build", "arguments", "keywords", "message"),
    [
        ("small_xception", ((6,), 2), {}, "Expected images with shape"),
        ("small_xception", ((8, 8, 3), 1), {}, "Expected two classes or more"),
        ("small_xception", ((8, 8, 3), 2), {"width": 0}, "Expected a width above 0"),
        ("small_xception", ((8, 8, 3), 2), {"dropout": 1.0}, "Expected dropout from 0 to below 1"),
        ("small_xception", ((8, 8, 3), 2), {"momentum": -0.1}, "Expected momentum from 0 to below 1"),
        ("dense_net", ((6,), 1), {}, "Expected two classes or more"),
        ("dense_net", ((6,), 2), {"units": (0,)}, "Expected units of at least 1"),
        ("dense_net", ((6,), 2), {"dropout": 1}, "Expected dropout from 0 to below 1"),
    ],
)
def test_numbers_out_of_range_get_one_message(build, arguments, keywords, message):
    """What was expected, what came."""
    with pytest.raises(InputError, match=message):
        getattr(sweep.models, build)(*arguments, **keywords)


@pytest.mark.tensorflow
def test_the_built_in_data_are_neither_trivial_nor_hopeless():
    """A narrow net of six epochs reaches an EER between 3 and 15 % on dev (best epoch by loss)."""
    import keras

    data = synthetic_attack()
    keras.utils.set_random_seed(1)
    model = sweep.models.small_xception((32, 32, 3), 2, width=0.125, momentum=0.9)
    model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy")
    keep = keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True, start_from_epoch=0)
    x, y, dev = data.train.x, data.train.y, (data.dev.x, data.dev.y)
    model.fit(x, y, validation_data=dev, epochs=6, verbose=0, callbacks=[keep])
    best = min(keep.best, model.evaluate(*dev, verbose=0))
    scores = model.predict(data.dev.x, verbose=0)[:, 0]
    genuine, impostor = scores[data.dev.y == 1], scores[data.dev.y == 0]
    rates = np.array([((impostor >= t).mean(), (genuine < t).mean()) for t in np.sort(scores)])
    eer = rates[np.argmin(np.abs(rates[:, 0] - rates[:, 1]))].mean()
    assert 0.03 <= eer <= 0.15
    assert best < 0.45

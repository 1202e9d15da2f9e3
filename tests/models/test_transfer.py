"""Transfer: what a frozen BatchNormalization does under each policy, and the nets that are fine-tuned."""

import hashlib

import numpy as np
import pytest

from sweep import models
from sweep.errors import InputError

pytestmark = pytest.mark.tensorflow
SHAPE = (16, 16, 3)


def _trained(policy, steps=3):
    """Return (a model after some steps on pictures unlike those it knows, the batches)."""
    import keras

    keras.utils.set_random_seed(0)
    model = models.residual_transfer(SHAPE, 2, batchnorm=policy)
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="binary_crossentropy")
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 80, (steps, 16, *SHAPE)).astype(np.float32)
    for batch in x:
        model.train_on_batch(batch, rng.integers(0, 2, (16, 1)))
    return model, x


@pytest.mark.parametrize("policy", ["batch-statistics", "inference", "recalibrated"])
def test_a_frozen_layer_does_what_its_policy_says(policy):
    """Gamma never moves; the statistics move only recalibrated, to the mean over batches; inference has one mode."""
    from sweep.models.residual import source_weights

    model, x = _trained(policy)
    layer = model.get_layer("stem_bn")
    gamma, beta, mean, variance = source_weights()[1:5]
    assert np.array_equal(layer.gamma, gamma)
    assert np.array_equal(layer.beta, beta)
    inputs = np.asarray(model.get_layer("stem")(model.get_layer("scale")(x.reshape(-1, *SHAPE))))
    if policy == "recalibrated":
        of_batches = inputs.reshape(len(x), -1, inputs.shape[-1])
        assert np.allclose(layer.moving_mean, of_batches.mean(axis=1).mean(axis=0), atol=1e-4)
        assert np.allclose(layer.moving_variance, of_batches.var(axis=1).mean(axis=0), atol=1e-4)
    else:
        assert np.array_equal(layer.moving_mean, mean)
        assert np.array_equal(layer.moving_variance, variance)
    apart = np.abs(np.asarray(layer(inputs, training=True)) - np.asarray(layer(inputs, training=False))).max()
    assert (apart == 0) == (policy == "inference")
    assert not np.array_equal(model.get_layer("block_3_1_bn").moving_mean, source_weights()[32])  # trained: it moves


def test_the_checks_find_the_old_behaviour():
    """Half-frozen layers are counted under batch-statistics alone."""
    from sweep.checks.model import frozen_by_batch

    found = {
        policy: frozen_by_batch(models.residual_transfer(SHAPE, 2, batchnorm=policy))
        for policy in ("batch-statistics", "inference", "recalibrated")
    }
    assert [len(names) for names in found.values()] == [7, 0, 0]


def test_a_thawed_layer_is_trained_again():
    """Frozen down to the last layer and then opened from the third block on, its three layers learn gamma and beta."""
    from sweep.trial.compiling import train_from

    model = models.residual_transfer(SHAPE, 2, batchnorm="recalibrated")
    train_from(model, "top")
    assert [one.path for one in model.trainable_variables] == ["top/kernel", "top/bias"]
    train_from(model, "block_3_1")
    thawed = [layer.name for layer in model.layers if hasattr(layer, "gamma") and not layer.frozen]
    assert thawed == ["block_3_1_bn", "block_3_2_bn", "block_3_0_bn"]
    assert all(model.get_layer(name).gamma.trainable for name in thawed)
    assert model.get_layer(thawed[0]).momentum == 0.9


def test_the_shipped_weights_are_those_that_the_code_names():
    """The file's digest stands in the code, so that other weights make other trials."""
    from sweep.models.residual import SOURCE, SOURCE_SHA256

    assert hashlib.sha256(SOURCE.read_bytes()).hexdigest() == SOURCE_SHA256


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # Keras's own, while it saves weights
def test_resnet50_freezes_the_layers_of_the_recipe(tmp_path):
    """With 140 layers frozen the first trained one is conv4_block6_3_bn; weights that do not fit are one message."""
    model = models.resnet50_transfer((32, 32, 3), 2, batchnorm="batch-statistics", weights=None)
    trained = [layer.name for layer in model.layers if layer.trainable_variables]
    assert trained[:2] == ["conv4_block6_3_bn", "conv5_block1_1_conv"]
    assert trained[-1] == "top"
    other = tmp_path / "other.weights.h5"
    models.residual_transfer(SHAPE, 2).save_weights(other)
    for weights in (str(other), str(tmp_path / "absent.h5")):
        with pytest.raises(InputError, match=r"Expected weights of ResNet50 .* Received: .*Without a network"):
            models.resnet50_transfer((32, 32, 3), 2, weights=weights)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"batchnorm": "inferred"}, "Did you mean 'inference'|Received: 'inferred'"),
        ({"frozen": "block_9"}, "a layer's name"),
        ({"weights": "imagenet"}, "synthetic or null"),
        ({"dropout": 1.0}, "dropout from 0"),
    ],
)
def test_a_setting_out_of_range_is_refused(changes, said):
    """Each names what was expected."""
    with pytest.raises(InputError, match=said):
        models.residual_transfer(SHAPE, 2, **changes)

"""What a frozen BatchNormalization layer does: three policies, of which Keras 3 knows one.

Until Keras 2.1 a frozen layer kept only its gamma and beta: in training it normalised by the batch, at test by the
moving statistics of the data that it was pretrained on, so that the layers after it met other inputs at test than in
training. Since TensorFlow 2.0 a frozen layer is in inference mode. The third way gives it the new data's statistics.
"""

from typing import Any, Literal

import keras
from keras import layers, ops

from sweep.errors import InputError, nearest

Policy = Literal["batch-statistics", "inference", "recalibrated"]
POLICIES: tuple[Policy, ...] = ("batch-statistics", "inference", "recalibrated")


class FrozenByBatch(layers.BatchNormalization):  # type: ignore[misc]
    """BatchNormalization that normalises by the batch in training also when it is frozen.

    Frozen, gamma and beta stand still. The moving statistics stand still too, or, recalibrated, become the mean over
    all batches of the new data since the layer was built: labels play no part (Li et al., "Revisiting batch
    normalization for practical domain adaptation", 2016).
    """

    def __init__(self, *, recalibrated: bool = False, **keywords: Any) -> None:
        """Take the keywords of BatchNormalization."""
        super().__init__(**keywords)
        self.recalibrated = recalibrated
        self.own_momentum = float(keywords.get("momentum", 0.99))
        self.frozen = False

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; the batches seen while frozen are one of them."""
        super().build(input_shape)
        self.batches = self.add_weight(shape=(), name="batches", initializer="zeros", trainable=False)

    @property
    def trainable(self) -> bool:
        """Return True, as Keras takes False for inference mode; `frozen` says whether gamma and beta stand still."""
        return True

    def __setattr__(self, name: str, value: Any) -> None:
        """Freeze or thaw where `trainable` is set; a setter is passed over where the value seems to be the same."""
        if name != "trainable":
            super().__setattr__(name, value)
            return
        self.frozen = not value
        self.momentum = self.own_momentum if value else 1.0  # 1: the moving statistics stay to the bit
        for weights in self._trainable_variables:
            weights.trainable = bool(value)

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the normalised inputs, of their shape."""
        outputs = super().call(inputs, training=training, mask=mask)
        if training and self.frozen and self.recalibrated:
            mean, variance = self._moments(ops.cast(inputs, self.moving_mean.dtype), mask)
            self.batches.assign(self.batches + 1)
            for moving, seen in ((self.moving_mean, mean), (self.moving_variance, variance)):
                moving.assign(moving + (seen - moving) / self.batches)
        return outputs

    def get_config(self) -> dict[str, Any]:
        """Return the keywords that make this layer again."""
        return {**super().get_config(), "momentum": self.own_momentum, "recalibrated": self.recalibrated}


def with_policy(model: keras.Model, policy: Policy) -> keras.Model:
    """Return the model with BatchNormalization that obeys a policy when it is frozen, its weights as they were.

    model: a Functional or Sequential one; call this before freezing. policy: "batch-statistics" (in training the
    batch's statistics, at test the moving ones of the old data), "inference" (the moving ones of the old data in both,
    Keras 3's own) or "recalibrated" (in training the batch's, at test the mean of the new data's batches).
    Raises InputError for another policy.
    """
    if policy not in POLICIES:
        raise InputError(
            f"Expected batchnorm as one of {', '.join(POLICIES)}. Received: {policy!r}.{nearest(str(policy), POLICIES)}"
        )
    if policy == "inference":
        return model

    def replaced(layer: layers.Layer) -> layers.Layer:
        if type(layer) is not layers.BatchNormalization:
            return layer.__class__.from_config(layer.get_config())
        return FrozenByBatch(recalibrated=policy == "recalibrated", **layer.get_config())

    changed = keras.models.clone_model(model, clone_function=replaced)
    for old, new in zip(model.layers, changed.layers, strict=True):
        kept = new.get_weights()[len(old.get_weights()) :]  # the count of batches, which only the new layer has
        new.set_weights([*old.get_weights(), *kept])
    return changed

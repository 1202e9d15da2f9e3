"""The walks over Keras's private tree of layers: what each finds in models that nest, share and subclass."""

import subprocess
import sys

import pytest

PROGRAM = """
import keras
from keras import layers as k
from sweep.models import layers

shared = k.Dense(4, name="shared")
inner = keras.Sequential([keras.Input((4,)), k.Dropout(0.5, name="drop"), k.Dense(4, name="dense")], name="inner")
x = keras.Input((4,))
y = k.Flatten(name="flat")(inner(shared(shared(x)), training=False))
model = keras.Model(x, k.Dense(1, name="top", activity_regularizer="l2")(y), name="outer")

class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.block = inner
    def call(self, x):
        return self.block(x)

own = Own()
names = lambda found: sorted(one.name for one in found if "input" not in one.name)
print(names(layers.every_layer(model)))
print(names(layers.every_layer(shared)))
print([one.name for one in layers.innermost_layers(model) if "input" not in one.name])
print([(one.name, said.get("training")) for one, said in layers.calls_of_layers(model) if "input" not in one.name])
print(list(layers.calls_of_layers(own)), list(layers.calls_of_layers(shared)))
print([one.name for one in layers.last_layers(model)][:3], list(layers.last_layers(own)))
print(type(layers.outputs_as_given(keras.Model(x, {"a": model.output}))).__name__, layers.outputs_as_given(own))
print(type(layers.inputs_as_given(keras.Model({"v": x}, model.output))).__name__, layers.inputs_as_given(own))
before = layers.adds_losses_in_calls(model)
model(keras.ops.ones((2, 4)))
print(before, layers.adds_losses_in_calls(model), layers.adds_losses_in_calls(inner))
"""


@pytest.mark.tensorflow
def test_each_walk_finds_its_layers() -> None:
    """Layers of inner models once each, calls as often as they are made, the way back from the output."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "['dense', 'drop', 'flat', 'inner', 'outer', 'shared', 'top']",
        "['shared']",
        "['shared', 'drop', 'dense', 'flat', 'top']",
        "[('top', None), ('flat', None), ('inner', False), ('shared', None), ('shared', None)]",
        "[] []",
        "['top', 'flat', 'dense'] []",
        "dict None",
        "dict None",
        "False True False",
    ]

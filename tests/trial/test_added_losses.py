"""What layers add to the loss counts as in Keras's own `fit`."""

import numpy as np
import pytest

from sweep.machine import process
from tests.trial.added import both_ways

pytestmark = pytest.mark.tensorflow


def test_losses_that_layers_add_are_those_of_keras() -> None:
    """With activity_regularizer, add_loss or kernel_regularizer the losses of each epoch are those of plain Keras."""
    process.warm_up("sweep.trial.preload")
    outcome = process.call(both_ways, ("activity", "call", "kernel"))
    assert not outcome.crash, outcome.log
    for kind, (ours, theirs) in outcome.value.items():
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, err_msg=kind)
        assert theirs[0, 0] > 0.1

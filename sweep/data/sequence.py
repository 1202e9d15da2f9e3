"""The smallest regression: numbers that rise by a tenth, and each one's successor to be predicted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.splits import Split, Splits

STEP = 0.1


def number_sequence() -> Splits:
    """Return the pairs of 0.0, 0.1 ... 0.9: train holds the nine that the sequence has, (0.0, 0.1) ... (0.8, 0.9).

    dev and test are the same rule between those points, half a step and a quarter of a step after them: eight each.
    They are nearly the points of train, so their error says how well the rule is fitted, and nothing of other
    sequences. The loss on train is stored as train_loss.
    x: (n, 1) float32, y: (n,) the next value. Nothing here is random.
    """
    train = STEP * np.arange(9)
    return Splits(_split(train), _split(train[:-1] + STEP / 2), _split(train[:-1] + STEP / 4))


def _split(values: NDArray[Any]) -> Split:
    unknown = np.full(len(values), "")
    return Split(
        x=values[:, None].astype(np.float32),
        y=values + STEP,
        subject=unknown,
        video=unknown,
        sample=np.asarray([f"after {value:.3f}" for value in values], dtype=str),
    )

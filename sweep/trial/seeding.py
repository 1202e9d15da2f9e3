"""The generators of this process: seeded, watched, and given to each random layer as a stream of its own."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from sweep.machine.streams import derived_seed
from sweep.models.layers import every_layer
from sweep.trial import backends
from sweep.trial.backends import tensorflow


def seed_everything(seed: int, *, keep_programs: bool = False) -> None:
    """Clear Keras's session and seed Python, NumPy and the backend, so that what is built next depends on `seed`.

    keep_programs: whether what this process traced for another seed stays ready to run; with TensorFlow alone.
    """
    import keras

    with tensorflow.programs_kept() if keep_programs else nullcontext():
        keras.utils.clear_session()
        keras.utils.set_random_seed(int(seed))


def give_layers_their_streams(model: Any, dropout: int, augment: int) -> None:
    """Set the state of every random layer from its stream: hash of (stream seed, place in the model).

    Keras draws the seeds of unseeded layers in creation order, so one more layer would shift the others; this undoes
    that. Dropout-like layers keep a `seed_generator`, augmentation layers a `generator`. The place counts random
    layers of the model, as Keras's automatic names depend on what the process built before.

    Args:
        model: the built model, before its first training step.
        dropout: seed of the stream "dropout".
        augment: seed of the stream "augment".
    """
    place = 0
    for layer in every_layer(model):
        for attribute, seed in (("seed_generator", dropout), ("generator", augment)):
            state = getattr(getattr(layer, attribute, None), "state", None)
            if state is not None:
                state.assign([derived_seed("layer", seed, place), derived_seed("layer", seed, place, "b")])
                place += 1


def seed_numpy_and_python(seed: int) -> None:
    """Seed the generators that a user's data function may draw from without saying so."""
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (this is the global generator that a user's code may use)


def seed_generators(seeds: Mapping[str, int]) -> None:
    """Seed "python", "numpy" and the backend as named; the others get a new state, which a fork would share."""
    import numpy as np

    random.seed(seeds.get("python"))
    np.random.seed(seeds.get("numpy"))  # noqa: NPY002 (this is the global generator that a user's code may use)
    backend = backends.current()
    if backend.NAME in seeds:
        backend.seed(seeds[backend.NAME])


@contextmanager
def watched_fit(wrap: Callable[[Any], Any]) -> Iterator[None]:
    """Put `wrap(fit)` in place of Keras's `Model.fit` for a while."""
    import keras

    original = keras.Model.fit
    keras.Model.fit = wrap(original)
    try:
        yield
    finally:
        keras.Model.fit = original


@contextmanager
def watched_generators(seed_for: Callable[[str], int | None]) -> Iterator[None]:
    """Ask `seed_for(name)` for a seed wherever np.random.default_rng is called without one, for a while."""
    import numpy as np

    original = np.random.default_rng

    def default_rng(seed: Any = None) -> Any:
        return original(seed_for("np.random.default_rng") if seed is None else seed)

    np.random.default_rng = default_rng
    try:
        yield
    finally:
        np.random.default_rng = original

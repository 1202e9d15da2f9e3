"""The seeds of a trial's streams, as a function of the user's asks for them; what it asked for is noted."""

from collections.abc import Mapping

import numpy as np

from sweep.errors import InputError, nearest
from sweep.machine.streams import STREAMS


class StreamSeeds:
    """The `run` of a function `train(run)`: seeds and generators of the streams of one trial."""

    def __init__(self, seeds: Mapping[str, int], asked: set[str]) -> None:
        """Take stream -> seed, and where to note what is asked for."""
        self._seeds, self._asked = seeds, asked
        self._generators: dict[str, np.random.Generator] = {}

    def seed(self, stream: str) -> int:
        """Return the seed of a stream (init, order, dropout, augment or split), from 0 to 2**31 - 1.

        It follows the trial's seed, or what `hold` says.

        Raises:
            InputError: no such stream.
        """
        if stream not in STREAMS:
            raise InputError(
                f"run.seed: expected a stream ({', '.join(STREAMS)}). Received: {stream!r}."
                f"{nearest(str(stream), STREAMS)}"
            )
        self._asked.add(stream)
        return int(self._seeds[stream])

    def rng(self, stream: str) -> np.random.Generator:
        """Return the generator of a stream; the same one at every call, which goes on where it was."""
        seed = self.seed(stream)
        if stream not in self._generators:
            self._generators[stream] = np.random.default_rng(seed)
        return self._generators[stream]

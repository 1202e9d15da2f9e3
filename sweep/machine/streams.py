"""Named streams of randomness: one seed feeds them all by hashing, and each can be held still.

Independent sources need independent seeds; a hash of (seed, name) gives them without bookkeeping, and leaves a stream
unchanged when another is held or added (Bouthillier et al. 2021 vary the same sources one by one).
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

STREAMS = ("init", "order", "dropout", "augment", "split")


def stream_seeds(seed: int, hold: Mapping[Any, int]) -> dict[str, int]:
    """Return the seed of every stream of a trial, in [0, 2**31): a digest of (stream, seed).

    Args:
        seed: the trial's seed, from 0.
        hold: stream -> seed for the streams that are held still; it replaces the trial's seed.
    """
    return {stream: derived_seed("sweep", stream, hold.get(stream, seed)) for stream in STREAMS}


def without_seed(seeds: Mapping[str, int]) -> dict[str, int]:
    """Return the streams fed from fresh entropy, as in a script without a seed; the data stay divided as they are."""
    return {stream: seed if stream == "split" else secrets.randbelow(2**31) for stream, seed in seeds.items()}


def derived_seed(*names: str | int) -> int:
    """Return a seed in [0, 2**31) that depends on every name and on their order."""
    text = "/".join(str(name) for name in names)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1

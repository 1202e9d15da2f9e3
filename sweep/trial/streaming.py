"""Making a train that hands out batches: in the data process to read it once, and anew in the process of each trial.

Python's and NumPy's generators are seeded for the data function as they are where it is called for arrays, TensorFlow's
by the stream "order": a tf.data.Dataset draws the seeds of its operations when it is made. Before the first batch
all of them are seeded by "order".
"""

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sweep.data import Splits
from sweep.data.calling import call_function
from sweep.data.stream import Stream
from sweep.data.stream_source import Source, stream_in
from sweep.data.streamed_splits import Streaming
from sweep.errors import InputError
from sweep.machine.folders import cache_folder
from sweep.machine.streams import derived_seed, stream_seeds
from sweep.study import code, identity
from sweep.study.functions import functions_of
from sweep.study.study import Study
from sweep.trial import seeding
from sweep.trial.backends import tensorflow
from sweep.trial.stream_seeds import StreamSeeds
from sweep.trial.stream_settings import check_settings


class TrialStream:
    """The stream of one trial. source: what hands out its batches. asked: streams of randomness that it drew from."""

    @classmethod
    def of(cls, study: Study, splits: Splits, seeds: Mapping[str, int]) -> "TrialStream | None":
        """Return the stream of a trial, None where its train is arrays; errors as in `__init__`."""
        return None if splits.stream is None else cls(study, splits.stream, seeds)

    def __init__(self, study: Study, stream: Stream, seeds: Mapping[str, int]) -> None:
        """Call the data function of a study in this process. stream: what is known of its train.

        Raises:
            InputError: it does not return such a train here, or a setting does not go with it.
        """
        check_settings(study, stream)
        split_seed = seeds["split"] if code.takes(study.data.use, "split_seed") else 0
        call = partial(
            call_function,
            code.function(study.data.use),
            study.data.keywords,
            {"split_seed": split_seed, "cache": cache_folder(), "task": study.task},
        )
        self.asked: set[str] = set()
        self._seed = seeds["order"]
        of_keras = study.trial is None and study.keras_backend == tensorflow.NAME  # then it has begun already
        if stream.on_tensorflow and not of_keras:
            determinism = bool(study.determinism and study.seeded)
            tensorflow.begin(threads=study.resources.threads, determinism=determinism, gpus="", share=1.0, memory=None)
        self.source = _made(None, call, seeds, split_seed, self.asked)

    def for_user(self, splits: Splits) -> Splits:
        """Return the splits as a function of the user's gets them: train as he made it."""
        return replace(splits, train=self.source.for_user)

    def begin(self) -> None:
        """Seed the generators of this process, from which the user's code may draw as it hands out batches."""
        _seed_all(self._seed)


def streaming_of(study: Study, split_seed: int) -> Streaming:
    """Return how a stream of a study is made in the data process: from the seeds of trial 0."""
    seeds = {**stream_seeds(0, {}), "split": split_seed}

    def make(given: Any, call: Callable[[], Any]) -> Source:
        if "tensorflow" in sys.modules:
            tensorflow.make_deterministic()
            if given is not None and not callable(stream_in(given)):
                given = None  # it drew its seeds when it was made, before there were any
        return _made(given, call, seeds, split_seed, set())

    return Streaming(make, lambda: _code(study))


def _made(given: Any, call: Callable[[], Any], seeds: Mapping[str, int], split_seed: int, asked: set[str]) -> Source:
    if given is None:
        _seed_all(seeds["order"])
        seeding.seed_numpy_and_python(split_seed)
        given = call()
    train = stream_in(given)
    if train is None:
        raise InputError(
            "train: expected the data function to return a train that hands out batches, as when the data were "
            "prepared. Received: none at another call."
        )
    _seed_all(seeds["order"])
    asked.add("order")  # of which the generators below are seeded
    source = Source(train, StreamSeeds(seeds, asked))
    _seed_all(seeds["order"])
    return source


def _seed_all(seed: int) -> None:
    """Seed Python's, NumPy's and, where it is loaded, TensorFlow's generator."""
    seed = derived_seed("train", seed)
    seeding.seed_numpy_and_python(seed)
    if "tensorflow" in sys.modules:
        tensorflow.seed(seed)


def _code(study: Study) -> str:
    """Return the digest of what the data function and the functions among its keywords reach."""
    named = sorted(
        {
            one.use
            for one in functions_of(study.model_dump(mode="json"))
            if one.decides == "content" and not one.key.startswith("tests.")
        }
    )
    return hashlib.sha256(json.dumps([[use, identity.code_id(use)] for use in named]).encode()).hexdigest()

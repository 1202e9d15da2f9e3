"""Data functions whose train hands out batches, named in studies as "streams:NAME"."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

BATCH = 8


def _set(name: str, n: int = 40) -> tuple[Any, Any]:
    """Return samples (n, 4) of two overlapping classes."""
    rng = np.random.default_rng({"train": 1, "dev": 2, "test": 3}[name])
    y = np.arange(n) % 2
    return (rng.normal(size=(n, 4)) + 0.8 * y[:, None]).astype(np.float32), y


def _splits(train: Any, **further: Any) -> dict[str, Any]:
    return {"train": train, "dev": _set("dev"), "test": _set("test"), **further}


def tf_data(n: int = 40, noise: float = 0.1) -> dict[str, Any]:
    """Return a tf.data.Dataset that shuffles and adds noise, without a seed of its own."""
    import tensorflow as tf

    def noisy(x: Any, y: Any) -> Any:
        return x + tf.random.normal(tf.shape(x), stddev=noise), y

    data = tf.data.Dataset.from_tensor_slices(_set("train", n)).shuffle(n)
    return _splits(data.map(noisy, num_parallel_calls=tf.data.AUTOTUNE).batch(BATCH).prefetch(tf.data.AUTOTUNE))


def still() -> dict[str, Any]:
    """Return a tf.data.Dataset that draws nothing."""
    import tensorflow as tf

    return _splits(tf.data.Dataset.from_tensor_slices(_set("train")).batch(BATCH))


def without_end() -> dict[str, Any]:
    """Return a tf.data.Dataset that repeats, of which five batches make an epoch."""
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(_set("train")).shuffle(40).repeat().batch(BATCH)
    return _splits(data, steps_per_epoch=5)


def numbered(workers: int = 1) -> dict[str, Any]:
    """Return a PyDataset that shuffles by NumPy's own generator at the end of an epoch, with weights of samples."""
    import keras

    class Numbered(keras.utils.PyDataset):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(workers=workers)
            self.x, self.y = _set("train")
            self.order = np.arange(40)

        def __len__(self) -> int:
            return 5

        def __getitem__(self, at: int) -> Any:
            rows = self.order[at * BATCH : (at + 1) * BATCH]
            return self.x[rows], self.y[rows], 1.0 + self.y[rows]

        def on_epoch_end(self) -> None:
            np.random.shuffle(self.order)  # noqa: NPY002 (as users do)

    return _splits(Numbered())


def drawn(n: int = 40) -> dict[str, Any]:
    """Return a function that yields batches in an order of the trial's own."""

    def train(run: Any) -> Iterator[Any]:
        x, y = _set("train", n)
        for rows in np.array_split(run.rng("order").permutation(n), n // BATCH):
            yield x[rows] + run.rng("augment").normal(scale=0.1, size=(len(rows), 4)).astype(np.float32), y[rows]

    return _splits(train)


def arrays() -> dict[str, Any]:
    """Return arrays in all three splits."""
    return _splits(_set("train"))


def bad(kind: str, n: int = 5) -> dict[str, Any]:
    """Return a train with something wrong; `late` things are right when they are read the first time."""
    x, y = _set("train")
    walked = [0]

    def batches(change: Callable[[int, int], Any]) -> Any:
        class Walks:
            def __iter__(self) -> Iterator[Any]:
                walked[0] += 1
                for at in range(n):
                    found = change(at, walked[0])
                    if found is not None:
                        yield found

        return Walks()

    def part(at: int) -> tuple[Any, Any]:
        rows = slice(at * BATCH, (at + 1) * BATCH)
        return x[rows], y[rows]

    def broken(at: int) -> Any:
        raise ZeroDivisionError(f"no batch {at}")

    def not_a_number(at: int) -> Any:
        return (np.where(np.arange(4) == at, np.nan, part(at)[0]), part(at)[1])

    unseeded = np.random.default_rng()
    made: dict[str, Callable[[], Any]] = {
        "empty": lambda: batches(lambda at, _: None),
        "raises": lambda: batches(lambda at, _: broken(at) if at == 2 else part(at)),
        "nan": lambda: batches(lambda at, _: not_a_number(at)),
        "shape": lambda: batches(lambda at, _: (part(at)[0][:, : 4 - (at == 1)], part(at)[1])),
        "dtype": lambda: batches(lambda at, _: (part(at)[0].astype(np.float32 if at else np.float64), part(at)[1])),
        "length": lambda: batches(lambda at, _: (part(at)[0], part(at)[1][:-1])),
        "alone": lambda: batches(lambda at, _: part(at)[0]),
        "label": lambda: batches(lambda at, _: (part(at)[0], part(at)[1] + 1)),
        "weight": lambda: batches(lambda at, _: (*part(at), np.full(BATCH, -1.0))),
        "some weights": lambda: batches(lambda at, _: (*part(at), *([np.ones(BATCH)] if at else []))),
        "two inputs": lambda: batches(lambda at, _: ({"a": part(at)[0], "b": part(at)[0]}, part(at)[1])),
        "unseeded": lambda: batches(lambda at, _: (part(at)[0] + unseeded.random(), part(at)[1])),
        "generator": lambda: (part(at) for at in range(n)),
        "ends early": lambda: batches(lambda at, walk: part(at) if walk == 1 or at < 3 else None),
        "goes on": lambda: batches(lambda at, walk: part(at) if walk > 1 or at < 3 else None),
        "nan late": lambda: batches(lambda at, walk: not_a_number(at) if walk > 1 else part(at)),
        "raises late": lambda: batches(lambda at, walk: broken(at) if walk > 1 and at == 2 else part(at)),
    }
    return _splits(made[kind]())


def in_dev() -> dict[str, Any]:
    """Return a dev that hands out batches."""
    return _splits(_set("train"), dev=(part for part in [_set("dev")]))


def endless() -> dict[str, Any]:
    """Return a tf.data.Dataset without end, of which nobody says how many batches make an epoch."""
    return {name: value for name, value in without_end().items() if name != "steps_per_epoch"}


def fit(model: Any, splits: Any, run: Any, *, epochs: int = 2) -> None:
    """Train by a loop of one's own on the user's own batches."""
    model.compile("sgd", "binary_crossentropy")
    for _ in range(epochs):
        losses = [float(model.train_on_batch(np.asarray(x), np.asarray(y))) for x, y, *_ in splits.train]
        run.epoch(loss=sum(losses) / len(losses))


def trial(splits: Any, run: Any) -> dict[str, Any]:
    """Score by the mean of all samples of train."""
    rows = np.concatenate([np.asarray(x) for x, *_ in splits.train])
    run.state([rows])
    return {name: (getattr(splits, name).x - rows.mean(axis=0)).sum(axis=1) for name in ("dev", "test")}


def scores_train(splits: Any, run: Any) -> dict[str, Any]:
    """Score train, too."""
    return trial(splits, run) | {"train": np.zeros(40)}

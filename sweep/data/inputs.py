"""Several inputs of one model: an array each, with a row for every sample, by name or by place."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.images import Images

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Inputs:
    """Several arrays of the same number of rows; `x[rows]` gives these rows as a model takes them.

    arrays: name -> (n, ...) array, memory map or `Images`, in the order of the data function; the names of a tuple are
    "1", "2", ... named: whether the function gave a mapping; a tuple of arrays otherwise.
    """

    arrays: Mapping[str, Any]
    named: bool

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(next(iter(self.arrays.values())))

    def __getitem__(self, index: Any) -> Any:
        """Return the array of a name; or, for rows (an integer, a slice, an array), a mapping or a tuple of them."""
        if isinstance(index, str):
            return self.arrays[index]
        return self.as_given({name: array[index] for name, array in self.arrays.items()})

    def __iter__(self) -> Iterator[Any]:
        """Yield the names of a mapping, or the arrays of a tuple."""
        return iter(self.arrays) if self.named else iter(self.arrays.values())

    def as_given(self, values: Mapping[str, Any]) -> Any:
        """Return a value for each array in a mapping or a tuple, as the data function gave the arrays."""
        return dict(values) if self.named else tuple(values.values())

    def rows(self, index: Any) -> "Inputs":
        """Return some samples; images stay where they are."""
        return Inputs({name: rows_of(array, index) for name, array in self.arrays.items()}, self.named)


def each_array(x: Any) -> dict[str, Any]:
    """Return name -> array of an x; of one array "" -> it."""
    return dict(x.arrays) if isinstance(x, Inputs) else {"": x}


def rows_of(x: Any, index: Any) -> Any:
    """Return some samples of an x as an x of the same kind. index: a slice, or an array of integers or booleans."""
    if isinstance(x, Inputs):
        return x.rows(index)
    return Images(x.pixels, x.rows[index], x.digests, x.store) if isinstance(x, Images) else x[index]


def in_each(function: Callable[[Any], Any], values: Any) -> Any:
    """Return function(value) for one array, or for each one of a mapping, a tuple or a list, in the same structure."""
    if isinstance(values, Mapping):
        return {name: function(value) for name, value in values.items()}
    if isinstance(values, tuple | list):
        return type(values)(function(value) for value in values)
    return function(values)


def float_rows(x: Any, index: Any) -> Any:
    """Return some samples as float32, as a model takes them: an array, a mapping or a tuple of arrays."""
    return in_each(lambda rows: np.asarray(rows, dtype=np.float32), x[index])


def sample_shape(x: Any) -> Any:
    """Return the shape of one sample; of several inputs name -> shape, or a tuple of shapes."""
    shapes = {name: tuple(int(size) for size in array.shape[1:]) for name, array in each_array(x).items()}
    return x.as_given(shapes) if isinstance(x, Inputs) else shapes[""]


def numbers_of_sample(x: Any) -> int:
    """Return how many numbers a sample has, over all inputs."""
    return sum(int(np.prod(array.shape[1:])) for array in each_array(x).values())


def bytes_of(x: Any) -> float:
    """Return how many bytes all samples have, over all inputs."""
    return sum(
        math.prod(map(float, array.shape)) * int(np.dtype(array.dtype).itemsize) for array in each_array(x).values()
    )


def labels_of(split: Any) -> Any:
    """Return the labels of a `Split`: (n,), or output -> (n, ...) where several outputs have some."""
    return dict(split.labels) if len(split.labels) > 1 else split.y


def every(values: Any) -> tuple[NDArray[Any], ...]:
    """Return the arrays of a batch."""
    if isinstance(values, Mapping):
        return tuple(values.values())
    return tuple(values) if isinstance(values, tuple | list) else (values,)


def first(values: Any) -> NDArray[Any]:
    """Return the first array of a batch, whose length is that of the batch."""
    return every(values)[0]

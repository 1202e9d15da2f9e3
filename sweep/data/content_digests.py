"""Digests of data: what is in it, never where it lies."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.images import Images
from sweep.data.inputs import Inputs, each_array
from sweep.data.splits import Split, Splits

DIGEST_BYTES = 16
_BLOCK_BYTES = 64 * 2**20
_UNNAMED = ("subject", "video", "sample", "other_subject")  # told by their order in the digest; further ones by name


def row_digests(x: Any) -> NDArray[np.uint8]:
    """Return a digest of the bytes of every row.

    x: (n, ...) array, memory map, `Images` or `Inputs`; read block by block.
    Returns (n, 16) uint8, BLAKE2b. Rows are equal, byte for byte, where their digests are.
    """
    if isinstance(x, Inputs):  # a digest of those of all arrays
        return row_digests(np.concatenate([row_digests(array) for array in x.arrays.values()], axis=1))
    if isinstance(x, Images) and x.digests is not None:
        found = np.asarray(x.digests[x.rows])
        return found if x.rows.ndim == 1 else row_digests(found)  # of a pair: a digest of both
    digests = np.empty((len(x), DIGEST_BYTES), dtype=np.uint8)
    row_bytes = max(1, int(np.prod(x.shape[1:])) * np.dtype(x.dtype).itemsize)
    step = max(1, _BLOCK_BYTES // row_bytes)
    for start in range(0, len(x), step):
        block = np.ascontiguousarray(x[start : start + step])
        flat = block.reshape(len(block), -1).view(np.uint8)
        for row, values in enumerate(flat, start):
            digest = hashlib.blake2b(values.data, digest_size=DIGEST_BYTES).digest()
            digests[row] = np.frombuffer(digest, dtype=np.uint8)
    return digests


def data_digest(splits: Splits, digests: Mapping[str, NDArray[np.uint8]]) -> str:
    """Return the id of the data, 64 hexadecimal digits: SHA-256 over x, y and the sample columns of every split.

    digests: split name -> (n, 16) digests of the rows of x. Columns that `splits.not_in_id` names do not count.
    Weights of train, names of inputs and labels of every output do. The same content gives the same id in any folder
    and on any machine; any other byte, type or order another.
    """
    return _digest(dict(splits.items()), splits, digests)


def split_digest(name: str, split: Split, digest: NDArray[np.uint8], classes: Sequence[str]) -> str:
    """Return the id of one split alone, as `data_digest` does of three; digest: of the rows of its x."""
    alone = Splits(split, split, split, classes=tuple(classes))
    return _digest({name: split}, alone, {name: digest})


def _digest(parts: Mapping[str, Split], splits: Splits, digests: Mapping[str, NDArray[np.uint8]]) -> str:
    total = hashlib.sha256(b"sweep data 1")
    for name, split in parts.items():
        head = f"{name} {len(split)} {_kind(split.x)} {split.y.dtype.str}"
        total.update(head.encode())
        total.update(digests[name].tobytes())
        total.update(np.ascontiguousarray(split.y).tobytes())
        columns = {name: column for name, column in split.columns.items() if name not in splits.not_in_id}
        for name in _UNNAMED:
            if name in columns:
                total.update(text_digest(columns.pop(name)))
        for name, column in columns.items():
            total.update(name.encode() + text_digest(column))
        for output, values in split.labels.items():
            total.update(f"output {output!r} {values.shape} {values.dtype.str}".encode())
            total.update(np.ascontiguousarray(values).tobytes())
    if splits.train.sample_weight is not None:
        total.update(b"sample_weight" + np.ascontiguousarray(splits.train.sample_weight).tobytes())
    total.update(text_digest(np.asarray(splits.classes, dtype=str)))
    return total.hexdigest()


def _kind(x: Any) -> str:
    """Return shape and type of a sample; of several inputs those of each, with its name."""
    if isinstance(x, Inputs):
        return f"{'named' if x.named else 'placed'} {[(name, _kind(array)) for name, array in each_array(x).items()]}"
    return f"{x.shape[1:]} {np.dtype(x.dtype).str}"


def columns_digest(splits: Splits, names: Sequence[str]) -> str:
    """Return the digest of some sample columns of every split, "" where none is given."""
    given = [(name, split.columns[name]) for _, split in splits.items() for name in names if name in split.columns]
    if not given:
        return ""
    return hashlib.sha256(b"".join(name.encode() + text_digest(column) for name, column in given)).hexdigest()


def text_digest(column: NDArray[np.str_]) -> bytes:
    """Return the SHA-256 of strings, each behind its length, so that ("ab", "c") and ("a", "bc") differ."""
    total = hashlib.sha256()
    for text in column.tolist():
        encoded = text.encode("utf-8", "surrogateescape")
        total.update(len(encoded).to_bytes(8, "little"))
        total.update(encoded)
    return total.digest()

"""The three splits of a data set, and what a data function of the user may return instead.

Every sample carries its label and the columns of `sweep.store.sample_columns`. Subject and video "" mean unknown: where
the subject is unknown, every sample stands for itself and an interval cannot speak of new subjects.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.arrays import one_index, plain_array, plain_labels, refuse_data_set
from sweep.data.identity import names_of
from sweep.data.images import Images
from sweep.data.stream import Stream
from sweep.errors import InputError, nearest
from sweep.metrics.labels import attack_types
from sweep.store.sample_columns import DECLARED, FURTHER, WHERE_GIVEN, is_name

SPLITS = ("train", "dev", "test")
OF_STREAMS = ("steps_per_epoch", "digest_steps")  # of a train that hands out batches
SPLIT_NAMES = {
    "train": ("train", "training"),
    "dev": ("dev", "devel", "development", "val", "valid", "validation"),
    "test": ("test", "testing"),
}


@dataclass(frozen=True)
class Split:
    """The samples of one split, row by row.

    x: (n, ...) inputs: an array, a memory map or `Images`; has shape, dtype, len and indexing by an array of integers.
    y: (n,) labels: verification 1 genuine, 0 impostor; classification 0 .. n_classes - 1; regression any finite number.
    subject: (n,) strings, "" where unknown.
    video: (n,) strings, unique within the whole data (two subjects never share one), "" where unknown.
    sample: (n,) strings, unique within the whole data.
    other_subject: (n,) strings, where a sample is a pair: whose its second image is, as `subject` is of its first. None
    where every sample is of one person.
    attack_type: (n,) strings, the kind of presentation attack, "" where a sample is none. None where nothing is known.
    further: name -> (n,) strings, columns of the user's own, which are stored with the scores.
    sample_weight: (n,) float32, how much each sample counts in the loss of the training; None where all count alike.
    """

    x: Any
    y: NDArray[Any]
    subject: NDArray[np.str_]
    video: NDArray[np.str_]
    sample: NDArray[np.str_]
    other_subject: NDArray[np.str_] | None = None
    attack_type: NDArray[np.str_] | None = None
    further: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    sample_weight: NDArray[np.float32] | None = None

    @property
    def columns(self) -> dict[str, NDArray[np.str_]]:
        """Return the sample columns that are given, by the names that they have in tables."""
        declared = {name: getattr(self, name) for name in DECLARED if getattr(self, name) is not None}
        return declared | {f"{FURTHER}{name}": column for name, column in self.further.items()}

    @property
    def people(self) -> NDArray[np.str_]:
        """Return the subjects of all samples, of a pair both: (n,) or (2n,) strings."""
        return self.subject if self.other_subject is None else np.concatenate([self.subject, self.other_subject])

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.y)


@dataclass(frozen=True)
class Splits:
    """The data of a study: train, dev and test, the names of the classes where known, and what loading them found.

    not_in_id: sample columns that do not count in the data's id, as trials of the same files were stored without them.
    A data function may give a train that hands out batches (see docs/data.md): steps_per_epoch says how many make an
    epoch, digest_steps how many are read for the id. Prepared, `stream` tells of it, and `train` is a sample of it.
    """

    train: Split
    dev: Split
    test: Split
    classes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    not_in_id: tuple[str, ...] = ()
    steps_per_epoch: int | None = None
    digest_steps: int | None = None
    stream: Stream | None = None

    def items(self) -> Iterator[tuple[str, Split]]:
        """Yield (name, split) in the order train, dev, test."""
        yield "train", self.train
        yield "dev", self.dev
        yield "test", self.test


def as_splits(value: object) -> Splits:
    """Return what a data function gave as `Splits`, with plain arrays and every gap filled.

    value: a `Splits`; or a mapping with train, dev (or val) and test, each a `Split`, an (x, y) pair or a mapping with
    x, y and, where known, subject, video, sample, other_subject, attack_type, further (name -> column) and
    sample_weight; and `classes`, names in the order of the labels, where known.
    Subject and video default to "" (unknown), sample to "train-000001".
    Raises InputError where a split or a field is missing or unknown, or where the lengths differ.
    """
    if isinstance(value, Splits):
        train, dev, test = _alike(_filled(name, split) for name, split in value.items())
        return replace(value, train=train, dev=dev, test=test)
    if not isinstance(value, Mapping):
        raise InputError(
            f"Expected the data function to return Splits or a mapping with train, dev, test. Received: "
            f"{type(value).__name__}. Return {{'train': (x, y), 'dev': (x, y), 'test': (x, y)}}."
        )
    value = _by_our_names(value)
    missing = [name for name in SPLITS if name not in value]
    if missing:
        raise InputError(
            f"Expected the splits train, dev, test. Received none called {', '.join(missing)}. "
            "The threshold and the epoch are chosen on dev, so test cannot stand in for it."
        )
    classes = tuple(str(name) for name in value.get("classes", ()))
    train, dev, test = _alike(_filled(name, value[name]) for name in SPLITS)
    per_epoch, digest = (value.get(key) for key in OF_STREAMS)
    return Splits(train, dev, test, classes=classes, steps_per_epoch=per_epoch, digest_steps=digest)


def _by_our_names(value: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the splits by our names: what others call val or validation is dev."""
    meant = {spelling: split for split, spellings in SPLIT_NAMES.items() for spelling in spellings}
    found: dict[str, Any] = {}
    for key, split in value.items():
        name = meant.get(str(key).lower(), str(key))
        if name not in (*SPLITS, "classes", *OF_STREAMS):
            known = (*SPLITS, "classes", *OF_STREAMS)
            raise InputError(f"Expected the splits train, dev, test. Received: {key!r}.{nearest(str(key), known)}")
        if name in found:
            raise InputError(f"Expected the split {name} once. Received: it and {key!r}, which means the same.")
        found[name] = split
    return found


def _filled(name: str, given: object) -> Split:
    fields = _fields(name, given)
    one_index(name, fields)
    _refuse_several_inputs(name, fields)
    x = fields["x"] if isinstance(fields["x"], Images) else plain_array(f"x of {name}", fields["x"])
    y = plain_labels(f"y of {name}", fields["y"])
    if not x.shape:
        raise InputError(f"Expected x of {name} with a row a sample. Received: the single value {x}.")
    texts: dict[str, Any] = {key: None if fields.get(key) is None else names_of(fields[key]) for key in DECLARED}
    further = _further(name, fields.get("further"))
    for key in ("subject", "video"):
        texts[key] = np.full(len(x), "") if texts[key] is None else texts[key]
    if texts["sample"] is None:
        texts["sample"] = np.asarray([f"{name}-{number:06d}" for number in range(1, len(x) + 1)], dtype=str)
    if texts["attack_type"] is not None:
        texts["attack_type"] = attack_types(texts["attack_type"].astype(object)).astype(np.str_)
    given = fields.get("sample_weight")
    weight = None if given is None else plain_labels(f"sample_weight of {name}", given)
    for key, column in {"y": y, **texts, **further, "sample_weight": weight}.items():
        if column is not None and column.shape != (len(x),):
            raise InputError(
                f"Expected {key} of {name} with shape ({len(x)},), one entry for each row of x. "
                f"Received: shape {column.shape}."
            )
    return Split(x=x, y=y, **texts, further=further, sample_weight=weight)


def _further(name: str, given: Any) -> dict[str, NDArray[np.str_]]:
    """Return the columns of the user's own as names."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError(f"Expected further of {name} as a mapping name -> column. Received: {type(given).__name__}.")
    for key in given:
        if not is_name(key):
            raise InputError(
                f"Expected names of letters, digits and _ in further of {name}, other than {', '.join(DECLARED)}. "
                f"Received: {key!r}."
            )
    return {key: names_of(column) for key, column in given.items()}


def _alike(splits: Iterable[Split]) -> list[Split]:
    """Return the splits with the same columns: where one lacks what another has, its words are unknown."""
    given = list(splits)
    further = sorted({name for split in given for name in split.further})
    shared = [name for name in WHERE_GIVEN if any(getattr(split, name) is not None for split in given)]

    def whole(split: Split) -> Split:
        unknown = np.full(len(split), "")
        lacking = {name: unknown for name in shared if getattr(split, name) is None}
        return replace(split, **lacking, further={name: split.further.get(name, unknown) for name in further})

    return [whole(split) for split in given]


def _fields(name: str, given: object) -> Mapping[str, Any]:
    known = ("x", "y", *DECLARED, "further", "sample_weight")
    if isinstance(given, Split):
        return {key: getattr(given, key) for key in known}
    if isinstance(given, tuple | list) and len(given) == 2:
        return {"x": given[0], "y": given[1]}
    refuse_data_set(name, given)
    if not isinstance(given, Mapping):
        raise InputError(
            f"Expected {name} as a Split, an (x, y) pair or a mapping with x, y, subject, video, sample. "
            f"Received: {type(given).__name__}."
        )
    for key in given:
        if key not in known:
            raise InputError(f"Expected {', '.join(known)} in {name}. Received: {key!r}.{nearest(str(key), known)}")
    for key in ("x", "y"):
        if given.get(key) is None:
            raise InputError(f"Expected x and y in {name}. Received none called {key}.")
    return given


def _refuse_several_inputs(name: str, fields: Mapping[str, Any]) -> None:
    """Raise InputError where x is a list of whole inputs, as [face, depth], in place of rows."""
    x, n = fields["x"], len(fields["y"]) if hasattr(fields["y"], "__len__") else 0
    if not isinstance(x, list | tuple) or len(x) in (0, n):
        return
    if all(hasattr(one, "__len__") and len(one) == n for one in x):
        raise InputError(
            f"Expected x of {name} as one array with {n} rows. Received: {len(x)} arrays of {n} rows each. One input "
            "alone is taken: put them into one array (np.stack(x, axis=1)), and let the model take it apart."
        )

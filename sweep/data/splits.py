"""The three splits of a data set, and what a data function of the user may return instead.

Every sample carries its label and the columns of `sweep.store.sample_columns`. Subject and video "" mean unknown: where
the subject is unknown, every sample stands for itself and an interval cannot speak of new subjects.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.arrays import one_index, plain_labels, refuse_data_set
from sweep.data.identity import names_of
from sweep.data.inputs import Inputs, rows_of
from sweep.data.stream import Stream
from sweep.data.structures import check_names_alike, further_columns, plain_inputs, plain_outputs
from sweep.errors import InputError, nearest
from sweep.metrics.labels import attack_types
from sweep.store.sample_columns import DECLARED, FURTHER, WHERE_GIVEN

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
    Of a model with several inputs: `Inputs`, an array each; `x[rows]` is what the model takes.
    y: (n,) labels: verification 1 genuine, 0 impostor; classification 0 .. n_classes - 1; regression any finite number.
    subject: (n,) strings, "" where unknown.
    video: (n,) strings, unique within the whole data (two subjects never share one), "" where unknown.
    sample: (n,) strings, unique within the whole data.
    other_subject: (n,) strings, where a sample is a pair: whose its second image is, as `subject` is of its first. None
    where every sample is of one person.
    attack_type: (n,) strings, the kind of presentation attack, "" where a sample is none. None where nothing is known.
    further: name -> (n,) strings, columns of the user's own, which are stored with the scores.
    sample_weight: (n,) float32, how much each sample counts in the loss of the training; None where all count alike.
    labels: output -> (n, ...) labels, where a model has several outputs with labels; y is among them. {} otherwise.

    `len(split)` is the number of samples, `split[rows]` the split of some of them.
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
    labels: Mapping[str, NDArray[Any]] = field(default_factory=dict)

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

    def __getitem__(self, rows: Any) -> "Split":
        """Return some samples with all that is known of them. rows: a slice, or an array of integers or booleans."""
        declared: dict[str, Any] = {
            name: None if (column := getattr(self, name)) is None else column[rows] for name in _DECLARED
        }
        return Split(
            x=rows_of(self.x, rows),
            y=self.y[rows],
            **declared,
            further={name: column[rows] for name, column in self.further.items()},
            labels={name: values[rows] for name, values in self.labels.items()},
        )


_DECLARED = (*DECLARED, "sample_weight")


@dataclass(frozen=True)
class Splits:
    """The data of a study: train, dev and test, the names of the classes where known, and what loading them found.

    not_in_id: sample columns that do not count in the data's id, as trials of the same files were stored without them.
    A data function may give a train that hands out batches (see docs/data.md): steps_per_epoch says how many make an
    epoch, digest_steps how many are read for the id. Prepared, `stream` tells of it, and `train` is a sample of it.
    tests: name -> a further test set of the study; a trial finds them there, a data function gives none.
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
    tests: Mapping[str, Split] = field(default_factory=dict)

    def items(self) -> Iterator[tuple[str, Split]]:
        """Yield (name, split) in the order train, dev, test."""
        yield "train", self.train
        yield "dev", self.dev
        yield "test", self.test


def as_splits(value: object, output: str | None = None) -> Splits:
    """Return what a data function gave as `Splits`, with plain arrays and every gap filled.

    value: a `Splits`; or a mapping with train, dev (or val) and test, each a `Split`, an (x, y) pair or a mapping with
    x, y and, where known, subject, video, sample, other_subject, attack_type, further (name -> column) and
    sample_weight; and `classes`, names in the order of the labels, where known. x may be a mapping name -> array or a
    tuple of arrays, y a mapping output -> labels.
    output: whose labels are y, where y is a mapping; None takes the first.
    Subject and video default to "" (unknown), sample to "train-000001".
    Raises InputError where a split or a field is missing or unknown, or where the lengths differ.
    """
    if isinstance(value, Splits):
        train, dev, test = _alike(filled(name, split, output) for name, split in value.items())
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
    train, dev, test = _alike(filled(name, value[name], output) for name in SPLITS)
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


def filled(name: str, given: object, output: str | None = None) -> Split:
    """Return one split of a data function with plain arrays and every gap filled; see `as_splits`."""
    fields = _fields(name, given)
    several = fields["y"] if isinstance(fields["y"], Mapping) else {}
    one_index(name, {**fields, **several, **(fields["x"] if isinstance(fields["x"], Mapping) else {})})
    some = next(iter(several.values()), ()) if isinstance(fields["y"], Mapping) else fields["y"]
    x = plain_inputs(name, fields["x"], len(some) if hasattr(some, "__len__") else 0)
    if not isinstance(x, Inputs) and not x.shape:
        raise InputError(f"Expected x of {name} with a row a sample. Received: the single value {x}.")
    y, labels = plain_outputs(name, fields["y"], output, len(x))
    texts: dict[str, Any] = {key: None if fields.get(key) is None else names_of(fields[key]) for key in DECLARED}
    further = further_columns(name, fields.get("further"))
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
    return Split(x=x, y=y, **texts, further=further, sample_weight=weight, labels=labels)


def _alike(splits: Iterable[Split]) -> list[Split]:
    """Return the splits with the same columns: where one lacks what another has, its words are unknown."""
    given = list(splits)
    inputs = [names_of_inputs(split.x) for split in given]
    check_names_alike("inputs", dict(zip(SPLITS, inputs, strict=True)))
    outputs = [tuple(split.labels) or None for split in given]
    check_names_alike("labels of outputs", dict(zip(SPLITS, outputs, strict=True)))
    further = sorted({name for split in given for name in split.further})
    shared = [name for name in WHERE_GIVEN if any(getattr(split, name) is not None for split in given)]

    def whole(split: Split) -> Split:
        unknown = np.full(len(split), "")
        lacking = {name: unknown for name in shared if getattr(split, name) is None}
        return replace(
            split,
            x=in_order(split.x, inputs[0]),
            labels={name: split.labels[name] for name in outputs[0] or ()},
            **lacking,
            further={name: split.further.get(name, unknown) for name in further},
        )

    return [whole(split) for split in given]


def names_of_inputs(x: Any) -> tuple[str, ...] | int | None:
    """Return the names of several inputs, how many there are without names, None for one array."""
    if not isinstance(x, Inputs):
        return None
    return tuple(x.arrays) if x.named else len(x.arrays)


def in_order(x: Any, names: tuple[str, ...] | int | None) -> Any:
    """Return named inputs in the order of train's: what a model's function makes may follow it."""
    return Inputs({name: x.arrays[name] for name in names}, True) if isinstance(names, tuple) else x


def _fields(name: str, given: object) -> Mapping[str, Any]:
    known = ("x", "y", *DECLARED, "further", "sample_weight")
    if isinstance(given, Split):
        return {key: getattr(given, key) for key in known} | ({"y": given.labels} if given.labels else {})
    refuse_data_set(name, given)
    if isinstance(given, tuple | list) and len(given) == 2:
        return {"x": given[0], "y": given[1]}
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

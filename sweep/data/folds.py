"""Subject-disjoint folds: the samples of all splits pooled, subjects dealt to K folds, each fold once the test set."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.images import Images
from sweep.data.inputs import Inputs
from sweep.data.splits import Split, Splits
from sweep.data.validation import check_inputs, check_labels
from sweep.errors import InputError


@dataclass(frozen=True)
class Fold:
    """Which fold of a study is the test set.

    number: from 0. n: how many there are. seed: of the dealing, the same for all folds and seeds of a study.
    """

    number: int
    n: int
    seed: int


def one_fold(splits: Splits, fold: Fold, task: str) -> Splits:
    """Return the splits of one fold: test is that fold, dev the one after it, train all others.

    Each subject is in one fold. In K folds each sample is in test once, in dev once, and in train K - 2 times.

    Raises:
        InputError: samples without a subject or of two people, fewer subjects of a class than folds, or weights that
            only some of the splits have.
    """
    whole = pooled(splits, task)
    place = deal(whole, fold.n, np.random.default_rng(fold.seed), splits.classes, task)
    number = np.asarray([place[subject] for subject in whole.subject.tolist()])
    in_test, in_dev = number == fold.number, number == (fold.number + 1) % fold.n
    train, dev, test = (whole[np.flatnonzero(rows)] for rows in (~(in_test | in_dev), in_dev, in_test))
    # Weights count in training alone; that they are left out of dev and test is what folds mean, no finding.
    return replace(splits, train=train, dev=replace(dev, sample_weight=None), test=replace(test, sample_weight=None))


def pooled(splits: Splits, task: str) -> Split:
    """Return the samples of train, dev and test as one split, with all columns that they have.

    Raises:
        InputError: as `one_fold`; or splits whose inputs do not fit together.
    """
    every = [split for _, split in splits.items()]
    for name, split in splits.items():
        check_inputs(name, split, splits.train)
        check_labels(name, split, task)
        _check_people(name, split)
    weighted = [name for name, split in splits.items() if split.sample_weight is not None]
    if weighted and len(weighted) < len(every):
        raise InputError(
            f"division: expected sample_weight in all splits or in none, as every sample is in train in some fold. "
            f"Received: in {' and '.join(weighted)} alone."
        )
    attack_types, weights = ([getattr(split, name) for split in every] for name in ("attack_type", "sample_weight"))
    return Split(
        x=_joined([split.x for split in every]),
        **{name: np.concatenate([getattr(split, name) for split in every]) for name in ("y", *_COLUMNS)},
        attack_type=None if attack_types[0] is None else np.concatenate(attack_types),
        sample_weight=np.concatenate(weights) if weighted else None,
        further=_by_name([split.further for split in every]),
        labels=_by_name([split.labels for split in every]),
    )


def deal(
    whole: Split, n: int, rng: np.random.Generator, classes: Sequence[str] = (), task: str = "verification"
) -> dict[str, int]:
    """Return subject -> fold, from 0 to n - 1.

    Subjects with the same set of labels are dealt among themselves, each to the fold that has the fewest of them, then
    the fewest subjects of the same labels, then the fewest samples; of a regression all subjects are alike. The order
    of the samples plays no part.

    Args:
        whole: all samples.
        n: folds.
        rng: decides the order in which subjects are dealt.
        classes: names of the labels, for the message.
        task: of the study.

    Raises:
        InputError: fewer subjects, or fewer of a class, than folds.
    """
    names, which, size = np.unique(whole.subject, return_inverse=True, return_counts=True)
    label = np.zeros(len(whole), dtype=np.int64) if task == "regression" else whole.y.astype(np.int64)
    has: list[set[int]] = [set() for _ in names]
    for subject, value in set(zip(which.tolist(), label.tolist(), strict=True)):
        has[subject].add(value)
    _check_enough(has, n, classes if task != "regression" else ("samples",), task)
    kinds: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for subject, own in enumerate(has):
        kinds[tuple(sorted(own))].append(subject)
    of_label: dict[int, NDArray[np.int64]] = defaultdict(lambda: np.zeros(n, dtype=np.int64))
    samples = np.zeros(n, dtype=np.int64)
    place: dict[str, int] = {}
    for kind in sorted(kinds, key=lambda kind: (len(kinds[kind]), kind)):  # the rarest first: others fill up
        of_kind = np.zeros(n, dtype=np.int64)
        for subject in rng.permutation(kinds[kind]).tolist():
            near = sum((of_label[one] for one in kind), np.zeros(n, dtype=np.int64))
            fold = int(np.lexsort((rng.permutation(n), samples, near, of_kind))[0])
            place[str(names[subject])] = fold
            of_kind[fold] += 1
            samples[fold] += size[subject]
            for one in kind:
                of_label[one][fold] += 1
    lacking = [(one, int(np.argmin(counts))) for one, counts in sorted(of_label.items()) if not counts.all()]
    if lacking:
        one, fold = lacking[0]
        raise InputError(
            f"division: expected subjects of every class in each of {n} folds. Received: none of class "
            f"{_called(one, classes, task)} in fold {fold}, as most of its subjects have other classes too. Take fewer "
            "folds."
        )
    return place


_COLUMNS = ("subject", "video", "sample")


def _check_people(name: str, split: Split) -> None:
    if split.other_subject is not None and (split.other_subject != "").any():
        raise InputError(
            f"division: expected samples of one person each, to deal people to folds. Received: pairs (other_subject) "
            f"in {name}. Divide them by your own data function, so that no person is in two splits."
        )
    unknown = np.flatnonzero(split.subject == "")
    if unknown.size:
        raise InputError(
            f"division: expected the subject of every sample, to deal subjects to folds. Received: none for "
            f"{unknown.size} of {len(split)} samples of {name}, such as {split.sample[unknown[0]]}. Give `subject` "
            "with the samples."
        )


def _check_enough(has: Sequence[set[int]], n: int, classes: Sequence[str], task: str) -> None:
    for one in sorted(set().union(*has)):
        count = sum(one in own for own in has)
        if count < n:
            what = "" if task == "regression" else f" of class {_called(one, classes, task)}"
            way = f"Take {count} folds, or collect more." if count >= 3 else "Collect more."
            raise InputError(
                f"division: expected as many subjects{' of each class' if what else ''} as folds at least. Received: "
                f"{n} folds and {count} subject{'s' * (count != 1)}{what}. {way}"
            )


def _called(label: int, classes: Sequence[str], task: str) -> str:
    names = ("impostor", "genuine") if task == "verification" else tuple(classes)
    return names[label] if label < len(names) else str(label)


def _by_name(every: Sequence[Mapping[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    return {name: np.concatenate([one[name] for one in every]) for name in every[0]}


def _joined(every: Sequence[Any]) -> Any:
    """Return the inputs of all splits as one; images of one store stay where they are."""
    first = every[0]
    if isinstance(first, Inputs):
        return Inputs({name: _joined([x.arrays[name] for x in every]) for name in first.arrays}, first.named)
    if all(isinstance(x, Images) for x in every) and len({_store(x) for x in every}) == 1:
        return Images(first.pixels, np.concatenate([x.rows for x in every]), first.digests, first.store)
    return np.concatenate([np.asarray(x) for x in every])


def _store(images: Images) -> Any:
    return images.store if images.store is not None else id(images.pixels)

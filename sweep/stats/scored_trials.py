"""The scores of trials on the same samples: what intervals for new subjects are made from."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError
from sweep.metrics.attack_errors import check_attack_types
from sweep.metrics.scored import Scored, ScoredSplit

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SplitScores:
    """One split, as every trial scored it.

    score: (T, n), a row a trial. label: (n,). unit: (n,) whole numbers, the column of weights that each sample follows:
    its subject, or the pair of subjects that it belongs to (see `TrialScores.pairs`).
    prediction: (T, n) the predicted class, or None where the task has none. attack_type: (n,) words, "" where a sample
    is no attack; None where nothing is known.
    """

    score: FloatArray
    label: FloatArray
    unit: NDArray[np.intp]
    prediction: FloatArray | None = None
    attack_type: NDArray[np.str_] | None = None

    def of_trial(self, trial: int) -> ScoredSplit:
        """Return the split as the trial of that row scored it."""
        prediction = None if self.prediction is None else self.prediction[trial]
        return ScoredSplit(self.label, self.score[trial], prediction, self.unit, self.attack_type)


@dataclass(frozen=True)
class TrialScores:
    """Trials that scored the same test set, and the development set that their thresholds come from.

    config: (T,) the configuration of each trial. seed: (T,). unit: what a case is: "subject", "video" or "sample".
    units: (U,) the names of the cases of dev and test together, that `unit` of both splits counts. pairs: (P, 2) cases
    that share samples, none where a sample belongs to one case; a `unit` of U + p means both cases of pairs[p].
    """

    config: NDArray[np.str_]
    seed: NDArray[np.int64]
    test: SplitScores
    dev: SplitScores | None
    units: NDArray[np.str_]
    unit: str = "subject"
    pairs: NDArray[np.intp] = field(default_factory=lambda: np.empty((0, 2), dtype=np.intp))

    def n_units(self, *, on_dev: bool = False) -> int:
        """Return how many subjects (or videos, or samples) the test set has, or dev where asked and given."""
        split = self.dev if on_dev and self.dev is not None else self.test
        return int(np.count_nonzero(self.by_case(np.bincount(split.unit, minlength=self.n_columns)[None])))

    def of_trial(self, trial: int) -> Scored:
        """Return what the trial of that row scored."""
        return Scored(self.test.of_trial(trial), None if self.dev is None else self.dev.of_trial(trial))

    @property
    def n_columns(self) -> int:
        """Return the number of columns that `unit` counts: cases, then pairs of them."""
        return self.units.size + len(self.pairs)

    def columns(self, weights: FloatArray) -> FloatArray:
        """Return the weight of every column, (B, U + P), from those of the cases, (B, U): of a pair the product.

        Reference: Owen, Annals of Applied Statistics 1, 2007 (pigeonhole bootstrap).
        """
        if not len(self.pairs):
            return weights
        return np.concatenate((weights, weights[:, self.pairs[:, 0]] * weights[:, self.pairs[:, 1]]), axis=1)

    def by_case(self, counts: NDArray[Any]) -> NDArray[Any]:
        """Return how many samples a case has a part in, (R, U), from the samples of every column, (R, U + P)."""
        found = np.array(counts[:, : self.units.size])
        for side in (0, 1):
            np.add.at(found.T, self.pairs[:, side], counts[:, self.units.size :].T)
        return found


def trial_scores(
    score: ArrayLike,
    label: ArrayLike,
    subject: ArrayLike | None = None,
    *,
    other: ArrayLike | None = None,
    dev: tuple[ArrayLike, ...] | None = None,
    prediction: ArrayLike | None = None,
    config: ArrayLike | None = None,
    seed: ArrayLike | None = None,
    unit: str | None = None,
    attack_type: ArrayLike | None = None,
) -> TrialScores:
    """Return plain arrays as `TrialScores`, checked.

    Args:
        score: (T, n) test scores, a row a trial (a seed of a configuration); NaN is a failure to acquire.
        label: (n,) 1 genuine and 0 impostor, a class, or the true number of a regression.
        subject: (n,) whose sample it is, words or numbers; None or "" makes every sample its own case.
        other: (n,) where a sample is a pair, whose its second part is; the subject itself in a genuine pair.
        dev: the development set's (score (T, m), label (m,), subject (m,), other (m,)) as far as they are known, where
            the metric needs a threshold.
        prediction: (T, n) predicted classes, for the accuracy of a classification.
        config: (T,) the configuration of each trial; None: one configuration.
        seed: (T,) the seed of each trial; None: 0, 1, 2 ...
        unit: what `subject` holds, for the words of the answer; None: "subject", or "sample" without subjects.
        attack_type: (n,) the kind of presentation attack, "" where a sample is none, for the APCER of a type.

    Raises:
        InputError: shapes that do not fit.
    """
    test_score, test_label = _table(score, label, "test")
    trials = len(test_score)
    known = subject is not None and not (np.asarray(subject).astype(str) == "").any()
    test_names = _names(subject if known else None, test_label.size, "test")
    dev_score, dev_label, dev_names = None, None, np.empty(0, dtype=np.str_)
    if dev is not None:
        dev_score, dev_label = _table(dev[0], dev[1], "dev")
        if len(dev_score) != trials:
            raise InputError(
                f"Expected dev scores of the same trials as test. Received: {len(dev_score)} and {trials}."
            )
        dev_names = _names(dev[2] if known and len(dev) > 2 else None, dev_label.size, "dev")
    first = np.concatenate((test_names, dev_names))
    second = first
    if known and other is not None:
        of_dev = dev[3] if dev is not None and len(dev) > 3 else dev_names
        second = np.concatenate((_names(other, test_label.size, "test"), _names(of_dev, dev_names.size, "dev")))
    units, numbers = np.unique(np.concatenate((first, second)), return_inverse=True)
    of_pairs = paired(*np.split(numbers.astype(np.intp), 2), n_units=units.size)
    codes = of_pairs.column
    n = test_label.size
    guessed = None if prediction is None else _table(prediction, label, "predictions of test")[0]
    kinds = None if attack_type is None else np.asarray(attack_type).astype(np.str_)
    if kinds is not None:
        check_attack_types(kinds, test_label)
    return TrialScores(
        config=np.asarray(["" for _ in range(trials)] if config is None else config).astype(np.str_),
        seed=np.asarray(np.arange(trials) if seed is None else seed).astype(np.int64),
        test=SplitScores(test_score, test_label, codes[:n], guessed, kinds),
        dev=None if dev_score is None or dev_label is None else SplitScores(dev_score, dev_label, codes[n:]),
        units=units.astype(np.str_),
        unit=unit or ("subject" if known else "sample"),
        pairs=of_pairs.pairs,
    )


@dataclass(frozen=True)
class Paired:
    """The column of weights that each sample follows, (n,), and the two cases of every column behind them, (P, 2)."""

    column: NDArray[np.intp]
    pairs: NDArray[np.intp]


def paired(first: NDArray[np.intp], second: NDArray[np.intp], *, n_units: int) -> Paired:
    """Return the columns of samples that belong to two cases; first, second: (n,) cases, equal where it is one."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    two = low != high
    keys, place = np.unique(low[two] * n_units + high[two], return_inverse=True)
    column = first.copy()
    column[two] = n_units + place
    return Paired(column, np.stack((keys // n_units, keys % n_units), axis=1))


def _table(score: ArrayLike, label: ArrayLike, split: str) -> tuple[FloatArray, FloatArray]:
    scores, labels = np.atleast_2d(np.asarray(score)), np.asarray(label)
    if scores.ndim != 2 or labels.ndim != 1 or scores.shape[1] != labels.size or not labels.size:
        raise InputError(
            f"Expected {split} scores (trials, samples) and labels (samples,), at least one sample. Received: shapes "
            f"{scores.shape} and {labels.shape}. Every seed must score the same samples."
        )
    return scores.astype(np.float64, copy=False), labels.astype(np.float64, copy=False)


def _names(subject: ArrayLike | None, n: int, split: str) -> NDArray[np.str_]:
    if subject is None:
        return np.asarray([f"{split} {i}" for i in range(n)], dtype=np.str_)
    names = np.asarray(subject).astype(np.str_)
    if names.shape != (n,):
        raise InputError(f"Expected a subject for each of the {n} {split} samples. Received: shape {names.shape}.")
    return names

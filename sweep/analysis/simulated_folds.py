"""Simulated studies that divide their subjects into folds, whose truth is known: to count how often intervals hold it.

Each fold of each seed has a model of its own. How well it separates follows the seed, which the folds share, the fold
within the seed, and the people of its training set, whom folds share in part. Its scores have a scale of their own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.analysis.fold_scores import around_zero
from sweep.stats.scored_trials import TrialScores, trial_scores

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class FoldedDesign:
    """How a simulated study is made; scores in units of the noise within a subject.

    subjects: a multiple of folds. frames: genuine and as many impostor scores a subject. separation: distance between
    genuine and impostor. seed_sd: how far a seed moves it in all folds, fold_sd: in one fold. training_sd: how far the
    people of a training set do, in every seed alike. subject_sd: how far a subject moves its own scores, in every trial
    alike; interaction_sd: in one trial. offset_sd: how far the scale of a model is moved.
    """

    subjects: int = 40
    folds: int = 5
    frames: int = 5
    separation: float = 2.5
    seed_sd: float = 0.15
    fold_sd: float = 0.15
    training_sd: float = 0.2
    subject_sd: float = 0.5
    interaction_sd: float = 0.3
    offset_sd: float = 1.0


@dataclass(frozen=True)
class FoldedStudy:
    """The people of one study: how each moves its own scores (n, 2), its fold (n,), and what the trainings do (K,)."""

    design: FoldedDesign
    own: FloatArray
    fold: NDArray[np.intp]
    training: FloatArray


@dataclass(frozen=True)
class FoldedRuns:
    """The scores of S seeds of a study: (S, n, 2, frames), genuine before impostor, each by the model that tests it.

    test: by the model of the subject's own fold. dev: by the model whose development set that fold is.
    """

    study: FoldedStudy
    test: FloatArray
    dev: FloatArray

    @property
    def thresholds(self) -> FloatArray:
        """Return the threshold of each seed's folds, (S, K), each from the development set of that fold."""
        k = self.study.design.folds
        order = np.argsort(self.study.fold, kind="stable")
        by_fold = self.dev[:, order].reshape(len(self.dev), k, -1, *self.dev.shape[2:])
        return np.roll(_thresholds(by_fold), -1, axis=1)

    def hter_of_folds(self) -> FloatArray:
        """Return the HTER of each fold of each seed at the fold's own threshold, (S, K)."""
        errors = self._errors()
        folds = [errors[:, self.study.fold == k].mean(axis=1) for k in range(self.study.design.folds)]
        return np.stack(folds, axis=1)

    def hter(self) -> FloatArray:
        """Return the HTER of all folds together, (S,)."""
        pooled: FloatArray = self._errors().mean(axis=1)
        return pooled

    def trial_scores(self) -> TrialScores:
        """Return one trial for each seed, as `sweep.analysis.folds` gathers stored ones."""
        design, at = self.study.design, self.thresholds
        label = np.tile(np.repeat([1.0, 0.0], design.frames), design.subjects)
        subject = np.repeat(np.arange(design.subjects), 2 * design.frames)
        test, dev = (scores.reshape(len(scores), -1) for scores in (self.test, self.dev))
        fold = self.study.fold[subject]
        moved = np.concatenate((test - at[:, fold], dev - at[:, (fold - 1) % design.folds]), axis=1)
        is_dev = np.arange(2 * label.size) >= label.size
        moved = np.stack([around_zero(row, is_dev, np.tile(label, 2)) for row in moved])
        return trial_scores(moved[:, : label.size], label, subject, dev=(moved[:, label.size :], label, subject))

    def _errors(self) -> FloatArray:
        """Return what each subject adds to HTER, (S, n): it has as many genuine as impostor scores."""
        at = self.thresholds[:, self.study.fold][:, :, None]
        accepted = self.test >= at[..., None]
        wrong = np.stack((~accepted[:, :, 0], accepted[:, :, 1]), axis=2)
        errors: FloatArray = wrong.mean(axis=(2, 3), dtype=np.float64)
        return errors


def folded_study(design: FoldedDesign, rng: np.random.Generator, training: float | None = None) -> FoldedStudy:
    """Return new people, dealt to folds. training: the effect of every training set; None draws it from its people."""
    fold = rng.permutation(np.arange(design.subjects) % design.folds).astype(np.intp)
    teaching = rng.normal(size=design.subjects)
    trains = np.stack([(fold != k) & (fold != (k + 1) % design.folds) for k in range(design.folds)])
    effect = design.training_sd * (trains @ teaching) / np.sqrt(trains.sum(axis=1))
    if training is not None:
        effect = np.full(design.folds, training)
    return FoldedStudy(design, rng.normal(0, design.subject_sd, (design.subjects, 2)), fold, effect)


def folded_runs(study: FoldedStudy, n_seeds: int, rng: np.random.Generator) -> FoldedRuns:
    """Return the scores of new seeds of a study."""
    design, n = study.design, study.design.subjects
    skill = design.separation + study.training + rng.normal(0, design.seed_sd, (n_seeds, 1))
    skill = skill + rng.normal(0, design.fold_sd, (n_seeds, design.folds))
    offset = rng.normal(0, design.offset_sd, (n_seeds, design.folds))

    def scores(model: NDArray[np.intp]) -> FloatArray:
        common = study.own + rng.normal(0, design.interaction_sd, (n_seeds, n, 2)) + offset[:, model][:, :, None]
        common[:, :, 0] += skill[:, model]
        made: FloatArray = common[..., None] + rng.normal(size=(n_seeds, n, 2, design.frames))
        return made

    return FoldedRuns(study, scores(study.fold), scores((study.fold - 1) % design.folds))


def expected_hter(design: FoldedDesign, training: float, n_studies: int, rng: np.random.Generator) -> float:
    """Return the HTER to expect of other people and seeds, where the training sets have this effect."""
    return float(np.mean([folded_runs(folded_study(design, rng, training), 1, rng).hter() for _ in range(n_studies)]))


def _thresholds(scores: FloatArray) -> FloatArray:
    """Return the threshold of the EER of each group (S, K) of scores (S, K, m, 2, frames), genuine before impostor.

    With as many genuine as impostor scores FMR falls to FNMR at the upper median of both together; where no error is
    left, the threshold lies half way between the classes.
    """
    genuine, impostor = (np.moveaxis(scores, 3, 0)[kind].reshape(*scores.shape[:2], -1) for kind in (0, 1))
    both = np.sort(np.concatenate((genuine, impostor), axis=2), axis=2)
    below, above = both[:, :, genuine.shape[2] - 1], both[:, :, genuine.shape[2]]
    apart = impostor.max(axis=2) < genuine.min(axis=2)
    return np.where(apart, (below + above) / 2, above)

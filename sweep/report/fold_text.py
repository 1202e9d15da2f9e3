"""What a report says of a study that divides its subjects into folds."""

from typing import Any

from sweep.analysis.folds import Folds, folds_of

WHAT = {
    "verification": "EER: dev of all folds together, each score less the threshold of its fold. HTER: test of all "
    "folds, each sample at the threshold of its own fold's dev.",
    "classification": "Accuracy and macro F1: test of all folds together.",
    "regression": "MSE and MAE: test of all folds together, in the label's unit (MSE: squared).",
}
ON_ONE_SCALE = "all folds of a seed on one scale: score less the threshold of its fold"


def runs(n_folds: int, n: int = 2) -> str:
    """Return what a configuration with a seed is called: a trial, or a run of so many folds."""
    word = "run" if n_folds else "trial"
    return f"{word}{'s' * (n != 1)}" + (f" of {n_folds} folds" if n_folds else "")


def how_divided(study: dict[str, Any]) -> list[str]:
    """Return a sentence for a methods section on how the folds were made, or none."""
    found = folds_of(study)
    if found is None:
        return []
    return [
        f"Each run was a {found.n}-fold cross-validation. The subjects of all samples were dealt to {found.n} disjoint "
        "folds, balanced by their labels and the same for every seed. Each fold was the test set once, the next fold "
        f"was its development set, and a model was trained on the other {_others(found)}."
    ]


def _others(found: Folds) -> str:
    n = found.n - 2
    return f"{'one' if n == 1 else n} ({_span(found.n_train)} samples)"


def what_was_tested(study: dict[str, Any], n_test: int, of: str) -> list[str]:
    """Return a sentence on the sizes of the folds. n_test: samples of all folds. of: " of 26 subjects", or "".

    study: `Results.study` of gathered folds.
    """
    found = folds_of(study)
    sizes = f" ({_span(found.n_test)} samples in a fold)" if found else ""
    return [f"With every seed each of {n_test} samples{of} was tested once{sizes}, and served as development once."]


THRESHOLD = (
    "In each fold the decision threshold was set at the equal error rate of its development set and applied unchanged "
    "to its test set; errors were counted over all folds together. For the EER, the development sets of the folds were "
    "pooled after the threshold of each fold was subtracted from its scores."
)
NOT_COVERED = (
    "The folds of a seed count as one run and are not taken as independent. No interval covers another training set "
    "(Bengio and Grandvalet 2004)."
)


def _span(sizes: tuple[int, int]) -> str:
    low, high = sizes
    return f"{low}" if low == high else f"{low} to {high}"

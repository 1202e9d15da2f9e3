"""A support vector machine of scikit-learn on a random half of the training set."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import LinearSVC


def load():
    with np.load("embeddings.npz") as file:
        keys = ("x", "y", "subject")
        return {split: {key: file[f"{split}_{key}"] for key in keys} for split in ("train", "dev", "test")}


def trial(splits, run, c=1.0):
    rng = run.rng("order")
    x, y = splits.train.x, splits.train.y
    rows = rng.permutation(len(y))[: len(y) // 2]
    svm = CalibratedClassifierCV(LinearSVC(C=c, random_state=run.seed("init")), cv=3)
    svm.fit(x[rows], y[rows])
    return {name: svm.predict_proba(split.x)[:, 1] for name, split in splits.items()}

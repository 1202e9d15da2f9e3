"""A support vector machine of scikit-learn on a random half of the training set."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics import roc_curve
from sklearn.svm import LinearSVC


def load():
    with np.load("embeddings.npz") as file:
        keys = ("x", "y", "subject")
        return {split: {key: file[f"{split}_{key}"] for key in keys} for split in ("train", "dev", "test")}


def main(c=1.0):
    rng = np.random.default_rng(0)
    data = load()
    x, y = data["train"]["x"], data["train"]["y"]
    rows = rng.permutation(len(y))[: len(y) // 2]
    svm = CalibratedClassifierCV(LinearSVC(C=c, random_state=0), cv=3)
    svm.fit(x[rows], y[rows])
    scores = svm.predict_proba(data["test"]["x"])[:, 1]

    fpr, tpr, _ = roc_curve(data["test"]["y"], scores)
    print("EER", fpr[np.argmin(np.abs(fpr + tpr - 1))])


if __name__ == "__main__":
    main()

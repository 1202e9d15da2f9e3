"""Measures that a study might name, for tests: "measures:NAME"."""


def weights_of(model, splits, *, times):
    """Return the number of weights, multiplied."""
    return {"n_weights": times * model.count_params() if len(splits.test) else 0.0}


def takes_a_name(model, splits):
    """Return a metric that the task has."""
    return {"auc": 1.0}


def returns_a_word(model, splits):
    """Return something else than numbers."""
    return {"a": "b"}

"""A data function of a user's, divided by a seed; named in studies as "divided_data:divided"."""

import os
from pathlib import Path
from typing import Any

import numpy as np


def divided(*, split_seed: int) -> dict[str, Any]:
    """Return thirty samples of thirty subjects, divided in thirds by the seed."""
    if calls := os.environ.get("DIVIDED_CALLS"):
        with Path(calls).open("a") as file:  # the function runs in a process of its own
            file.write(f"{os.getpid()}\n")
    order = np.random.default_rng(split_seed).permutation(30)
    x, y = np.arange(60.0).reshape(30, 2), np.arange(30) % 2
    return {
        name: {
            "x": x[rows],
            "y": y[rows],
            "subject": [f"p{row}" for row in rows],
            "sample": [f"s{row}" for row in rows],
        }
        for name, rows in zip(("train", "dev", "test"), np.split(order, 3), strict=True)
    }


def drawn() -> dict[str, Any]:
    """Return samples drawn from NumPy's global generator, without saying so."""
    return {
        name: {"x": np.random.normal(size=(8, 2)), "y": np.arange(8) % 2}  # noqa: NPY002 (what a user's code may do)
        for name in ("train", "dev", "test")
    }

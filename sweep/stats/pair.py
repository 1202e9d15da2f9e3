"""The variance components of two configurations that share seeds and subjects."""

from dataclasses import dataclass

import numpy as np

from sweep.errors import InputError
from sweep.stats.measured_trials import Measured


@dataclass(frozen=True)
class PairComponents:
    """Components of the model metric = configuration + seed + seed x configuration + error.

    seed: Var(R). seed_x_config: Var(TR). var_err: variance of the error. cov1: of the same seed in both configurations;
    cov2: of different seeds in one configuration; cov3: of different seeds in different configurations. Raw: a
    variance may come out negative.
    """

    seed: float
    seed_x_config: float
    var_err: float
    cov1: float
    cov2: float
    cov3: float


def pair_components(measured: Measured, a: str, b: str) -> PairComponents:
    """Return the components of two configurations with the same seeds.

    Raises:
        InputError: seeds that differ, or fewer than two.

    Reference: Obuchowski and Rockette, Communications in Statistics 24, 1995; Hillis 2007, equations 8 to 13.
    """
    rows_a, rows_b = measured.trials_of(a), measured.trials_of(b)
    if rows_a.size < 2 or not np.array_equal(measured.seed[rows_a], measured.seed[rows_b]):
        raise InputError(
            f"Expected the same seeds in {a} and {b}, at least two. Received: {rows_a.size} and {rows_b.size} seeds."
        )
    n = rows_a.size
    theta = np.stack((measured.value[rows_a], measured.value[rows_b]))
    rows = np.concatenate((rows_a, rows_b))
    cov = (measured.deviations[:, rows].T @ measured.deviations[:, rows]).reshape(2, n, 2, n).transpose(0, 2, 1, 3)
    same, between = np.eye(n, dtype=bool), ~np.eye(n, dtype=bool)
    var_err, cov1 = (cov[0, 0][same].mean() + cov[1, 1][same].mean()) / 2, cov[0, 1][same].mean()
    cov2, cov3 = (cov[0, 0][between].mean() + cov[1, 1][between].mean()) / 2, cov[0, 1][between].mean()
    ms_tr, ms_r = float((theta[0] - theta[1]).var(ddof=1) / 2), float(2 * theta.mean(axis=0).var(ddof=1))
    return PairComponents(
        seed=(ms_r - ms_tr) / 2 - cov1 + cov3,
        seed_x_config=ms_tr - var_err + cov1 + max(cov2 - cov3, 0.0),
        var_err=float(var_err),
        cov1=float(cov1),
        cov2=float(cov2),
        cov3=float(cov3),
    )

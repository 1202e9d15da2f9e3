"""Time and memory of the intervals of EER and HTER, beside what else there is.

Medians of the processor time of one thread, which is the time on the clock of an idle machine.

    python benchmarks/error_rates.py            # about a minute
    python benchmarks/error_rates.py --quick    # without 100k + 1M scores

Rivals: a loop over scikit-learn's `roc_curve` (the usual recipe), PyEER, which gives an EER and no interval, and the
published algorithm of FEERCI (Haasnoot et al., BIOSIG 2018: bisection over order statistics that are drawn only when
they are looked at), written here with numba since FEERCI has no wheel. The loop is timed over a few replicates and
multiplied up; every such figure is marked "x".
"""

# ruff: noqa: E402 - the number of threads must be set before NumPy is loaded
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import statistics
import sys
import time
import tracemalloc
import types
from collections.abc import Callable
from functools import partial
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from sweep.metrics import by_unit, eer_bootstrap, eer_interval, hter_interval

REPLICATES = 10_000
SUBJECTS = 200
SIZES = ((1_000, 10_000), (10_000, 100_000), (100_000, 1_000_000))
Scores = NDArray[np.float64]


def median_ms(work: Callable[[], Any], repeats: int = 7) -> float:
    """Return the median processor time in milliseconds, after one call that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times)


def peak_bytes(work: Callable[[], Any]) -> int:
    """Return the most memory that a call held beyond its arguments."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def sklearn_loop(genuine: Scores, impostor: Scores, replicates: int, rng: np.random.Generator) -> list[float]:
    """Return the EER of each resample by the recipe of many papers: `roc_curve`, then interpolate."""
    from sklearn.metrics import roc_curve

    labels = np.repeat([1, 0], [genuine.size, impostor.size])
    answer = []
    for _ in range(replicates):
        drawn = np.concatenate((rng.choice(genuine, genuine.size), rng.choice(impostor, impostor.size)))
        fmr, hits, _ = roc_curve(labels, drawn)
        answer.append(float(np.interp(0.0, fmr - (1 - hits), fmr)))
    return answer


def pyeer_eer(genuine: Scores, impostor: Scores) -> float:
    """Return PyEER's EER; its report module wants pkg_resources, which newer setuptools lack, but the EER does not."""
    sys.modules.setdefault("pkg_resources", types.ModuleType("pkg_resources"))
    from pyeer.eer_info import get_eer_stats

    return float(get_eer_stats(genuine, impostor).eer)


@numba.njit(cache=False)
def feerci(genuine: Scores, impostor: Scores, replicates: int, seed: int) -> Scores:  # pragma: no cover - compiled
    """Return the EER of each resample, order statistics drawn lazily; genuine, impostor: ascending."""
    np.random.seed(seed)  # noqa: NPY002 - numba's own generator
    ng, ni = genuine.size, impostor.size
    answer = np.empty(replicates)
    for b in range(replicates):
        low, high = -1, ng  # EER > low / ng, EER <= high / ng
        g_below, g_at_below, g_above, g_at_above = 0, 0.0, ng + 1, 1.0
        i_below, i_at_below, i_above, i_at_above = 0, 0.0, ni + 1, 1.0
        while high - low > 1:
            j = (low + high) // 2
            s, r = j + 1, ni - j * ni // ng
            g_at = g_at_below + (g_at_above - g_at_below) * np.random.beta(s - g_below, g_above - s)  # noqa: NPY002
            if r == i_below:
                i_at = i_at_below
            elif r == i_above:
                i_at = i_at_above
            else:
                i_at = i_at_below + (i_at_above - i_at_below) * np.random.beta(r - i_below, i_above - r)  # noqa: NPY002
            if genuine[min(int(g_at * ng), ng - 1)] <= impostor[min(int(i_at * ni), ni - 1)]:
                low = j
                g_below, g_at_below, i_above, i_at_above = s, g_at, r, i_at
            else:
                high = j
                g_above, g_at_above, i_below, i_at_below = s, g_at, r, i_at
        answer[b] = high / ng
    return answer


def line(what: str, value: float, beside: str = "") -> None:
    """Print one figure."""
    print(f"  {what:<58}{value:>12.2f} ms   {beside}".rstrip())


def compare(n_genuine: int, n_impostor: int) -> None:
    """Print the figures of one size."""
    rng = np.random.default_rng(0)
    genuine, impostor = rng.normal(3, 1, n_genuine), rng.normal(0, 1, n_impostor)
    test = np.sort(rng.normal(3, 1, n_genuine)), np.sort(rng.normal(0, 1, n_impostor))
    ordered = np.sort(genuine), np.sort(impostor)
    large = n_impostor > 500_000
    print(f"{n_genuine:,} genuine + {n_impostor:,} impostor scores")

    sort = median_ms(lambda: (np.sort(genuine), np.sort(impostor)))
    exact = median_ms(lambda: eer_interval(genuine, impostor))
    line("sorting the scores alone", sort)
    line("EER with exact interval, sort included", exact, f"limit {1.5 * sort + 5:.2f} ms (1.5 sorts + 5 ms)")
    presorted = median_ms(lambda: eer_interval(*ordered))
    line("EER with exact interval, presorted", presorted)
    lockstep = median_ms(lambda: eer_bootstrap(*ordered, rng=np.random.default_rng(1)))
    line("interpolated EER, 10,000 replicates, presorted", lockstep)
    hter = median_ms(lambda: hter_interval(*ordered, *test, rng=np.random.default_rng(1)))
    line("HTER, 10,000 replicates, both sides, presorted", hter, "limit 60 ms at 10k + 100k")

    persons = rng.normal(0, 0.4, SUBJECTS)
    of_g, of_i = rng.integers(0, SUBJECTS, n_genuine), rng.integers(0, SUBJECTS, n_impostor)
    clustered = genuine + persons[of_g], impostor + persons[of_i]
    clusters = by_unit(of_g, of_i)
    subject = median_ms(lambda: eer_bootstrap(*clustered, rng=np.random.default_rng(1), clusters=clusters), repeats=5)
    line(f"subject bootstrap of the EER, {SUBJECTS} subjects, 10,000", subject, "limit 200 ms at 10k + 100k")

    peak = peak_bytes(lambda: eer_interval(genuine, impostor)) / (genuine.nbytes + impostor.nbytes)
    print(f"  {'peak memory of the exact interval':<58}{peak:>12.2f} x the bytes of the scores   limit 10 x")
    many = peak_bytes(lambda: eer_bootstrap(genuine, impostor, rng=np.random.default_rng(1)))
    mib = many / 2**20
    print(f"  {'peak memory of 10,000 replicates':<58}{mib:>12.2f} MiB")

    lazy = median_ms(lambda: feerci(*ordered, REPLICATES, 1), repeats=3)
    line("FEERCI's algorithm, 10,000 replicates, presorted", lazy, f"{lazy / presorted:.0f} times ours, presorted")
    if not large:
        few = 20
        loop = median_ms(lambda: sklearn_loop(genuine, impostor, few, np.random.default_rng(1)), 3) / few * REPLICATES
        line("x scikit-learn loop, 10,000 replicates", loop, f"{loop / exact:,.0f} times ours")
    once = median_ms(lambda: pyeer_eer(genuine, impostor), 1 if large else 3)
    line("PyEER, one EER, no interval", once, f"{once / exact:.0f} times ours with interval")
    print()


def thousand_trials() -> None:
    """Print how long the intervals of 1,000 trials take, 10k + 100k scores on dev and on test, each sorted once."""
    rng = np.random.default_rng(0)
    few = 10
    trials = [[rng.normal(m, 1, n) for m, n in ((3, 10_000), (0, 100_000)) * 2] for _ in range(few)]

    def all_intervals(replicates: int) -> None:
        for scores in trials:
            dev_g, dev_i, test_g, test_i = (np.sort(score) for score in scores)
            eer_interval(dev_g, dev_i)
            if replicates:
                rng = np.random.default_rng(1)
                hter_interval(dev_g, dev_i, test_g, test_i, rng=rng, replicates=replicates)

    print("1,000 trials of 10k + 100k scores on dev and on test (x)                limit 20 s")
    for what, replicates in (
        ("exact EER intervals", 0),
        ("the same, and HTER intervals of 1,000 replicates", 1_000),
        ("the same, and HTER intervals of 10,000 replicates", REPLICATES),
    ):
        seconds = median_ms(partial(all_intervals, replicates), 5) / few
        print(f"  {what:<58}{seconds:>12.2f} s")


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out 100k + 1M scores")
    for size in SIZES[: 2 if parser.parse_args().quick else 3]:
        compare(*size)
    thousand_trials()


if __name__ == "__main__":
    main()

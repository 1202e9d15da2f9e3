"""How good a race is: trials used, the best lost, equal ones told apart, and how often the intervals hold the truth.

    python benchmarks/racing.py [--races 1000]

Races of 8 configurations, HTER 2 to 15 %, from a normal model of seeds, subjects and both together; beside the race the
fixed design of 40 seeds, the F-race rule (Birattari et al. 2002), and Optuna's WilcoxonPruner where it is installed.
"""

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats as law

from sweep.stats.race_spread import Seen
from sweep.stats.racing import Ending, Rule, look

FIRST, STEP, MOST = 5, 5, 40
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """Configurations whose true error rates are known.

    mu: (C,). seed: SD over seeds. subject, own: SD over subjects, of all configurations alike and of each anew.
    both: SD of seed x subject. n_subjects: of the test set.
    """

    mu: tuple[float, ...]
    seed: float = 0.008
    subject: float = 0.08
    own: float = 0.03
    both: float = 0.05
    n_subjects: int = 40


class Drawn:
    """The seeds of one race, drawn at once: what `look` sees after n of them."""

    def __init__(self, truth: Truth, rng: np.random.Generator) -> None:
        c, s, j = len(truth.mu), MOST, truth.n_subjects
        people = rng.normal(0, truth.subject, (1, j)) + rng.normal(0, truth.own, (c, j))
        cell = people[:, None] + rng.normal(0, truth.both, (c, s, j))
        self.value = np.asarray(truth.mu)[:, None] + rng.normal(0, truth.seed, (c, s)) + cell.mean(axis=2)
        cell = cell - cell.mean(axis=2, keepdims=True)
        self._sums = cell.cumsum(axis=1)
        self._squares = (cell**2).sum(axis=2).cumsum(axis=1)
        self._j = j

    def seen(self, n: int, *, covers_subjects: bool = True) -> Seen:
        """Return what n seeds of every configuration show."""
        value, c = self.value[:, :n], len(self.value)
        shared, j = np.zeros((c, c)), 0
        if covers_subjects:
            sums, j = self._sums[:, n - 1], self._j
            shared = sums @ sums.T / n**2
            shared[np.diag_indices(c)] = ((sums**2).sum(axis=1) - self._squares[:, n - 1]) / (n * (n - 1))
            shared /= j * (j - 1)
        return Seen(value.mean(axis=1), np.full(c, float(n)), np.diag(value.var(axis=1, ddof=1)), shared, j)


@dataclass
class Outcome:
    """What became of one race: trials, who is left, the leader, pairs (worse, better) told apart, who was held."""

    trials: int
    left: set[int]
    leader: int
    told: list[tuple[int, int]]
    held: list[bool] = field(default_factory=list)
    ending: str = ""


def race(drawn: Drawn, truth: Truth, rng: np.random.Generator, *, margin: float = math.nan) -> Outcome:
    """Run our race."""
    racing = np.ones(len(truth.mu), dtype=bool)
    trials, told, held, looks = 0, [], [], ()
    while True:
        looks = (*looks, FIRST if not looks else looks[-1] + STEP)
        trials += int(racing.sum()) * (FIRST if len(looks) == 1 else STEP)
        found = look(drawn.seen(looks[-1]), racing, Rule(looks, MOST, margin=margin))
        told += [(one, found.leader) for one, gap in found.gaps.items() if gap.worse]
        over = racing if found.ending is not Ending.GOES_ON else racing & ~found.racing
        held += [found.low[one] <= truth.mu[one] <= found.high[one] for one in np.flatnonzero(over)]
        racing = found.racing
        if found.ending is not Ending.GOES_ON:
            return Outcome(trials, set(np.flatnonzero(racing).tolist()), found.leader, told, held, found.ending.value)


def fixed(drawn: Drawn, truth: Truth, rng: np.random.Generator) -> Outcome:
    """Give every configuration all seeds, and test once: each against the best, Bonferroni over all pairs."""
    racing = np.ones(len(truth.mu), dtype=bool)
    found = look(drawn.seen(MOST), racing, Rule((MOST,), MOST))
    told = [(one, found.leader) for one, gap in found.gaps.items() if gap.worse]
    held = [bool(low <= mu <= high) for low, mu, high in zip(found.low, truth.mu, found.high, strict=True)]
    return Outcome(racing.size * MOST, set(np.flatnonzero(found.racing).tolist()), found.leader, told, held)


def f_race(drawn: Drawn, truth: Truth, rng: np.random.Generator) -> Outcome:
    """Friedman's test over the seeds after each one from the fifth on, then each against the best (Conover 1999)."""
    left, trials, told = list(range(len(truth.mu))), 0, []
    for n in range(1, MOST + 1):
        trials += len(left)
        if n < FIRST or len(left) < 2:
            continue
        value = drawn.value[left, :n].T
        if len(left) == 2:
            p = law.wilcoxon(value[:, 0], value[:, 1]).pvalue
            best = int(np.argmin(value.mean(axis=0)))
            worse = [1 - best] if p < 0.05 else []
        else:
            rank = law.rankdata(value, axis=1)
            k, sums = len(left), rank.sum(axis=0)
            a, c = float((rank**2).sum()), n * len(left) * (len(left) + 1) ** 2 / 4
            t1 = (k - 1) * float(((sums - n * (k + 1) / 2) ** 2).sum()) / (a - c)
            best, worse = int(np.argmin(sums)), []
            if law.chi2.sf(t1, k - 1) < 0.05:
                own = math.sqrt(max(2 * n * (1 - t1 / (n * (k - 1))) * (a - c) / ((n - 1) * (k - 1)), 0.0))
                limit = law.t.ppf(0.975, (n - 1) * (k - 1)) * own
                worse = [at for at in range(k) if sums[at] - sums[best] > limit]
        told += [(left[at], left[best]) for at in worse]
        left = [one for at, one in enumerate(left) if at not in worse]
        if len(left) == 1:
            break
    n = trials and min(MOST, n)
    return Outcome(trials, set(left), left[int(np.argmin(drawn.value[left, :n].mean(axis=1)))], told)


def wilcoxon_pruner(drawn: Drawn, truth: Truth, rng: np.random.Generator) -> Outcome:
    """Let Optuna's WilcoxonPruner end a configuration's seeds, one configuration after another."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(pruner=optuna.pruners.WilcoxonPruner(p_threshold=0.1, n_startup_steps=FIRST))
    trials, left, told = 0, {}, []
    for one in rng.permutation(len(truth.mu)).tolist():
        trial, values = study.ask(), []
        for seed in range(MOST):
            values.append(float(drawn.value[one, seed]))
            trial.report(values[-1], seed)
            trials += 1
            if trial.should_prune():
                told.append((one, min(left, key=left.__getitem__)))
                study.tell(trial, float(np.mean(values)))  # as Optuna's documentation does
                break
        else:
            left[one] = float(np.mean(values))
            study.tell(trial, left[one])
    return Outcome(trials, set(left), min(left, key=left.__getitem__), told)


def scenario(name: str) -> Truth:
    """Return a scenario: 8 configurations from HTER 2 to 15 %, of which some are within noise of the best."""
    close = {"1 best": (0.02,), "2 close": (0.02, 0.022), "3 close": (0.02, 0.022, 0.024), "2 equal": (0.05, 0.05)}
    close |= {"4 close": (0.02, 0.022, 0.023, 0.024), "4 equal": (0.05,) * 4, "8 equal": (0.08,) * 8}
    best = close[name]
    far = np.linspace(best[0] + 0.03, 0.15, 8 - len(best)) if len(best) < 8 else np.empty(0)
    return Truth((*best, *far.tolist()))


SCENARIOS = ("1 best", "2 close", "3 close", "4 close", "2 equal", "4 equal", "8 equal")


@dataclass(frozen=True)
class Score:
    """What many races come to; shares, and means of a race."""

    trials: float
    best_lost: float
    told_wrongly: float
    regret: float
    coverage: float
    n_left: float
    worst_config: float = math.nan


def score(run: Callable[[Drawn, Truth, np.random.Generator], Outcome], truth: Truth, n: int, seed: int = 0) -> Score:
    """Return what n races come to; the same seed gives every rule the same races."""
    rng, mu = np.random.default_rng(seed), np.asarray(truth.mu)
    best = set(np.flatnonzero(mu == mu.min()).tolist())
    rows = []
    for _ in range(n):
        out = run(Drawn(truth, rng), truth, np.random.default_rng(rng.integers(2**32)))
        lost = not best & out.left if len(best) == 1 else bool(best - out.left)
        wrong = any(mu[worse] <= mu[better] for worse, better in out.told)
        rows.append((out.trials, lost, wrong, mu[out.leader] - mu.min(), np.mean(out.held or [np.nan]), len(out.left)))
    mean = np.asarray(rows, dtype=np.float64).mean(axis=0)
    return Score(mean[0] / (mu.size * MOST), *mean[1:].tolist())


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--races", type=int, default=1000)
    asked.add_argument("--rules", default="race,fixed,f_race,wilcoxon_pruner")
    options = asked.parse_args()
    rules = {one.__name__: one for one in (race, fixed, f_race, wilcoxon_pruner)}
    print(f"{'scenario':10} {'rule':16} trials  best lost  told wrongly  regret   coverage  left")
    for name in SCENARIOS:
        for rule in options.rules.split(","):
            began = time.process_time()
            try:
                got = score(
                    rules[rule], scenario(name), options.races if rule != "wilcoxon_pruner" else options.races // 10
                )
            except ModuleNotFoundError as error:
                print(f"{name:10} {rule:16} missing: {error.name}")
                continue
            print(
                f"{name:10} {rule:16} {100 * got.trials:5.1f} % {100 * got.best_lost:8.1f} % "
                f"{100 * got.told_wrongly:10.1f} % {100 * got.regret:8.3f} % {got.coverage:8.3f} {got.n_left:6.2f}"
                f"   {time.process_time() - began:.0f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()

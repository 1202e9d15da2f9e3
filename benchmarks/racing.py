"""How good a race is: trials used, the best lost, equal ones told apart, and how often the intervals hold the truth.

    python benchmarks/racing.py [--races 1000] [--rules race,fixed,f_race,wilcoxon_pruner] [--part races|real|...]

Races of 8 configurations, HTER 2 to 15 %, from a normal model of seeds, subjects and both together; beside the race the
fixed design of 40 seeds, the F-race rule (Birattari et al. 2002), and Optuna's WilcoxonPruner where it is installed.
Then harder cases, races of the stored scores of results/reference, precisions, and how busy slots are.
"""

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats as law

from sweep.analysis.race_looks import SURELY
from sweep.stats.precision_stop import Pilot, seeds_wanted
from sweep.stats.race_spread import Seen
from sweep.stats.racing import Ending, Rule, look

FIRST, STEP, MOST = 5, 5, 40
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """Configurations whose true error rates are known.

    mu: (C,). seed: SD over seeds, one for all or one each. subject, own: SD over subjects, of all configurations alike
    and of each anew. both: SD of seed x subject. n_subjects: of the test set.
    """

    mu: tuple[float, ...]
    seed: float | tuple[float, ...] = 0.008
    subject: float = 0.08
    own: float = 0.03
    both: float = 0.05
    n_subjects: int = 40
    covers_subjects: bool = True

    def draw(self, rng: np.random.Generator) -> "Drawn":
        """Return all seeds of one race."""
        c, s, j = len(self.mu), MOST, self.n_subjects
        people = rng.normal(0, self.subject, (1, j)) + rng.normal(0, self.own, (c, j))
        skill = np.asarray(self.mu)[:, None] + rng.normal(0, np.reshape(self.seed, (-1, 1)), (c, s))
        return Drawn(skill[:, :, None] + people[:, None] + rng.normal(0, self.both, (c, s, j)), self.covers_subjects)


class Drawn:
    """The seeds of one race, drawn at once: what `look` sees after n of them. cell: (C, S, J) error by subject."""

    def __init__(self, cell: FloatArray, covers_subjects: bool = True) -> None:
        self.value = cell.mean(axis=2)
        self.covers_subjects = covers_subjects
        cell = cell - self.value[:, :, None]
        self._sums = cell.cumsum(axis=1)
        self._squares = (cell**2).sum(axis=2).cumsum(axis=1)
        self._j = cell.shape[2]

    def seen(self, n: int) -> Seen:
        """Return what n seeds of every configuration show."""
        value, c = self.value[:, :n], len(self.value)
        shared, j = np.zeros((c, c)), 0
        if self.covers_subjects:
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
            p = law.wilcoxon(value[:, 0], value[:, 1], method="approx").pvalue
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


def score(run: Callable[[Drawn, Any, np.random.Generator], Outcome], truth: Any, n: int, seed: int = 0) -> Score:
    """Return what n races come to; the same seed gives every rule the same races."""
    rng, mu = np.random.default_rng(seed), np.asarray(truth.mu)
    best = set(np.flatnonzero(mu == mu.min()).tolist())
    rows = []
    for _ in range(n):
        out = run(truth.draw(rng), truth, np.random.default_rng(rng.integers(2**32)))
        lost = not best & out.left if len(best) == 1 else bool(best - out.left)
        wrong = any(mu[worse] <= mu[better] for worse, better in out.told)
        rows.append((out.trials, lost, wrong, mu[out.leader] - mu.min(), np.mean(out.held or [np.nan]), len(out.left)))
    mean = np.asarray(rows, dtype=np.float64).mean(axis=0)
    return Score(mean[0] / (mu.size * MOST), *mean[1:].tolist())


@dataclass(frozen=True)
class Stored:
    """Configurations whose seeds and subjects are drawn, with replacement, from stored scores.

    cell: two configurations x (seeds, subjects) HTER of a subject. shift: (C,) added to the first or the second.
    """

    cell: tuple[FloatArray, ...]
    shift: tuple[float, ...]
    covers_subjects: bool = True

    @property
    def mu(self) -> tuple[float, ...]:
        """Return the true values: means over all stored seeds and subjects."""
        return tuple(float(self.cell[at % 2].mean()) + shift for at, shift in enumerate(self.shift))

    def draw(self, rng: np.random.Generator) -> Drawn:
        """Return all seeds of one race: the same people for every configuration, other seeds for each."""
        people = rng.integers(self.cell[0].shape[1], size=self.cell[0].shape[1])
        rows = []
        for at, shift in enumerate(self.shift):
            seeds = rng.integers(len(self.cell[at % 2]), size=MOST)
            rows.append(self.cell[at % 2][seeds][:, people] + shift)
        return Drawn(np.stack(rows))


def stored_cells() -> tuple[FloatArray, ...]:
    """Return the HTER of each subject in each trial of results/reference, (seeds, subjects) a configuration."""
    import sweep

    results = sweep.load("results/reference")
    test = results.scores[results.scores["split"] == "test"]
    ok = results.trials[results.trials["status"] == "ok"].set_index("trial_id")
    threshold = test["trial_id"].astype(str).map(ok["threshold"]).to_numpy(float)
    genuine, accepted = test["label"].to_numpy() == 1, test["score"].to_numpy() >= threshold
    frame = test.assign(wrong=np.where(genuine, ~accepted, accepted), genuine=genuine)
    keys = ["config_id", "seed", "subject", "genuine"]
    rate = frame.groupby(keys, observed=True)["wrong"].mean().unstack("genuine").mean(axis=1)
    return tuple(part.unstack("subject").to_numpy() for _, part in rate.groupby("config_id", observed=True))


def hard() -> dict[str, Truth]:
    """Return cases that a race finds hard: few seeds of freedom, unequal spreads, many that are equal."""
    spreads = tuple(np.geomspace(0.003, 0.03, 8).tolist())
    seeds_alone = {"subject": 0.0, "own": 0.0, "both": 1e-4, "covers_subjects": False}
    return {
        "2 equal, seeds large": Truth((0.08,) * 2, seed=0.03, subject=0.05, own=0.005, both=0.02),
        "2 equal, this test set": Truth((0.08,) * 2, seed=0.03, **seeds_alone),
        "8 equal, this test set": Truth((0.08,) * 8, seed=0.03, **seeds_alone),
        "8 equal, spreads 1:10": Truth((0.08,) * 8, seed=spreads),
        "8 equal, seeds large": Truth((0.08,) * 8, seed=0.03, subject=0.05, own=0.005, both=0.02),
        "best, 7 equal near it": Truth((0.05,) + (0.065,) * 7, seed=0.02, own=0.01),
        "20 evenly spaced": Truth(tuple(np.linspace(0.05, 0.12, 20).tolist()), seed=0.02, own=0.01),
    }


def precision_table(n: int) -> None:
    """Print half-width and coverage of Stein's rule, half-width 0.005."""
    print("SD over seeds  SD over subjects  first  coverage  seeds  widest half-width")
    rng, wanted = np.random.default_rng(0), 0.005
    for subject_sd in (0.0, 0.0012):
        for first in (5, 10):
            for sd in (0.002, 0.005, 0.01, 0.02, 0.03):
                held, seeds, widest = [], [], 0.0
                for _ in range(n):
                    value = rng.normal(0, sd, first)
                    cov2 = subject_sd**2 * rng.chisquare(39) / 39 if subject_sd else 0.0
                    pilot = Pilot(float(value.var(ddof=1)), first, cov2, 40 if subject_sd else 0)
                    found = seeds_wanted(pilot, wanted)
                    if found is None:
                        continue
                    later = rng.normal(0, sd * math.sqrt(found - first)) if found > first else 0.0
                    half = pilot.half_width(found, 0.95)
                    held.append(abs((value.sum() + later) / found + rng.normal(0, subject_sd)) <= half)
                    seeds.append(found)
                    widest = max(widest, half)
                print(
                    f"{sd:13} {subject_sd:17} {first:6} {np.mean(held):9.3f} {np.mean(seeds):6.1f} {widest:.5f}",
                    flush=True,
                )


def busy_table(n: int) -> None:
    """Print the share of time in which slots train, where trials of a round differ by 10 % in time."""
    print("slots  busy, rounds alone  busy, with the next seeds of the surely kept")
    for slots in (2, 4, 8, 16):
        shares = [_busy(slots, n, filled) for filled in (False, True)]
        print(f"{slots:5}  {100 * shares[0]:16.0f} %  {100 * shares[1]:16.0f} %")


def _busy(slots: int, n: int, filled: bool) -> float:
    rng, used, there = np.random.default_rng(0), 0.0, 0.0
    truth = scenario("4 close")
    for _ in range(n):
        drawn, racing, looks = truth.draw(rng), np.ones(8, dtype=bool), ()
        done, likely = np.zeros(8, dtype=int), []
        while True:
            looks = (*looks, FIRST if not looks else looks[-1] + STEP)
            missing = int(np.maximum(looks[-1] - done[racing], 0).sum())
            done[racing] = np.maximum(done[racing], looks[-1])
            spare = min(-missing % slots, STEP * len(likely)) if filled else 0
            for k in range(spare):
                done[likely[k // STEP]] += 1
            ends = np.zeros(slots)
            for length in rng.lognormal(0, 0.1, missing + spare):
                ends[int(ends.argmin())] += length
                used += float(length)
            there += slots * float(ends.max())
            found = look(drawn.seen(looks[-1]), racing, Rule(looks, MOST))
            racing = found.racing
            if found.ending is not Ending.GOES_ON:
                break
            likely = [found.leader, *(at for at, gap in found.gaps.items() if not gap.worse and gap.p > SURELY)]
    return used / there


def table(truths: dict[str, Any], rules: list[str], races: int) -> None:
    """Print what each rule comes to in each case."""
    every = {one.__name__: one for one in (race, fixed, f_race, wilcoxon_pruner)}
    print(f"{'case':24} {'rule':16} trials  best lost  told wrongly   regret  coverage   left")
    for name, truth in truths.items():
        for rule in rules:
            began = time.process_time()
            try:
                got = score(every[rule], truth, races if rule != "wilcoxon_pruner" else max(races // 10, 1))
            except ModuleNotFoundError as error:
                print(f"{name:24} {rule:16} missing: {error.name}")
                continue
            print(
                f"{name:24} {rule:16} {100 * got.trials:4.1f} % {100 * got.best_lost:8.1f} % "
                f"{100 * got.told_wrongly:10.1f} % {100 * got.regret:8.3f} % {got.coverage:8.3f} {got.n_left:6.2f}"
                f"   {time.process_time() - began:.0f} s",
                flush=True,
            )


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--races", type=int, default=1000)
    asked.add_argument("--rules", default="race,fixed,f_race,wilcoxon_pruner")
    asked.add_argument("--part", choices=("races", "hard", "real", "precision", "busy"))
    options = asked.parse_args()
    rules = options.rules.split(",")
    parts: dict[str, Callable[[], None]] = {
        "races": lambda: table({name: scenario(name) for name in SCENARIOS}, rules, options.races),
        "hard": lambda: table(hard(), [one for one in rules if one in ("race", "fixed")], options.races),
        "real": lambda: table(
            {"reference, 8 equal": Stored(stored_cells()[:1] * 2, (0.0,) * 8)}
            | {"reference, 4 near, 4 far": Stored(stored_cells(), (0.0, 0.0, 0.005, 0.005, 0.06, 0.08, 0.1, 0.12))},
            [one for one in rules if one != "wilcoxon_pruner"],
            options.races,
        ),
        "precision": lambda: precision_table(options.races),
        "busy": lambda: busy_table(max(options.races // 10, 1)),
    }
    for name, run in parts.items():
        if options.part in (None, name):
            run()
            print()


if __name__ == "__main__":
    main()

"""Trials of one configuration on several kinds of machine: does the kind move the metric more than chance does?

Bits differ between kinds of processor. Two kinds with the same distribution over seeds do no harm to a mean; another
distribution does, and looks like a difference between whatever else differed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sweep.analysis.current import current
from sweep.analysis.folds import gathered
from sweep.analysis.measured_study import SEED, measure_study
from sweep.errors import InputError
from sweep.stats.comparing import compare
from sweep.stats.measured_trials import Measured
from sweep.stats.multiplicity import holm
from sweep.store.store import Results

LEVEL = 0.95
_SAID = ("cpu_model", "cpu_features", "gpu_model")


@dataclass(frozen=True)
class BetweenKinds:
    """One configuration on two kinds of machine: a - b, with the interval for new subjects or over seeds, and p.

    p_holm: adjusted over the configurations that could be asked. n_a, n_b: seeds.
    """

    config_id: str
    a: str
    b: str
    n_a: int
    n_b: int
    difference: float
    low: float
    high: float
    p_holm: float


@dataclass(frozen=True)
class MixedMachines:
    """What several kinds of machine did to a study.

    kinds: name of each kind -> trials. metric: what was compared. found: a row for each configuration with two seeds
    or more on each of two kinds, the two with the most seeds.
    """

    kinds: Mapping[str, int]
    metric: str
    found: tuple[BetweenKinds, ...]

    @property
    def worst(self) -> BetweenKinds | None:
        """Return the configuration whose difference is the least likely by chance; None where none could be asked."""
        return min(self.found, key=lambda one: one.p_holm, default=None)


def mixed_machines(results: Results, metric: str) -> MixedMachines | None:
    """Return whether trials on several kinds of machine differ in a metric; None where all ran on one kind.

    The test is that of two configurations, seeds not paired (Obuchowski-Rockette-Hillis, Welch; over seeds where scores
    give no subjects), Holm over configurations.
    """
    results = gathered(results)
    ok = current(results).ok
    kind_of = _kinds(results.environments, ok)
    counts = Counter(kind_of[env] for env in ok.get("env_id", ()) if env in kind_of)
    if len(counts) < 2:
        return None
    there = {
        (str(row["config_id"]), int(row["seed"])): kind_of[row["env_id"]]
        for row in ok.to_dict("records")
        if row["env_id"] in kind_of
    }
    try:
        measured = measure_study(results, metric, rng=np.random.default_rng(SEED))
    except InputError:
        return MixedMachines(counts, metric, ())
    pairs = [one for name in measured.configs if (one := _between(measured, name, there)) is not None]
    if not pairs:
        return MixedMachines(counts, metric, ())
    adjusted = holm([one.p_holm for one in pairs])
    found = tuple(replace(one, p_holm=float(p)) for one, p in zip(pairs, adjusted, strict=True))
    return MixedMachines(counts, metric, found)


def _between(measured: Measured, name: str, there: Mapping[tuple[str, int], str]) -> BetweenKinds | None:
    rows = measured.trials_of(name)
    kinds = np.array([there.get((name, int(seed)), "") for seed in measured.seed[rows]])
    seeds = Counter(kind for kind in kinds.tolist() if kind)
    enough = [(kind, n) for kind, n in seeds.most_common(2) if n >= 2]
    if len(enough) < 2:
        return None
    (a, n_a), (b, n_b) = enough
    rows, kinds = rows[np.isin(kinds, (a, b))], kinds[np.isin(kinds, (a, b))]
    part = replace(
        measured,
        config=kinds,
        seed=measured.seed[rows],
        value=measured.value[rows],
        replicates=measured.replicates[:, rows],
        deviations=measured.deviations[:, rows],
        n_failed={},
    )
    (found,) = compare(part, b, level=LEVEL)
    interval, p = found.new_subjects, found.p_new_subjects
    if not np.isfinite(p):
        interval, p = found.this_test_set, found.p_this_test_set
    if not np.isfinite(p):
        return None
    return BetweenKinds(name, a, b, n_a, n_b, interval.value, interval.low, interval.high, float(p))


def _kinds(environments: pd.DataFrame, ok: pd.DataFrame) -> dict[str, str]:
    """Return env_id -> the name of its kind of machine; equal names of unlike generations are told apart."""
    if "env_id" not in environments or "env_id" not in ok:
        return {}
    used = environments[environments["env_id"].isin(ok["env_id"])]
    said = {
        str(row["env_id"]): tuple("" if pd.isna(row.get(key)) else str(row.get(key)) for key in _SAID)
        for row in used.to_dict("records")
    }
    if any(not one[1] for one in said.values()):  # an older version did not store generations: the name alone counts
        said = {env: (one[0], "", one[2]) for env, one in said.items()}
    twice = Counter((cpu, gpu) for cpu, _, gpu in set(said.values()))
    names = {}
    for env, (cpu, generation, gpu) in said.items():
        unlike = f" ({generation.partition(':')[0]})" if twice[cpu, gpu] > 1 else ""
        names[env] = " with ".join(filter(None, [f"{cpu}{unlike}", gpu])) or "a machine that was not recorded"
    return names

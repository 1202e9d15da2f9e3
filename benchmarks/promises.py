"""Whether plans, tests and intervals of single files hold what they promise. Part of seed_statistics.py."""

import numpy as np
from scipy import stats

from sweep.metrics import by_unit, eer, eer_bootstrap, eer_interval, hter, hter_interval
from sweep.metrics.chosen_intervals import covering_eer, covering_hter
from sweep.stats import estimates, iqm, plan_seeds, seeds_apart, seeds_with_assurance, t_interval
from sweep.stats.attribution import attribute, orthogonal_array
from sweep.stats.measured_trials import values_only
from sweep.stats.measures import MEASURES

REPLICATES = 300
Row = tuple[str, str, str]


def rows(n_studies: int, rng: np.random.Generator) -> list[Row]:
    """Return what is promised, how often the habit keeps it, and how often ours does."""
    return [
        *_score_files(n_studies, rng),
        *_people(n_studies, rng),
        *_plans(n_studies, rng),
        *_diverging(n_studies, rng),
        *_noisy(n_studies, rng),
        *_sources(n_studies, rng),
    ]


def table(found: list[Row]) -> str:
    """Return the table in Markdown."""
    head = [("promise", "by the method in brackets", "here"), ("---", "---", "---")]
    return "\n".join(f"| {' | '.join(row)} |" for row in (*head, *found))


def _score_files(n_studies: int, rng: np.random.Generator) -> list[Row]:
    found = []
    cases = ((3, 100, 4.653), (5, 100, 4.653), (50, 500, 4.653), (100, 1000, 4.653), (100, 1000, 3.0))
    for n_genuine, n_impostor, separation in cases:
        truth, hits = float(stats.norm.sf(separation / 2)), np.zeros(4)
        for _ in range(n_studies):
            dev, test = (
                (np.sort(rng.normal(separation, 1, n_genuine)), np.sort(rng.normal(0, 1, n_impostor))) for _ in range(2)
            )
            four = (
                eer_interval(*dev),
                covering_eer(*dev, eer(*dev), rng=rng, replicates=REPLICATES),
                hter_interval(*dev, *test, rng=rng, replicates=REPLICATES),
                covering_hter(dev, test, hter(*dev, *test), rng=rng, replicates=REPLICATES),
            )
            hits += [one.low <= truth <= one.high for one in four]
        a, b, c, d = (_rate(hit / n_studies) for hit in hits)
        name = f"`sweep metrics`, {n_genuine} + {n_impostor} scores, true rate {100 * truth:.1f} %: 95 %"
        found.append((name, f"EER {a} (exact bootstrap law), HTER {c} (percentiles)", f"EER {b}, HTER {d}"))
    return found


def _people(n_studies: int, rng: np.random.Generator) -> list[Row]:
    found = []
    for n, separation in ((8, 5.4), (8, 3.0), (20, 3.0)):
        truth, hits = float(stats.norm.sf(separation / 2 / np.sqrt(1.36))), np.zeros(2)
        subject = np.repeat(np.arange(n), 10)
        people = by_unit(subject, subject)
        for _ in range(n_studies):
            dev = [rng.normal(m, 1, subject.size) + rng.normal(0, 0.6, n)[subject] for m in (separation, 0)]
            both = (
                eer_bootstrap(*dev, rng=rng, clusters=people, replicates=REPLICATES),
                covering_eer(*dev, eer(*dev), rng=rng, clusters=people, replicates=REPLICATES),
            )
            hits += [one.low <= truth <= one.high for one in both]
        name = f"`sweep metrics --unit subject`, {n} people, true EER {100 * truth:.1f} %: 95 %"
        found.append((name, f"{_rate(hits[0] / n_studies)} (percentiles)", _rate(hits[1] / n_studies)))
    return found


def _plans(n_studies: int, rng: np.random.Generator) -> list[Row]:
    found, sizes = [], (3, 5, 10, 20)
    kept = {}
    for n_pilot in sizes:
        pilots = np.sqrt(rng.chisquare(n_pilot - 1, n_studies) / (n_pilot - 1))
        for known in (True, False):
            n = np.array([seeds_with_assurance(0.5, sd, n_pilot=0 if known else n_pilot) for sd in pilots])
            fresh = np.sqrt(rng.chisquare(n - 1) / (n - 1))
            kept[n_pilot, known] = float((stats.t.ppf(0.975, n - 1) * fresh / np.sqrt(n) <= 0.5).mean())
    old, new = (" / ".join(_rate(kept[size, known]) for size in sizes) for known in (True, False))
    found.append(("`plan`, seeds with 90 % probability, pilots of 3 / 5 / 10 / 20", f"{old} (pilot's SD as true)", new))
    hits = 0
    for _ in range(n_studies):
        pilot = rng.normal(size=5)
        plan = plan_seeds(0.75, float(pilot.std(ddof=1)), 5)
        seeds = np.concatenate((pilot, rng.normal(size=plan.seeds_two_stage - 5)))
        hits += abs(seeds.mean()) <= plan.half_width_two_stage
    return [*found, ("`plan`, Stein's interval after a pilot of 5: 95 %", "-", _rate(hits / n_studies))]


def _diverging(n_studies: int, rng: np.random.Generator) -> list[Row]:
    normal = rng.normal(size=(n_studies, 10))
    far = normal + np.where(np.arange(10) == 0, 10, 0)
    alarms = np.mean([bool(seeds_apart(row)) for row in normal])
    power = np.mean([0 in seeds_apart(row) for row in far])
    runs = np.where(rng.random((n_studies, 10)) < 0.1, 0.5, rng.normal(0.08, 0.002, (n_studies, 10)))
    mean = [t_interval(row, rate=True) for row in runs]
    robust = [iqm(row, rate=True) for row in runs]
    covered = np.mean([one.low <= 0.9 * 0.08 + 0.05 <= one.high for one in mean])
    middle = np.mean([one.low <= 0.08 <= one.high for one in robust])
    named = np.mean([bool(seeds_apart(row, rate=True)) == bool((row > 0.4).any()) for row in runs])
    return [
        ("a seed apart named at 10 seeds: false alarms at most .05", "-", _rate(alarms)),
        ("a seed 10 SD off named: at least .9", "-", _rate(power)),
        (
            "one run in ten diverges, 10 seeds: 95 %",
            f"{_rate(covered)} (t, of the mean)",
            f"{_rate(middle)} (interquartile mean, of the runs that do not); named, or rightly not, in {_rate(named)}",
        ),
    ]


def _noisy(n_studies: int, rng: np.random.Generator) -> list[Row]:
    found = []
    for n_configs, n_noisy in ((5, 2), (10, 5)):
        sd, hits = np.where(np.arange(n_configs) < n_noisy, 5.0, 1.0), 0
        config, seed = np.repeat(np.arange(n_configs), 3), np.tile(np.arange(3), n_configs)
        for _ in range(n_studies):
            values = (rng.normal(size=(n_configs, 3)) * sd[:, None]).ravel()
            every = estimates(values_only(config, seed, values, MEASURES["mse"], why_not="simulated"))
            hits += sum(one.this_test_set.low <= 0 <= one.this_test_set.high for one in every[:n_noisy])
        name = f"{n_noisy} of {n_configs} configurations with five times the spread, 3 seeds, those: 95 %"
        found.append((name, "-", _rate(hits / n_studies / n_noisy)))
    return found


def _sources(n_studies: int, rng: np.random.Generator) -> list[Row]:
    array, found = orthogonal_array(5, 3), []
    shapes = {
        "normal": lambda size: rng.normal(0, 1, size),
        "uniform": lambda size: rng.uniform(-np.sqrt(3), np.sqrt(3), size),
        "t with 5 df": lambda size: rng.standard_t(5, size) / np.sqrt(5 / 3),
        "one run in ten diverges": lambda size: rng.normal(0, 1, size) + 20 * (rng.random(size) < 0.1),
    }
    spread = {"one run in ten diverges": float(np.sqrt(1 + 400 * 0.09))}
    n = min(n_studies, 500)
    for name, rest in shapes.items():
        hits = np.zeros(2)
        for _ in range(n):
            y = rng.normal(0, 1, 5)[array[:, 0]] + rest(25)
            whole = attribute(y, array, ("init", "order", "dropout"), rng=rng)
            true = (1.0, spread.get(name, 1.0))
            hits += [part.low <= sd <= part.high for part, sd in zip((whole.sources[0], whole.rest), true, strict=True)]
        of_source, of_rest = (_rate(hit / n) for hit in hits)
        said = f"`explain STUDY`, SD of a source and of the rest, runs {name}: 95 %"
        found.append((said, "-", f"source {of_source}, rest {of_rest}"))
    return found


def _rate(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")

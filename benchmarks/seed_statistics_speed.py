"""Time and memory of all estimates and comparisons of a large study, from arrays and from its stored score table.

    python benchmarks/seed_statistics_speed.py [--seeds 30] [--configurations 6] [--scores 20000] [--subjects 100]

Each line is a process of its own, on one core, so that its peak memory is its own.
"""

import argparse
import os
import resource
import subprocess
import sys
import time

import numpy as np

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")


def main() -> None:
    """Run the cases, each in a process of its own."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option, value in (("seeds", 30), ("configurations", 6), ("scores", 20_000), ("subjects", 100)):
        asked.add_argument(f"--{option}", type=int, default=value)
    asked.add_argument("--case", default="", help="internal: metric and source")
    options = asked.parse_args()
    if options.case:
        _case(options)
        return
    trials = options.seeds * options.configurations
    print(f"{trials} trials, {options.scores:,} scores of {options.subjects} subjects in dev and as many in test")
    for case in ("hter arrays", "eer arrays", "accuracy arrays", "auc arrays", "hter table"):
        subprocess.run([sys.executable, *sys.argv, "--case", case], check=True)


def _case(options: argparse.Namespace) -> None:
    metric, source = options.case.split()
    data = _scores(options)
    began, busy = time.perf_counter(), time.process_time()
    if source == "arrays":
        estimates, comparisons = _of_arrays(data, metric)
    else:
        results = _stored(data)
        del data
        began, busy = time.perf_counter(), time.process_time()
        estimates, comparisons = _of_table(results, metric)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(
        f"{metric:9} from {source:6}: {seconds:5.1f} s ({busy:.1f} s of one core), peak {peak:5.0f} MB with the data "
        f"({estimates} estimates, {comparisons} comparisons)",
        flush=True,
    )


def _scores(options: argparse.Namespace) -> dict[str, np.ndarray]:
    rng, n, units = np.random.default_rng(0), options.scores, options.subjects
    trials = options.seeds * options.configurations
    subject = np.arange(n) * units // n
    label = np.tile([1.0, 0.0], n // 2)
    data = {
        "config": np.repeat([f"c{c:03d}" for c in range(options.configurations)], options.seeds),
        "seed": np.tile(np.arange(options.seeds), options.configurations),
        "label": label,
        "subject": subject,
    }
    for split in ("dev", "test"):
        effect = rng.normal(0, 0.5, units)[subject]
        data[split] = np.stack([rng.normal(2 * label + effect) for _ in range(trials)])
    return data


def _of_arrays(data: dict[str, np.ndarray], metric: str) -> tuple[int, int]:
    from sweep import stats

    label, subject = data["label"], data["subject"]
    scores = stats.trial_scores(
        data["test"], label, subject, dev=(data["dev"], label, subject + label.size), config=data["config"],
        seed=data["seed"],
    )  # fmt: skip
    measured = stats.measure(scores, metric, rng=np.random.default_rng(0))
    return len(stats.estimates(measured)), len(stats.compare(measured))


def _of_table(results: object, metric: str) -> tuple[int, int]:
    from sweep import stats
    from sweep.analysis.measured_study import measure_study

    measured = measure_study(results, metric, rng=np.random.default_rng(0))  # type: ignore[arg-type]
    return len(stats.estimates(measured)), len(stats.compare(measured))


def _stored(data: dict[str, np.ndarray]) -> object:
    """Return the results of a study as `load` gives them, with the score table as categories."""
    from pathlib import Path

    import pandas as pd

    from sweep.store.store import Results

    trials, n = len(data["config"]), data["label"].size
    ids = [f"{at:016x}" for at in range(trials)]
    rows = 2 * n

    def codes(values: np.ndarray, categories: list[str]) -> pd.Categorical:
        return pd.Categorical.from_codes(values, categories)

    units = int(data["subject"].max()) + 1
    both = np.concatenate((data["subject"], data["subject"] + units))
    scores = pd.DataFrame(
        {
            "trial_id": codes(np.repeat(np.arange(trials, dtype=np.int32), rows), ids),
            "split": codes(np.tile(np.repeat(np.array([0, 1], np.int8), n), trials), ["dev", "test"]),
            "sample": codes(np.tile(np.arange(rows, dtype=np.int32), trials), [f"{at:06d}" for at in range(rows)]),
            "subject": codes(np.tile(both.astype(np.int32), trials), [f"s{at:04d}" for at in range(2 * units)]),
            "video": codes(np.zeros(trials * rows, np.int8), [""]),
            "label": np.tile(data["label"], 2 * trials),
            "score": np.stack((data["dev"], data["test"]), axis=1).ravel(),
            "prediction": np.full(trials * rows, np.nan),
        }
    )
    table = pd.DataFrame({"trial_id": ids, "config_id": data["config"], "seed": data["seed"]})
    table = table.assign(status="ok", attempt=0, data_id="d", **{"metric.hter": 0.0})
    study = {
        "study": "speed",
        "task": "verification",
        "resolved": {"hold": {"split": 0}},
        "configurations": {name: {"label": name, "hp": {}} for name in dict.fromkeys(data["config"].tolist())},
        "plan": table[["trial_id", "config_id", "seed"]].to_dict("records"),
    }
    return Results(Path("speed"), study, table, scores, pd.DataFrame(), pd.DataFrame())


if __name__ == "__main__":
    main()

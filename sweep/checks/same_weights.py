"""Configurations whose trials end with equal weights although their settings differ: those settings change nothing."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pandas as pd

from sweep.checks.finding import Finding

# These decide which epoch is kept and when to stop: they may differ, and lead to the same epoch.
_OF_STOPPING = ("train.epochs", "train.keep", "train.early_stopping")
_MOST = 400  # configurations that are compared with each other


def twin_findings(trials: pd.DataFrame, labels: dict[str, Any]) -> list[Finding]:
    """Return a finding for each set of settings over which configurations end alike, seed by seed.

    trials: rows of trials.parquet that are ok, each trial once. labels: config_id -> the configuration's name.
    Two configurations are alike where they share a seed and end with equal weights in every seed that they share. Arms
    that differ in nothing but the streams that they hold are none.
    """
    told: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    settings = _settings(trials)
    for one, other in _alike(trials):
        keys = {key for key in {*settings[one], *settings[other]} if settings[one].get(key) != settings[other].get(key)}
        if keys := keys - {"arm"}:
            told.setdefault(tuple(sorted(keys)), []).append((one, other))
    return [_finding(keys, pairs, labels) for keys, pairs in told.items()]


def _finding(keys: tuple[str, ...], pairs: list[tuple[str, str]], labels: dict[str, Any]) -> Finding:
    n = len({one for pair in pairs for one in pair})
    example = " and ".join(str(labels.get(one) or one) for one in pairs[0])
    named = ", ".join(keys[:4]) + (f" and {len(keys) - 4} more" if len(keys) > 4 else "")
    only_stopping = all(key.startswith(_OF_STOPPING) for key in keys)
    return Finding(
        "equal_configurations",
        "note" if only_stopping else "error",
        f"{n} configurations ended with equal weights in every seed, such as {example}: "
        + (f"another value of {named} kept the same epoch." if only_stopping else f"{named} changes nothing."),
        "Count them as one configuration. An interval of their difference means nothing."
        if only_stopping
        else "Check whether the model's function uses it, or whether another setting replaces it.",
    )


def _alike(trials: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield the pairs of config_ids with equal weights in all seeds that they share."""
    by_config = {
        str(config_id): dict(zip(rows["seed"], rows["final_sha256"], strict=True))
        for config_id, rows in trials.groupby("config_id", sort=False, observed=True)
    }
    by_weights: dict[str, list[str]] = {}
    for config_id, weights in by_config.items():
        for digest in set(weights.values()):
            if isinstance(digest, str) and digest:
                by_weights.setdefault(digest, []).append(config_id)
    seen: set[tuple[str, str]] = set()
    for members in by_weights.values():
        for one, other in combinations(members[:_MOST], 2):
            if (one, other) in seen:
                continue
            seen.add((one, other))
            shared = by_config[one].keys() & by_config[other].keys()
            if shared and all(by_config[one][seed] == by_config[other][seed] for seed in shared):
                yield one, other


def _settings(trials: pd.DataFrame) -> dict[str, dict[str, Any]]:
    columns = [name for name in trials.columns if name.startswith("hp.")]
    first = trials.drop_duplicates("config_id").set_index("config_id")[columns]
    return {
        str(config_id): {str(name).removeprefix("hp."): value for name, value in row.items() if not pd.isna(value)}
        for config_id, row in first.iterrows()
    }

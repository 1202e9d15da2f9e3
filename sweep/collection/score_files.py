"""Score files, one a system, seed and split, as runs with dev's threshold, test's metrics and every score."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.collection.pattern import NamedFile, left_out, named_files
from sweep.collection.runs import CollectedRun, as_settings, seed_of
from sweep.errors import InputError
from sweep.metrics.elsewhere import BEFORE, of_test_alone, own_eer
from sweep.metrics.score_file import read_rows
from sweep.metrics.score_rows import ScoreRows
from sweep.metrics.verification import verification
from sweep.store.sample_columns import DECLARED

_ON_PROBABILITIES = ("mae", "mse", "test_accuracy")  # of scores between 0 and 1, which others' need not be


def runs_of_files(pattern: str, reading: Mapping[str, Any]) -> tuple[list[CollectedRun], list[str]]:
    """Return the runs whose score files a pattern names, and cautions: what some of them lack.

    Args:
        pattern: see `sweep.collection.pattern`.
        reading: keywords of `read_rows`: format, columns, distances ...

    Raises:
        InputError: nothing fits the pattern, a file is no score file, or a score is missing.
    """
    by_run: dict[tuple[tuple[str, str], ...], dict[str, NamedFile]] = defaultdict(dict)
    for file in named_files(pattern):
        by_run[(*file.fields.items(), ("seed", str(file.seed)))][file.split] = file
    whole, cautions = [], []
    for files in by_run.values():
        lacks = [split for split in ("dev", "test") if split not in files]
        if lacks:
            there = next(iter(files.values()))
            cautions.append(f"{there.path} has no file of {lacks[0]} beside it: this run is left out.")
        else:
            whole.append(files)
    if not whole:
        raise InputError(f"Expected a file of dev and one of test for a seed. Received: {cautions[0]}")
    settings = as_settings([files["dev"].fields for files in whole])
    runs = [_run(hp, files, reading) for hp, files in zip(settings, whole, strict=True)]
    return runs, [*left_out(pattern), *cautions, *missing_seeds(runs), *other_samples(runs)]


def missing_seeds(runs: Sequence[CollectedRun]) -> list[str]:
    """Return a caution for each configuration that lacks seeds of another."""
    seeds = sorted({run.seed for run in runs})
    own: dict[str, set[int]] = defaultdict(set)
    for run in runs:
        own[run.label].add(run.seed)
    return [
        f"{label or 'The configuration'} has no seed {', '.join(map(str, lacks[:10]))}, which others have: it counts "
        "as not run."
        for label, has in own.items()
        if (lacks := [seed for seed in seeds if seed not in has])
    ]


def _run(hp: dict[str, float | str], files: Mapping[str, NamedFile], reading: Mapping[str, Any]) -> CollectedRun:
    order = ("dev", "test", *sorted(split for split in files if split.startswith(BEFORE)))
    rows = {split: read_rows(files[split].path, split=split.partition(".")[0], **reading) for split in order}
    seed = seed_of(files["dev"].seed, str(files["dev"].path))
    return scored(hp, seed, [_columns(split, rows[split]) for split in rows], str(files["test"].path))


def _columns(split: str, rows: ScoreRows) -> dict[str, NDArray[Any]]:
    """Return the columns of scores.parquet of one file; a sample is named by its persons and video, or its row."""
    n = rows.scores.size
    failed = int(np.isnan(rows.scores).sum())
    if failed:
        raise InputError(
            f"Expected a score for every sample. Received: {rows.source} with {failed} without one. Leave these rows "
            "out of all files; `sweep metrics` counts them as failures to acquire."
        )
    columns: dict[str, NDArray[Any]] = {
        "split": np.full(n, split),
        "label": (rows.letter == "g").astype(np.float64),
        "score": rows.scores,
    }
    known = {"subject": rows.subject, "other_subject": rows.other, "video": rows.video}
    if rows.kind is not None and (rows.letter == "a").any():
        known["attack_type"] = np.where(rows.letter == "a", rows.kind, "")
    columns |= {name: np.asarray(words).astype(str) for name, words in known.items() if words is not None}
    columns["sample"] = sample_names(columns, n)
    return columns


def sample_names(columns: Mapping[str, NDArray[Any]], n: int) -> NDArray[np.str_]:
    """Return a name for every row: its words, and how often they came before; without words the row's number."""
    words = [columns[name] for name in ("subject", "other_subject", "video") if name in columns]
    if not words:
        return np.array([f"{row:07d}" for row in range(n)])
    seen: Counter[str] = Counter()
    names = []
    for parts in zip(*words, columns["label"].astype(int).astype(str), strict=True):
        name = "|".join(parts)
        names.append(f"{name}|{seen[name]}")
        seen[name] += 1
    return np.array(names)


def scored(
    hp: dict[str, float | str], seed: int, parts: Sequence[Mapping[str, NDArray[Any]]], where: str
) -> CollectedRun:
    """Return the run of its parts: columns of dev, of test, and of each further test set, whose split is test.NAME.

    where: the run, for an error.
    """
    dev, *tests = parts
    by_split = {str(one["split"][0]): one for one in tests}
    try:
        measured = {split: _measured(dev, one) for split, one in by_split.items()}
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    metrics = measured.pop("test")
    threshold = metrics.pop("eer_threshold")
    for split, found in measured.items():
        own = {"eer": own_eer(by_split[split]["label"], by_split[split]["score"]), **of_test_alone(found)}
        metrics |= {f"{split.removeprefix(BEFORE)}.{name}": value for name, value in own.items()}
    names = dict.fromkeys(name for part in parts for name in part)
    scores = {
        name: np.concatenate([part.get(name, np.full(part["score"].size, "")) for part in parts]) for name in names
    }
    sizes = {"dev": dev["score"].size, **{split: one["score"].size for split, one in by_split.items()}}
    return CollectedRun(hp, seed, metrics, threshold, scores, _samples(parts), sizes)


def _measured(dev: Mapping[str, NDArray[Any]], test: Mapping[str, NDArray[Any]]) -> dict[str, float]:
    """Return the metrics of one test set at dev's threshold, but those that read scores as probabilities."""
    kinds = test.get("attack_type")
    found = verification(dev["label"], dev["score"], test["label"], test["score"], test_attack_type=kinds)
    return {name: value for name, value in found.items() if name not in _ON_PROBABILITIES}


def _samples(parts: Sequence[Mapping[str, NDArray[Any]]]) -> str:
    """Return a digest of the samples of both splits with their labels and persons, in any order of the rows."""
    digest = hashlib.sha256()
    for part in parts:
        order = np.argsort(part["sample"], kind="stable")
        for name in ("split", *DECLARED, "label"):
            if name in part:
                digest.update(name.encode() + b"\0" + "\0".join(map(str, part[name][order])).encode())
    return digest.hexdigest()


def other_samples(runs: Sequence[CollectedRun]) -> Iterator[str]:
    """Yield a caution for the runs whose samples are not those of most."""
    usual = Counter(run.samples for run in runs).most_common(1)[0][0]
    odd = [f"{run.label} seed {run.seed}".strip() for run in runs if run.samples != usual]
    if odd:
        yield (
            f"{len(odd)} of {len(runs)} runs have other samples than the rest, as {', '.join(odd[:3])}: they share no "
            "test set, so that nothing is said of new subjects. Are all files of one protocol?"
        )

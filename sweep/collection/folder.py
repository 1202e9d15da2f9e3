"""Collected runs written as a folder of results: the records, the plan in study.json, the four tables."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sweep.collection.runs import CollectedRun, digest_of
from sweep.errors import InputError
from sweep.store import records, store
from sweep.store.collected import is_collected
from sweep.store.places import Place, place
from sweep.store.schemas import SCHEMA_VERSION

CODE_ID = "collected"  # where a trial's digest of code stands: none was seen


def write_runs(folder: Place, task: str, runs: Sequence[CollectedRun], source: Mapping[str, Any]) -> list[str]:
    """Write runs as a study's results; runs that are there already are kept, and those of another command stay.

    source: what the runs were collected from; it is stored as `collected` in study.json. Returned are cautions: runs
    that take the place of stored ones.

    Raises:
        InputError: the folder holds results that `sweep run` made, or of another task; or it is a file.
    """
    another = "Give another name, or another folder by --results."
    if folder.is_file():
        raise InputError(f"Expected a folder for collected results. Received: {folder}, which is a file. {another}")
    before = store.read_study(folder) if (folder / "study.json").is_file() else None
    if before is not None and not is_collected(before):
        raise InputError(
            f"Expected a folder for collected results. Received: {folder}, which holds what `sweep run` made. {another}"
        )
    if before is not None and before["task"] != task:
        raise InputError(f"Expected runs of {before['task']}, which {folder} holds. Received: of {task}. {another}")
    store.check(folder)
    written = datetime.now(UTC).isoformat(timespec="milliseconds")
    known = store.finished(folder) if (folder / "study.json").is_file() else {}
    for run in runs:
        if known.get(run.trial_id) is None:
            records.write_part(folder, _record(folder.name, run, source, written))
    store.write_study(folder, _document(folder.name, task, runs, source))
    store.compact(folder)
    return _replaced(before, known, runs)


def _replaced(before: Mapping[str, Any] | None, known: Collection[str], runs: Sequence[CollectedRun]) -> list[str]:
    """Return a caution for stored runs of an earlier command that the new plan does not have."""
    new = {run.trial_id for run in runs}
    old = [one for one in (before["plan"] if before else ()) if one["trial_id"] in known and one["trial_id"] not in new]
    if not old or before is None:
        return []
    first = f"{before['configurations'][old[0]['config_id']]['label']} seed {old[0]['seed']}".strip()
    return [
        f"Collected here before, and not among these or with other scores now: {len(old)} of the runs, as {first}. "
        "They stay stored, and no longer count."
    ]


def results_place(results: str | Place, name: str) -> Place:
    """Return the folder of a name under the results."""
    root = place(results)
    return (root.absolute() if isinstance(root, Path) else root) / name


def _document(name: str, task: str, runs: Sequence[CollectedRun], source: Mapping[str, Any]) -> dict[str, Any]:
    seeds = sorted({run.seed for run in runs})
    configurations = {run.config_id: {"label": run.label, "hp": run.hp} for run in runs}
    planned = {(run.config_id, run.seed): run.trial_id for run in runs}
    return {
        "study": name,
        "task": task,
        "schema_version": SCHEMA_VERSION,
        "resolved": {"study": name, "task": task, "seeds": seeds, "hold": {"split": 0}, "collected": dict(source)},
        "configurations": configurations,
        "plan": [
            {
                "trial_id": planned.get((config_id, seed)) or digest_of(["not there", config_id, seed])[:16],
                "config_id": config_id,
                "seed": seed,
            }
            for seed in seeds
            for config_id in configurations
        ],
    }


def _record(name: str, run: CollectedRun, source: Mapping[str, Any], written: str) -> records.Record:
    row: dict[str, Any] = {
        "study": name,
        "trial_id": run.trial_id,
        "config_id": run.config_id,
        "seed": run.seed,
        "attempt": 0,
        "status": "failed" if run.error else "ok",
        "error": run.error,
        "hp": run.hp,
        "data_id": run.samples or CODE_ID,
        "code_id": CODE_ID,
        "started_at": written,
        "node": "",
        **{f"n_{split}": n for split, n in run.n_samples.items()},
    }
    if not run.error:
        row |= {"metric": run.metrics, "threshold": run.threshold}
        row |= {"scores_sha256": run.scores_sha256} if run.scores else {}
    return records.Record(row, run.scores, environment={"collected": json.dumps(source, sort_keys=True)})

"""The findings of stored trials: one for each check and configuration, with how many trials show it."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from sweep.checks.finding import Finding
from sweep.checks.same_weights import twin_findings
from sweep.checks.traps import TRAPS, Trap
from sweep.machine.streams import STREAMS
from sweep.study.arms import held_streams


def findings_of(
    trials: pd.DataFrame, labels: dict[str, Any], still: Collection[str] = frozenset()
) -> tuple[Finding, ...]:
    """Return what the checks of trials that are ok found, the worst first.

    trials: rows of trials.parquet, each trial once. labels: config_id -> the configuration's name for people.
    still: config_ids whose trials shall all be equal to the bit, see `still_arms`.
    """
    found = [_of_trap(trap, trials, labels) for trap in TRAPS if f"check.{trap.name}" in trials]
    repeats = trials["config_id"].isin(list(still))
    found += [_seeds_do_nothing(trials[~repeats], labels), _repeats_differ(trials[repeats], labels)]
    found += twin_findings(trials[~repeats], labels)
    rank = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted((one for one in found if one), key=lambda one: rank[one.severity]))


def still_arms(study: Mapping[str, Any]) -> set[str]:
    """Return the config_ids of the arms that hold every stream still, which is how repeats are asked for.

    study: what study.json holds. A study without arms that holds every stream is not among them: there it is a mistake.
    """
    return {
        str(config_id)
        for config_id, said in study["configurations"].items()
        if said["hp"].get("arm") in (study["resolved"].get("arms") or {})
        and said["hp"].get("seeded") != "false"
        and set(STREAMS) <= set(held_streams(study["resolved"], said["hp"]["arm"]))
    }


def _of_trap(trap: Trap, trials: pd.DataFrame, labels: dict[str, Any]) -> Finding | None:
    values = trials[f"check.{trap.name}"]
    hit = trials[values > trap.limit]
    if hit.empty:
        return None
    said = trap.said(float(values.max()), _names(hit, trap.name))
    if trap.name == "chosen_on_test" and "check.optimism" in hit and hit["check.optimism"].notna().any():
        said += f" This alone makes HTER look better by {hit['check.optimism'].mean():.2%} points on average."
    return Finding(trap.name, trap.severity, f"{said} {_where(hit, trials, labels)}", trap.remedy)


def _names(hit: pd.DataFrame, check: str) -> list[str]:
    """Return the names that the column `outside` tells of a check."""
    if "outside" not in hit:
        return []
    said = [json.loads(one).get(check, ()) for one in hit["outside"].dropna().unique()]
    return list(dict.fromkeys(name for names in said for name in names))


def _seeds_do_nothing(trials: pd.DataFrame, labels: dict[str, Any]) -> Finding | None:
    if "hp.stream.init" in trials:  # runs of `sweep explain`, which repeats one of them on purpose
        trials = trials[trials["hp.stream.init"].isna()]
    if trials.empty:
        return None
    unknown = trials["final_sha256"].isna() | (trials["final_sha256"] == "")  # a trial that handed in no weights
    ended = trials["final_sha256"].where(~unknown, trials.get("scores_sha256"))
    same = trials.groupby(["config_id", ended], observed=True)["seed"].transform("nunique") > 1
    if not same.any():
        return None
    return Finding(
        "seeds_do_nothing",
        "error",
        f"Several seeds ended with {'scores' if unknown[same].all() else 'weights'} that are equal to the bit: the "
        f"seed has no effect. "
        f"{_where(trials[same], trials, labels)}",
        "Look for held streams under `hold`, and for a fixed seed in the model's code. These trials count as one.",
    )


def _repeats_differ(trials: pd.DataFrame, labels: dict[str, Any]) -> Finding | None:
    several = trials.groupby("config_id", observed=True)["final_sha256"].transform("nunique") > 1
    if not several.any():
        return None
    return Finding(
        "repeats_differ",
        "error",
        f"Every stream is held, but the repeats ended with different weights. "
        f"{_where(trials[several], trials, labels)}",
        "`sweep verify RESULTS --trials all` names the first difference and its cause.",
    )


def _where(hit: pd.DataFrame, trials: pd.DataFrame, labels: dict[str, Any]) -> str:
    counts = Counter(map(str, hit["config_id"]))
    of = Counter(map(str, trials["config_id"]))
    parts = [f"{n} of {of[key]} seeds" + (f" of {labels[key]}" if labels.get(key) else "") for key, n in counts.items()]
    return f"({'; '.join(parts[:4])}{'; ...' if len(parts) > 4 else ''})"

"""What of a plan is stored already, under whatever ids; and what is stored of other code.

A stored trial is a planned one where setting, seed, data and code are the same. Its data are known by content, so the
folder may have another name now; its code_id may be one that an older release gave. The plan then takes the stored
ids, so that everything that reads the results agrees with it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sweep.study.identity import Identity, what_changed
from sweep.study.named_files import changed_files, files_outside
from sweep.study.plan import PlannedTrial, configurations
from sweep.study.study import Study

Document = Mapping[str, Any]


@dataclass(frozen=True)
class StoredPlan:
    """A plan with the ids of what is stored.

    trials: of the plan. other_code: what changed -> number of stored trials that are of other code and are not taken.
    accepted: the same of those that are taken now. other_files: a file that the model's function read and the study
    does not name -> number of stored trials that were made with another content of it.
    record: what study.json keeps beside the plan: keys (config_id -> its settings without data), codes (code_id -> its
    parts) and taken (config_id -> stored code_id -> the code_id that it stands for, and whether it was accepted).
    """

    trials: tuple[PlannedTrial, ...]
    other_code: dict[str, int] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    other_files: dict[str, int] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """Return a sentence for each kind of other code, and for each file that changed."""
        other = [
            f"{n} stored trial{'s are' if n > 1 else ' is'} of other code: {what}. `--accept-code` takes "
            f"{'them' if n > 1 else 'it'} over as if nothing had changed; else the plan runs anew."
            for what, n in self.other_code.items()
        ]
        accepted = [
            f"{n} stored trial{'s' if n > 1 else ''} of other code taken over: {what}."
            for what, n in self.accepted.items()
        ]
        files = [
            f"{n} stored trial{'s' if n > 1 else ''} used another {what}, which the study does not name: nothing "
            "is run again for that. Name the file by a keyword of `model`, and its content is part of the id."
            for what, n in self.other_files.items()
        ]
        return [*other, *accepted, *files]


def stored_plan(
    trials: Sequence[PlannedTrial],
    document: Document | None,
    rows: pd.DataFrame,
    *,
    accept_code: bool = False,
    kept: Path | None = None,
) -> StoredPlan:
    """Return the plan with the ids of the trials that are stored.

    Args:
        trials: the plan.
        document: study.json as it is; None where there is none yet.
        rows: of trials.parquet.
        accept_code: whether trials of other code are taken over.
        kept: a folder of this machine for digests of large files; None leaves files alone that no study names.
    """
    known = dict(document or {})
    keys = _keys(trials, known)
    codes = dict(known.get("codes", {})) | {trial.code_id: trial.code.parts for trial in trials if trial.code.parts}
    taken = {key: dict(value) for key, value in known.get("taken", {}).items()}
    if not len(rows):
        return StoredPlan(tuple(trials), record={"keys": keys, "codes": codes, "taken": taken})
    store: dict[tuple[str, int, str], list[tuple[str, str, str, bool]]] = {}
    columns = ("config_id", "seed", "data_id", "trial_id", "code_id", "status")
    rows = (
        rows.sort_values("started_at", kind="stable") if "started_at" in rows else rows
    )  # the latest code is compared
    for config_id, seed, data_id, trial_id, code_id, status in rows[list(columns)].itertuples(index=False):
        what = (str(config_id), str(trial_id), str(code_id), status == "ok")
        store.setdefault((keys.get(str(config_id), str(config_id)), int(seed), str(data_id)), []).append(what)

    def is_same(one: PlannedTrial, config_id: str, code_id: str) -> bool:
        return _same(one.code, taken.get(config_id, {}).get(code_id), code_id)

    def of(one: PlannedTrial) -> list[tuple[str, str, str, bool]]:
        return store.get((one.configuration.key, one.seed, one.data_id), [])

    names = _names(trials, of)
    found, other, accepted = [], Counter[str](), Counter[str]()
    new: dict[tuple[str, str], str] = {}  # what is accepted now: configuration and code_id -> what changed
    for one in trials:
        name = names[one.configuration.config_id]
        own = [row for row in of(one) if row[0] == name]
        same = [row for row in own if is_same(one, name, row[2])]
        if not same and (others := [row for row in own if row[3]]):
            if accept_code:
                same = others[-1:]
            else:
                other[_difference(others[-1][2], taken.get(name, {}).get(others[-1][2]), one, codes)] += 1
        if name != one.configuration.config_id:
            one = replace(one, configuration=replace(one.configuration, config_id=name))
        if same:
            best = max(same, key=lambda row: (row[3], row[2] == one.code_id))
            if best[2] == one.code_id:
                taken.get(name, {}).pop(best[2], None)  # it stood for other code, and is its own now
            else:
                changed = not is_same(one, name, best[2])
                if changed:
                    new[name, best[2]] = _difference(best[2], taken.get(name, {}).get(best[2]), one, codes)
                _take(taken.setdefault(name, {}), best[2], one, codes, changed=changed)
            accepted.update([new[name, best[2]]] if (name, best[2]) in new else [])
            one = replace(one, trial_id=best[1])
        found.append(one)
    keys |= {one.configuration.config_id: one.configuration.key for one in found}
    files = _other_files(rows, {one.trial_id for one in found}, kept) if kept is not None else {}
    record = {"keys": keys, "codes": codes, "taken": taken}
    return StoredPlan(tuple(found), dict(other), dict(accepted), files, record)


def _other_files(rows: pd.DataFrame, planned: set[str], kept: Path) -> dict[str, int]:
    """Return file -> number of planned trials in a store that were made with another content of it."""
    if "outside" not in rows:
        return {}
    told = rows[(rows["status"] == "ok") & rows["trial_id"].isin(planned)].drop_duplicates("trial_id")
    counts: Counter[str] = Counter()
    for said, n in told["outside"].dropna().value_counts().items():
        files = files_outside(str(said))
        counts.update(dict.fromkeys(changed_files(files, kept), int(n)))
    return dict(counts)


def stands_for(document: Document, config_id: str, code_id: str, now: Identity) -> tuple[bool, list[str]]:
    """Return whether a stored code_id is the code as it is now, and what changed where that is known.

    document: study.json. config_id, code_id: of a stored trial.
    """
    entry = None if code_id == now.code_id else document.get("taken", {}).get(config_id, {}).get(code_id)
    if _same(now, entry, code_id) and not (entry or {}).get("changed"):
        return True, []
    before = document.get("codes", {}).get((entry or {}).get("as", code_id), {})
    changed = list((entry or {}).get("changed", [])) or (what_changed(before, now.parts) if before else [])
    return False, changed


def _same(now: Identity, entry: Mapping[str, Any] | None, code_id: str) -> bool:
    if code_id == now.code_id:
        return True
    if entry is not None:  # what it stood for was written down: later changes count from there
        return bool(entry["as"] == now.code_id)
    return code_id in now.former


def _take(
    taken: dict[str, Any], code_id: str, planned_trial: PlannedTrial, codes: Mapping[str, Any], *, changed: bool
) -> None:
    """Write down that trials of a code_id stand for the code as it is now."""
    entry = taken.get(code_id)
    if not changed:
        if entry is None:
            taken[code_id] = {"as": planned_trial.code_id}
        return
    what = _difference(code_id, entry, planned_trial, codes)
    taken[code_id] = {"as": planned_trial.code_id, "changed": [*(entry or {}).get("changed", []), what]}


def _difference(
    code_id: str, entry: Mapping[str, Any] | None, planned_trial: PlannedTrial, codes: Mapping[str, Any]
) -> str:
    before = codes.get((entry or {}).get("as", code_id))
    if before:
        return "; ".join(what_changed(before, planned_trial.code.parts)) or "the same parts, otherwise put together"
    return f"{planned_trial.configuration.study.maker.use}, {code_id} instead of {planned_trial.code_id}"


def _keys(trials: Sequence[PlannedTrial], document: Document) -> dict[str, str]:
    """Return config_id -> key of all configurations that are or were planned here."""
    keys = dict(document.get("keys", {}))
    if document and not keys:  # an older release wrote it
        keys = {
            configuration.config_id: configuration.key
            for configuration in configurations(Study.model_validate(document["resolved"]))
        }
    return keys | {trial.configuration.config_id: trial.configuration.key for trial in trials}


def _names(trials: Sequence[PlannedTrial], of: Any) -> dict[str, str]:
    """Return config_id -> the config_id under which its trials are stored, its own where nothing else is there."""
    own = dict.fromkeys(trial.configuration.config_id for trial in trials)
    votes: dict[str, Counter[str]] = {name: Counter() for name in own}
    for one in trials:
        votes[one.configuration.config_id].update({row[0]: 1 for row in of(one)})
    names: dict[str, str] = {}
    for name in own:
        others = [key for key, _ in votes[name].most_common() if key not in own and key not in names.values()]
        names[name] = name if votes[name][name] or not others else others[0]
    return names

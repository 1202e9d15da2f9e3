"""What can be known of a study before it is run: its data, counted, leaks, and every model, by a first step of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sweep.checks import Finding, divided
from sweep.checks.before_run import data_findings, settings_findings
from sweep.checks.people import People, people_findings, people_of, people_of_folds, table_lines
from sweep.checks.resources import resource_findings
from sweep.data import Prepared, open_prepared
from sweep.machine import process
from sweep.machine.folders import cache_folder
from sweep.machine.variables import quiet_environment
from sweep.running.opening import open_study
from sweep.running.preparation import made_ready
from sweep.study.plan import Configuration
from sweep.study.study import Study
from sweep.trial import backends
from sweep.trial.first_step import Seen
from sweep.trial.frameworks import installed, preloaded
from sweep.trial.rehearsal import Rehearsal, rehearse, some

_MOST_MODELS = 12  # lines of models that are printed


@dataclass(frozen=True)
class Inspection:
    """What a check saw.

    data: counts by split and people by split, for each data set. models: config_id -> label and number of parameters,
    None where it was not built. findings: what makes numbers wrong or misleading; empty when all is well. cautions:
    what a person should know beside them. n_builds, n_seen: distinct models, and how many of them were built.
    own: the user's `fit` or `trial`, which no check calls.
    """

    study: str
    data: list[dict[str, Any]]
    models: dict[str, dict[str, Any]]
    findings: list[Finding]
    cautions: list[Finding] = field(default_factory=list)
    n_builds: int = 0
    n_seen: int = 0
    tables: tuple[tuple[str, ...], ...] = ()
    own: tuple[str, ...] = ()

    @property
    def _how(self) -> str:
        return (
            "built and called" if any(one.startswith("fit ") for one in self.own) else "built, called, trained a step"
        )

    def as_json(self) -> dict[str, Any]:
        """Return every field but the printed tables."""
        return {key: value for key, value in asdict(self).items() if key != "tables"}

    def as_text(self) -> str:
        """Return some lines for a person."""
        lines = [f"{self.study}: the file and its functions are in order."]
        for one, table in zip(self.data, self.tables, strict=True):
            lines += [f"Data {one['data_id'][:12]}, inputs {_shape(one['input_shape'])}:", *table]
        built = [model for model in self.models.values() if model["parameters"] is not None]
        lines += [f"Model {one['label'] or '(no grid)'}: {one['parameters']:,} parameters" for one in built][
            :_MOST_MODELS
        ]
        if len(built) > _MOST_MODELS:
            lines.append(f"  and {len(built) - _MOST_MODELS} more configurations")
        if self.n_builds > 1:
            lines.append(f"{self.n_seen} of {self.n_builds} distinct models were tried on one batch: {self._how}.")
        elif self.n_builds:
            lines.append(f"The model was tried on one batch: {self._how}.")
        if self.own:
            lines.append(
                f"{' and '.join(self.own)}: there, and takes its keywords. What it does was not tried: it is called in "
                "the run alone."
            )
        lines += [f"Caution: {caution}" for caution in self.cautions]
        lines += [f"Finding: {finding}" for finding in self.findings]
        if not self.cautions and not self.findings:
            lines.append("No findings.")
        return "\n".join(lines)


def inspect_study(name: str) -> Inspection:
    """Return what is known of a study before a trial is run.

    Raises:
        InputError: file, functions or data are wrong, or no configuration of it can run.
    """
    quiet_environment()
    opened = open_study(name)
    backends.check(opened.study)
    # TensorFlow or JAX is imported while the data are prepared.
    process.warm_up(*preloaded([opened.study]), variables=backends.variables(opened.study))
    ready = made_ready(opened)
    study, data = ready.study, ready.data
    every = {trial.configuration.config_id: trial.configuration for trial in ready.trials}
    rehearsal = rehearse(ready.trials, ready.modules)
    rehearsal.refuse_all(every)
    people, everybody = _people(study, data)
    compared = {one.study.data.leakage for one in every.values()} == {"allow", "refuse"}
    found = [finding for one in data.values() for finding in data_findings(one.findings, compared)]
    found += [finding for one in everybody for finding in people_findings(one, study.task)]
    found += resource_findings(study.resources)
    for one in every.values():
        seeded = one.study.model_copy(update={"seeds": list(study.seed_list)})
        found += settings_findings(seeded, str(one.hp.get("arm", "")))
    found += _of_models(every, rehearsal)
    found += [_not_installed(name) for name in study.preload if not installed(name)]
    findings, cautions = divided(found)
    return Inspection(
        study=study.study,
        data=[_counted(one, people[key]) for key, one in data.items()],
        models={
            key: {"label": one.label, "parameters": rehearsal.seen.get(key, Seen()).parameters}
            for key, one in every.items()
        },
        findings=findings,
        cautions=cautions,
        n_builds=rehearsal.n_builds,
        n_seen=rehearsal.n_seen,
        own=tuple(
            f"{function.role} {function.use}" for function in study.functions() if function.role in ("fit", "trial")
        ),
        tables=tuple(tuple(table_lines(people[key], one.counts, study.task)) for key, one in data.items()),
    )


def _people(study: Study, data: Mapping[str, Prepared]) -> tuple[dict[str, list[People]], list[list[People]]]:
    """Return data_id -> its people, and the people whom intervals for new subjects rest on: of folds all together."""
    opened = {key: open_prepared(cache_folder(), key) for key in data}
    people = {key: people_of(splits, study.task) for key, splits in opened.items()}
    if study.division is None:
        return people, list(people.values())
    alone = {key: [replace(one, half_width=None) for one in found] for key, found in people.items()}
    return alone, [[one] for one in dict.fromkeys(people_of_folds(splits, study.task) for splits in opened.values())]


def _of_models(every: Mapping[str, Configuration], rehearsal: Rehearsal) -> list[Finding]:
    """Return the findings of all models, equal ones once, with the configurations that show them."""
    shown: dict[Finding, list[str]] = {}
    for key, one in every.items():
        seen = rehearsal.seen.get(key, Seen())
        for finding in seen.findings:
            shown.setdefault(finding, []).append(one.label)
        if seen.refused:
            shown.setdefault(_refused(seen, one.study), []).append(one.label)
    found = [_located(finding, labels, len(every)) for finding, labels in shown.items()]
    alike: dict[str, tuple[str, str]] = {}
    for first, second in rehearsal.alike:
        alike.setdefault(", ".join(_differing(every[first], every[second])), (first, second))
    for keys, (first, second) in alike.items():
        found.append(
            Finding(
                "setting_changes_nothing",
                "note",
                f"{every[first].label} and {every[second].label} have equal weights after a step of training: "
                f"{keys} seems to change nothing.",
                "Check whether the model's function uses it.",
            )
        )
    if rehearsal.n_seen < rehearsal.n_builds:
        found.append(
            Finding(
                "not_all_built",
                "note",
                f"{rehearsal.n_seen} of {rehearsal.n_builds} distinct models were tried, with as many values of each "
                "setting as time allowed.",
                "The others are built in the run. If one fails, its trials are stored as failed.",
            )
        )
    return found


def _not_installed(name: str) -> Finding:
    return Finding(
        "framework_not_installed",
        "error",
        f"`preload` names {name}, which is not installed here: every trial here will fail.",
        "Install it, on every node.",
    )


def _refused(seen: Seen, study: Study) -> Finding:
    if seen.surely:
        return Finding("cannot_run", "error", seen.refused, "Its trials will be stored as failed.")
    on_gpu = study.resources.gpu > 0
    where = "on this machine's processors, as the study asks for a GPU" if on_gpu else "with this machine and batch"
    return Finding("could_not_be_tried", "note" if on_gpu else "error", seen.refused, f"It was tried {where}.")


def _located(finding: Finding, labels: Sequence[str], n: int) -> Finding:
    if n == 1 or len(labels) == n:
        return finding
    return Finding(finding.name, finding.severity, f"{finding.evidence} (at {some(labels)})", finding.remedy)


def _differing(configuration: Configuration, other: Configuration) -> list[str]:
    keys = sorted({*configuration.hp, *other.hp})
    return [key for key in keys if key.startswith("model.") and configuration.hp.get(key) != other.hp.get(key)]


def _counted(prepared: Prepared, people: Sequence[People]) -> dict[str, Any]:
    counts = {name: asdict(count) for name, count in prepared.counts.items()}
    told = [_finite(row.as_dict()) for row in people]
    return {
        "data_id": prepared.data_id,
        "input_shape": _as_json(prepared.input_shape),
        "counts": counts,
        "people": told,
    }


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    width = row["half_width"]
    return row | {"half_width": list(width) if width and all(map(math.isfinite, width)) else None}


def _shape(shape: Any) -> str:
    """Return the shape of a sample in words; of several inputs each."""
    if isinstance(shape, dict):
        return ", ".join(f"{name} {_shape(each)}" for name, each in shape.items())
    return ", ".join(map(_shape, shape)) if shape and isinstance(shape[0], list) else " x ".join(map(str, shape))


def _as_json(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {name: _as_json(each) for name, each in shape.items()}
    return [_as_json(each) for each in shape] if isinstance(shape, tuple) else shape

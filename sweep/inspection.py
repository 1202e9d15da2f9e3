"""What can be known of a study before it is run: its data, counted, leaks, and every model, by building it."""

from dataclasses import asdict, dataclass
from typing import Any

from sweep import process, session
from sweep.building import build
from sweep.checks import Finding
from sweep.checks.before import data_findings, model_findings, settings_findings
from sweep.checks.model import model_checks
from sweep.data import Prepared, open_prepared
from sweep.errors import InputError
from sweep.execution import check_code, module_folders, prepare, resolve
from sweep.streams import stream_seeds
from sweep.study import Study


@dataclass(frozen=True)
class Inspection:
    """What a check saw.

    data: counts by split, for each data set. models: config_id -> label and number of parameters. findings: what a
    person should know before running; empty when all is well.
    """

    study: str
    data: list[dict[str, Any]]
    models: dict[str, dict[str, Any]]
    findings: list[Finding]

    def as_json(self) -> dict[str, Any]:
        """Return every field."""
        return asdict(self)

    def as_text(self) -> str:
        """Return some lines for a person."""
        lines = [f"{self.study}: the file and its functions are in order."]
        for one in self.data:
            shape = " x ".join(map(str, one["input_shape"]))
            lines.append(f"Data {one['data_id'][:12]}, inputs {shape}:")
            for name, count in one["counts"].items():
                labels = ", ".join(f"{n} {label}" for label, n in count["labels"].items())
                people = f", {count['subjects']} subjects, {count['videos']} videos" if count["subjects"] else ""
                lines.append(f"  {name:5} {count['n']} samples" + (f" ({labels})" if labels else "") + people)
        lines += [
            f"Model {one['label'] or '(no grid)'}: {one['parameters']:,} parameters" for one in self.models.values()
        ]
        lines += [f"Finding: {one}" for one in self.findings] or ["No findings."]
        return "\n".join(lines)


def inspect_study(name: str) -> Inspection:
    """Return what is known of a study before a trial is run.

    Raises:
        InputError: file, functions, data or a model are wrong.
    """
    modules = module_folders(name)
    session.find_modules_in(modules)
    study = resolve(name, seeds=None, results=None)
    check_code(study)
    trials, data = prepare(study)
    first = {one.configuration.config_id: one for one in reversed(trials)}
    every = list(reversed(first.values()))
    outcome = process.call(_sizes, [(one.configuration.study, one.data_id, one.seed, modules) for one in every])
    if outcome.crash:
        raise InputError(
            f"model: expected the models to be built. The process was {outcome.crash}. {outcome.log[-500:]}"
        )
    if isinstance(outcome.value, str):
        raise InputError(outcome.value)
    models = {
        one.configuration.config_id: {"label": one.configuration.label, "parameters": size}
        for one, (size, _) in zip(every, outcome.value, strict=True)
    }
    findings = [finding for one in data.values() for finding in data_findings(one.findings)]
    for one, (_, seen) in zip(every, outcome.value, strict=True):
        seeded = one.configuration.study.model_copy(update={"seeds": list(study.seed_list)})
        findings += settings_findings(seeded, str(one.configuration.hp.get("arm", "")))
        findings += model_findings(one.configuration.label, seen)
    return Inspection(study.study, [_counted(one) for one in data.values()], models, list(dict.fromkeys(findings)))


def _sizes(orders: list[tuple[Study, str, int, tuple[str, ...]]]) -> list[tuple[int, dict[str, float]]] | str:
    """Build every configuration's model, in a fresh process; return (parameters, checks) of each, or what is wrong."""
    sizes = []
    for study, data_id, seed, modules in orders:
        session.find_modules_in(modules)
        try:
            model = build(study, open_prepared(session.cache_folder(), data_id), stream_seeds(seed, study.hold))
        except InputError as error:
            return str(error)
        sizes.append((int(model.count_params()), model_checks(model)))
    return sizes


def _counted(one: Prepared) -> dict[str, Any]:
    counts = {name: asdict(count) for name, count in one.counts.items()}
    return {"data_id": one.data_id, "input_shape": list(one.input_shape), "counts": counts}

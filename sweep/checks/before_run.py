"""The findings of a study before it is run: what its settings, its data and its models show."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sweep.checks.finding import Finding, Severity
from sweep.checks.traps import TRAPS
from sweep.machine.streams import STREAMS
from sweep.study.study import Study

_LEAKS = (
    ("subject", "subject_in_two_splits", "Split by subject. As it is, HTER says nothing about new subjects."),
    ("video", "video_in_two_splits", "Split by video, or better by subject."),
    ("identical to the byte", "sample_in_two_splits", "Remove the copies."),
)


def settings_findings(study: Study, arm: str = "") -> list[Finding]:
    """Return what the settings of one configuration show; arm: its name, where it is one.

    An arm that holds every stream still asks for repeats that agree; a whole study that does so is a mistake.
    """
    found = []
    stopping = study.train.early_stopping
    if stopping is not None and study.fit is None and stopping.patience >= study.train.epochs:
        found.append(
            Finding(
                "never_stopped",
                "note",
                f"Early stopping waits {stopping.patience} epochs of at most {study.train.epochs}: it can never stop.",
                "Lower its patience, or raise train.epochs.",
            )
        )
    if not arm and set(STREAMS) <= set(study.hold) and len(study.seed_list) > 1:
        found.append(
            Finding(
                "seeds_do_nothing",
                "error",
                "Every stream of randomness is held: all seeds will give the same result.",
                "Remove from `hold` the streams that should vary.",
            )
        )
    return found


def class_weight_findings(class_weight: Any, classes: int) -> list[Finding]:
    """Return what the weights of classes leave out: classes without a word of them, or with a weight of 0.

    class_weight: None, "balanced" or class -> weight. classes: how many there are.
    """
    if not isinstance(class_weight, Mapping):
        return []
    without = [str(label) for label in range(classes) if label not in class_weight]
    nothing = [str(label) for label in range(classes) if class_weight.get(label) == 0]
    found = []
    if without:
        evidence = f"train.class_weight names no weight of class {', '.join(without)}, whose samples count 1."
        found.append(Finding("class_without_weight", "note", evidence, "Name a weight for every class."))
    if nothing:
        evidence = f"train.class_weight is 0 for class {', '.join(nothing)}: none of its samples is learnt from."
        found.append(Finding("class_not_learnt", "warning", evidence, "Give each class a weight above 0."))
    return found


def data_findings(sentences: Iterable[str], compared: bool = False) -> list[Finding]:
    """Return the sentences that loading the data gave as findings with a name.

    compared: whether the study sets data with a leak against data without one, as its question: a caution each then.
    """
    found = []
    severity: Severity = "note" if compared else "error"
    for sentence in sentences:
        leaks = [leak for leak in _LEAKS if leak[0] in sentence] if sentence.startswith("Allowed by") else []
        if leaks:
            found += [Finding(name, severity, sentence, remedy) for _, name, remedy in leaks[:1]]
            if "in dev" in sentence and "in test" in sentence:
                found.append(
                    Finding(
                        "chosen_on_test",
                        severity,
                        sentence,
                        "Use other subjects for dev, because epoch and threshold are chosen on dev. The report says by "
                        "how much HTER looks too good.",
                    )
                )
        elif sentence.startswith("train: "):
            found.append(Finding("batches", "note", sentence, "See docs/data.md, on batches of your own."))
        else:
            found.append(Finding("data", "warning", sentence, "Look at these samples."))
    return found


def model_findings(values: Mapping[str, float], asked: Collection[str] = ()) -> list[Finding]:
    """Return what the structure of one configuration's model shows.

    values: of `sweep.checks.model.model_checks`. asked: names of checks whose trap the study asks for: a caution each.
    """
    return [
        Finding(
            trap.name,
            "note" if trap.name in asked else trap.severity,
            trap.evidence.format(value=values[trap.name]),
            "The model does this on purpose." if trap.name in asked else trap.remedy,
        )
        for trap in TRAPS
        if values.get(trap.name, 0) > trap.limit
    ]

"""The findings of a study before it is run: what its settings, its data and its models show."""

from collections.abc import Iterable, Mapping

from sweep.checks.finding import Finding
from sweep.checks.traps import TRAPS
from sweep.streams import STREAMS
from sweep.study import Study

_LEAKS = (
    ("subject", "subject_in_two_splits", "Split by subject; HTER says nothing of new subjects now."),
    ("video", "video_in_two_splits", "Split by video, better by subject."),
    ("identical to the byte", "sample_in_two_splits", "Remove the copies."),
)


def settings_findings(study: Study, arm: str = "") -> list[Finding]:
    """Return what the settings of one configuration show; arm: its name, where it is one.

    An arm that holds every stream still asks for repeats that agree; a whole study that does so is a mistake.
    """
    found = []
    stopping = study.train.early_stopping
    if stopping is not None and stopping.patience >= study.train.epochs:
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
                "Every stream of randomness is held still: all seeds will give one result.",
                "Take the streams that shall vary out of `hold`.",
            )
        )
    return found


def data_findings(sentences: Iterable[str]) -> list[Finding]:
    """Return the sentences that loading the data gave as findings with a name."""
    found = []
    for sentence in sentences:
        leaks = [leak for leak in _LEAKS if leak[0] in sentence] if sentence.startswith("Allowed by") else []
        if leaks:
            found += [Finding(name, "error", sentence, remedy) for _, name, remedy in leaks[:1]]
            if "in dev" in sentence and "in test" in sentence:
                found.append(
                    Finding(
                        "chosen_on_test",
                        "error",
                        sentence,
                        "Give dev subjects of its own: epoch and threshold are chosen on it; the report says by how "
                        "much HTER looks too good.",
                    )
                )
        else:
            found.append(Finding("data", "note", sentence, "Look at these samples."))
    return found


def model_findings(label: str, values: Mapping[str, float]) -> list[Finding]:
    """Return what the structure of one configuration's model shows; values: of `sweep.checks.model.model_checks`."""
    at = f" (at {label})" if label else ""
    return [
        Finding(trap.name, trap.severity, trap.evidence.format(value=values[trap.name]) + at, trap.remedy)
        for trap in TRAPS
        if values.get(trap.name, 0) > trap.limit
    ]

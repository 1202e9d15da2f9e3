"""How many people each split holds, and how wide the interval for new subjects is that so many allow."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.checks.finding import Finding
from sweep.data import Split, Splits
from sweep.metrics.elsewhere import BEFORE
from sweep.stats.new_subjects import FEW_UNITS
from sweep.stats.student import t_quantile

SUPPOSED = 0.05  # the error rate that the widths are told for


@dataclass(frozen=True)
class People:
    """The people of one split.

    people: how many are known, 0 where the data name none. genuine, impostor: samples of each, None for another task.
    people_genuine, people_impostor: how many people have some. half_width: of the 95 % interval for new subjects at an
    error rate of 5 %, as a fraction: (where every sample of a person is a case of its own, where all of them are
    alike); the truth lies between. None without people, or for a regression.
    """

    split: str
    people: int
    genuine: int | None
    impostor: int | None
    people_genuine: int | None
    people_impostor: int | None
    half_width: tuple[float, float] | None

    def as_dict(self) -> dict[str, Any]:
        """Return every field."""
        return asdict(self)


def people_of(splits: Splits, task: str) -> list[People]:
    """Return the people of each split, and of each further test set.

    For verification the error is the mean of two rates, as HTER is: its variance is a quarter of the sum of theirs,
    p (1 - p) / n each, where n is the number of genuine and of impostor samples, or of people that have some. For
    classification it is one rate. The half-width is that of a t interval with n - 1 degrees of freedom, cut to 1.
    """
    found = [_of(name, split, task) for name, split in splits.items()]
    if splits.stream is not None and task == "verification":  # train is a sample of it
        genuine, impostor = (splits.stream.labels.get(label, 0) for label in ("1", "0"))
        found[0] = replace(found[0], genuine=genuine, impostor=impostor)
    return found + [_of(f"{BEFORE}{name}", split, task) for name, split in splits.tests.items()]


def people_of_folds(splits: Splits, task: str) -> People:
    """Return the people of all folds together, from the splits of any one of them."""
    every = [split for _, split in splits.items()]
    y, subject, video, sample = (
        np.concatenate([getattr(split, name) for split in every]) for name in ("y", "subject", "video", "sample")
    )
    return _of("all folds", Split(None, y, subject, video, sample), task)


def people_findings(found: list[People], task: str) -> list[Finding]:
    """Return a caution where dev or test have so few people that an interval for new subjects is rough."""
    named = {one.split: one.people for one in found if one.split != "train"}
    few = {name: n for name, n in named.items() if 0 < n < FEW_UNITS}
    if few:
        said = " and ".join(f"{n} in {name}" for name, n in few.items())
        return [
            Finding(
                "few_people",
                "note",
                f"Only {said}: below {FEW_UNITS} people the interval for new subjects is rough and wide.",
                "More people help. More samples of the same people hardly help.",
            )
        ]
    if task == "verification" and not all(named.values()):
        where = " and ".join(name for name, n in named.items() if not n)
        return [
            Finding(
                "people_unknown",
                "note",
                f"The data name no people in {where}. So no interval covers new people, and no leak of a person can "
                "be found.",
                "Give `subject` with the samples.",
            )
        ]
    return []


def table_lines(found: list[People], counts: Mapping[str, Any], task: str) -> list[str]:
    """Return the table as lines of text. counts: split -> `sweep.data.Count`."""
    head = ["", "samples", "people"]
    head += ["genuine", "impostor"] if task == "verification" else ["classes"] if task == "classification" else []
    wide = task != "regression" and any(one.half_width for one in found)
    rows = [head + (["new people"] if wide else [])]
    for one in found:
        count = counts[one.split]
        cells = [one.split, f"{count.n:,}", f"{one.people:,}" if one.people else "not named"]
        if task == "verification":
            cells += [_sort(one.genuine, one.people_genuine), _sort(one.impostor, one.people_impostor)]
        elif task == "classification":
            cells.append(_few(count.labels))
        width = one.half_width if one.split != "train" else None
        rows.append([*cells, f"+- {width[0]:.1%} to {width[1]:.1%}" if width else ""] if wide else cells)
    widths = [max(len(row[at]) for row in rows) for at in range(len(head) + wide)]
    lines = ["  " + "  ".join(cell.ljust(n) for cell, n in zip(row, widths, strict=True)).rstrip() for row in rows]
    if wide:
        what = "HTER" if task == "verification" else "error rate"
        lines.append(
            f"  new people: half the width of a 95 % interval for new people at an {what} of {SUPPOSED:.0%}, from all "
            "samples independent to all of a person alike."
        )
    return lines


def _of(name: str, split: Split, task: str) -> People:
    people = len(set(split.people.tolist()) - {""})
    if task == "regression":
        return People(name, people, None, None, None, None, None)
    if task == "classification":
        width = (_half_width([len(split)]), _half_width([people])) if people else None
        return People(name, people, None, None, None, None, width)
    sides = [split.y == 1, split.y == 0]
    samples = [int(side.sum()) for side in sides]
    have = [_people(split, side) for side in sides]
    width = (_half_width(samples), _half_width(have)) if all(have) else None
    return People(name, people, samples[0], samples[1], have[0], have[1], width)


def _people(split: Split, side: NDArray[np.bool_]) -> int:
    named = set(split.subject[side].tolist())
    if split.other_subject is not None:
        named |= set(split.other_subject[side].tolist())
    return len(named - {""})


def _half_width(n: list[int]) -> float:
    """Return half the width for the mean of some rates, each over so many independent cases."""
    if min(n) < 2:
        return 1.0
    variance = sum(SUPPOSED * (1 - SUPPOSED) / one for one in n) / len(n) ** 2
    return min(1.0, t_quantile(0.975, min(n) - 1) * math.sqrt(variance))


def _sort(samples: int | None, people: int | None) -> str:
    return f"{samples:,} of {people:,}" if people else f"{samples:,}"


def _few(labels: Mapping[str, int]) -> str:
    said = [f"{n:,} {label}" for label, n in labels.items()]
    return ", ".join(said[:6]) + (f" and {len(said) - 6} more" if len(said) > 6 else "")

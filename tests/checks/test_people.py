"""The people of each split, and how wide an interval for new people they allow."""

import math

import numpy as np
import pytest

from sweep.checks.people import people_findings, people_of, people_of_folds, table_lines
from sweep.checks.resources import resource_findings
from sweep.data import Count, Split, Splits
from sweep.study.parts import Resources


def splits(people: dict[str, int], each: int = 2) -> Splits:
    """Return splits of so many people, with `each` samples, half of them genuine."""

    def split(name: str, n: int) -> Split:
        at = np.arange(n * each)
        subject = np.array([f"{name} {one // each}" for one in at])
        sample = np.array([f"{name}-{one}" for one in at])
        return Split(x=np.zeros((n * each, 3), np.float32), y=at % 2, subject=subject, video=subject, sample=sample)

    return Splits(**{name: split(name, n) for name, n in people.items()})


def test_the_table_counts_people_and_both_kinds_of_samples() -> None:
    """30 people with one genuine and one impostor sample each: t of 29 degrees times the SD of HTER at 5 %."""
    found = {one.split: one for one in people_of(splits({"train": 40, "dev": 30, "test": 30}), "verification")}
    dev = found["dev"]
    assert (dev.people, dev.genuine, dev.impostor, dev.people_genuine, dev.people_impostor) == (30, 30, 30, 30, 30)
    assert dev.half_width is not None
    assert dev.half_width[0] == dev.half_width[1] == pytest.approx(2.0452 * math.sqrt(0.05 * 0.95 / 60), rel=1e-4)


def test_samples_of_one_person_that_are_alike_count_once() -> None:
    """With ten samples a person the width lies between that of the samples and that of the people."""
    [_, dev, _] = people_of(splits({"train": 30, "dev": 30, "test": 30}, each=20), "verification")
    assert dev.half_width is not None
    assert dev.half_width[0] < dev.half_width[1] / 3
    assert dev.half_width[1] == pytest.approx(0.0575, abs=1e-4)


@pytest.mark.parametrize(("n", "expected"), [(20, []), (19, ["few_people"])])
def test_fewer_than_20_people_are_a_caution(n: int, expected: list[str]) -> None:
    """Below 20 people in dev or test a person is warned, and the study does not fail; train does not count."""
    found = people_findings(people_of(splits({"train": 3, "dev": 25, "test": n}), "verification"), "verification")
    assert [one.name for one in found] == expected
    assert all(one.caution for one in found)
    assert all(f"Only {n} in test" in one.evidence for one in found)


def test_the_table_is_lined_up() -> None:
    """Each split has a line with its samples and people."""
    one = splits({"train": 4, "dev": 25, "test": 25})
    counts = {name: Count(n=len(split), labels={}, subjects=0, videos=0) for name, split in one.items()}
    lines = table_lines(people_of(one, "verification"), counts, "verification")
    assert [line.split()[0] for line in lines] == ["samples", "train", "dev", "test", "new"]
    assert "25 of 25" in lines[2]
    assert "+-" in lines[2]
    assert "+-" not in lines[1]


def test_a_gpu_that_is_not_here_is_a_caution(monkeypatch: pytest.MonkeyPatch) -> None:
    """A study for a cluster is no fault; that nothing of it can start here is said."""
    monkeypatch.setattr("sweep.checks.resources.gpus_here", lambda: 0)
    [one] = resource_findings(Resources(gpu=2))
    assert one.caution
    assert "2 GPUs a trial, this machine has 0" in one.evidence
    assert resource_findings(Resources()) == []


def test_folds_are_counted_together() -> None:
    """Of a study that divides people into folds all of them count, whichever fold is looked at; few are told of."""
    whole = people_of_folds(splits({"train": 12, "dev": 6, "test": 6}), "verification")
    assert (whole.people, whole.genuine, whole.people_impostor) == (24, 24, 24)
    assert people_findings([whole], "verification") == []
    [finding] = people_findings(
        [people_of_folds(splits({"train": 3, "dev": 2, "test": 2}), "verification")], "verification"
    )
    assert finding.name == "few_people"
    assert "Only 7 in all folds" in finding.evidence

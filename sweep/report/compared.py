"""What `sweep compare` says of a study: estimates, comparisons with verdicts, a published number, tests."""

from dataclasses import dataclass, replace
from typing import Any

from sweep.report.joint_notes import said_once
from sweep.report.labels import shortened
from sweep.report.text_columns import columns, limits, number, probability
from sweep.stats import THIS_TEST_SET, Against, Comparison, Estimate, SeedTest, verdict

SHOWN = 10  # verdicts in full; of more comparisons only those that tell apart


@dataclass(frozen=True)
class Compared:
    """The answers for one metric of one study.

    labels: config_id -> label. estimates, comparisons, against, tests: what was asked for; tests beside `comparisons`.
    notes: what the store says of the tables.
    """

    study: str
    metric: str
    level: float
    labels: dict[str, str]
    estimates: tuple[Estimate, ...]
    comparisons: tuple[Comparison, ...] = ()
    against: Against | None = None
    tests: tuple[SeedTest, ...] = ()
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return everything as one object for JSON."""
        return {
            "study": self.study,
            "metric": self.metric,
            "level": self.level,
            "estimates": [estimate.as_dict() | {"label": self.labels[estimate.config]} for estimate in self.estimates],
            "comparisons": [
                comparison.as_dict()
                | {
                    "a_label": self.labels[comparison.a],
                    "b_label": self.labels[comparison.b],
                    "verdict": verdict(self._named(comparison)),
                }
                for comparison in self.comparisons
            ],
            "against": self.against.as_dict() if self.against else None,
            "tests": [
                {"a": one.a, "b": one.b, **vars(test)} for one, test in zip(self.comparisons, self.tests, strict=False)
            ],
            **({"notes": list(self.notes)} if self.notes else {}),
        }

    def as_text(self) -> str:
        """Return tables and verdicts for a person."""
        lines = [f"{self.study}: {self.metric}, {100 * self.level:g} % intervals; rates are fractions", ""]
        lines += [*self._estimates(), "", *self._seeds()]
        lines += self._absent()
        if self.comparisons:
            lines += ["", *self._comparisons(), ""]
            lines += [f"- {said}" for said in self._verdicts()]
        elif not self.against:
            lines += ["", "The study has one configuration. Compare it with a paper's number (--published)."]
        if self.tests:
            lines += ["", *self._tests()]
        if self.against:
            name = f" ({self._name(self.against.config)})" if self.against.config else ""
            lines += ["", f"Published {self.metric}={self.against.published:g}{name}:", f"- {self.against}"]
        return "\n".join([*lines, "", *self._notes()])

    def _absent(self) -> list[str]:
        """Return a sentence for each configuration of the study that no seed finished."""
        there = {estimate.config for estimate in self.estimates}
        without = [self._name(name) for name in self.labels if name not in there]
        return [f"{name}: no seed finished, so there is no estimate." for name in without]

    def _estimates(self) -> list[str]:
        head = ("configuration", "mean", *self._covers(), "SD over seeds", "seeds")
        rows = []
        for estimate in self.estimates:
            new, here = estimate.new_subjects, estimate.this_test_set
            failed = f", {here.n_failed} failed" if here.n_failed else ""
            spans = (limits(new.low, new.high), limits(here.low, here.high))
            rows.append(
                (self._name(estimate.config), number(new.value), *spans, number(here.sd), f"{here.n_seeds}{failed}")
            )
        return columns(head, rows)

    def _seeds(self) -> list[str]:
        head = ("configuration", "median", "interquartile mean", "best seed", "from the mean", "failed of planned")
        rows = []
        for estimate in self.estimates:
            lost, middle = estimate.failures, estimate.failures.iqm
            span = f"{number(middle.value)} {limits(middle.low, middle.high)}" if middle else "-"
            low, high = round(lost.rate.low, 3), round(lost.rate.high, 3)
            rate = f"{lost.n_planned - lost.n_ok}/{lost.n_planned} {limits(low, high)}"
            luck = f"{estimate.best.gain_sd[-1]:.2f} SD" if len(estimate.values) > 1 else "-"
            rows.append(
                (self._name(estimate.config), number(lost.median), span, number(estimate.best.value[-1]), luck, rate)
            )
        return columns(head, rows)

    def _comparisons(self) -> list[str]:
        head = ("A", "B", "A - B", *self._covers(), f"p, {self._covers()[0]}", f"p, {self._covers()[1]}", "P(A > B)")
        rows = []
        for comparison in self.comparisons:
            new, here, chance = comparison.new_subjects, comparison.this_test_set, comparison.probability
            rows.append(
                (
                    self._name(comparison.a),
                    self._name(comparison.b),
                    number(new.value),
                    limits(new.low, new.high),
                    limits(here.low, here.high),
                    probability(comparison.p_new_subjects_holm),
                    probability(comparison.p_this_test_set_holm),
                    f"{chance.value:.2f} {limits(round(chance.low, 2), round(chance.high, 2))}",
                )
            )
        return columns(head, rows)

    def _verdicts(self) -> list[str]:
        shown = (
            [comparison for comparison in self.comparisons if comparison.better]
            if len(self.comparisons) > SHOWN
            else self.comparisons
        )
        said = [verdict(self._named(one)) for one in shown[:SHOWN]]
        left = len(self.comparisons) - len(said)
        told = sum(bool(comparison.better) for comparison in self.comparisons)
        if left:
            said.append(f"{told} of {len(self.comparisons)} pairs are told apart; --json prints {left} more verdicts.")
        return said

    def _tests(self) -> list[str]:
        head = ("A", "B", "test", "statistic", "p")
        rows = [
            (self._name(one.a), self._name(one.b), test.test, number(test.statistic), probability(test.p))
            for one, test in zip(self.comparisons, self.tests, strict=True)
        ]
        return [*columns(head, rows), "These tests are for this test set only, and their p is not adjusted."]

    def _notes(self) -> list[str]:
        new, here = self._covers()
        cases = self.estimates[0].new_subjects.cases
        found = [
            f"The interval for {new} covers another seed on other {cases}. The interval for {here} covers another "
            "seed on the same test set."
            if here == THIS_TEST_SET
            else f"The interval for {here} covers another seed, and another split of these data.",
            f"Estimates: {self.estimates[0].new_subjects.method}; {self.estimates[0].this_test_set.method}.",
        ]
        if self.comparisons:
            first = self.comparisons[0]
            found.append(f"Comparisons: {first.new_subjects.method}; {first.this_test_set.method}.")
            design = "paired" if self.comparisons[0].paired else "independent, not paired"
            worth = "better" if first.higher_is_better else "worse"
            found.append(
                f"P(A > B): probability that a run of A has the higher {self.metric}, which is {worth}. It is for this "
                "test set."
            )
            many = len(self.comparisons)
            found.append(f"Seeds are {design}; p-values are adjusted by Holm over {many} comparison{'s' * (many > 1)}.")
            if many > 1:
                found.append("Intervals are not adjusted: each is for one comparison. The verdict uses the adjusted p.")
        kinds = (
            [(self._name(estimate.config), note(estimate)) for estimate in self.estimates]
            for note in (_apart, _note_new, _note_here)
        )
        return [*found, *dict.fromkeys(sentence for notes in kinds for sentence in said_once(notes)), *self.notes]

    def _covers(self) -> tuple[str, str]:
        return self.estimates[0].new_subjects.covers, self.estimates[0].this_test_set.covers

    def _name(self, config: str) -> str:
        short = dict(zip(self.labels, shortened(list(self.labels.values())), strict=True))
        return short.get(config) or self.study

    def _named(self, one: Comparison) -> Comparison:
        return replace(one, a=self._name(one.a), b=self._name(one.b))


def _apart(estimate: Estimate) -> str:
    return estimate.apart


def _note_new(estimate: Estimate) -> str:
    return estimate.new_subjects.note


def _note_here(estimate: Estimate) -> str:
    return estimate.this_test_set.note

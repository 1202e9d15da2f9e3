"""Progress on standard error: finished of total, running means, time left; a bar on a terminal, else plain lines."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from sweep.metrics.catalogue import first_of_test, headline, metric_called
from sweep.trial.outcome import Status, TrialOutcome

_SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Hears the outcomes of trials and shows where a run stands."""

    def __init__(self, task: str, n_planned: int, n_stored: int, *, show: bool = True) -> None:
        """Take the task, the number of trials of the plan, and how many of them the store had before."""
        names = headline(task)
        self._shown = [metric_called(name) for name in names[: names.index(first_of_test(task)) + 1]]
        self._n_planned, self._n_stored, self._show = n_planned, n_stored, show
        self._sums = dict.fromkeys((row.name for row in self._shown), 0.0)
        self._n_ok = self._n_failed = 0
        self._first = self._said = time.monotonic()
        console = Console(stderr=True)
        self._bar = None
        if show and console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[text]}"),
            )
            self._bar = Bar(*columns, console=console)
            self._line = self._bar.add_task("trials", total=n_planned, completed=n_stored, text="starting Ray")

    def __enter__(self) -> Self:
        """Show the beginning."""
        if self._bar:
            self._bar.start()
        else:
            self._write(f"{self._n_stored} of {self._n_planned} trials are stored; starting Ray for the rest")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave the last state on the screen."""
        if self._bar:
            self._bar.stop()

    def hear(self, outcome: TrialOutcome) -> None:
        """Take in what became of a trial, and show it."""
        if not self._n_ok + self._n_failed:
            self._first = time.monotonic()
        if outcome.status is Status.OK:
            self._n_ok += 1
            for key in self._sums:
                self._sums[key] += outcome.metrics.get(key, float("nan"))
        else:
            self._n_failed += 1
            self._write(f"trial {outcome.trial_id} failed: {outcome.error}")
        done = self._n_stored + self._n_ok + self._n_failed
        if self._bar:
            self._bar.update(self._line, completed=done, text=self._text())
        elif done == self._n_planned or time.monotonic() - self._said >= _SECONDS_BETWEEN_LINES or self._n_ok == 1:
            self._said = time.monotonic()
            self._write(f"{done}/{self._n_planned} trials, {self._text()}")

    def wait_for(self, text: str) -> None:
        """Name on a terminal what is waited for until the first trial has ended."""
        if self._bar and not self._n_ok + self._n_failed:
            self._bar.update(self._line, text=text)

    def note(self, text: str) -> None:
        """Say something that is not of one trial."""
        self._write(text)

    def _text(self) -> str:
        finished = self._n_ok + self._n_failed
        parts = []
        if self._n_ok:
            for row in self._shown:
                mean = self._sums[row.name] / self._n_ok
                parts.append(f"mean {row.title} {f'{mean:.2%}' if row.unit == '%' else f'{mean:.4g}'}")
        if self._n_failed:
            parts.append(f"{self._n_failed} failed")
        missing = self._n_planned - self._n_stored - finished
        if not missing:
            parts.append("done")
        elif finished > 2:  # the first answers hold the start of Ray and of TensorFlow
            seconds = (time.monotonic() - self._first) / (finished - 1) * missing
            parts.append(f"{_minutes(seconds)} left")
        return ", ".join(parts)

    def _write(self, text: str) -> None:
        if not self._show:
            return
        if self._bar:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            sys.stderr.write(f"sweep: {text}\n")
            sys.stderr.flush()


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"

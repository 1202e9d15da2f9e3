"""A study's own answer: the tables that its question needs, and the sentence that answers it."""

import re
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sweep.errors import InputError, SweepError, printable
from sweep.store.store import Results
from sweep.study import code
from sweep.study.trust import NOBODY_ELSE, Trust, UntrustedError, permit


@dataclass(frozen=True)
class Table:
    """A table ready to be shown.

    head: the columns' names. rows: a cell a column, as text. note: what a reader must know beside it.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Answer:
    """What a study's `answer` function returns.

    sentences: the answer, the main one first. tables: what it rests on. figures: file name, ending in .png -> PNG.
    values: the numbers behind both, for JSON.
    """

    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    figures: dict[str, bytes] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return sentences, tables and values, for JSON; figures are files beside it."""
        tables = [asdict(table) for table in self.tables]
        return {"sentences": list(self.sentences), "tables": tables, "values": self.values}


def answer_of(results: Results, level: float, trust: Trust = NOBODY_ELSE) -> Answer | None:
    """Return the answer of the function that the study names; None where it names none.

    trust: whose function is called beside Seed Sweep's own, see `sweep.study.trust.permit`.
    The function takes `Results` and a keyword `level`, nominal coverage of intervals. What keeps it from answering, as
    missing trials or a fault in it do, stands as a sentence in its place: the report does not depend on it.

    Raises:
        UntrustedError: the function is neither ours nor the person's; nothing was imported.
    """
    use = results.study["resolved"].get("answer")
    if use is None:
        return None
    try:
        permit(results.study["resolved"], ["answer"], results.path, trust)
        found: Callable[..., Any] = code.function(use)
        return _checked(use, found(results, level=level))
    except UntrustedError:
        raise
    except SweepError as error:
        return Answer((f"No answer yet: {error}",))
    except (Exception, SystemExit) as error:  # noqa: BLE001 (it comes after all training: it must not cost the report)
        return Answer((f"No answer: {use} raised {type(error).__name__}{_said(error)}{_place(error)}.",))


def _checked(use: str, found: Any) -> Answer:
    """Return the answer where it is one that a report can show.

    Raises:
        InputError: something else, or figures with names that are no file names.
    """
    if not isinstance(found, Answer):
        raise InputError(f"Expected {use} to return a sweep.report.Answer. Received: {type(found).__name__}.")
    wrong = [name for name in found.figures if not re.fullmatch(r"[\w-][\w.-]*\.png", name)]
    if wrong:
        raise InputError(f"Expected figures of {use} by file name, as roc.png. Received: {wrong[0]!r}.")
    return found


def _said(error: BaseException) -> str:
    text = " ".join(printable(str(error)).split())
    return f": {text[:200]}" if text else ""


def _place(error: BaseException) -> str:
    """Return where it was raised, in the file where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""

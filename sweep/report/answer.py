"""A study's own answer: the tables that its question needs, and the sentence that answers it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from sweep import code
from sweep.errors import SweepError
from sweep.store import Results


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


def answer_of(results: Results, level: float) -> Answer | None:
    """Return the answer of the function that the study names; None where it names none.

    The function takes `Results` and a keyword `level`, nominal coverage of intervals. What keeps it from answering, as
    missing trials do, stands as a sentence in its place: the rest of the report does not depend on it.
    """
    use = results.study["resolved"].get("answer")
    if use is None:
        return None
    try:
        found: Callable[..., Answer] = code.function(use)
        return found(results, level=level)
    except SweepError as error:
        return Answer((f"No answer yet: {error}",))

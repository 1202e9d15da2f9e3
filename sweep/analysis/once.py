"""What one report asks for several times is worked out once: within `asked_once()` each answer is kept."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Kept:
    """Answers so far. together: metrics that are measured at once where one of them is asked for.

    held: what the answers came from. As long as it is held here, its identity is no other object's.
    """

    together: tuple[str, ...]
    answers: dict[Hashable, Any] = field(default_factory=dict)
    held: list[tuple[object, ...]] = field(default_factory=list)


_KEPT: ContextVar[Kept | None] = ContextVar("kept", default=None)


@contextmanager
def asked_once(together: Sequence[str] = ()) -> Iterator[None]:
    """Keep each answer of `once` until the block ends. together: see `Kept`.

    The frames of the results must not be changed in place meanwhile.
    """
    if _KEPT.get() is not None:  # a block within another goes on with its answers
        yield
        return
    token = _KEPT.set(Kept(tuple(together)))
    try:
        yield
    finally:
        _KEPT.reset(token)


def once(what: Hashable, of: tuple[object, ...], work: Callable[[], T]) -> T:
    """Return the answer of `work`, called once for each `what` and identity of `of`; outside a block each time.

    An error is not kept.
    """
    kept = _KEPT.get()
    if kept is None:
        return work()
    key = (what, *map(id, of))
    if key not in kept.answers:
        kept.answers[key] = work()
        kept.held.append(of)
    found: T = kept.answers[key]
    return found


def asked_together() -> tuple[str, ...]:
    """Return the metrics that are measured at once, none outside a block."""
    kept = _KEPT.get()
    return kept.together if kept else ()

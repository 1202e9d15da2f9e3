"""What is waited for before the first trial: named on a terminal at once, elsewhere where it takes long."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

_LONG = 20.0  # seconds after which a log, too, names what is waited for


@contextmanager
def waiting_for(text: str, *, show: bool = True) -> Iterator[None]:
    """Name what this block waits for on standard error; on a terminal the line goes with the block's end.

    So bad input is one message: an error that ends the block finds no line before it, but in a log after `_LONG`.
    """
    if not show:
        yield
        return
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status(text, spinner="line"):
            yield
        return
    late = Timer(_LONG, _say, [text])
    late.daemon = True
    late.start()
    try:
        yield
    finally:
        late.cancel()


def _say(text: str) -> None:
    sys.stderr.write(f"sweep: {text}\n")
    sys.stderr.flush()

"""What is written to the standard streams of the whole process, by C++ and by libraries as well."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def silent_errors() -> Iterator[None]:
    """Close standard error of the whole process for a moment: TensorFlow's import writes notes there from C++."""
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def output_as_errors() -> Iterator[None]:
    """Send what anything in this process writes to standard output to standard error: Ray and Tune write there."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)

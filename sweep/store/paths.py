"""A path or an address as a person writes it: what a shell would make of it, or one message that says why not."""

import os
import re
from pathlib import Path
from typing import Any

from sweep.errors import InputError, printable

_VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})", re.ASCII)
_ONE_SLASH = re.compile(r"^(s3|gs|gcs|file|https?|hdfs|abfss?|az):(?!//)/*", re.IGNORECASE)
_LONGEST_NAME = 255  # bytes, of every file system that we know


def path_of(said: str | Path) -> Path:
    """Return the path that a person names, `~` opened up; nothing needs to be there.

    Raises:
        InputError: no file or folder can have this name.
    """
    text = str(said)
    fault = fault_of(text)
    if fault:
        raise InputError(f"Expected the path of a file or a folder. Received: {shown(text)}, {fault}.")
    return Path(text).expanduser()


def fault_of(text: str) -> str:
    """Return why no file can have this path, "" if one can."""
    if not text:
        return "which is empty"
    if "\0" in text:
        return "with a zero byte in it"
    try:
        names = os.fsencode(text).split(b"/")
    except UnicodeEncodeError:
        return "with characters that no file name can hold"
    if max(map(len, names)) > _LONGEST_NAME:
        return f"with a name of more than {_LONGEST_NAME} bytes"
    if match := _ONE_SLASH.match(text):
        slashes = ":///" if match[1].lower() == "file" else "://"
        return f"neither a folder nor an address. Did you mean '{match[1].lower()}{slashes}{text[match.end() :]}'?"
    try:
        Path(text).expanduser()
    except RuntimeError:
        return f"and nobody here is called {text.partition('/')[0][1:]}"
    return ""


def with_variables(text: str) -> str:
    """Return a path with `$NAME` and `${NAME}` in place, as a shell would.

    Raises:
        ValueError: a variable that is not set, or another program's way to name one; continues "expected ...".
    """
    for plain, braced in _VARIABLE.findall(text):
        name = plain or braced
        if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            raise ValueError(f"variables as $NAME in a path. Received: {text!r}, which another program would read")
        if name not in os.environ:
            raise ValueError(f"variables that are set in a path. Received: {text!r}, and {name} is not set")
    return _VARIABLE.sub(lambda match: os.environ[match[1] or match[2]], text)


def opened_up(value: Any, *, home: bool) -> Any:
    """Return a value of a study with the variables in its paths in place, whatever it is nested in.

    A word is taken for a path where it begins with `$NAME` or `~`, or has a slash: a pattern may well hold a `$`.

    Args:
        value: words, numbers, lists and mappings.
        home: whether `~` is opened up too.

    Raises:
        ValueError: see `with_variables`.
    """
    if isinstance(value, dict):
        return {key: opened_up(one, home=home) for key, one in value.items()}
    if isinstance(value, list):
        return [opened_up(one, home=home) for one in value]
    if not isinstance(value, str):
        return value
    if _VARIABLE.match(value) or (_VARIABLE.search(value) and "/" in value):
        value = with_variables(value)
    if home and re.match(r"~[\w.-]*(/|$)", value, re.ASCII):
        try:
            value = str(Path(value).expanduser())
        except RuntimeError:
            raise ValueError(f"a home that exists. Received: {value!r}") from None
    return value


def shown(text: str) -> str:
    """Return a path for a message: what cannot be printed with escapes, a long one with its middle left out."""
    text = printable(text)
    return text if len(text) <= 200 else f"{text[:90]} ... {text[-90:]}"

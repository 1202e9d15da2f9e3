"""Results whose trials were made elsewhere: they are reported like any others, and cannot be run again."""

from collections.abc import Mapping
from typing import Any

from sweep.errors import InputError
from sweep.store.places import Place


def is_collected(document: Mapping[str, Any]) -> bool:
    """Return whether study.json says that nothing was trained here."""
    return bool(document["resolved"].get("collected"))


def refuse_collected(document: Mapping[str, Any], folder: Place | str, what: str) -> None:
    """Raise InputError where results were collected; what: what is asked of them, such as "run again"."""
    if is_collected(document):
        raise InputError(
            f"Expected results that `sweep run` made. Received: {folder}, collected from "
            f"{next(iter(document['resolved']['collected'].values()))}; such runs cannot be {what} here."
        )

"""Digests by which a changed bit is seen: of a file, and of a JSON document that bears its own."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SEAL = "sha256_of_this"


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sealed(document: Mapping[str, Any]) -> bytes:
    """Return the document as JSON with its own digest in it."""
    return json.dumps({**document, _SEAL: _digest(document)}, indent=1).encode()


def unsealed(content: bytes) -> dict[str, Any]:
    """Return what `sealed` was given.

    Raises:
        ValueError: torn, changed since, or without a seal.
    """
    document = json.loads(content)
    if not isinstance(document, dict) or document.pop(_SEAL, None) != _digest(document):
        raise ValueError("its digest is another")
    return document


def _digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()

"""Which differences between two nodes of a cluster would make one study into two."""

from collections.abc import Mapping

# A difference in any of these may change bits, or is known to; the patch of Python does not.
BINDING = ("python", "tensorflow", "keras", "numpy", "seedsweep")


def differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """Return "Expected NAME X, as here. Received: Y" for the first binding version that differs, or ""."""
    for name in BINDING:
        one, other = _binding(name, ours.get(name, "")), _binding(name, theirs.get(name, ""))
        if one != other:
            return f"Expected {name} {one or 'not installed'}, as here. Received: {other or 'none'}"
    return ""


def _binding(name: str, version: str) -> str:
    return ".".join(version.split(".")[:2]) if name == "python" else version

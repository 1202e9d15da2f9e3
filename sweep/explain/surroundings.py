"""What differs around two runs: versions, processor, threads, flags, code; which can change bits, and be put back.

What changes bits was measured with TensorFlow 2.21 (docs/why-runs-differ.md); all else is told as not known to.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sweep.explain.stored_bits import Bits
from sweep.trial import backends

CHANGES_BITS = {
    "threads": "thread count",
    "determinism": "determinism",
    "cpu_model": "CPU model",
    "cpu_features": "CPU generation",
    "gpu_model": "GPU model",
    "machine": "machine",
    "platform": "operating system",
    "version.keras": "Keras's version",
    "version.numpy": "NumPy's version",
    "version.torch": "PyTorch's version",
    "version.jax": "JAX's version",
    "version.jaxlib": "JAX's version",
    "flag.KERAS_BACKEND": "Keras's backend",
    "backend": "Keras's backend",
    "code_id": "the model's code",
    "data_id": "the data",
    **{f"version.{name}": f"{title}'s version" for one in backends.every() for name, title in one.PACKAGES.items()},
    **{f"flag.{name}": meaning for one in backends.every() for name, meaning in one.FLAGS.items()},
}


@dataclass(frozen=True)
class Factor:
    """One thing that was otherwise when the trial was stored. known: whether it is known to change bits."""

    name: str
    meaning: str
    stored: str
    now: str
    known: bool

    def as_dict(self) -> dict[str, Any]:
        """Return every field."""
        return asdict(self)

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.meaning} ({self.name}): {self.stored or 'unset'} stored, {self.now or 'unset'} now"


def factors(stored: Bits, again: Bits) -> tuple[Factor, ...]:
    """Return what differs around two runs, what is known to change bits first."""
    pairs: dict[str, tuple[Any, Any]] = {
        name: (stored.environment.get(name, ""), again.environment.get(name, ""))
        for name in [*again.environment, *(set(stored.environment) - set(again.environment))]
        if name != "git_commit"
    }
    pairs["code_id"] = (stored.code_id, again.code_id)
    pairs["git_commit"] = (stored.environment.get("git_commit", ""), again.environment.get("git_commit", ""))
    meant = CHANGES_BITS
    if "version.keras" not in again.environment:  # the user's own trial, of which any package may decide
        versions = {name: name.removeprefix("version.") for name in pairs if name.startswith("version.")}
        meant = versions | CHANGES_BITS | {"code_id": "the trial's code"}
    found = [
        Factor(name, meant.get(name, name), str(a), str(b), name in meant)
        for name, (a, b) in pairs.items()
        if str(a) != str(b)
    ]
    found += [
        Factor(name, "a file that the model's function reads", digest, again.files.get(name, "none"), known=True)
        for name, digest in stored.files.items()
        if digest != again.files.get(name)
    ]
    return tuple(sorted(found, key=lambda one: not one.known))


def variables_as_stored(differing: tuple[Factor, ...]) -> Mapping[str, str]:
    """Return the environment variables that bring the stored flags back; a variable of "" is removed."""
    return {one.name.removeprefix("flag."): one.stored for one in differing if one.name.startswith("flag.")}

"""The software of the stored trials: environment.json, and a list of pinned packages for pip."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from sweep.bundle.facts import Facts
from sweep.errors.plain_json import json_text

_OURS = "seedsweep"
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)(?: *; *([^\\]*))?")
_OF_PYTHON = re.compile(r"python_(?:full_)?version *(<|>=) *'([\d.]+)'")


def environment_json(facts: Facts) -> bytes:
    """Return the environments of the trials, as stored: versions, processor or GPU, threads, flags, commit."""
    rows = json.loads(facts.environments.to_json(orient="records"))
    kept = [{key: value for key, value in row.items() if value not in (None, "")} for row in rows]
    return f"{json_text({'environments': kept})}\n".encode()


def requirements(facts: Facts, lock: str | None = None) -> bytes:
    """Return a requirements file with the packages of the trials.

    Where every version is that of a lock file of Seed Sweep, this is the lock file, with all that these packages need
    and with hashes; else each stored version alone, since pip takes hashes for all packages or for none.

    lock: the text of the lock file; None takes the one beside Seed Sweep's source, where there is one.
    """
    lock = _lock_here() if lock is None else lock
    pins = {name: facts.versions(name) for name in facts.packages if name != _OURS}
    python = facts.values("python")
    locked = _locked(lock, python[0] if python else "")
    agrees = bool(pins) and all([locked.get(_plain(name))] == found for name, found in pins.items())
    ours = facts.versions(_OURS)
    head = [
        f"# The packages of the stored trials of the study {facts.name}.",
        f"# Python {' or '.join(python)}." if python else "# Python: not recorded.",
        f"# Seed Sweep {' or '.join(ours)}: install it from its source, after these."
        if ours
        else "# Seed Sweep: the version was not recorded.",
    ]
    if facts.code.packages:
        head.append(f"# code/ imports these too; their versions were not stored: {', '.join(facts.code.packages)}.")
    if agrees:
        return "\n".join([*head, "# Versions and hashes are those of Seed Sweep's lock file.", lock]).encode()
    head.append("# As stored with the trials; what these packages need themselves is not pinned.")
    lines = []
    for name, found in sorted(pins.items()):
        also = f"  # other trials: {', '.join(found[1:])}" if found[1:] else ""
        lines.append(f"{name}=={found[0]}{also}")
    return "\n".join([*head, *lines, ""]).encode()


def _locked(text: str, python: str) -> dict[str, str]:
    """Return package -> version that a lock file gives a version of Python; names as pip compares them."""
    found = (_PIN.match(line) for line in text.splitlines())
    return {_plain(match[1]): match[2] for match in found if match and _is_for(match[3] or "", python)}


def _is_for(marker: str, python: str) -> bool:
    """Return whether what a lock file says beside a package lets it be installed, as far as Python's version tells."""
    here = _numbers(python)
    bounds = [(sign, _numbers(bound)) for sign, bound in _OF_PYTHON.findall(marker)]
    return all(here < bound if sign == "<" else here >= bound for sign, bound in bounds)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _lock_here() -> str:
    file = Path(__file__).resolve().parents[2] / "locks" / "requirements.lock"
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""  # an installed package has no lock files beside it


def differing_packages(stored: Mapping[str, list[str]], here: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return (package, stored, here) for each package of the trials whose version is another one here."""
    return [
        (name, " or ".join(versions), here.get(name, ""))
        for name, versions in stored.items()
        if versions and here.get(name, "") not in versions
    ]

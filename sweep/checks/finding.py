"""A finding or a caution: the name of a check, how bad it is, what shows it, and what to do."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """What a check found.

    name: of the check, as in the column check.NAME. severity: "warning" may mislead and "error" makes the numbers
    wrong; both are findings, and `sweep check` ends with exit code 1. "note" is a caution: the numbers mean what they
    say, and a reader should know what is said here; the exit code stays 0. evidence: what was seen. remedy: what to do.
    """

    name: str
    severity: Severity
    evidence: str
    remedy: str

    @property
    def caution(self) -> bool:
        """Return whether this is a caution, not a finding."""
        return self.severity == "note"

    def as_dict(self) -> dict[str, str]:
        """Return every field."""
        return asdict(self)

    def __str__(self) -> str:
        """Return one line."""
        said = f"{self.name}: {self.evidence} {self.remedy}"
        return said if self.caution else f"{self.severity}: {said}"


def divided(every: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Return the findings and the cautions, each once and in their order."""
    once = list(dict.fromkeys(every))
    return [one for one in once if not one.caution], [one for one in once if one.caution]

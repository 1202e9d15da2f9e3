"""A finding: the name of a trap, how bad it is, what shows it, and what to do."""

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """What a check found.

    name: of the check, as in the column check.NAME. severity: "note" changes no number, "warning" may mislead,
    "error" makes the numbers wrong. evidence: what was seen. remedy: what to do.
    """

    name: str
    severity: Severity
    evidence: str
    remedy: str

    def as_dict(self) -> dict[str, str]:
        """Return every field."""
        return asdict(self)

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.severity}: {self.name}: {self.evidence} {self.remedy}"

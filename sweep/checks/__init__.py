"""The known traps of training and measuring, each a check with a name: what was seen, how bad it is, what to do."""

from sweep.checks.finding import Finding, divided

__all__ = ["Finding", "divided"]

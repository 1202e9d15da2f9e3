"""How many studies a simulation looks at: enough for a bound that a wrong method misses, more before a release.

The bounds are binomial, so that they widen by themselves where there are fewer studies.
"""

import os

FULL = os.environ.get("SEEDSWEEP_SIMULATIONS") == "long"  # `make thorough`
_FEWEST = 75


def studies(full: int) -> int:
    """Return how many studies to simulate: all of them before a release, else a quarter, 75 at least."""
    return full if FULL else min(full, max(_FEWEST, full // 4))

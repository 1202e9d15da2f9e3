"""How many examples a fuzz test tries: few in the suite, many with SEEDSWEEP_FUZZ=long."""

import os

from hypothesis import HealthCheck, settings

LONG = os.environ.get("SEEDSWEEP_FUZZ") == "long"


def examples(few: int, many: int = 2000) -> settings:
    """Return Hypothesis' settings: the same examples each time in the suite, other ones in a long run."""
    return settings(
        max_examples=many if LONG else few,
        deadline=None,
        derandomize=not LONG,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )

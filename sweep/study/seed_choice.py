"""The seeds of a study file: a count, a list, or a count from a first one on."""

from collections import Counter
from typing import Any

from sweep.errors import nearest
from sweep.study.parts import SeedRange
from sweep.study.study_text import short

MOST_TRIALS = 100_000  # ten times what was run; more is a slip of the pen, or many studies in one


def checked_seeds(seeds: Any) -> Any:
    """Return the seeds as they were said; ValueError, continuing "expected ...", where they are none of the three."""
    if isinstance(seeds, SeedRange):
        return seeds
    received = short(seeds)
    if isinstance(seeds, dict):
        for key in seeds.keys() - {"count", "first"}:
            raise ValueError(f"count and first. Received: {key}.{nearest(str(key), ('count', 'first'))}")
        count, first = seeds.get("count"), seeds.get("first", 0)
        valid = _is_count(count) and _is_seed(first) and _is_seed(first + min(int(count or 0), MOST_TRIALS) - 1)
    elif isinstance(seeds, list):
        wrong = [seed for seed in seeds if not _is_seed(seed)]
        valid = bool(seeds) and not wrong
        received = f"{short(wrong[0])} in the list" if wrong else received
    else:
        valid = _is_count(seeds)
    if not valid:
        raise ValueError(
            "a count of 1 or more, a list of whole numbers from 0 to 2**32 - 1, or {count: 10, first: 0}. "
            f"Received: {received}"
        )
    repeated = [seed for seed, n in Counter(seeds).items() if n > 1] if isinstance(seeds, list) else []
    if repeated:
        raise ValueError(f"every seed once. Received repeated seeds: {', '.join(map(str, sorted(repeated)))}")
    return seeds


def _is_seed(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**32  # True and 1.0 are no seeds


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 1

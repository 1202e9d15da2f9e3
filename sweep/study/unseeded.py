"""Where the code that a study reaches draws randomness that no seed decides, as its text shows."""

import ast
from collections.abc import Iterator

from sweep.errors import InputError
from sweep.study.reached_code import Reached, reached
from sweep.study.study import Study

_UNSEEDED = {"default_rng", "Random", "RandomState", "SeedSequence", "PCG64", "MT19937", "Philox", "SFC64"}
_NEVER_SEEDED = {"SystemRandom", "urandom", "token_bytes", "token_hex", "randbits", "getrandom"}
_NEVER_SEEDED |= {"from_non_deterministic_state"}
_SEEDING = _UNSEEDED | {"seed", "set_seed", "set_random_seed", "SeedGenerator", "from_seed", "PRNGKey"}
_CLOCKS = {"time", "time_ns", "perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "now", "getpid", "uuid4"}


def unseeded(study: Study) -> tuple[str, ...]:
    """Return each place that draws from no seed, or one of the clock, as "net.py, line 3: np.random.default_rng()"."""
    found: dict[str, None] = {}
    for use in dict.fromkeys(function.use for function in study.functions() if function.decides == "code"):
        try:
            known = reached(use)
        except InputError:
            continue
        found |= dict.fromkeys(_places(known))
    return tuple(found)


def _places(known: Reached) -> Iterator[str]:
    for file, statement in known.sources:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and _draws_freely(node):
                yield f"{file}, line {node.lineno}: {ast.unparse(node)}"


def _draws_freely(node: ast.Call) -> bool:
    name = _last(node.func)
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    if name in _NEVER_SEEDED:
        return True
    of_a_module = isinstance(node.func, ast.Attribute) and _last(node.func.value) == "random"
    none = all(isinstance(one, ast.Constant) and one.value is None for one in given)
    if none and (name in _UNSEEDED or (name == "seed" and of_a_module)):
        return True
    inner = [one for value in given for one in ast.walk(value) if isinstance(one, ast.Call)]
    return name in _SEEDING and any(_last(one.func) in _CLOCKS for one in inner)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""

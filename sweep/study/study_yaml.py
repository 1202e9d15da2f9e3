"""YAML as study files need it: numbers that mean one thing in every version, and nothing that grows without end."""

import re
from pathlib import Path
from typing import Any

import yaml

from sweep.errors import InputError

_MOST_BYTES = 2**20  # of a study file; the longest that we ship has 1 kB
_MOST_VALUES = 100_000  # keys and values, those behind an alias counted wherever it stands
_MOST_DIGITS = 300  # a float ends at 1.8e308
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


def read_mapping(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds.

    Raises:
        InputError: not a file that can be read, no YAML, no mapping, or more than a study file ever says.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InputError(
                f"Expected a study file of at most {_MOST_BYTES:,} bytes. Received: {path}, which is longer. Put long "
                "lists into a data or model function of yours."
            )
        mapping = yaml.load(content.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise InputError(f"Expected a study file that can be read. Received: {path}: {error.strerror}.") from None
    except RecursionError:
        raise InputError(f"Expected YAML in {path}. Received: values nested too deeply.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        said = " ".join(filter(None, (error.context, error.problem)))
        raise InputError(f"Expected YAML in {path}. Received: {said}{at}.") from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: no UTF-8, or no date such as 2024-13-01
        raise InputError(f"Expected YAML in {path}. Received: {' '.join(str(error).split())}") from None
    if not isinstance(mapping, dict):
        raise InputError(f"Expected keys and values in {path}. Received: {type(mapping).__name__}.")
    return mapping


class _Loader(yaml.SafeLoader):
    """YAML whose numbers are those of YAML 1.2: `1e-3` is a number, not a word, and `1:30` a word, not 90."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (as in the parent)
        first: [known for known in every if known[0] not in _NUMBERS]
        for first, every in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def get_single_data(self) -> Any:
        """Return what the file says, once it is sure that no alias makes it endless."""
        node = self.get_single_node()
        if node is None:
            return None
        n = _n_values(node, {})
        if n > _MOST_VALUES:
            many = f"{n:,}" if n < 10**12 else f"about 10^{len(str(n)) - 1}"
            raise _fault(None, f"{many} values, aliases (*name) written out; at most {_MOST_VALUES:,} are read")
        return self.construct_document(node)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping; a key given twice is an error, since the second would silently win."""
        keys = [(key.tag, key.value) for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        repeated = sorted({value for tag, value in keys if keys.count((tag, value)) > 1})
        if repeated:
            raise _fault(node, f"key given twice: {repeated[0]}")
        return super().construct_mapping(node, deep=deep)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Return a whole number; one with a zero in front is refused, which is 8 or 10 by the version of YAML."""
        text = self.construct_scalar(node).replace("_", "")
        digits = text.lstrip("+-")
        if len(digits) > _MOST_DIGITS:
            raise _fault(node, f"a number of {len(digits)} digits")
        if digits.isdigit() and digits[0] == "0" and digits.strip("0"):
            short = text.replace(digits, digits.lstrip("0"))
            raise _fault(
                node, f"{text}, another number in other versions of YAML. Write {short}, or '{text}' if it is a word"
            )
        return int(text) if digits.isdigit() else int(text, 0)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int",
    re.compile(r"^[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|\d[\d_]*)$"),
    list("-+0123456789"),
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"^[-+]?(\d[\d_]*\.[\d_]*|\.\d[\d_]*|(\d[\d_]*(\.[\d_]*)?|\.\d[\d_]*)[eE][-+]?\d+|\.(inf|Inf|INF))$"
        r"|^\.(nan|NaN|NAN)$"
    ),
    list("-+.0123456789"),
)


def _n_values(node: yaml.Node, known: dict[int, int]) -> int:
    """Return how many values a node stands for when every alias is written out; a long word counts as several."""
    if id(node) in known:
        if not known[id(node)]:
            raise _fault(node, "an alias (*name) that stands within itself")
        return known[id(node)]
    known[id(node)] = 0  # being counted
    if isinstance(node, yaml.MappingNode):
        n = sum(_n_values(key, known) + _n_values(value, known) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        n = sum(_n_values(one, known) for one in node.value)
    else:
        n = len(node.value) // 100
    known[id(node)] = 1 + n
    return known[id(node)]


def _fault(node: yaml.Node | None, text: str) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, text, node.start_mark if node else None)

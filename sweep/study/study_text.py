"""The study file by its name, and a fault in it as one message that a person can act on."""

from importlib import resources
from pathlib import Path
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError

from sweep.errors import InputError, large, nearest
from sweep.store.paths import path_of, shown
from sweep.study.study_yaml import read_mapping

# What pydantic says of its own types, in the words of a study file.
_EXPECTED = {
    "bool_parsing": "on or off",
    "bool_type": "on or off",
    "dict_type": "keys and values",
    "float_type": "a number",
    "finite_number": "a finite number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "keys and values",
    "string_pattern_mismatch": "letters, digits, '.', '_' or '-', the first a letter or a digit",
    "string_type": "a word",
    "too_short": "at least one",
}


def built_in_studies() -> dict[str, Path]:
    """Return the studies shipped in the package: name -> file."""
    folder = Path(str(resources.files("sweep.studies")))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def read_yaml(name: str | Path) -> tuple[Path, dict[str, Any]]:
    """Return (path, mapping) of a study file or of the built-in study of that name.

    Raises:
        InputError: nothing of that name, unreadable, or not a YAML mapping.
    """
    path = path_of(name)
    if not path.is_file():
        shipped = built_in_studies()
        if str(name) not in shipped:
            beside = [str(item) for item in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
            raise InputError(
                f"Expected a study file or a built-in study ({', '.join(shipped)}). Received: {shown(str(name))}."
                + nearest(str(name), [*shipped, *beside])
            )
        path = shipped[str(name)]
    mapping = read_mapping(path)
    return path, mapping


def explain(error: ValidationError, model: type[BaseModel], path: Path | str) -> str:
    """Return one message for the first faults of a study: where, what was expected, what came, the nearest key."""
    lines = []
    for fault in error.errors(include_url=False):
        place, known = _place(fault["loc"], model)
        received = f" Received: {short(fault['input'])}."
        if fault["type"] == "extra_forbidden":
            key = str(fault["loc"][-1])
            lines.append(f"Unknown key '{place}'.{nearest(key, known)} Known: {', '.join(known)}.")
        elif fault["type"] == "missing":
            lines.append(f"Expected the key '{place}'. Received: none.")
        elif fault["type"] == "value_error":
            text = str(fault["ctx"]["error"])
            lines.append(f"{place or 'study'}: expected {text}" + ("" if text.endswith("?") else "."))
        else:
            said = fault["msg"].removeprefix("Input should be ").removeprefix("String should have ")
            lines.append(f"{place}: expected {_EXPECTED.get(fault['type'], said)}.{received}")
    return f"{path}: " + " ".join(lines[:3])


def short(value: Any) -> str:
    """Return a value as Python writes it, the beginning alone of what is long."""
    if isinstance(value, list | tuple | dict) and len(value) > 50:
        inner = list(value.items() if isinstance(value, dict) else value)[:10]
        return f"{type(value).__name__} of {len(value):,}, which begins {short(inner)}"
    if isinstance(value, int) and abs(value) > 10**20:
        return large(value)
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested without end; more digits than Python writes
        return f"a {type(value).__name__} that cannot be written"
    return text if len(text) <= 200 else f"{text[:200]} ..."


def _place(location: tuple[int | str, ...], model: type[BaseModel]) -> tuple[str, list[str]]:
    """Return the dotted key of a fault, without pydantic's names of union members, and the keys known beside it."""
    names: list[str] = []
    known = list(model.model_fields)
    current: type[BaseModel] | None = model
    keyed = False  # whether the next part is a name that the person gave, as of a further test set
    for part in location:
        if keyed:
            names.append(str(part))
            keyed = False
            continue
        fields = current.model_fields if current else {}
        if part in fields:
            names.append(str(part))
            annotation = fields[str(part)].annotation
            known, current, keyed = list(fields), _model_of(annotation), get_origin(annotation) is dict
        elif current and part == location[-1]:
            names.append(str(part))
            known = list(fields)
        elif isinstance(part, int) or (current is None and "[" not in part):
            names.append(str(part))
    return ".".join(names), known


def _model_of(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for member in getattr(annotation, "__args__", ()):
        found = _model_of(member)
        if found is not None:
            return found
    return None

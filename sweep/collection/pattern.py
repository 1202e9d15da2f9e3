"""A pattern such as `scores/{system}/seed{seed}/{split}.txt`, and the files that it names."""

import glob
import re
from dataclasses import dataclass
from pathlib import Path

from sweep.errors import InputError
from sweep.metrics.elsewhere import BEFORE, NAME, fault_of_name

SPLITS = {"dev": ("dev", "devel", "development", "val", "validation"), "test": ("test", "eval", "evaluation")}
_FIELD = re.compile(r"\{([^{}]*)\}")
_EXAMPLE = "scores/{system}/seed{seed}/{split}.txt"


@dataclass(frozen=True)
class NamedFile:
    """A file that a pattern names: its seed, its split (dev, test or test.NAME), and every other field as a word."""

    path: Path
    seed: int
    split: str
    fields: dict[str, str]


def named_files(pattern: str) -> list[NamedFile]:
    """Return the files that a pattern names, sorted by path.

    pattern: a path with {seed} (digits), {split} (dev, test and their usual names, test.B for a further test set B) and
    further {names} (any text within one name); `*` is any text that does not count.

    Raises:
        InputError: {seed} or {split} is missing, a field is no name, nothing fits, or two files are one place.
    """
    fields = _fields(pattern)
    whole = re.compile(_expression(pattern))
    found = []
    for text in sorted(glob.glob(_FIELD.sub("*", _as_glob(pattern)))):  # noqa: PTH207 (a pattern may be absolute)
        match = whole.fullmatch(text)
        if match and Path(text).is_file():
            split = split_of(match["split"])
            if not split:
                name = match["split"].partition(".")[2]
                raise InputError(f"Expected {fault_of_name(name)}. Received: {name}, in {text}.")
            others = {name: match[name] for name in fields if name not in ("seed", "split")}
            found.append(NamedFile(Path(text), int(match["seed"]), split, others))
    if not found:
        raise InputError(f"Expected score files as {pattern}. Received: none.{_why_none(pattern)}")
    _refuse_twins(found)
    return found


def split_of(word: str) -> str:
    """Return "dev", "test", or "test.NAME" of a further test set, for a word of `_expression`; "" for another word."""
    if word[: len(BEFORE)].lower() == BEFORE:
        name = word[len(BEFORE) :]
        return "" if fault_of_name(name) else f"{BEFORE}{name}"
    return next((split for split, words in SPLITS.items() if word.lower() in words), "")


def left_out(pattern: str) -> list[str]:
    """Return a caution for each reason why files fit a pattern but for their seed or split; train's need none."""
    loose = re.compile(_expression(pattern, seed="[^/]+?", split="[^/]+?"))
    exact = re.compile(_expression(pattern))
    other: dict[str, list[str]] = {}
    for text in sorted(glob.glob(_FIELD.sub("*", _as_glob(pattern)))):  # noqa: PTH207 (see above)
        match = loose.fullmatch(text)
        if match is None or exact.fullmatch(text) or not Path(text).is_file():
            continue
        if not match["seed"].isdecimal():
            other.setdefault("the seed is no number", []).append(text)
        elif match["split"].lower() not in ("train", "training"):
            known = ", ".join(word for words in SPLITS.values() for word in words)
            other.setdefault(f"the split is none of {known}", []).append(text)
    return [
        f"Left out, as {why}: {', '.join(files[:3])}{f' and {len(files) - 3} more' if len(files) > 3 else ''}."
        for why, files in other.items()
    ]


def _fields(pattern: str) -> list[str]:
    fields = list(dict.fromkeys(_FIELD.findall(pattern)))
    wrong = [name for name in fields if not re.fullmatch(r"[A-Za-z]\w*", name)]
    if wrong or pattern.count("{") != pattern.count("}"):
        what = f"{{{wrong[0]}}}" if wrong else "a brace without its other"
        raise InputError(f"Expected fields such as {{system}}. Received: {what} in {pattern}. Write {_EXAMPLE}.")
    for name in ("seed", "split"):
        if name not in fields:
            raise InputError(
                f"Expected {{{name}}} in the pattern, as in {_EXAMPLE}. Received: {pattern}. Each seed and each split "
                "has a file of its own."
            )
    return fields


def _as_glob(pattern: str) -> str:
    """Return the pattern with all that a glob would read as its own sign, but `*`, as plain text."""
    return re.sub(r"[\[?]", r"[\g<0>]", pattern)


def _expression(pattern: str, **kinds: str) -> str:
    """Return the regular expression of a pattern; a field that comes again must have the same text.

    kinds: the expression of a field; a seed has digits and a split one of its words where nothing else is said.
    """
    splits = "|".join([*(word for words in SPLITS.values() for word in words), f"test[.]{NAME}"])
    kinds = {"seed": r"\d+", "split": f"(?i:{splits})"} | kinds
    seen: set[str] = set()
    parts = []
    for text in re.split(r"(\{[^{}]*\}|\*+)", pattern):
        if text.startswith("{"):
            name = text[1:-1]
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{kinds.get(name, '[^/]+?')})")
            seen.add(name)
        else:
            parts.append("[^/]*" if text.startswith("*") else re.escape(text))
    return "".join(parts)


def _why_none(pattern: str) -> str:
    """Return what lies where the pattern's files end: the longest beginning of it that exists, and what is in there."""
    parts = Path(pattern).parts
    there = Path(pattern).anchor or "."
    for n in range(1, len(parts)):
        beginning = _FIELD.sub("*", _as_glob(str(Path(*parts[:n]))))
        folders = sorted(text for text in glob.glob(beginning) if Path(text).is_dir())  # noqa: PTH207 (see above)
        if not folders:
            break
        there = folders[0]
    if but := left_out(pattern):
        return f" {' '.join(but)}"
    names = sorted(item.name for item in Path(there).iterdir())
    where = "The current folder" if there == "." else there
    return (
        f" {where} holds {', '.join(names[:5]) or 'nothing'}{' ...' if len(names) > 5 else ''}. Write the pattern as "
        f"the files are called, as {_EXAMPLE}."
    )


def _refuse_twins(found: list[NamedFile]) -> None:
    first: dict[tuple[object, ...], Path] = {}
    for file in found:
        place = (*sorted(file.fields.items()), file.seed, file.split)
        if place in first:
            raise InputError(
                f"Expected one file for each system, seed and split. Received: {first[place]} and {file.path} for one "
                "place. Make the pattern more exact, or move one away."
            )
        first[place] = file.path

"""What a configuration is called in tables and figures."""

import re
from collections.abc import Sequence

from sweep.errors import printable
from sweep.report.summary import Report

_SETTING = re.compile(r"(?:^|(?<= ))(train|model|data)\.(?=([\w.]+)=)")
_NAMED = re.compile(r"(?:^| )((?:train|model|data)\.[\w.]+)=")


def names(report: Report) -> list[str]:
    """Return a name a row: its label without `train.`, `model.`, `data.` where that stays unambiguous.

    A study without a grid has one configuration and no label; its name is then the study's.
    """
    return [" ".join(printable(name or report.study).split()) for name in shortened([row.label for row in report.rows])]


def labels_of(report: Report) -> dict[str, str]:
    """Return config_id -> the name of its row."""
    return dict(zip((row.config_id for row in report.rows), names(report), strict=True))


def shortened(labels: Sequence[str]) -> list[str]:
    """Return labels such as "model.dropout=0.5" as "dropout=0.5", unless two sections share a setting's name."""
    settings = {(section, name) for label in labels for section, name in _SETTING.findall(label)}
    if len({name for _, name in settings}) < len(settings):
        return list(labels)
    return [_SETTING.sub("", label) for label in labels]


def fitted(report: Report, width: int) -> tuple[list[str], str]:
    """Return `short` names for Matplotlib, and what to say of them."""
    found, said = short(report, width)
    return [drawable(name) for name in found], drawable(said)


def short(report: Report, width: int) -> tuple[list[str], str]:
    """Return a name a row of about `width` characters for figures, and what to say of names that are values alone."""
    whole = names(report)
    split = as_columns([row.label for row in report.rows])
    if max(map(len, whole)) <= width or split is None:
        return [_cut(name, width) for name in whole], ""
    settings, values = split
    return [_cut(", ".join(row), width) for row in values], f"configuration: {', '.join(settings)}"


def drawable(name: str) -> str:
    """Return a name for a figure: Matplotlib would take what stands between two `$` for mathematics, and leave a curve
    whose name begins with `_` out of the legend.
    """
    name = name.replace("$", r"\$")
    return f" {name}" if name.startswith("_") else name


def _cut(name: str, width: int) -> str:
    """Return the name, its middle left out where it is longer than `width`."""
    left = (width - 1) // 2
    return name if len(name) <= width else f"{name[:left]}\u2026{name[len(name) - (width - 1 - left) :]}"


def as_columns(labels: Sequence[str]) -> tuple[list[str], list[list[str]]] | None:
    """Return the settings' names and each label's values in their order; None if the labels name different ones."""
    keys = [_NAMED.findall(label) for label in labels]
    if not keys or not keys[0] or any(one != keys[0] for one in keys):
        return None
    values = [_NAMED.split(label)[2::2] for label in labels]
    return [name[:-1] for name in shortened([f"{key}=" for key in keys[0]])], values


def wrapped(name: str, width: int) -> list[str]:
    """Return the name in lines of at most `width` characters: broken at spaces, then after "=", then anywhere."""
    pieces = [
        piece for word in name.split(" ") for piece in ([(" ", word)] if len(word) <= width else _at_equals_sign(word))
    ]
    lines = [""]
    for gap, piece in pieces:
        if lines[-1] and len(lines[-1]) + len(gap) + len(piece) <= width:
            lines[-1] += gap + piece
            continue
        cut = [piece[at : at + width] for at in range(0, len(piece), width)] or [""]
        lines = (lines if lines[-1] else lines[:-1]) + cut
    return lines


def _at_equals_sign(word: str) -> list[tuple[str, str]]:
    key, sign, value = word.partition("=")
    return [(" ", key + sign), ("", value)] if sign else [(" ", word)]

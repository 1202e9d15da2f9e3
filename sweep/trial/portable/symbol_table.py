"""Where a library keeps an object that it does not export, read from the symbol table of its ELF file."""

from pathlib import Path

import numpy as np

_SECTION = np.dtype(
    {
        "names": ["kind", "offset", "size", "link"],
        "formats": ["<u4", "<u8", "<u8", "<u4"],
        "offsets": [4, 24, 32, 40],
        "itemsize": 64,
    }
)
_SYMBOL = np.dtype(
    [("name", "<u4"), ("info", "u1"), ("other", "u1"), ("section", "<u2"), ("value", "<u8"), ("size", "<u8")]
)
_SYMTAB = 2  # a section's kind
_OBJECT = 1  # a symbol's
_NEAR = 4096  # bytes


def offset(library: Path, name: str, size: int, near: int | None = None) -> int | None:
    """Return where an object lies, from where the library is loaded; None where the symbol table does not name it.

    size: of the object, in bytes: the table of a large library holds a million names, and only those of objects of this
    size are read. near: an offset within 4096 bytes of which it lies, if that is known.

    Source: System V Application Binary Interface, chapter 4 (object files).
    """
    text = np.memmap(library, np.uint8, mode="r")
    if bytes(text[:6]) != b"\x7fELF\x02\x01":  # 64 bit, little-endian
        return None
    at, count = int.from_bytes(bytes(text[40:48]), "little"), int.from_bytes(bytes(text[60:62]), "little")
    sections = text[at : at + 64 * count].view(_SECTION)
    for table in sections[sections["kind"] == _SYMTAB]:
        begin, length = int(table["offset"]), int(table["size"])
        symbols = text[begin : begin + length].view(_SYMBOL)
        symbols = symbols[symbols["size"] == size]
        symbols = symbols[symbols["info"] & 15 == _OBJECT]
        if near is not None:
            symbols = symbols[np.abs(symbols["value"].astype(np.int64) - near) <= _NEAR]
        strings = int(sections[int(table["link"])]["offset"])
        wanted = name.encode() + b"\0"
        for symbol in symbols:
            start = strings + int(symbol["name"])
            if bytes(text[start : start + len(wanted)]) == wanted:
                return int(symbol["value"])
    return None

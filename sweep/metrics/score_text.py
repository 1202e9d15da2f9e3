"""The text of a score file as UTF-8, whatever encoding and compression it has; what is no text is refused."""

import bz2
import codecs
import gzip
import lzma
import re
import stat
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sweep.errors import InputError

LARGEST = 2**30  # bytes of a compressed file's text; 3.7 million rows take a tenth
_BLOCK = 2**24
_OPENERS: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
_MARKS = {  # the longer first: UTF-16's mark begins UTF-32's
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_STRANGE = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def regular_file(path: Path) -> Path:
    """Return the path; raise InputError unless it is a file that can be read to its end."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        missing = isinstance(error, FileNotFoundError)
        raise InputError(
            f"Expected a score file. Received: {shown(path)}, "
            f"{'which is not there' if missing else reason}. Check the path."
        ) from error
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
        raise InputError(f"Expected a score file. Received: {shown(path)}, which is {kind}. Name a file.")
    return path


def shown(path: Path | str) -> str:
    """Return a path for a message, the middle left out where it is very long."""
    text = str(path)
    return text if len(text) <= 300 else f"{text[:120]}...{text[-170:]}"


def first_bytes(path: Path, count: int = 8) -> bytes:
    """Return the first bytes of a file, by which its kind is known."""
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        raise InputError(f"Expected a score file. Received: {shown(path)}: {error.strerror}. Check it.") from error


def read_text(path: Path) -> bytes:
    """Return the text as UTF-8 without byte order mark.

    Read are UTF-8, UTF-16 and UTF-32, Latin-1 (as cp1252), plain or compressed by gzip, bzip2 or xz.
    Raises InputError on bytes that are no text, damaged compression, or a compressed text above LARGEST bytes.
    """
    start = first_bytes(path)
    opener = next((found for magic, found in _OPENERS.items() if start.startswith(magic)), None)
    try:
        if opener is None:
            data = path.read_bytes()
        else:
            with opener(path, "rb") as file:
                data = _bounded(file, path)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, MemoryError) as error:
        reason = " ".join(str(error).split())[:200] or "too large for the memory"
        raise InputError(f"Expected a score file. Received: {shown(path)}: {reason}. Write it again.") from error
    return _utf8(data, path)


def _bounded(file: Any, path: Path) -> bytes:
    """Return the whole text of a compressed file; what is no text, or too much, is refused on the way."""
    blocks, total = [], 0
    while block := file.read(_BLOCK):
        total += len(block)
        if total > LARGEST:
            raise InputError(
                f"Expected at most {LARGEST // 2**20} MiB of text in a compressed file. Received: {shown(path)}. "
                "Decompress it first."
            )
        blocks.append(block)
        if len(blocks) == 1:
            _utf8(block[:4096], path, partial=True)
    return b"".join(blocks)


def _utf8(data: bytes, path: Path, *, partial: bool = False) -> bytes:
    """Return the bytes as UTF-8; partial: the data may end within a character."""
    head = data[:4096]
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None) or _without_mark(head)
    try:
        if encoding is None:
            data.decode("utf-8")
        else:
            data = data.decode(encoding, errors="ignore" if partial else "strict").encode("utf-8")
    except UnicodeDecodeError as error:
        if encoding not in (None, "utf-8-sig"):
            raise InputError(
                f"Expected text. Received: {shown(path)}, which ends within a character of {encoding}. Write it again."
            ) from error
        data = data.decode("cp1252", errors="replace").encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"Expected text. Received: {shown(path)}, with halves of characters. Write it as UTF-8."
        ) from error
    if _STRANGE.search(data[:65536]) or b"\0" in data:
        raise InputError(
            f"Expected a text file of scores or Parquet. Received: {shown(path)}, whose bytes are no text. "
            "Export it as CSV."
        )
    return data


def _without_mark(head: bytes) -> str | None:
    """Return UTF-16 in the order of the bytes that the zeros of plain letters tell, or None."""
    half = len(head) // 2
    if half < 2:
        return None
    even, odd = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if odd > 0.7 * half and not even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and not odd else None

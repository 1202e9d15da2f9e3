"""`sweep metrics` answers any file in time, in few lines and without a traceback."""

import bz2
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.command import check_answer
from tests.fuzz.profiles import examples

WORDS = [
    "1", "0", "-1", "2", "genuine", "impostor", "target", "nontarget", "live", "spoof", "bona fide", "A07", "-", "none",
    "a", "b", "s1", "s2", "clip#1.png", "0.5", "-.25", "1e-3", "1,5", "1,234", "1.234,5", "nan", "inf", "-inf", "1e300",
    "1e301", "1e999", "9" * 400, "", " ", '"', '"a', "'1'", "=1+1", "@x", "$x$", "\x1b[31m", "\0", "\ufeff", "é", "#",
    "label", "score", "subject", "other", "video", "attack_type", "split", "trial_id", "dev", "test",
]  # fmt: skip
HEADERS = ["", "", "", "label,score", "score;label", "label\tscore\tsubject", "label,score,attack_type", "score,score"]
cell = st.sampled_from(WORDS) | st.text(max_size=6) | st.floats().map(str)
label = st.sampled_from(["1", "0", "-1", "genuine", "impostor", "spoof", "bonafide", "2"])
number = st.floats(-5, 5).map(str) | st.integers(0, 3).map(str) | cell
rows = st.lists(st.lists(cell, min_size=1, max_size=6), max_size=12) | st.lists(
    st.tuples(label, number).map(list) | st.tuples(label, number, cell).map(list), min_size=1, max_size=30
)
encoding = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "utf-32"])
packing = st.sampled_from([bytes, bytes, bytes, gzip.compress, bz2.compress, lambda b: gzip.compress(b)[:-5]])


@st.composite
def content(draw: st.DrawFn) -> bytes:
    """Draw the bytes of a file: a table in some dialect, or anything."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200)) + draw(st.sampled_from([b"", b"PAR1", b"\x1f\x8b", b"PK\x03\x04"]))
    mark, end = (
        draw(st.sampled_from([" ", ",", ";", "\t", "  ", ", ", "|"])),
        draw(st.sampled_from(["\n", "\r\n", "\r"])),
    )
    text = end.join([draw(st.sampled_from(HEADERS)), *(mark.join(row) for row in draw(rows))])
    data = text.encode(draw(encoding), errors="replace")
    head = draw(st.sampled_from([b"", b"", b"", b"PAR1", b"ARROW1", b"\x1f\x8b", b"\xff\xfe"]))
    packed: bytes = draw(packing)(head + data)
    return packed


options = st.lists(
    st.sampled_from(
        [
            ("--format", "2col"), ("--format", "4col"), ("--format", "csv"), ("--format", "parquet"), ("--distances",),
            ("--column", "score=2"), ("--column", "label=1"), ("--column", "score=99"), ("--column", "x=1"),
            ("--genuine-label", "0"), ("--genuine-label", "A"), ("--decimal", "comma"), ("--decimal", "point"),
            ("--json",), ("--unit", "subject"), ("--trial", "t"), ("--confidence", "2"),
        ]
    ),
    max_size=3,
)  # fmt: skip


@given(data=content(), more=options, one_class=st.integers(0, 4))
@examples(200)
def test_any_file(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, more: list[tuple[str, ...]], one_class: int
) -> None:
    """Any bytes in a score file, with any options, get an answer of a few lines and an exit code from 0 to 3."""
    path = tmp_path_factory.getbasetemp() / "fuzzed.txt"
    path.write_bytes(data)
    files = ("--genuine", path, "--impostor", path) if one_class == 0 else ("--dev", path)
    check_answer("metrics", *files, *(word for option in more for word in option))


@pytest.mark.parametrize("name", ["folder", "pipe", "a" * 300, "no\nfile", "no\x1b[31mfile", "~nouser", "\udc80"])
def test_strange_places(tmp_path: Path, name: str) -> None:
    """A folder, a pipe, and names that no file can have are refused in a line."""
    import os

    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert check_answer("metrics", "--dev", tmp_path / name) == 2
    assert check_answer("metrics", "--dev", "/dev/zero") == 2

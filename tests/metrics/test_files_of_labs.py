"""Score files as other programs write them give the scores that are in them, or a refusal that says what decides."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from sweep.errors import InputError
from sweep.metrics import eer
from sweep.metrics.score_file import read_scores, read_two_files
from sweep.metrics.score_set import ScoreSet
from tests.metrics.golden import SHARED

CASES = SHARED / "cases"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="the cases (../shared/cases) are not there")
RNG = np.random.default_rng(1)
ROWS = [(1, x, k % 9, k % 9, k) for k, x in enumerate(RNG.normal(2, 1, 40).round(6))] + [
    (0, x, k % 9, (k + 1) % 9, k) for k, x in enumerate(RNG.normal(0, 1, 80).round(6))
]


def text(row: str, header: str = "", words: tuple[str, str] = ("impostor", "genuine"), mark: str = ".") -> str:
    """Return a file of the rows above, each as `row` says."""
    lines = [
        row.format(n=n, l=words[n], s=f"{x:.6f}".replace(".", mark), a=f"s{a}", b=f"s{b}", k=k)
        for n, x, a, b, k in ROWS
    ]
    return "\n".join([*([header] if header else []), *lines]) + "\n"


def check(found: ScoreSet) -> None:
    """The scores are those above."""
    assert sorted(found.genuine.scores) == sorted(x for n, x, *_ in ROWS if n)
    assert sorted(found.impostor.scores) == sorted(x for n, x, *_ in ROWS if not n)


@pytest.mark.parametrize(
    ("content", "read_as"),
    [
        (text("{n} {a}/{k}.wav {b}/t{k}.wav {s}"), "label, enrol, test, score"),
        (text("{a}/{k}.wav {b}/t{k}.wav {n} {s}"), "enrol, test, label, score"),
        (text("{a} {b} {s} {n}"), "claimed, real, score, label"),
        (text("{a} {b} clip#{k}.png {s}"), "claimed, real, name, score"),
        (text("U_{k} - {l} {s}", words=("nontarget", "bonafide")), "name 1, name 2, label, score"),
        (text("U_{k} {l} {s}", words=("A07 spoof", "- bonafide")), "name, attack type, label, score"),
        (text("{s}\t{l}", words=("spoof", "Bona Fide")), "score, label"),
        (text("{l},{s}", words=("-1", "+1")), "label, score"),
        (text("{l} {s}", words=("fake", "live")), "label, score"),
        (text("{l};{s}", mark=","), "label, score"),
        (text('"{l}";"{s}"', '"label";"score"', mark=","), None),
        (text('"{k}" "{l}" {s}', '"label" "score"'), None),
        (text("{k},{n},{s}", ",label,score"), None),
        (text("{n},{s},", "label,score"), None),
        (text("{l} {s}", "# label score"), None),
        (text("{n},clip#{k}.png,{s}", "label,sample,score"), None),
        (text("{l},{s}", "match?,cos sim", words=("no", "yes")), "label from 'match?', score from 'cos sim'"),
    ],
)
def test_rows_of_other_programs(tmp_path: Path, content: str, read_as: str | None) -> None:
    """Columns in any order are found by their cells or names, and what was guessed is said."""
    path = tmp_path / "scores.txt"
    path.write_text(content)
    found = read_scores(path)
    check(found)
    assert found.read_as == read_as or (read_as or "").startswith("name 1")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings(tmp_path: Path, encoding: str, end: str) -> None:
    """The encoding and the ends of lines make no difference, plain and compressed."""
    data = text("é{k};{l};{s}", "nom;label;score", mark=",").replace("\n", end).encode(encoding)
    for name, content in (("plain.csv", data), ("packed.csv.gz", gzip.compress(data))):
        (tmp_path / name).write_bytes(content)
        check(read_scores(tmp_path / name))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (text("{n} {n}"), "--column label=1 --column score=2"),
        (text("{l} {s}", words=("2", "1")), "--genuine-label 1 or --genuine-label 2"),
        (text("{l} {s}", words=("B", "A")), "'A', 'B'. Say which is genuine, --genuine-label"),
        (text("{l};1,23{n}", "label;score"), "--decimal comma or --decimal point"),
        (text("e{k} t{k} {s}"), "--column subject=1 --column other=2"),
        (text("{l} {s} 2.5{k}"), "--column score=3"),
        (text("{n},{s},{l}", "label,score,attack_type", words=("", "print")), "--genuine-label 0"),
        (text("1 1e301\n{n} {s}"), "between -1e300 and 1e300"),
        (text('{{"label": {n}}}'), "which is JSON"),
        (text("{l} {s}") + "genuine 1 # a note\n", "row 121 has more"),
    ],
)
def test_two_readings_are_refused(tmp_path: Path, content: str, message: str) -> None:
    """What may be read in two ways, or is contradictory, is refused with what decides."""
    (tmp_path / "scores.txt").write_text(content)
    with pytest.raises(InputError, match=message.replace("?", ".")):
        read_scores(tmp_path / "scores.txt")


def test_the_options_decide(tmp_path: Path) -> None:
    """Columns by number and the genuine label read what is refused without them."""
    path = tmp_path / "scores.txt"
    path.write_text(text("{l} 2.5{k} {s}", words=("2", "1")))
    check(read_scores(path, columns={"score": "3", "label": "1"}, genuine="1"))


@pytest.mark.parametrize("word", ["", "-", "none", "NA", "bonafide", "zero-effort"])
def test_no_attack(tmp_path: Path, word: str) -> None:
    """A word for no attack is no attack type: zero-effort impostors stay apart from attacks."""
    path = tmp_path / "scores.csv"
    path.write_text(text("{l}," + word + ",{s}", "label,attack_type,score") + "impostor,print,0.5\n")
    found = read_scores(path)
    check(found)
    assert list(found.attacks) == ["print"]


def test_one_class_files_with_two_readings(tmp_path: Path) -> None:
    """Several numbers a row and counts are refused; a byte order mark and names beside the score are not."""
    good, other = tmp_path / "g.txt", tmp_path / "i.txt"
    good.write_text("\ufeff" + "".join(f"{x} clip{k}\n" for n, x, _, _, k in ROWS if n))
    other.write_text("".join(f"{x}\n" for n, x, *_ in ROWS if not n))
    check(read_two_files(good, other))
    good.write_text("0.5 1\n0.25 2\n")
    with pytest.raises(InputError, match="has 2 numbers"):
        read_two_files(good, other)
    assert list(read_two_files(good, other, column="1").genuine.scores) == [0.5, 0.25]
    for path in (good, other):
        path.write_text("0\n" * 8 + "3\n5\n1\n0\n")
    with pytest.raises(InputError, match="--format 1col"):
        read_two_files(good, other)
    assert read_two_files(good, other, form="1col").genuine.scores.size == 12


@needs_cases
@pytest.mark.parametrize(
    "name",
    [
        "01-hash-in-path/hash.csv", "01-hash-in-path/hash4.txt", "08-live-spoof-labels/live.txt",
        "08-live-spoof-labels/real.txt", "09-score-files-of-speaker-labs/enrol_test_label_score.txt",
        "09-score-files-of-speaker-labs/enrolled_speaker_test_speaker_score_label.txt",
        "09-score-files-of-speaker-labs/score_key.txt", "10-how-other-programs-write/header_spaces.txt",
        "10-how-other-programs-write/no_header.csv", "10-how-other-programs-write/scores.csv.gz",
    ],
)  # fmt: skip
def test_cases_of_one_result(name: str) -> None:
    """Every such file holds the same 120 genuine and 400 impostor scores."""
    found = read_scores(CASES / name)
    assert (found.genuine.scores.size, found.impostor.scores.size, found.n_failed) == (120, 400, 0)
    assert eer(found.genuine.scores, found.impostor.scores).value == pytest.approx(0.15833, abs=1e-5)


@needs_cases
@pytest.mark.parametrize("name", ["none", "empty", "na", "dash", "words"])
def test_cases_of_no_attack(name: str) -> None:
    """300 zero-effort impostors and the attacks of one type, whatever word says that there was no attack."""
    found = read_scores(CASES / "02-attack-type-none" / f"{name}.csv")
    assert list(found.attacks) == ["print"]
    assert found.impostor.scores.size == 300
    assert eer(found.genuine.scores, found.impostor.scores).value == pytest.approx(0.06)


@needs_cases
def test_cases_that_are_refused() -> None:
    """A label that contradicts the attack types, and files of one class that are no list of scores."""
    path, folder = CASES / "08-live-spoof-labels" / "spoof_is_1.csv", CASES / "11-one-class-files"
    with pytest.raises(InputError, match="--genuine-label 0"):
        read_scores(path)
    assert set(read_scores(path, genuine="0", distances=True).attacks) == {"print", "replay"}
    for pair in (("g_row", "i_row"), ("g_hist", "i_hist"), ("g_score_then_id", "i_row")):
        with pytest.raises(InputError, match=r"--column score=1|--format 1col"):
            read_two_files(*(folder / f"{name}.txt" for name in pair))
    ten = CASES / "10-how-other-programs-write"
    assert read_two_files(ten / "g_bom.txt", ten / "i.txt").genuine.scores.size == 120

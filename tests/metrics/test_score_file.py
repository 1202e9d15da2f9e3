"""Score files of every format give the same scores; what cannot be read is one message."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.errors import InputError
from sweep.metrics.score_cells import _single_blanks
from sweep.metrics.score_file import read_scores, read_two_files
from sweep.metrics.score_set import ScoreSet

GENUINE, IMPOSTOR = [0.9, 0.8, float("nan")], [0.1, 0.2]


def check(found: ScoreSet) -> None:
    """The scores are those above, whatever file they came from."""
    np.testing.assert_array_equal(found.genuine.scores, GENUINE)
    np.testing.assert_array_equal(found.impostor.scores, IMPOSTOR)
    assert found.n_failed == 1


def write(path: Path, text: str) -> Path:
    """Write a file and return its path."""
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("two.txt", "1 0.9\n1 0.8\n-1 0.1\n1 nan\n-1 0.2\n"),
        ("words.txt", "# a comment\ngenuine\t0.9\ngenuine 0.8\nimpostor 0.1\n\ngenuine NaN\nimpostor 0.2\n"),
        ("three.txt", "bonafide target 0.9\n- target 0.8\n- nontarget 0.1\n- target nan\n- nontarget .2\nA spoof 1\n"),
        ("four.txt", "a a f1 0.9\na a f2 0.8\na b f3 0.1\nb b f4 nan\nb a f5 0.2\n"),
        ("five.txt", "a m a f1 0.9\na m a f2 0.8\na m b f3 0.1\nb m b f4 nan\nb m a f5 0.2\n"),
        ("comma.csv", "label,score\n1,0.9\n1,0.8\n0,0.1\n1,\n0,0.2\n"),
        ("semicolon.csv", "Score;Label\n0.9;True\n0.8;True\n0.1;False\nnan;True\n0.2;False\n"),
        ("pairs.csv", "bio_ref_subject_id,probe_subject_id,probe_attack_type,score\n"
                      "a,a,,0.9\na,a,,0.8\na,b,,0.1\nb,b,,nan\nb,a,,0.2\na,b,mask,0.7\n"),
    ],
)  # fmt: skip
def test_formats(tmp_path: Path, name: str, text: str) -> None:
    """Every text format is recognised by itself and gives the same scores."""
    check(read_scores(write(tmp_path / name, text)))


def test_one_file_a_class(tmp_path: Path) -> None:
    """PyEER's files: a score a line, the last column counts, leading blanks do not."""
    genuine = write(tmp_path / "g.txt", "x 0.9\n  0.8\nnan\n")
    check(read_two_files(genuine, write(tmp_path / "i.txt", "0.1\n0.2\n")))


def test_parquet_of_a_study(tmp_path: Path) -> None:
    """A study's scores.parquet: the split and the trial are chosen, subjects and videos are kept."""
    rows = pd.DataFrame(
        {
            "trial_id": ["t"] * 6 + ["u"],
            "split": ["dev"] * 5 + ["test", "dev"],
            "subject": [1, 1, 2, 2, 3, 4, 1],
            "video": [1, 2, 1, 2, 1, 1, 1],
            "label": [1, 1, 0, 1, 0, 1, 1],
            "score": [0.9, 0.8, 0.1, np.nan, 0.2, 0.5, 0.4],
        }
    )
    path = tmp_path / "scores.parquet"
    rows.to_parquet(path)
    found = read_scores(path, trial="t")
    check(found)
    assert found.n_subjects == 3
    clusters = found.clusters("video")
    assert clusters is not None
    assert (clusters.n_units, clusters.n_columns) == (3, 5)
    with pytest.raises(InputError, match=r"2 trials: 't', 'u'"):
        read_scores(path)
    with pytest.raises(InputError, match="Received: 'v'"):
        read_scores(path, trial="v")


def test_attacks_stand_apart(tmp_path: Path) -> None:
    """Beside impostors the attacks are reported by type; alone they are the impostors."""
    text = "bonafide target 0.9\n- nontarget 0.1\nA1 spoof 0.7\nA2 spoof 0.6\nA1 spoof 0.5\n"
    found = read_scores(write(tmp_path / "a.txt", text))
    assert {kind: list(scores) for kind, scores in found.attacks.items()} == {"A1": [0.7, 0.5], "A2": [0.6]}
    alone = read_scores(write(tmp_path / "b.txt", text.replace("- nontarget 0.1\n", "")))
    np.testing.assert_array_equal(alone.impostor.scores, [0.7, 0.6, 0.5])
    of_bob = read_scores(write(tmp_path / "c.txt", "a a f 0.9\na b f 0.1\na attack/print f 0.7\n"))
    assert list(of_bob.attacks) == ["attack/print"]


def test_distances_are_negated(tmp_path: Path) -> None:
    """Lower is more genuine: the scores come back with their signs turned."""
    found = read_scores(write(tmp_path / "d.txt", "1 0.1\n-1 0.9\n"), distances=True)
    assert (found.genuine.scores[0], found.impostor.scores[0]) == (-0.1, -0.9)


def test_columns_by_name(tmp_path: Path) -> None:
    """Columns with other names are named by the user; a misspelt name is answered with the nearest."""
    path = write(tmp_path / "n.csv", "same,cosine\nyes,0.9\nno,0.1\n")
    found = read_scores(path, columns={"score": "cosine", "label": "same"})
    assert found.genuine.scores[0] == 0.9
    with pytest.raises(InputError, match="Did you mean 'cosine'"):
        read_scores(path, columns={"score": "cosin", "label": "same"})
    with pytest.raises(InputError, match="Did you mean 'score'"):
        read_scores(path, columns={"scor": "cosine"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "which is empty"),
        ("\n\n", "which is empty"),
        ("1 0.5\n-1 0.2 7\n", r"Expected 2 columns \(label score\) in every row.*row 2 has more"),
        ("1 0.5\n-1\n", "row 2 has 1"),
        ("1 0.5\n-1 high\n", "Expected numbers as scores. Received: .* with 'high'"),
        ("1 0.5\n-1 inf\n", "Expected finite scores"),
        ("1 0.5\n-1 -Infinity\n", "Expected finite scores"),
        ("1 0.5\nfoe 0.2\nfiend 0.1\n", "Received: .*'fiend', 'foe'"),
        ("1 0.5\n1 0.2\n", "2 genuine and 0 impostor scores"),
        ("1 nan\n-1 0.2\n", "0 genuine and 1 impostor scores .1 attempts more without a score"),
        ("0.1\n0.2\n", "give --genuine FILE --impostor FILE"),
        ("a,b\n1,2\n", "Expected columns `score` and `label`"),
        ("label,score\n", "no row of them"),
        ("1 2 3 4 5 6\n", "column 1 and column 2 may both hold it"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, message: str) -> None:
    """Each bad file is one message that names it and says what is wrong."""
    path = write(tmp_path / "bad.txt", text)
    with pytest.raises(InputError, match=message) as error:
        read_scores(path)
    assert "bad.txt" in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_file_and_wrong_format(tmp_path: Path) -> None:
    """A file that is not there, bytes that are no Parquet, and a format that the file has not."""
    with pytest.raises(InputError, match="which is not there"):
        read_scores(tmp_path / "none.txt")
    (tmp_path / "p.parquet").write_bytes(b"PAR nothing")
    with pytest.raises(InputError, match="Expected a parquet score file"):
        read_scores(tmp_path / "p.parquet")
    with pytest.raises(InputError, match="Expected 4 columns"):
        read_scores(write(tmp_path / "t.txt", "1 0.5\n-1 0.2\n"), form="4col")


def test_subject_or_video_missing(tmp_path: Path) -> None:
    """A unit that the file does not name stops, and so does one score without it."""
    plain = read_scores(write(tmp_path / "t.txt", "1 0.5\n-1 0.2\n"))
    with pytest.raises(InputError, match="Expected a subject for every score"):
        plain.clusters("subject")
    with pytest.raises(InputError, match="Expected a video for every score"):
        plain.clusters("video")
    some = read_scores(write(tmp_path / "s.csv", "label,score,subject\n1,0.5,a\n0,0.2,\n"))
    with pytest.raises(InputError, match="1 scores without one"):
        some.clusters("subject")


@given(text=st.lists(st.sampled_from([b"a", b"b", b" ", b"  ", b"\t", b"\n", b"\r\n"]), max_size=12).map(b"".join))
def test_columns_are_parted_by_one_blank_each(text: bytes) -> None:
    """Runs of blanks and tabs become one, and none is left around a line."""
    expected = re.sub(rb" ?([\r\n]) ?", rb"\1", re.sub(rb"[ \t]+", b" ", text)).removeprefix(b" ")
    assert _single_blanks(text) == expected

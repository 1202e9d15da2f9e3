"""`load`, `report` and `compare` answer any folder of results in time, in few lines and without a traceback."""

import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sweep
from sweep.errors import SweepError
from sweep.store import store
from tests.fuzz.command import check_answer
from tests.fuzz.profiles import examples
from tests.fuzz.test_plan import value
from tests.report.simulated import stored

TABLES = ("trials", "scores", "epochs", "environments")
COLUMNS = [
    "trial_id", "config_id", "seed", "attempt", "status", "error", "threshold", "data_id", "code_id", "env_id",
    "metric.hter", "metric.eer", "hp.model.dropout", "split", "sample", "subject", "video", "label", "score", "epoch",
    "loss", "val_loss", "threads", "init_sha256", "study", "other_subject", "=1+1", "",
]  # fmt: skip
PATHS = [
    ("study",), ("task",), ("schema_version",), ("resolved",), ("configurations",), ("plan",), ("resolved", "answer"),
    ("resolved", "hold"), ("resolved", "data"), ("resolved", "model"), ("resolved", "seeds"), ("resolved", "arms"),
    ("configurations", "c00000000000"), ("configurations", "c00000000000", "label"),
    ("configurations", "c00000000000", "hp"), ("plan", 0), ("plan", 0, "trial_id"), ("plan", 0, "config_id"),
    ("plan", 0, "seed"), ("extra",), ("classes",),
]  # fmt: skip
kinds = st.sampled_from(["gone", "null", "text", "number", "list", "struct", "nan", "repeated", "other", "bool"])


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated study, compacted."""
    folder = stored(tmp_path_factory.mktemp("fuzz-results") / "whole", seeds=3, n=20)
    store.compact(folder)
    return folder


def damaged(column: pa.ChunkedArray, kind: str) -> pa.Array:
    """Return a column of another kind, as long as it was."""
    n = len(column)
    return {
        "null": lambda: pa.nulls(n),
        "text": lambda: pa.array(["x"] * n),
        "number": lambda: pa.array([1e308] * n),
        "list": lambda: pa.array([[1.0, 2.0]] * n),
        "struct": lambda: pa.array([{"a": 1}] * n),
        "nan": lambda: pa.array([float("nan")] * n),
        "bool": lambda: pa.array([True] * n),
    }[kind]()


def change(folder: Path, table: str, name: str, kind: str) -> None:
    """Change a column of a table, or its rows."""
    path = folder / f"{table}.parquet"
    found = pq.read_table(path)
    if kind == "repeated":
        found = pa.concat_tables([found, found])
    elif kind == "other":
        found = found.slice(0, len(found) // 2)
    elif kind == "gone":
        found = found.drop_columns([name]) if name in found.column_names else found
    elif name in found.column_names:
        found = found.set_column(found.column_names.index(name), name, damaged(found[name], kind))
    else:
        found = found.append_column(name, damaged(found.column(0), kind))
    pq.write_table(found, path)


@st.composite
def harm(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Draw what becomes of a folder: its tables, its study.json, its records, its checksums."""
    one = st.one_of(
        st.tuples(st.just("column"), st.tuples(st.sampled_from(TABLES), st.sampled_from(COLUMNS), kinds)),
        st.tuples(st.just("study"), st.tuples(st.sampled_from(PATHS), st.just("gone") | value)),
        st.tuples(st.just("bytes"), st.tuples(st.sampled_from([*TABLES, "study"]), st.binary(max_size=30))),
        st.tuples(
            st.just("part"), st.tuples(st.text("0123456789abcdef", min_size=16, max_size=16), st.binary(max_size=40))
        ),
        st.tuples(st.just("no"), st.sampled_from(["checksums.json", "parts", "study.json", "scores.parquet"])),
        st.tuples(st.just("folder"), st.sampled_from(["trials.parquet", "study.json", "checksums.json"])),
    )
    return draw(st.lists(one, min_size=1, max_size=3))


def done_to(folder: Path, harms: list[tuple[str, Any]]) -> None:
    """Do it."""
    for what, how in harms:
        if what == "column" and (folder / f"{how[0]}.parquet").is_file():
            try:
                change(folder, *how)
            except pa.ArrowException:
                continue  # harmed before
            if (folder / "checksums.json").is_file():
                (folder / "checksums.json").unlink()
        elif what == "study" and (folder / "study.json").is_file():
            try:
                document = json.loads((folder / "study.json").read_bytes())
                inner = document
                for key in how[0][:-1]:
                    inner = inner[key]
                if how[1] == "gone":
                    inner.pop(how[0][-1])
                else:
                    inner[how[0][-1]] = how[1]
                (folder / "study.json").write_text(json.dumps(document, default=str), errors="surrogatepass")
            except (LookupError, TypeError, AttributeError, ValueError):
                continue
        elif what == "bytes":
            name = "study.json" if how[0] == "study" else f"{how[0]}.parquet"
            if not (folder / name).is_dir():
                (folder / name).write_bytes(how[1])
        elif what == "part" and (folder / "parts").is_dir():
            (folder / "parts" / f"{how[0]}.0.parquet").write_bytes(how[1])
        elif what == "no":
            path = folder / how
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        elif what == "folder":
            path = folder / how
            if path.is_file():
                path.unlink()
                path.mkdir()


def harmed(master: Path, harms: list[tuple[str, Any]]) -> Path:
    """Return a copy of the folder with the harm done."""
    folder = master.parent / "harmed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(master, folder)
    done_to(folder, harms)
    return folder


@given(harms=harm())
@examples(200)
def test_any_folder_is_loaded_or_refused(master: Path, harms: list[tuple[str, Any]]) -> None:
    """`sweep.load`, and what is asked of its answer, raise nothing but the package's own errors."""
    folder = harmed(master, harms)
    for ask in (sweep.load, lambda path: sweep.estimate(path, "hter", "model.dropout=0"), sweep.compare):
        with suppress(SweepError):
            ask(str(folder))


@given(harms=harm(), more=st.sampled_from([("report",), ("report", "--json"), ("compare",), ("compare", "--json")]))
@examples(30, 300)
def test_any_folder_is_reported_or_refused(master: Path, harms: list[tuple[str, Any]], more: tuple[str, ...]) -> None:
    """The commands say what is wrong in few lines."""
    folder = harmed(master, harms)
    check_answer(more[0], folder, *more[1:])

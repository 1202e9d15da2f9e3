"""The file of a table of runs: CSV in any usual encoding, or Parquet, whatever its name says."""

import csv
import io
from pathlib import Path

import pandas as pd

from sweep.errors import InputError, nearest
from sweep.metrics.score_text import first_bytes, read_text, regular_file

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # a zip, as .xlsx and .ods are, and the older .xls


def read_runs(path: Path) -> pd.DataFrame:
    """Return a table of runs from CSV (comma, semicolon or tab) or Parquet.

    Raises:
        InputError: no such file, no table, one without a row, or with one name for two columns.
    """
    if not path.exists():
        beside = [str(item) for item in path.parent.glob("*")] if path.parent.is_dir() else []
        raise InputError(f"Expected a table of runs. Received: {path}, which is not there.{nearest(str(path), beside)}")
    if path.is_dir():
        raise InputError(f"Expected a table of runs. Received: {path}, which is a folder. Name a file.")
    magic = first_bytes(regular_file(path))
    if not magic:
        raise InputError(f"Expected a row a run. Received: {path}, which is empty. Export it again.")
    if magic.startswith(_WORKBOOKS):
        raise InputError(
            f"Expected a table of runs, CSV or Parquet. Received: {path}, a workbook or an archive. Save its sheet as "
            "CSV."
        )
    try:
        frame = pd.read_parquet(path) if magic.startswith(b"PAR1") else _of_text(path)
    except InputError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"Expected a table of runs, CSV or Parquet. Received: {path}: {reason} Export it again."
        ) from error
    if not len(frame):
        raise InputError(f"Expected a row a run. Received: {path} without a row.")
    frame.columns = [str(name).strip() for name in frame.columns]
    return frame


def _of_text(path: Path) -> pd.DataFrame:
    text = read_text(path).decode()
    header = next(iter(text.splitlines()), "")
    try:
        sign = csv.Sniffer().sniff(header, ",;\t|").delimiter
    except csv.Error:
        sign = ","  # a table of one column
    names = [name.strip() for name in next(csv.reader([header], delimiter=sign), [])]
    twice = [name for name in names if name and names.count(name) > 1]
    if twice:
        raise InputError(f"Expected columns of different names. Received: {path} with {twice[0]} twice. Rename one.")
    return pd.read_csv(io.StringIO(text), sep=None, engine="python")

"""Writes sweep/study/former_code.json: for every model function that this repository ever shipped, old id -> digest.

    python benchmarks/former_code.py

Old ids were digests of whole files, see `sweep.study.code.former_id`. Every commit that touched sweep/models is
unpacked, and both rules are applied to its files. The table only grows: entries that stand there are kept.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "sweep" / "study" / "former_code.json"
_BOTH = """
import json, sys
import sweep
sweep.__spec__.submodule_search_locations.insert(0, sys.argv[1] + "/sweep")  # its models, today's rules
from sweep.study import code, reached_code
print(json.dumps({use: [code.former_id(use), reached_code.reached(use).digest] for use in sys.argv[2:]}))
"""


def main() -> None:
    """Write the table."""
    table = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.is_file() else {}
    for commit in _git("log", "--format=%H", "--reverse", "--", "sweep/models").decode().split():
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(fileobj=BytesIO(_git("archive", commit, "sweep/models"))) as packed:
                packed.extractall(folder, filter="data")
            door = (Path(folder) / "sweep/models/__init__.py").read_text(encoding="utf-8")
            names = re.findall(r'"(\w+)"', re.search(r"__all__ = \[(.*?)\]", door, re.DOTALL)[1])
            uses = [f"sweep.models:{name}" for name in names]
            run = subprocess.run(
                [sys.executable, "-c", _BOTH, folder, *uses],
                check=True,
                capture_output=True,
                text=True,
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            for use, (old, new) in json.loads(run.stdout).items():
                table.setdefault(use, {}).setdefault(old, new)
    TABLE.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{sum(map(len, table.values()))} old ids of {len(table)} functions in {TABLE}")


def _git(*words: str) -> bytes:
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True).stdout


if __name__ == "__main__":
    main()

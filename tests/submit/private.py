"""What lies beside a person's code and is nobody's business: frames, tables, keys, settings, results, caches."""

import sys
from pathlib import Path

CONTENT = "nobody's business"
NAMES = (
    *("faces/ann/0.png", "faces/bob/0.png", "people.csv", "scores.parquet", "notes.txt", "weights.h5", "settings.py"),
    *("id_rsa", "id_ed25519.pub", "server.pem", "deploy/server.key", ".env", "prod.env", "lab.kdbx", ".netrc"),
    *(".git/config", ".venv/pyvenv.cfg", ".venv/lib/x.py", "env/pyvenv.cfg", "env/lib/x.py", "__pycache__/my_net.pyc"),
    *("results/x/parts/x.parquet", "results/x/study.json", "old/other/study.json", "old/other/report/table.md"),
    *("cache/CACHEDIR.TAG", "cache/x.npy", "auth_token", "api-token.txt", "experiments/other.py", "test_my_net.py"),
)
_opened: list[str] = []


def plant(folder: Path) -> None:
    """Write them below a folder."""
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(CONTENT)


def opened_below(folder: Path) -> set[str]:
    """Return which of them this process has opened since it was last asked."""
    found = {name for name in NAMES if str(folder / name) in _opened}
    _opened.clear()
    return found


def _note(event: str, given: tuple[object, ...]) -> None:
    if event == "open" and isinstance(given[0], str | bytes | Path):
        _opened.append(str(given[0]))


sys.addaudithook(_note)  # for good: Python takes none away

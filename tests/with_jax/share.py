"""`share.py FROM INTO`: show the packages of one environment in another, without TensorFlow and what names it.

They are links in a folder beside the second one's own packages, which come first; pip takes them as installed, and does
not remove what lies outside of its environment.
"""

import sys
from pathlib import Path

HIDDEN = "tensorflow"


def share(source: Path, into: Path) -> int:
    """Return how many entries of `source`, a folder of packages, are shown in that of `into`."""
    shown = into.parents[2] / "shared" / into.name  # by which installed packages are told from a user's code
    shown.mkdir(parents=True, exist_ok=True)
    for link in shown.iterdir():
        link.unlink()
    entries = [entry for entry in source.iterdir() if not entry.name.startswith((HIDDEN, "__pycache__"))]
    for entry in entries:
        (shown / entry.name).symlink_to(entry.resolve())
    (into / "shared.pth").write_text(f"import site; site.addsitedir({str(shown)!r})\n", encoding="utf-8")
    return len(entries)


if __name__ == "__main__":
    folders = [next(Path(name).resolve().glob("lib/python*/site-packages")) for name in sys.argv[1:]]
    sys.stdout.write(f"{share(*folders)} packages shown\n")

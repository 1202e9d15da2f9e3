"""Links of a page to files of the repository that are no pages of the site: GitHub follows them, a site cannot."""

import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# A link of Markdown to a relative address; not an image.
LINK = re.compile(r"(?<!!)\[([^\]\[]+)\]\((?!https?://|#)([^)#\s]+)(#[^)\s]*)?\)")
PAGES = {"SECURITY.md": "security", "CONTRIBUTING.md": "contributing", "CHANGELOG.md": "changes"}


def kept(app: Any, name: str, source: list[str]) -> None:
    """Point each link that leaves the site at the site's copy of the file; name the file where there is none.

    name: of the page, without its ending. source: its text, which is changed. A link to a file that is not there is
    left as it is, so that Sphinx complains of it.
    """
    folder = (HERE / name).parent
    up = "../" * name.count("/")

    def other(found: re.Match[str]) -> str:
        words, address, anchor = found[1], found[2], found[3] or ""
        target = (folder / address).resolve()
        if not target.exists() or (target.suffix == ".md" and target.is_relative_to(HERE)):
            return found[0]
        if target.name in PAGES and target.parent == HERE.parent:
            return f"[{words}]({up}reference/{PAGES[target.name]}.md{anchor})"
        if target.is_relative_to(HERE) and target.is_file():
            return found[0]  # Sphinx copies it
        return f"{words} (`{target.relative_to(HERE.parent)}` in the repository)"

    source[0] = LINK.sub(other, source[0])

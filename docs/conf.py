"""How Sphinx builds the site from the pages of this folder: `make docs`. Warnings are errors there."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import outward_links
import reference_pages

import sweep

project = "Seed Sweep"
author = "The Seed Sweep developers"
version = release = sweep.__version__
project_copyright = author
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "scripts"]
nitpicky = True
# Types of other packages have their pages elsewhere: no inventory is fetched, so that the build asks no network.
nitpick_ignore_regex = [("py:.*", ".*")]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"Seed Sweep {release}"
html_show_sphinx = False
html_copy_source = False
pygments_style = "default"


def setup(app: object) -> None:
    """Write the reference before Sphinx looks for pages, and keep links out of the site from breaking."""
    reference_pages.write(HERE / "reference")
    app.connect("source-read", outward_links.kept)  # type: ignore[attr-defined]

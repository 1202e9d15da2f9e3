"""The page in a browser, opened from its file: the slider moves, tables sort, nothing is asked of a network."""

import re
import shutil
import subprocess
from collections.abc import Callable

import pytest

from sweep import report
from sweep.store import store

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome: none is on this machine"),
]
MOVED = """
<script>
const range = document.getElementById("slider-threshold"), told = [];
const cells = () => [...document.querySelectorAll("td[data-rate]")].map(cell => cell.textContent).join("|");
for (const at of [0, Number(range.max)]) {
  range.value = at; range.dispatchEvent(new Event("input")); told.push(cells());
}
const table = document.querySelector("table.sortable"), order = () => [...table.tBodies[0].rows]
  .map(row => row.cells[0].textContent).join("|");
const button = table.tHead.rows[0].cells[2].querySelector("button");
button.click(); told.push(order()); button.click(); told.push(order());
told.push(performance.getEntriesByType("resource").length);
const out = document.createElement("pre"); out.id = "told"; out.textContent = told.join("\\n");
document.body.append(out);
</script>
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """Return a function that runs a script in the page of the reference study and returns the lines that it told."""
    folder = tmp_path_factory.mktemp("page") / "reference"
    shutil.copytree("results/reference", folder)
    report.write(store.load(folder))
    page = (folder / "report" / "index.html").read_text(encoding="utf-8")

    def run(script: str) -> list[str]:
        copy = folder / "report" / "copy.html"
        copy.write_text(page.replace("</body>", f"{script}</body>"), encoding="utf-8")
        done = subprocess.run(
            [
                str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
                "--virtual-time-budget=2000", "--dump-dom", copy.as_uri(),
            ],
            check=True, capture_output=True, text=True, timeout=100,
        )  # fmt: skip
        found = re.search(r'<pre id="told">(.*?)</pre>', done.stdout, re.S)
        assert found is not None, done.stderr[-2000:]
        return found[1].split("\n")

    return run


def test_the_slider_moves_the_tables_sort_and_nothing_is_fetched(told: Callable[[str], list[str]]) -> None:
    """At the lowest threshold all are accepted, at the highest none; a second click on a head turns the order round."""
    lowest, highest, up, down, fetched = told(MOVED)
    assert [cell.partition(" ")[0] for cell in lowest.split("|")] == ["100.00", "0.00", "50.00"] * 2
    assert [cell.partition(" ")[0] for cell in highest.split("|")] == ["0.00", "100.00", "50.00"] * 2
    assert up.split("|") == ["dropout=0.5", "dropout=0"]
    assert down.split("|") == ["dropout=0", "dropout=0.5"]
    assert fetched == "0"

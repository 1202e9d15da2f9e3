"""The page in a browser, opened from its file: the slider moves, tables sort, axe finds nothing, nothing is fetched."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sweep import report
from sweep.store import store

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ROOT = Path(__file__).parents[2]
# axe-core is not ours to ship (MPL-2.0): `make .axe/stamp` installs the one of package-lock.json beside this file.
AXE = Path(os.environ.get("SEEDSWEEP_AXE") or ROOT / ".axe" / "node_modules" / "axe-core" / "axe.min.js")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome: none is on this machine"),
]
needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="needs axe-core: `make .axe/stamp` with npm, or SEEDSWEEP_AXE=/path/to/axe.min.js"
)
TELL = """
const tell = told => {
  if (parent !== window) return parent.postMessage(told, "*");
  const out = document.createElement("pre"); out.id = "told"; out.textContent = told.join("\\n");
  document.body.append(out);
};
"""
MOVED = (
    TELL
    + """
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
tell(told);
"""
)
AXE_RUN = (
    TELL
    + """
for (const part of document.querySelectorAll("details")) part.open = true;
axe.run(document).then(found => tell([
  matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light", innerWidth, found.passes.length,
  ...found.violations.map(one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 150)).join(" ; ")),
]));
"""
)
# A window of the browser is at least 500 px wide; a frame may be narrower.
FRAME = """<!doctype html><title>frame</title><iframe src="copy.html" style="width: {width}px; height: 900px"></iframe>
<script>{tell} addEventListener("message", heard => tell(heard.data));</script>"""
Told = Callable[..., list[str]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return a function that runs scripts in the page of a study and returns the lines that they told.

    study: a folder of results/.
    options: of the browser. body: further elements. asks: addresses that the page may ask for, beside its own file.
    width: of a frame in px in which the page is shown; None: it has the window.
    """
    every = tmp_path_factory.mktemp("page")

    def run(
        *scripts: str,
        options: tuple[str, ...] = (),
        body: str = "",
        asks: tuple[str, ...] = (),
        width: int | None = None,
        study: str = "reference",
    ) -> list[str]:
        folder = every / study
        if not folder.exists():
            shutil.copytree(ROOT / "results" / study, folder)
            report.write(store.load(folder))
        page = (folder / "report" / "index.html").read_text(encoding="utf-8")
        copy, frame, log = (folder / name for name in ("report/copy.html", "report/frame.html", "requests.json"))
        frame.write_text(FRAME.format(width=width, tell=TELL), encoding="utf-8")
        inside = "".join(f"<script>{script}</script>" for script in scripts)
        text = page.replace("Content-Security-Policy", "None") if asks else page
        copy.write_text(text.replace("</body>", f"{body}{inside}</body>"), encoding="utf-8")
        done = subprocess.run(
            [
                str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
                f"--log-net-log={log}", "--virtual-time-budget=20000", *options, "--dump-dom",
                (copy if width is None else frame).as_uri(),
            ],
            check=True, capture_output=True, text=True, timeout=100,
        )  # fmt: skip
        assert asked_of(log) == [*asks]
        found = re.search(r'<pre id="told">(.*?)</pre>', done.stdout, re.S)
        assert found is not None, done.stderr[-2000:]
        return found[1].split("\n")

    return run


def asked_of(log: Path) -> list[str]:
    """Return the addresses that a page asked for, from the browser's log; what the browser asks for itself is left out.

    Such a request has no origin; one of the page has, even where it comes from a file.
    """
    text = log.read_text(encoding="utf-8")
    try:
        events = json.loads(text)["events"]
    except ValueError:  # the browser ended before it closed the list
        events = json.loads(text.rstrip().rstrip(",") + "]}")["events"]
    assert len(events) > 10
    told = [one["params"] for one in events if {"url", "initiator"} <= set(one.get("params", ()))]
    return sorted({one["url"] for one in told if one["initiator"] != "not an origin"})


def test_the_slider_moves_the_tables_sort_and_nothing_is_fetched(told: Told) -> None:
    """At the lowest threshold all are accepted, at the highest none; a second click on a head turns the order round."""
    lowest, highest, up, down, fetched = told(MOVED)
    assert [cell.partition(" ")[0] for cell in lowest.split("|")] == ["100.00", "0.00", "50.00"] * 2
    assert [cell.partition(" ")[0] for cell in highest.split("|")] == ["0.00", "100.00", "50.00"] * 2
    assert up.split("|") == ["dropout=0.5", "dropout=0"]
    assert down.split("|") == ["dropout=0", "dropout=0.5"]
    assert fetched == "0"


def test_a_request_of_the_page_would_be_seen(told: Told) -> None:
    """An image from another address, in a page whose policy was taken out, stands in the browser's log."""
    address = "http://127.0.0.1:9/planted.png"
    assert told(f"{TELL} tell(['there']);", body=f'<img alt="" src="{address}">', asks=(address,)) == ["there"]


@needs_axe
@pytest.mark.parametrize(
    ("study", "scheme", "width"),
    [
        ("reference", "light", None),
        ("reference", "dark", None),
        ("reference", "light", 360),
        ("reference", "dark", 360),
        ("transport-mode", "light", None),
        ("frozen-batchnorm", "dark", 360),
    ],
)
def test_axe_finds_no_fault(told: Told, study: str, scheme: str, width: int | None) -> None:
    """With everything unfolded, in light and dark, on a wide and on a narrow screen."""
    options = ("--window-size=1280,900", f"--blink-settings=preferredColorScheme={int(scheme == 'light')}")
    axe = AXE.read_text(encoding="utf-8")
    seen, inside, passed, *violations = told(axe, AXE_RUN, options=options, width=width, study=study)
    assert (seen, int(inside)) == (scheme, width or 1280)
    assert int(passed) > 20
    assert violations == []


@needs_axe
def test_axe_finds_a_fault_that_was_planted(told: Told) -> None:
    """A field without a label and pale text: so that no fault means something."""
    planted = '<input id="planted"><p style="color: #ddd; background: #fff">pale</p>'
    found = told(AXE.read_text(encoding="utf-8"), AXE_RUN, body=planted)
    assert {one.partition(":")[0] for one in found} >= {"color-contrast", "label"}

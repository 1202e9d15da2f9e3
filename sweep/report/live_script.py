"""What a page adds where its results are still growing: how many trials ended, and itself anew when one more has."""

from html import escape

POLICY = "; connect-src 'self'"

LIVE = """
"use strict";
{
  const line = document.getElementById("live"), kept = "slider", asked = 3000, rest = 10000;
  const range = document.getElementById("slider-threshold"), choice = document.getElementById("slider-configuration");
  let touched = 0;
  for (const kind of ["pointerdown", "keydown", "input", "wheel"])
    addEventListener(kind, () => { touched = Date.now(); }, {passive: true});
  const told = JSON.parse(sessionStorage.getItem(kept) || "null");
  if (range && choice && told && choice.options[told[0]]) {
    choice.value = told[0]; choice.dispatchEvent(new Event("change"));
    range.value = told[1]; range.dispatchEvent(new Event("input"));
  }
  addEventListener("pagehide", () => {
    if (range && choice && touched) sessionStorage.setItem(kept, JSON.stringify([choice.value, range.value]));
  });
  setInterval(async () => {
    try {
      const answer = await (await fetch("state", {cache: "no-store"})).json();
      if (line.textContent !== answer.text) line.textContent = answer.text;
      if (answer.state !== line.dataset.state && Date.now() - touched > rest) location.reload();
    } catch {
      line.textContent = "This page is no longer served; give sweep watch again.";
    }
  }, asked);
}
"""


def status_line(state: str, text: str) -> str:
    """Return the line that LIVE keeps true. state: what the page shows, see `sweep.report.live_page`."""
    return f'<p id="live" class="faint" role="status" data-state="{escape(state)}">{escape(text)}</p>'

"""One SVG: marks in pixels with classes for their colours, and the file or the page's element made of them."""

import itertools
from collections.abc import Iterable, Sequence
from html import escape

from sweep.report.vector.style import RULES, VARIABLES

WIDTH = 720  # of every figure, in its own units; text is 12 of them high
LETTER = 6.4  # a letter's width on average


class Canvas:
    """Marks in the order in which they are drawn; x to the right, y down."""

    def __init__(self, name: str, title: str, described: str, height: float, width: float = WIDTH) -> None:
        """Begin a figure. name: its file's, without ending; also the beginning of its ids. described: for who hears."""
        self.name, self.title, self.described = name, title, described
        self.width, self.height = width, height
        self._marks: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str) -> None:
        """Draw a line."""
        self._marks.append(f'<path class="{look}" d="M{num(x1)} {num(y1)}L{num(x2)} {num(y2)}"/>')

    def path(self, points: Iterable[tuple[float, float]], look: str, *, closed: bool = False, dash: str = "") -> None:
        """Draw a line through points, or the area within."""
        d = route(points)
        if d:
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            self._marks.append(f'<path class="{look}"{dashed} d="{d}{"Z" * closed}"/>')

    def box(
        self, x: float, y: float, width: float, height: float, look: str, *, opacity: float = 1, said: str = ""
    ) -> None:
        """Draw a filled rectangle; said: what a pointer over it shows."""
        seen = f' fill-opacity="{num(opacity, 2)}"' if opacity < 1 else ""
        self._marks.append(
            f'<rect class="{look}"{seen} x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}"'
            + _with_title("rect", said)
        )

    def dot(self, x: float, y: float, radius: float, look: str, said: str = "", key: str = "") -> None:
        """Draw a disc; said: what a pointer over it shows. key: what a script finds it by."""
        held = f' data-key="{escape(key)}"' if key else ""
        self._marks.append(
            f'<circle class="{look}"{held} cx="{num(x)}" cy="{num(y)}" r="{num(radius)}"' + _with_title("circle", said)
        )

    def diamond(self, x: float, y: float, radius: float, said: str = "") -> None:
        """Draw a diamond, the mark of a mean."""
        r = num(radius)
        d = f"M{num(x)} {num(y - radius)}l{r} {r}-{r} {r}-{r}-{r}z"
        self._marks.append(f'<path class="mean" d="{d}"' + _with_title("path", said))

    def text(self, x: float, y: float, words: str, look: str = "", *, anchor: str = "start", turned: float = 0) -> None:
        """Write words; anchor: "start", "middle" or "end". turned: degrees against the clock."""
        held = "" if anchor == "start" else f' text-anchor="{anchor}"'
        held += f' class="{look}"' if look else ""
        held += f' transform="rotate({num(-turned)} {num(x)} {num(y)})"' if turned else ""
        self._marks.append(f'<text x="{num(x)}" y="{num(y)}"{held}>{escape(words)}</text>')

    def raw(self, mark: str) -> None:
        """Add a mark that is written already; everything in it must be escaped."""
        self._marks.append(mark)

    def lines(self, y: float, sentences: Sequence[str], look: str = "faint") -> float:
        """Write sentences from the left, wrapped to the width; return the y below them."""
        for sentence in filter(None, sentences):
            for line in wrapped(sentence, int((self.width - 12) / LETTER)):
                self.text(6, y, line, look)
                y += 16
        return y

    def element(self) -> str:
        """Return the figure as an element of a page that has the style."""
        return self._element(f'class="figure" viewBox="0 0 {num(self.width)} {num(self.height)}"', "")

    def file(self) -> str:
        """Return the figure as a file of its own, light or dark as the reader's screen is."""
        size = f'width="{num(self.width)}" height="{num(self.height)}"'
        box = f'viewBox="0 0 {num(self.width)} {num(self.height)}"'
        space = f'xmlns="http://www.w3.org/2000/svg" class="figure" {box} {size}'
        ground = f'<rect class="ground" {size}/>'
        return self._element(space, f"<style>{VARIABLES}{RULES}</style>\n{ground}\n") + "\n"

    def _element(self, attributes: str, first: str) -> str:
        ids = f"{self.name}-title", f"{self.name}-desc"
        return (
            f'<svg {attributes} role="img" aria-labelledby="{ids[0]} {ids[1]}">'
            f'<title id="{ids[0]}">{escape(self.title)}</title><desc id="{ids[1]}">{escape(self.described)}</desc>\n'
            + first
            + "\n".join(self._marks)
            + "\n</svg>"
        )


def num(value: float, places: int = 1) -> str:
    """Return a length as short as it may be written."""
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def route(points: Iterable[tuple[float, float]]) -> str:
    """Return the path through points, in steps of a tenth; points in a straight line between others are left out."""
    whole = [(round(10 * x), round(10 * y)) for x, y in points]
    kept: list[tuple[int, int]] = []
    for at in whole:
        if kept and at == kept[-1]:
            continue
        if len(kept) > 1:
            (x0, y0), (x1, y1) = kept[-2:]
            if (x1 - x0) * (at[1] - y1) == (y1 - y0) * (at[0] - x1) and (x1 - x0) * (at[0] - x1) + (y1 - y0) * (
                at[1] - y1
            ) > 0:
                kept[-1] = at
                continue
        kept.append(at)
    if len(kept) < 2:
        return ""
    steps = [f"{num((x - u) / 10)} {num((y - v) / 10)}" for (u, v), (x, y) in itertools.pairwise(kept)]
    return f"M{num(kept[0][0] / 10)} {num(kept[0][1] / 10)}l" + " ".join(steps).replace(" -", "-")


def wrapped(sentence: str, width: int) -> list[str]:
    """Return a sentence in lines of at most `width` letters, broken at blanks; runs of blanks part its pieces."""
    lines = [""]
    for word in sentence.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _with_title(tag: str, said: str) -> str:
    return f"><title>{escape(said)}</title></{tag}>" if said else "/>"

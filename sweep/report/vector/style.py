"""How figures look: colours as variables, light and dark, and a rule for each class of marks."""

from sweep.report.colours import COLOURS, ON_DARK


def _variables(ground: str, ink: str, faint: str, grid: str, colours: tuple[str, ...]) -> str:
    named = "".join(f"--c{at}:{colour};" for at, colour in enumerate(colours))
    return f"--ground:{ground};--ink:{ink};--faint:{faint};--grid:{grid};{named}"


_LIGHT = _variables("#ffffff", "#1c1c1c", "#595959", "#dcdcdc", COLOURS)
_DARK = _variables("#15181c", "#e8e8e8", "#a9adb3", "#3a3f46", ON_DARK)
VARIABLES = (
    f":root{{color-scheme:light dark;{_LIGHT}}}"
    f"@media screen and (prefers-color-scheme:dark){{:root{{{_DARK}}}}}"  # paper is white
)
RULES = (
    ".figure{font:12px system-ui,sans-serif}.figure text{fill:var(--ink)}.figure text.faint{fill:var(--faint)}"
    ".figure path{fill:none}.figure .ground{fill:var(--ground)}.figure .axis{stroke:var(--faint)}"
    ".figure .grid{stroke:var(--grid);stroke-width:.7}.figure .dots{stroke:var(--faint);stroke-dasharray:2 3}"
    ".figure path.mean{fill:var(--ink);stroke:var(--ground);stroke-width:.8}"
    ".figure .bar{stroke:var(--ink);stroke-width:1.6}.figure .dot{fill:var(--c0);fill-opacity:.6}"
    ".figure .dot:hover{fill-opacity:1;stroke:var(--ink)}"
    ".figure .mark{stroke:var(--ink);stroke-width:1.4;stroke-dasharray:5 3}.figure .point{stroke:var(--ink)}"
    + "".join(
        f".figure .s{at}{{stroke:var(--c{at})}}.figure .f{at},.figure path.f{at}{{fill:var(--c{at})}}"
        for at in range(len(COLOURS))
    )
    + ".figure .thin{stroke-width:.7;stroke-opacity:.35}.figure .thick{stroke-width:2}.figure .wide{stroke-width:5;"
    "stroke-opacity:.75}.figure path.band{fill-opacity:.18;stroke:none}.figure .edge{stroke:var(--ground)}"
    ".figure text.small{font-size:11px;fill:var(--faint)}.figure text.on{fill:#111;font-size:11px;paint-order:stroke;"
    "stroke:#fff;stroke-opacity:.6;stroke-width:3px}.figure path.step{fill-opacity:.3}"
    ".figure .cursor{stroke:var(--ink);stroke-width:2}"
)

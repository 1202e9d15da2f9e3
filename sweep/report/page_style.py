"""The style of the page: light and dark, narrow and wide, and on paper."""

from sweep.report.vector.style import RULES, VARIABLES

STYLE = f"""{VARIABLES}
{RULES}
* {{ box-sizing: border-box; }}
body {{ font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 72rem;
 margin: 0 auto; padding: 1.2rem 1rem 3rem; }}
h1 {{ font-size: 1.6rem; margin: 0; overflow-wrap: anywhere; }}
h2 {{ font-size: 1.15rem; margin: 2.2rem 0 .5rem; }} h3 {{ font-size: 1rem; margin: 1.2rem 0 .4rem; }}
.faint {{ color: var(--faint); margin: .2rem 0; }}
.answer {{ font-size: 1.1rem; border-left: 4px solid var(--c0); padding: .3rem 0 .3rem .9rem; margin: 1rem 0; }}
.answer p {{ margin: .3rem 0; }}
nav {{ margin: .6rem 0; }} nav a {{ margin-right: 1rem; }} a {{ color: var(--c0); }}
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible,
.scroll:focus-visible {{ outline: 3px solid var(--c1); outline-offset: 2px; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }}
th, td {{ padding: .3rem .7rem; text-align: right; border-bottom: 1px solid var(--grid); }}
td {{ white-space: nowrap; }}
th {{ border-bottom: 2px solid var(--faint); vertical-align: bottom; font-weight: 600; }}
th:first-child, td:first-child {{ text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 9rem; }}
th button {{ font: inherit; color: inherit; background: none; border: 0; padding: 0; text-align: inherit;
 cursor: pointer; }}
th[aria-sort=ascending] button::after {{ content: " \\2191"; }}
th[aria-sort=descending] button::after {{ content: " \\2193"; }}
table.pairs td {{ text-align: left; white-space: normal; overflow-wrap: anywhere; }}
table.pairs th {{ text-align: left; border-bottom: 1px solid var(--grid); min-width: 7rem; vertical-align: top; }}
tr.lost td:last-child {{ font-weight: bold; color: var(--c1); }}
li {{ margin: .15rem 0; overflow-wrap: anywhere; }} ul {{ padding-left: 1.2rem; }}
figure {{ margin: 0; }} svg.figure {{ display: block; width: 100%; min-width: 600px; max-width: 900px; height: auto; }}
img {{ max-width: 100%; height: auto; background: #fff; }}
details {{ margin-top: 1rem; }} summary {{ cursor: pointer; }}
.slider label {{ display: block; margin: .5rem 0; }} .slider input {{ width: min(100%, 40rem); height: 1.6rem;
 accent-color: var(--c0); }}
.slider select {{ font: inherit; max-width: 100%; color: inherit; background: var(--ground); }}
@media (max-width: 40rem) {{ body {{ font-size: 15px; padding: .8rem .7rem 2rem; }}
 th, td {{ padding: .25rem .45rem; }} }}
@page {{ size: A4; margin: 14mm; }}
@media print {{
 body {{ font-size: 10pt; max-width: none; padding: 0; }} .scroll {{ overflow: visible; }}
 h2, h3 {{ break-after: avoid; }} figure, tr, svg.figure {{ break-inside: avoid; }}
 table {{ font-size: 7.5pt; width: 100%; }}
 th, td {{ white-space: normal; padding: .15rem .25rem; }}
 th:first-child, td:first-child {{ min-width: 22mm; }} th:first-child {{ overflow-wrap: normal; }}
 svg.figure {{ min-width: 0; max-width: 100%; max-height: 122mm; }}
 nav, .slider, .cursor {{ display: none; }} a {{ color: inherit; text-decoration: none; }}
}}
"""

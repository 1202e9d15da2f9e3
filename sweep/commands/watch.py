"""`sweep watch RESULTS`: the page of results, kept new while trials end."""

import time
from pathlib import Path
from typing import Annotated

import typer

from sweep.commands.output import note, say, stopped
from sweep.commands.report import folder_of

_LOOK_AGAIN = 2.0  # seconds between two looks at the results


def watch(
    results: Annotated[
        str, typer.Argument(help="A folder of results, a study file, or a study's name under results/.")
    ],
    level: Annotated[float, typer.Option(help="Nominal coverage of the intervals.")] = 0.95,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")] = 0,
    browse: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    modules: Annotated[
        list[Path] | None, typer.Option(help="A folder of your modules, with the study's answer.")
    ] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Call an answer from other packages or folders too.")] = False,
) -> None:
    """Serve the page of results to browsers of this machine, and make it anew while trials end; Ctrl-C ends it."""
    from sweep.report.live_page import LivePage
    from sweep.report.page_server import served
    from sweep.stats.interval import check_level
    from sweep.study.trust import Trust

    trusted = Trust(tuple(str(folder.absolute()) for folder in modules or ()), everything=trust)
    page = LivePage(folder_of(results), check_level(level), trusted)
    shown = page.standing()
    with served(page, port) as address:
        say(address)
        if browse:
            import webbrowser

            if not webbrowser.open(address):
                note("sweep: no browser could be started; open the address in one")
        note(f"sweep: {shown.text}; Ctrl-C ends the page, not the study")
        try:
            while True:
                time.sleep(_LOOK_AGAIN)
                now = page.standing()
                if now.key != shown.key:
                    note(f"sweep: {now.text}")
                shown = now
        except KeyboardInterrupt:
            stopped()

"""The command `sweep`: its words, and what becomes of an error.

Exit codes: 0 done, 1 some trials failed or a check found something, 2 the input is wrong, 3 the machine or cluster
could not do it, 130 stopped by Ctrl-C.
"""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from sweep.commands.asked_help import GroupedHelp, help_of, options_of_all
from sweep.commands.bundle import bundle
from sweep.commands.check import check
from sweep.commands.collect import collect
from sweep.commands.compare import compare
from sweep.commands.explain import explain
from sweep.commands.export import export
from sweep.commands.given_once import GivenOnce
from sweep.commands.init import init
from sweep.commands.last_resort import last_resort, unheard_warnings
from sweep.commands.metrics import metrics
from sweep.commands.output import STOPPED, note, told_of_end
from sweep.commands.plan import plan
from sweep.commands.report import report
from sweep.commands.reproduce import reproduce
from sweep.commands.run import run
from sweep.commands.schema import schema
from sweep.commands.status import status
from sweep.commands.studies import studies
from sweep.commands.submit import submit
from sweep.commands.verify import verify
from sweep.commands.watch import watch
from sweep.errors import SweepError

app = typer.Typer(
    name="sweep",
    cls=GroupedHelp,
    callback=options_of_all,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_GROUPS: dict[str, tuple[Callable[..., None], ...]] = {
    "Run a study": (init, run, plan, check, studies, schema),
    "Understand results": (report, watch, compare, metrics, explain, verify, collect, export),
    "Hand results over": (bundle, reproduce),
    "Use a cluster": (submit, status),
}
for heading, commands in _GROUPS.items():
    for command in commands:
        app.command(command.__name__, cls=GivenOnce, rich_help_panel=heading)(command)
app.command("help", cls=GivenOnce, rich_help_panel="Help")(help_of)


def main() -> None:
    """Run the command; every error is one message and its exit code, never a traceback."""
    try:
        with unheard_warnings(), rare_collections():
            words = sys.argv[1:] or ["--help"]
            code = app(words, standalone_mode=False) or 0
            if code == STOPPED and not told_of_end():
                note("sweep: stopped.")
            sys.exit(code)
    except SweepError as error:
        note(f"sweep: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:  # `sweep ... | head` is no error
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 (the last resort)
        answer = last_resort(error)
        note(f"sweep: {answer}")
        sys.exit(answer.exit_code)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for unreachable cycles seldom: imports leave none, and looking took a fifth of their time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


if __name__ == "__main__":
    main()

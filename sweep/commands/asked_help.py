"""`sweep help NAME`, `sweep --version`, and the list of commands in its groups."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import sweep
from sweep.commands.output import say


class GroupedHelp(TyperGroup):
    """Lists the commands under the headings that they were registered with, each with its whole first sentence."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section a heading, in the order of the commands; no text is cut."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command: Any = self.get_command(ctx, name)
            heading = str(command.rich_help_panel or "Commands")
            sections.setdefault(heading, []).append((name, " ".join((command.help or "").split())))
        widest = max(len(name) for rows in sections.values() for name, _ in rows)
        for heading, rows in sections.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(widest), text) for name, text in rows])


def print_version(asked: bool) -> None:
    """Print the version and end, where it is asked for."""
    if asked:
        say(f"sweep {sweep.__version__}")
        raise typer.Exit


def options_of_all(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """Run one Keras model over many seeds, and judge the differences between the runs."""


def help_of(
    ctx: typer.Context, name: Annotated[str | None, typer.Argument(help="A command, such as run.")] = None
) -> None:
    """Show the help of a command, or the list of commands."""
    root: Any = ctx.find_root()
    if name is None:
        say(root.get_help())
        return
    _, command, _ = root.command.resolve_command(root, [name])  # an unknown one is refused with the nearest known
    with command.make_context(name, [], parent=root, resilient_parsing=True) as asked:
        say(asked.get_help())

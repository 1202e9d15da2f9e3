"""The help: every command in a group, no text cut, and the ways in which people ask for it."""

import re
from typing import Any

import pytest
import typer

import sweep
from sweep.commands.cli import app
from sweep.errors import InputError


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what a command prints."""
    assert not app(list(words), standalone_mode=False)
    return capsys.readouterr().out


COMMANDS = [command.name for command in app.registered_commands if command.name]


def test_the_list_of_commands_is_grouped_and_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command stands once, under a heading, with its whole first sentence."""
    text = shown(capsys, "--help")
    headings = [line for line in text.splitlines() if re.fullmatch(r"[A-Z][a-z ]+:", line)]
    assert headings == [
        "Options:",
        "Run a study:",
        "Understand results:",
        "Hand results over:",
        "Use a cluster:",
        "Help:",
    ]
    for name in COMMANDS:
        assert len(re.findall(rf"^  {name} ", text, re.MULTILINE)) == 1
    assert " ".join(text.split()).count("and warn if they cannot be trusted.") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_no_help_is_cut_at_80_columns(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Every option and the whole of its text stand there, and no line is wider than the terminal."""
    text = shown(capsys, name, "--help")
    assert max(map(len, text.splitlines())) <= 80
    command: Any = typer.main.get_command(app)
    letters = "".join(text.split())  # a line may also end after a hyphen
    for param in command.commands[name].params:
        assert all(option in letters for option in param.opts)
        assert "".join(param.help.split()) in letters


@pytest.mark.parametrize("name", COMMANDS)
def test_every_way_to_ask_gives_the_same_help(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """`sweep NAME -h`, `sweep NAME --help` and `sweep help NAME`."""
    assert shown(capsys, name, "-h") == shown(capsys, name, "--help") == shown(capsys, "help", name)


def test_help_alone_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """As `sweep --help` does."""
    assert shown(capsys, "help") == shown(capsys, "--help") == shown(capsys, "-h")


def test_help_of_an_unknown_command_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an error of the command line, as `sweep paln` is."""
    from sweep.commands.last_resort import last_resort

    with pytest.raises(Exception, match="No such command 'paln'") as caught:
        app(["help", "paln"], standalone_mode=False)
    answer = last_resort(caught.value)
    assert isinstance(answer, InputError)
    assert "Did you mean 'plan'?" in str(answer)


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, as other commands print it."""
    assert shown(capsys, "--version") == f"sweep {sweep.__version__}\n"

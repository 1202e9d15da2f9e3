"""The pages of the reference, made from what they describe: commands, the public door, the study file."""

import importlib
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
WIDTH = 100  # of a command's help, in characters
COPIES = {"CHANGELOG.md": "changes.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md"}
DOORS = {
    "sweep": "What `import sweep` gives. Nothing heavy is imported before it is used.",
    "sweep.metrics": "Error rates from scores: arrays in, named results out. No files, no Ray, no TensorFlow.",
    "sweep.stats": "Intervals, comparisons and plans over seeds, as pure functions.",
}
COMMANDS = """# Commands

Each command tells the same when you ask it: `sweep report --help`. Where it takes `--json`, it prints one JSON object
on standard output and nothing else there. Progress and logs go to standard error.

| exit code | meaning |
| --- | --- |
| 0 | done; there may be cautions |
| 1 | some trials failed, or a check made a finding |
| 2 | the input is wrong: one message says what was expected, and what came |
| 3 | the cluster or the machine could not do it |"""
STUDY_FILE = """# The study file

`sweep schema > study.schema.json` writes the same for your editor. [Running a study](../running.md) shows their use.

## A study"""
PLOTS = ("seeds", "forest", "det", "losses")


def write(folder: Path) -> None:
    """Write all pages into a folder; a page that is already the same is left alone, so that Sphinx need not read it."""
    folder.mkdir(exist_ok=True)
    pages = {"commands.md": commands(), "python.md": python(), "study-file.md": study_file()}
    for source, name in COPIES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        pages[name] = re.sub(r"\]\((?!https?://|#|docs/)([^)\s]+)\)", r"](../../\1)", text).replace("](docs/", "](../")
    for name, text in pages.items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def commands() -> str:
    """Return the help of every command, as the command prints it."""
    import typer
    from typer.testing import CliRunner

    from sweep.commands.cli import app

    known: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    panels: dict[str, list[str]] = {}
    for name, one in known.items():
        panels.setdefault(str(one.rich_help_panel), []).append(name)

    def shown(*words: str) -> str:
        done = CliRunner().invoke(
            app, [*words, "--help"], prog_name="sweep", terminal_width=WIDTH, max_content_width=WIDTH
        )
        if done.exit_code:
            raise RuntimeError(f"sweep {' '.join(words)} --help: {done.output}")
        return f"```text\n{done.stdout.strip()}\n```"

    parts = [COMMANDS]
    for panel, names in panels.items():
        parts.append(f"## {panel}")
        for name in names:
            parts += [f"### sweep {name}", shown(name)]
    return "\n\n".join(parts) + "\n"


def python() -> str:
    """Return every public name of `sweep`, `sweep.metrics` and `sweep.stats` with its docstring."""
    parts = ["# Python", "Every function checks its arguments, and raises `sweep.errors.InputError` with one message."]
    for door, said in DOORS.items():
        module = importlib.import_module(door)
        parts += [f"## {door}", said]
        for name in sorted(module.__all__):
            value = getattr(module, name)
            if inspect.isclass(value) or callable(value):
                parts.append("\n".join(_described(door, name, value)))
            elif not inspect.ismodule(value):
                parts.append(f"**{name}** = `{value!r}`")
    parts += ["## The plots of results", "`results.plot` of what `sweep.load` returns."]
    plots = importlib.import_module("sweep.store.plots").Plots
    parts += ["\n".join(_described("results.plot", name, getattr(plots, name))) for name in PLOTS]
    return "\n\n".join(parts) + "\n"


def _described(door: str, name: str, value: Any) -> Iterator[str]:
    """Yield a directive that holds signature and docstring, so that the name is in the index and can be linked."""
    kind = "class" if inspect.isclass(value) else "function"
    yield f":::::{{py:{kind}}} {door}.{name}{_signature(value)}\n"
    yield markdown(inspect.getdoc(value) or "")
    if kind == "class":
        for own, member in vars(value).items():
            if not own.startswith("_") and (isinstance(member, property) or inspect.isfunction(member)):
                shown = "" if isinstance(member, property) else _signature(member)
                yield f"\n- `{own}{shown}`: {_first(inspect.getdoc(member) or '')}"
    yield "\n:::::"


def _first(text: str) -> str:
    return text.partition("\n\n")[0].replace("\n", " ")


def _signature(value: Any) -> str:
    """Return the names and defaults of the arguments; their types are told in words below."""
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return ""
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in found.parameters.values() if one.name != "self"]
    return str(found.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def markdown(text: str) -> str:
    """Return a docstring of this house as Markdown: sections as lists, examples as blocks."""
    lines, out, inside = text.splitlines(), [], ""
    for line in lines:
        if inside == "example":
            if line.strip():
                out.append(line)
                continue
            out.append("```")
            inside = ""
        if line.startswith(">>>"):
            out += ["", "```python", line]
            inside = "example"
        elif re.fullmatch(r"(Args|Returns|Raises|Yields):", line):
            out += ["", f"**{line[:-1]}**", ""]
            inside = "section"
        elif inside == "section" and re.match(r" {4}\S", line):
            told = re.match(r" {4}([\w, *]+): (.*)", line)
            out.append(f"- `{told[1]}`: {told[2]}" if told else f"- {line.strip()}")
        elif inside == "section" and line.startswith("     "):
            out.append(f"  {line.strip()}")
        else:
            inside = inside if not line.strip() else ""
            out.append(line)
    return "\n".join([*out, "```"] if inside == "example" else out)


def study_file() -> str:
    """Return the keys of a study file from the schema that `sweep schema` prints."""
    from sweep.study.study import Study

    schema = Study.model_json_schema()
    parts = [STUDY_FILE, *_keys(schema)]
    for name, own in schema["$defs"].items():
        if own.get("properties"):
            parts += [f"## {name}", *_keys(own)]
    return "\n\n".join(parts) + "\n"


def _keys(own: dict[str, Any]) -> Iterator[str]:
    if own.get("description"):
        yield own["description"]
    rows = ["| key | takes | default | |", "| --- | --- | --- | --- |"]
    for key, one in own.get("properties", {}).items():
        default = "required" if key in own.get("required", ()) else _default(one)
        cells = (f"`{key}`", _takes(one), default, one.get("description", ""))
        rows.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    yield "\n".join(rows)


def _default(one: dict[str, Any]) -> str:
    """Return a default as JSON; that of a part with keys of its own is told where those are."""
    known = "default" in one and not (isinstance(one["default"], dict) and "$ref" in one)
    return f"`{json.dumps(one['default'])}`" if known else ""


def _takes(one: dict[str, Any]) -> str:
    """Return what a key takes, in words."""
    if "$ref" in one:
        name = one["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in one:
        return " or ".join(dict.fromkeys(map(_takes, one["anyOf"])))
    if "allOf" in one:
        return _takes(one["allOf"][0])
    if "enum" in one or "const" in one:
        return " or ".join(f"`{word}`" for word in one.get("enum", [one.get("const")]))
    if one.get("type") == "array":
        return f"a list of {_takes(one.get('items', {}))}"
    words = {"object": "a mapping", "integer": "a whole number", "number": "a number", "string": "a text"}
    words |= {"boolean": "true or false", "null": "null"}
    return words.get(str(one.get("type")), "anything")

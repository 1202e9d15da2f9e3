"""Whose code a folder of results may call: Seed Sweep's and the reader's own; anything else only with his word.

`study.json` names functions, and whoever wrote it chose them and their keywords. So before anything that it names is
imported, every name is looked up in the source.
"""

import ast
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweep.errors import InputError
from sweep.machine import import_path
from sweep.store.places import Place
from sweep.study import code, module_origin
from sweep.study.functions import functions_in, settings_in, words_at


@dataclass(frozen=True)
class Trust:
    """Whose functions may be called.

    modules: folders of the person's modules, beside the current one. named: functions of the person's own study file.
    everything: the person answers for whoever wrote the folder of results.
    """

    modules: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()
    everything: bool = False


NOBODY_ELSE = Trust()
_NAMED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


_OF_TESTS = re.compile(r"(arms\..+\.)?tests\.[\w-]+")


class UntrustedError(InputError):
    """A folder of results names code that is neither ours nor the person's."""


def module_folders(folder: Place, trust: Trust) -> tuple[str, ...]:
    """Return the folders of the person's modules: the current one and `trust.modules`, but none of the results'.

    Raises:
        UntrustedError: a folder of modules inside the folder of results.
    """
    here = str(Path.cwd())
    for one in trust.modules:
        if _is_inside(Path(one), folder) and not trust.everything and not trust.named:
            raise UntrustedError(
                f"Expected --modules outside the folder of results. Received: {one}. "
                "Look at what stands there and add --trust, or copy it elsewhere."
            )
    if _is_inside(Path(here), folder) and not trust.everything:
        import_path.import_nothing_from_here()
        return tuple(module for module in trust.modules if not _is_inside(Path(module), folder))
    return tuple(dict.fromkeys((here, *trust.modules)))


def permit(study: Mapping[str, Any], keys: Iterable[str], folder: Place, trust: Trust) -> tuple[str, ...]:
    """Return the folders of the person's modules, if what a stored study names may be called; nothing is imported.

    Args:
        study: as JSON, `resolved` of study.json.
        keys: the keys of it whose functions are to be called, such as "answer".
        folder: of the results.
        trust: whose functions are called beside Seed Sweep's own.

    Raises:
        UntrustedError: something else, with what would run.
        InputError: a function that is nowhere, or one of Python's own, which is never called.
    """
    if not isinstance(study, Mapping):
        raise InputError(f"Expected keys and values as `resolved` in {folder}/study.json. Received: {study!r:.80}.")
    folders = module_folders(folder, trust)
    import_path.find_modules_in(folders)
    asked = {key: study[key] for key in keys if study.get(key) is not None}
    strange = []
    for key, use in dict.fromkeys(functions_in(asked)):
        if not _NAMED.fullmatch(use):
            raise InputError(
                f"{key}: expected 'package.module:function' in {folder}/study.json. Received: {use!r:.80}."
            )
        module = use.partition(":")[0]
        module_origin.refuse_pythons(key, use, module)
        if trust.everything or use in trust.named:
            continue
        found = module_origin.find(module)
        if found is None:
            code.check_use(key, use, {})  # says that it is nowhere
            strange.append(f"{key} {use}")
        elif found.owner == "sweep":
            if not _is_a_studys(key, use):
                strange.append(f"{key} {use} (of Seed Sweep, but not made for a study)")
        elif why := _why_not(key, use, found, folder, folders):
            strange.append(f"{key} {use} ({why})")
    if not trust.everything:
        strange += _other_ways_to_code(asked)
    if strange:
        raise UntrustedError(
            f"Expected in {folder}/study.json functions of Seed Sweep, of the current folder or of --modules FOLDER, "
            f"outside the results. Received: {'; '.join(strange)}. Nothing of it was run. If they are yours, give the "
            "command in their folder or name it with --modules; if you trust whoever wrote these results, add --trust."
        )
    return folders


def _is_a_studys(key: str, use: str) -> bool:
    """Return whether a function of ours is one that a study calls by this key: told by room, name and signature."""
    found = code.check_use(key, use, {})
    node, name = found.node, use.partition(":")[2]
    if node is None or name.startswith("_") or node.name != name:
        return False
    parameters = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    returned = ast.unparse(node.returns) if node.returns else ""
    role = "data" if _OF_TESTS.fullmatch(key) else key.rpartition(".")[2]  # also of an arm, as arms.NAME.model
    if role == "data":
        return found.module.startswith("sweep.data.") and returned == "Splits" and parameters[:1] != ["cache"]
    if role == "model":
        shape = parameters[:2] == ["input_shape", "n_classes"]
        return found.module.startswith("sweep.models.") and returned == "keras.Model" and shape
    if role == "measure":
        return found.module.startswith("sweep.checks.") and parameters[:2] == ["model", "splits"]
    if role == "answer":
        return found.module.startswith("sweep.studies.") and returned == "Answer"
    return False


def _why_not(key: str, use: str, found: module_origin.Origin, folder: Place, folders: Iterable[str]) -> str:
    """Return why a function is not the person's own, "" if it is: where its module stands, and where it is defined."""
    if found.owner != "user":
        return str(found)
    definition = code.check_use(key, use, {})
    behind = module_origin.find(definition.module)
    if behind is None or behind.owner != "user":
        return str(behind or definition.file)
    loaded = getattr(sys.modules.get(found.module), "__file__", None)
    if loaded is not None and found.own is not None and Path(loaded).resolve() != found.own.resolve():
        return f"{loaded}, imported already in place of {found.own}"
    for file in (*found.files, *behind.files, definition.file):
        inside = [Path(one).resolve() for one in folders if file.resolve().is_relative_to(Path(one).resolve())]
        if _is_inside(file, folder) or not inside:
            return str(file)
        root = min(inside, key=lambda one: len(one.parts))
        between = [parent for parent in file.resolve().parents if parent.is_relative_to(root) and parent != root]
        if any((one / "study.json").is_file() for one in between):
            return f"{file}, in a folder of results"
    return ""


def _other_ways_to_code(study: Mapping[str, Any]) -> list[str]:
    """Return keywords that lead to code or to writing by another way than `use`."""
    found = []
    for parts, word in words_at(study):
        if {"class_name", "registered_name"} & set(settings_in(parts)):
            found.append(f"{'.'.join(parts)} {word} (a Keras configuration, which can name any code)")
        elif "cache" in settings_in(parts):
            found.append(f"{'.'.join(parts)} {word} (a folder to write into)")
    return found


def _is_inside(path: Path, folder: Place) -> bool:
    return isinstance(folder, Path) and path.resolve().is_relative_to(folder.resolve())


__all__ = ["NOBODY_ELSE", "Trust", "UntrustedError", "module_folders", "permit"]

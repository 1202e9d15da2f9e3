"""The code that a study names: found, checked and digested from its source, without importing it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sweep.errors import InputError
from sweep.study import code, identity

NET = "def build(shape, classes, *, width=1.0, dropout=0.5):\n    return None\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's folder on the path, without modules; what a test imports from it is forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(folder: Path, **modules: str) -> None:
    """Write modules, named with __ for the first dot."""
    for name, text in modules.items():
        file = folder / (name.replace("__", "/", 1) + ".py")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")


def refusal(use: str, **keywords: object) -> str:
    """Return the message that refuses a function or its keywords."""
    with pytest.raises(InputError) as caught:
        code.check_use("model", use, keywords)
    return str(caught.value)


def test_a_misspelt_function_is_answered_with_the_nearest(project: Path) -> None:
    """The functions of the module are the ones proposed."""
    write(project, rv_net=NET)
    assert refusal("rv_net:biuld") == (
        "model.use: expected a function of rv_net. Received: biuld. Did you mean 'build'?"
    )


def test_a_misspelt_keyword_is_answered_with_the_nearest_and_all(project: Path) -> None:
    """The function's own signature says which keywords it takes."""
    write(project, rv_net=NET)
    message = refusal("rv_net:build", dropuot=0.1)
    assert message.startswith("Unknown key 'model.dropuot' for rv_net:build. Did you mean 'dropout'?")
    assert message.endswith("Known: shape, classes, width, dropout.")
    assert code.check_use("model", "rv_net:build", {"width": 2, "dropout": 0}).module == "rv_net"


def test_a_misspelt_leakage_is_recognised(project: Path) -> None:
    """`leakage` stands beside the data function's keywords in the file, so it is proposed with them."""
    write(project, rv_data="def load(root):\n    return None\n")
    with pytest.raises(InputError, match="Did you mean 'leakage'"):
        code.check_use("data", "rv_data:load", {"leakge": "allow"})


def test_a_function_with_open_keywords_takes_any(project: Path) -> None:
    """Behind **keywords nothing can be known from the signature."""
    write(project, rv_net="def build(shape, classes, **more):\n    return None\n")
    assert code.check_use("model", "rv_net:build", {"anything": 1}).node is not None


@pytest.mark.parametrize("module", ["rv_nowhere", "rv_nowhere.net", "rv_pack.nowhere", "math"])
def test_a_module_that_is_not_there_is_named(project: Path, module: str) -> None:
    """The message says where modules are looked for."""
    write(project, rv_pack____init__="")
    assert f"Received: {module}." in refusal(f"{module}:build")


def test_a_syntax_error_is_answered_with_file_and_line(project: Path) -> None:
    """A broken module is a wrong input, not a traceback; so is one that the model imports."""
    write(project, rv_broken="x = 1\ndef build(:\n", rv_net="import rv_broken\n" + NET)
    assert "rv_broken.py" in refusal("rv_broken:build")
    assert "line 2" in refusal("rv_broken:build")
    with pytest.raises(InputError, match=r"rv_broken\.py"):
        code.former_id("rv_net:build")


@pytest.mark.parametrize(
    "entry",
    [
        "from rv_pack.net import build",
        "from .net import build",
        "from .net import *",
        "from rv_pack.net import build as build",
        "from . import net\nfrom .net import build",
        "def __getattr__(name):\n    from .net import build\n    return build",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from rv_pack.net import build\n"
        "def __getattr__(name):\n    import rv_pack.net\n    return rv_pack.net.build",
        "try:\n    from rv_pack.missing import build\nexcept ImportError:\n    from .net import build",
    ],
)
def test_a_function_is_found_behind_its_package(project: Path, entry: str) -> None:
    """Re-exports, star imports, lazy exports and guarded imports lead to the definition."""
    write(project, rv_pack____init__=entry, rv_pack__net=NET)
    assert code.check_use("model", "rv_pack:build", {"width": 2}).module == "rv_pack.net"
    assert "Did you mean 'width'" in refusal("rv_pack:build", widht=2)


def test_a_module_named_as_its_function_is_found(project: Path) -> None:
    """A package that exports `build` of its module `build` by name is followed."""
    write(project, rv_pack____init__="", rv_pack__build=NET)
    assert code.check_use("model", "rv_pack:build", {}).module == "rv_pack.build"


def test_a_definition_under_a_condition_is_found(project: Path) -> None:
    """A function may be defined in an if or a try of its module."""
    write(project, rv_net="if True:\n    try:\n        def build(shape): ...\n    except ValueError:\n        pass\n")
    assert "Known: shape" in refusal("rv_net:build", width=1)


@pytest.mark.parametrize(
    "text",
    [
        "class build: ...",
        "build = print",
        "build: object = print",
        "import functools\nbuild = functools.partial(print)",
    ],
)
def test_what_is_no_def_is_taken_without_its_keywords(project: Path, text: str) -> None:
    """A class or an assigned callable cannot be checked from the source, and is not refused for it."""
    write(project, rv_net=text)
    assert code.check_use("model", "rv_net:build", {"anything": 1}).node is None
    assert code.takes("rv_net:build", "split_seed")


def test_modules_that_import_each_other_in_a_circle_end(project: Path) -> None:
    """A name that two packages pass to each other is nowhere."""
    write(project, rv_one="from rv_two import build\n", rv_two="from rv_one import build\n")
    assert "Received: build" in refusal("rv_one:build")


def test_takes_reads_the_signature(project: Path) -> None:
    """Whether a data function follows the split's seed is read from its parameters."""
    write(project, rv_data="def load(root, *, split_seed=0): ...\ndef plain(root, **more): ...\n")
    assert code.takes("rv_data:load", "split_seed")
    assert not code.takes("rv_data:plain", "split_seed")


def test_the_former_id_follows_what_the_module_imports_from_the_project(project: Path) -> None:
    """By the rule of older releases a changed file, at any depth and however imported, is another model."""
    write(
        project,
        rv_net="from rv_pack import layers\nimport numpy\n" + NET,
        rv_pack____init__="",
        rv_pack__layers="def late():\n    from .deep import x\n",
        rv_pack__deep="x = 1\n",
        rv_other="y = 1\n",
    )
    before = code.former_id("rv_net:build")
    assert before == code.former_id("rv_net:build")
    write(project, rv_other="y = 2\n")
    (project / "notes.txt").write_text("unrelated")
    assert code.former_id("rv_net:build") == before
    write(project, rv_pack__deep="x = 2\n")
    changed = code.former_id("rv_net:build")
    assert changed != before
    write(project, rv_net="from rv_pack import layers\nimport numpy\n" + NET + "# a comment\n")
    assert code.former_id("rv_net:build") not in (before, changed)


def test_the_former_id_does_not_know_line_endings_or_places(project: Path) -> None:
    """A checkout on another system, or in another folder, has the same code."""
    write(project, rv_net=NET)
    before = code.former_id("rv_net:build")
    (project / "rv_net.py").write_bytes(NET.replace("\n", "\r\n").encode())
    assert code.former_id("rv_net:build") == before


def test_nothing_is_imported_to_check_and_digest(project: Path) -> None:
    """Neither Keras nor the user's own modules: a module that would raise when imported is read all the same."""
    write(
        project,
        rv_pack____init__="raise RuntimeError('imported')\n",
        rv_pack__net="import keras\nimport keras.layers\nfrom rv_pack.layers import block\n" + NET,
        rv_pack__layers="raise RuntimeError('imported')\ndef block(): ...\n",
    )
    program = (
        "import sys; from sweep.study import code, reached_code;"
        "code.check_use('model', 'rv_pack.net:build', {}); code.former_id('rv_pack.net:build');"
        "reached_code.reached('rv_pack.net:build');"
        "code.check_use('model', 'sweep.models:small_xception', {}); code.former_id('sweep.models:small_xception');"
        "print([name for name in ('keras', 'tensorflow', 'ray', 'rv_pack') if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("text", ["import rv_nowhere\n", "raise OSError('no licence')\n", "x = 1\n"])
def test_a_module_that_cannot_be_imported_is_a_wrong_input(project: Path, text: str) -> None:
    """What the user's module raises becomes one message that names it."""
    write(project, rv_bad=text)
    with pytest.raises(InputError, match=r"Expected to import rv_bad:build\. It raised \w+Error"):
        code.function("rv_bad:build")


def test_what_is_no_function_is_refused(project: Path) -> None:
    """A constant cannot build a model."""
    write(project, rv_net="build = 5\n")
    with pytest.raises(InputError, match=r"Expected a function at rv_net:build\. Received: int"):
        code.function("rv_net:build")


@pytest.mark.parametrize("use", ["subprocess:check_output", "os:system", "builtins:exec", "os.path:join"])
def test_pythons_own_functions_are_never_a_studys(use: str) -> None:
    """They are refused in one's own study file too, before and at the call."""
    assert "Python's own library, whose functions are never a study's" in refusal(use)
    with pytest.raises(InputError, match="Python's own library"):
        code.function(use)


@pytest.mark.parametrize(
    ("text", "n_refused"),
    [
        ("from subprocess import check_output as build\n", 2),
        ("import subprocess\nbuild = subprocess.check_output\n", 1),
        ("import functools, os\nbuild = functools.partial(functools.partial(os.system), 'true')\n", 1),
        ("build = ''.join\n", 1),
        ("build = exec\n", 1),
        ("from rv_there import build\n", 2),
        ("import functools\nbuild = functools.partial(lambda: None)\n", 0),
        ("import functools\n@functools.lru_cache\ndef build(): ...\n", 0),
        ("class build: ...\n", 0),
        ("import numpy\nbuild = numpy.zeros\n", 0),
    ],
)
def test_a_name_of_ones_own_for_pythons_function_is_refused(project: Path, text: str, n_refused: int) -> None:
    """Handed on by an import it is refused from the source, by an assignment at the call; one's own is called."""
    write(project, rv_net=text, rv_there="from shutil import rmtree as build\n")
    asked = [lambda: code.function("rv_net:build"), lambda: code.check_use("model", "rv_net:build", {})]
    for ask in asked[:n_refused]:
        with pytest.raises(InputError, match="Python's own library"):
            ask()
    for ask in asked[n_refused:]:
        ask()


def test_packages_without_init_are_found_at_any_depth(project: Path) -> None:
    """A function of a module in a namespace package in a namespace package is found and digested."""
    (project / "rv_a" / "b").mkdir(parents=True)
    (project / "rv_a" / "b" / "net.py").write_text(NET)
    assert code.check_use("model", "rv_a.b.net:build", {"width": 2}).module == "rv_a.b.net"
    assert len(identity.code_id("rv_a.b.net:build")) == 16

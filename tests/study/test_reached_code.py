"""What changes the digest of a function's code, and what does not."""

# ruff: noqa: E501 (a small module is read best on one line)

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sweep.errors import InputError
from sweep.study.reached_code import reached

Files = dict[str, str]

NET: Files = {
    "net.py": '''"""A net."""
import functools
import keras
import numpy as np
from parts import block
import parts.deep as deep
import sizes

WIDTH = 32
TABLE = {"a": 1}
OTHER = 5

def build(shape, classes, *, rate=0.5, depth=WIDTH):
    """Return a net."""
    # one layer
    hidden = block(depth)
    layers = [keras.layers.Dense(k) for k in range(TABLE["a"])]
    for layer in layers:
        hidden = layer(hidden)
    def inner():
        return hidden
    out = Scaled(deep.top(sizes.SIZE))
    return np.sum(inner()), out, f"{rate:.2f}"

class Plain:
    factor = 2.0

class Scaled(Plain, keras.layers.Layer):
    """Scale."""
    def call(self, x):
        y = x * self.factor
        return y

def unrelated(x):
    return x + OTHER
''',
    "parts/__init__.py": "from .blocks import *\n",
    "parts/blocks.py": "from . import deep\n\ndef block(n, k=3):\n    return deep.top(n) * k\n\ndef spare():\n    return 1\n",
    "parts/deep.py": "def top(n):\n    return n + _less()\n\ndef _less():\n    return 1\n",
    "sizes.py": "SIZE = 4\n",
}

SAME = {
    "comment": ("net.py", "# one layer", "# another comment\n    # of two lines"),
    "docstring": ("net.py", '"""Return a net."""', '"""Return another."""'),
    "docstring gone": ("net.py", '    """Return a net."""\n', ""),
    "module's docstring": ("net.py", '"""A net."""', '"""The net."""'),
    "class's docstring": ("net.py", '"""Scale."""', '"""Scale it."""'),
    "formatting": ("net.py", "hidden = block(depth)", "hidden   =  block(\n        depth,\n    )"),
    "quotes": ("net.py", 'TABLE["a"]', "TABLE['a']"),
    "local of a comprehension": ("net.py", "keras.layers.Dense(k) for k in", "keras.layers.Dense(n) for n in"),
    "local of a method": ("net.py", "y = x * self.factor\n        return y", "z = x * self.factor\n        return z"),
    "local of a loop": (
        "net.py",
        "for layer in layers:\n        hidden = layer(hidden)",
        "for l in layers:\n        hidden = l(hidden)",
    ),
    "unrelated function": ("net.py", "return x + OTHER", "return x - OTHER"),
    "unrelated constant": ("net.py", "OTHER = 5", "OTHER = 6"),
    "unrelated function is added": ("net.py", "class Plain", "def more():\n    return build\n\nclass Plain"),
    "unused import": ("net.py", "import functools\n", "import functools\nimport os\nimport json as j\n"),
    "import is gone": ("net.py", "import functools\n", ""),
    "import moved": ("net.py", "import sizes\n\nWIDTH = 32\n", "\nWIDTH = 32\nimport sizes\n"),
    "import has another name": ("net.py", "import parts.deep as deep\n", "from parts import deep\n"),
    "definitions change places": ("net.py", 'WIDTH = 32\nTABLE = {"a": 1}\n', 'TABLE = {"a": 1}\nWIDTH = 32\n'),
    "unrelated function of a module below": ("parts/blocks.py", "return 1", "return 2"),
    "only when run as a script": (
        "net.py",
        "def unrelated",
        "if __name__ == '__main__':\n    build(1, 2)\n\ndef unrelated",
    ),
    "pass": ("net.py", "    # one layer\n", "    pass\n"),
    "cached unrelated function": ("net.py", "def unrelated", "@functools.cache\ndef unrelated"),
    "logger": ("net.py", "OTHER = 5", "OTHER = 5\nimport logging\nLOG = logging.getLogger('x')"),
}

OTHER = {
    "body": ("net.py", "hidden = block(depth)", "hidden = block(depth + 1)"),
    "keyword's name": ("net.py", "rate=0.5", "speed=0.5"),
    "default": ("net.py", "rate=0.5", "rate=0.4"),
    "argument's name": ("net.py", "build(shape, classes", "build(size, classes"),
    "constant": ("net.py", "WIDTH = 32", "WIDTH = 33"),
    "type of a constant": ("net.py", "WIDTH = 32", "WIDTH = 32.0"),
    "table": ("net.py", '{"a": 1}', '{"a": 2}'),
    "class": ("net.py", "x * self.factor", "x + self.factor"),
    "class below": ("net.py", "factor = 2.0", "factor = 3.0"),
    "order of bases": ("net.py", "Scaled(Plain, keras.layers.Layer)", "Scaled(keras.layers.Layer, Plain)"),
    "f-string": ("net.py", "{rate:.2f}", "{rate:.3f}"),
    "function of a package, by star": ("parts/blocks.py", "* k", "+ k"),
    "default of a package": ("parts/blocks.py", "k=3", "k=4"),
    "two modules below": ("parts/deep.py", "return 1", "return 2"),
    "value of a module": ("sizes.py", "SIZE = 4", "SIZE = 5"),
    "another function of that name": ("net.py", "from parts import block", "from parts.deep import top as block"),
    "layer of the library": ("net.py", "keras.layers.Dense(k)", "keras.layers.Flatten(k)"),
    "decorator": ("net.py", "def build", "@functools.cache\ndef build"),
    "statement": ("net.py", "WIDTH = 32", "WIDTH = 32\nkeras.config.set_floatx('float16')"),
    "statement of a module that is imported": ("sizes.py", "SIZE = 4", "SIZE = 4\nimport numpy\nnumpy.random.seed(1)"),
    "statement of a package": (
        "parts/__init__.py",
        "from .blocks import *",
        "import keras\nkeras.backend.x = 1\nfrom .blocks import *",
    ),
    "library is changed at import": ("net.py", "OTHER = 5", "OTHER = 5\nkeras.layers.Dense.call = unrelated"),
    "registered by a decorator": (
        "net.py",
        "def unrelated",
        "@keras.saving.register_keras_serializable()\ndef unrelated",
    ),
    "value assigned by a call": ("net.py", "OTHER = 5", "OTHER = keras.utils.set_random_seed(3)"),
    "rebound": ("net.py", "OTHER = 5", "OTHER = 5\nWIDTH = 33"),
    "added to": ("net.py", "OTHER = 5", "OTHER = 5\nWIDTH += 1"),
    "condition": ("net.py", "OTHER = 5", "OTHER = 5\nif keras.backend.backend() == 'jax':\n    WIDTH = 1"),
    "order of two lines": (
        "net.py",
        "hidden = block(depth)\n",
        "hidden = block(depth)\n    hidden = hidden\n    depth = 1\n",
    ),
    "shadowed by a local import": (
        "net.py",
        "hidden = block(depth)",
        "from parts.deep import top as block\n    hidden = block(depth)",
    ),
    "annotation": ("net.py", "factor = 2.0", "factor: float = 2.0"),
}


def write(folder: Path, files: Files) -> None:
    """Write the files of a project."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert not {"net", "parts", "sizes"} & set(sys.modules), "nothing is imported to read it"


def edited(project: Path, files: Files, edit: tuple[str, str, str]) -> tuple[str, str]:
    """Return the digests before and after an edit."""
    write(project, files)
    before = reached("net:build").digest
    name, old, new = edit
    assert old in files[name]
    write(project, {name: files[name].replace(old, new)})
    return before, reached("net:build").digest


@pytest.mark.parametrize("name", SAME)
def test_what_computes_the_same_has_the_same_digest(project: Path, name: str) -> None:
    """Comments, formatting, local names and unrelated definitions change no id."""
    before, after = edited(project, NET, SAME[name])
    assert before == after


@pytest.mark.parametrize("name", OTHER)
def test_what_may_compute_otherwise_has_another_digest(project: Path, name: str) -> None:
    """What the function reaches, at any depth, and what its modules do when they are imported is in the id."""
    before, after = edited(project, NET, OTHER[name])
    assert before != after


def small(build: str, *, before: str = "", after: str = "") -> Files:
    """Return a module with a builder and a function that it may reach in a way that the source does not tell."""
    return {
        "net.py": f"{before}\ndef hidden_one():\n    return 1\n\ndef build(shape, classes, kind='one'):\n    {build}\n{after}"
    }


REACHES = {
    "globals": small("return globals()['hidden_' + kind]()"),
    "getattr of the module": small("return getattr(sys.modules[__name__], f'hidden_{kind}')()", before="import sys"),
    "eval": small("return eval('hidden_' + kind)()"),
    "a word in a table": small("return NAMES[kind]", before="NAMES = {'one': 'hidden_one'}"),
    "a function in a table": small("return NAMES[kind]()", after="NAMES = {'one': hidden_one}\n"),
    "a name that is deserialised": small(
        "return keras.saving.deserialize({'class_name': 'x>hidden_one'})", before="import keras"
    ),
    "a nested function": small("return (lambda: [hidden_one() for _ in 'a'])()"),
    "a default": small("return kind", after="def more(f=hidden_one):\n    return f\nbuild.more = more\n"),
    "a call at import": small("return RESULT[0]", after="RESULT = []\nRESULT.append(hidden_one())\n"),
    "a decorator": small("return 1", after="def deco(f):\n    return hidden_one\n\nbuild = deco(build)\n"),
    "a global statement": small(
        "change()\n    return W", before="W = 0", after="def change():\n    global W\n    W = hidden_one()\n"
    ),
    "subclasses": small(
        "return [c() for c in Base.__subclasses__()]", after="class Base: ...\nclass One(Base):\n    f = hidden_one\n"
    ),
    "a metaclass": small(
        "return REG",
        after="REG = []\nclass Meta(type):\n    def __init__(c, *a):\n        REG.append(c)\nclass Base(metaclass=Meta): ...\nclass One(Base):\n    f = hidden_one\n",
    ),
    "init_subclass": small(
        "return Base",
        after="class Base:\n    def __init_subclass__(c):\n        Base.c = c\nclass One(Base):\n    f = hidden_one\n",
    ),
    "a walrus at import": small("return V", after="if (V := hidden_one):\n    pass\n"),
    "an attribute of itself": small("import net\n    return net.hidden_one()"),
    "a match": small("match kind:\n        case 'one':\n            return hidden_one()"),
    "an except branch": small("try:\n        return 1\n    except ValueError:\n        return hidden_one()"),
    "an await": small("async def f():\n        return hidden_one()\n    return f"),
    "vars of itself": small("import net\n    return vars(net)['hidden_' + kind]()"),
}


@pytest.mark.parametrize("name", REACHES)
def test_a_function_is_reached_in_whatever_way(project: Path, name: str) -> None:
    """Where the source does not tell what is called, the whole module is in the id."""
    before, after = edited(project, REACHES[name], ("net.py", "return 1\n\ndef build", "return 2\n\ndef build"))
    assert before != after


IMPORTS = {
    "lazy": ("def build(s, c):\n    from pack.a import f\n    return f()\n", ""),
    "module in a function": ("def build(s, c):\n    import pack.a\n    return pack.a.f()\n", ""),
    "package attribute": ("import pack\ndef build(s, c):\n    return pack.f()\n", "from .a import f\n"),
    "submodule by attribute": ("import pack\ndef build(s, c):\n    return pack.a.f()\n", "from . import a\n"),
    "getattr of a module": ("import pack.a as a\ndef build(s, c, k='f'):\n    return getattr(a, k)()\n", ""),
    "import_module": ("import importlib\ndef build(s, c):\n    return importlib.import_module('pack.a').f()\n", ""),
    "import_module, computed": (
        "import importlib\ndef build(s, c, k='a'):\n    return importlib.import_module(f'pack.{k}').f()\n",
        "",
    ),
    "relative, computed": (
        "from pack import get\ndef build(s, c):\n    return get('a').f()\n",
        "from importlib import import_module\ndef get(k):\n    return import_module('.' + k, __name__)\n",
    ),
    "try": (
        "try:\n    from pack.a import f\nexcept ImportError:\n    f = None\ndef build(s, c):\n    return f()\n",
        "",
    ),
    "try in a function": (
        "def build(s, c):\n    try:\n        from pack.a import f\n    except ImportError:\n        f = None\n    return f()\n",
        "",
    ),
    "if": (
        "import sys\nif sys.version_info > (3,):\n    from pack.a import f\nelse:\n    f = None\ndef build(s, c):\n    return f()\n",
        "",
    ),
    "star of star": ("from pack import *\ndef build(s, c):\n    return f()\n", "from .a import *\n"),
    "lazy package": (
        "from pack import f\ndef build(s, c):\n    return f()\n",
        "def __getattr__(name):\n    from .a import f\n    return f\n",
    ),
    "base class": ("from pack import a\ndef build(s, c):\n    return B()\nclass B(a.Base): ...\n", ""),
    "module handed on": (
        "from pack import a\ndef use(m):\n    return m.f()\ndef build(s, c):\n    return use(a)\n",
        "",
    ),
    "class attribute": (
        "from pack import a\nclass T:\n    g = staticmethod(a.f)\ndef build(s, c):\n    return T.g()\n",
        "",
    ),
    "named in text": ("def build(s, c, layer='pack.a:f'):\n    return load(layer)\ndef load(x): ...\n", ""),
}


@pytest.mark.parametrize("name", IMPORTS)
def test_an_import_is_followed_in_whatever_form(project: Path, name: str) -> None:
    """A function of another module is in the id however it was imported."""
    net, package = IMPORTS[name]
    files = {
        "net.py": net,
        "pack/__init__.py": package,
        "pack/a.py": "def f():\n    return 1\nclass Base:\n    x = 1\n",
    }
    before, after = edited(project, files, ("pack/a.py", "1", "2"))
    assert before != after


def test_a_docstring_counts_where_it_is_read(project: Path) -> None:
    """A text that the code uses as a value is behaviour."""
    files = {"net.py": 'def build(s, c):\n    """one"""\n    return build.__doc__\n'}
    before, after = edited(project, files, ("net.py", "one", "two"))
    assert before != after


def test_a_local_name_counts_where_the_code_reads_it(project: Path) -> None:
    """`locals()` and f"{x=}" make a local name a value."""
    for body in ("width = 1\n    return locals()", "width = 1\n    return f'{width=}'"):
        files = {"net.py": f"def build(s, c):\n    {body}\n"}
        before, after = edited(project, files, ("net.py", "width", "size"))
        assert before != after


def test_contents_that_change_places_are_other_code(project: Path) -> None:
    """Two functions that swap what they do are not the same, nor are two names that swap."""
    one = {
        "net.py": "import a, b\ndef build(s, c):\n    return a.f() - b.f()\n",
        "a.py": "def f():\n    return 1\n",
        "b.py": "def f():\n    return 2\n",
    }
    write(project, one)
    before = reached("net:build").digest
    write(project, {"a.py": one["b.py"], "b.py": one["a.py"]})
    assert reached("net:build").digest != before
    write(project, one | {"net.py": one["net.py"].replace("a.f() - b.f()", "b.f() - a.f()")})
    assert reached("net:build").digest != before
    write(project, one | {"net.py": one["net.py"].replace("import a, b", "import b as a, a as b")})
    assert reached("net:build").digest != before


def test_modules_may_be_renamed_and_split(project: Path) -> None:
    """Where a function stands is not in the digest, only what it computes."""
    write(
        project,
        {
            "net.py": "from one import f\ndef build(s, c):\n    return f()\n",
            "one.py": "def f():\n    return g()\ndef g():\n    return 1\n",
        },
    )
    before = reached("net:build").digest
    write(
        project,
        {
            "net.py": "from two import f\ndef build(s, c):\n    return f()\n",
            "two.py": "from three import g\ndef f():\n    return g()\n",
            "three.py": "def g():\n    return 1\n",
        },
    )
    assert reached("net:build").digest == before


def test_a_local_and_a_keyword_of_one_name_are_two_things(project: Path) -> None:
    """A keyword is interface, though a local variable is called the same."""
    write(project, {"net.py": "def build(s, c):\n    x = 1\n    return dict(x=x)\n"})
    before = reached("net:build").digest
    write(project, {"net.py": "def build(s, c):\n    y = 1\n    return dict(x=y)\n"})
    assert reached("net:build").digest == before
    write(project, {"net.py": "def build(s, c):\n    y = 1\n    return dict(y=y)\n"})
    assert reached("net:build").digest != before


def test_parts_name_file_and_function(project: Path) -> None:
    """What changed can be said."""
    write(project, NET)
    before = reached("net:build").parts
    write(project, {"parts/deep.py": NET["parts/deep.py"].replace("return 1", "return 2")})
    after = reached("net:build").parts
    assert [name for name in before if before[name] != after[name]] == ["deep.py, function _less"]


def test_digests_are_those_of_every_release(project: Path) -> None:
    """Golden: the form is the same on every Python and in every release."""
    write(project, NET)
    assert reached("net:build").digest == "d729a7be928ecef6"


def test_a_module_in_a_circle_ends(project: Path) -> None:
    """Two modules that import each other are read once each."""
    write(
        project,
        {
            "net.py": "from one import f\ndef build(s, c):\n    return f()\n",
            "one.py": "import net\ndef f():\n    return net.build\n",
        },
    )
    assert len(reached("net:build").parts) == 2


def test_a_function_that_is_not_there_is_refused(project: Path) -> None:
    """The message names it."""
    write(project, {"net.py": "x = 1\n"})
    with pytest.raises(InputError, match="net:build"):
        reached("net:build")

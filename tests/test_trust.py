"""Whose code a folder of results may call: every strange name is refused before anything is imported."""

import json
import os
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sweep
from sweep import report
from sweep.commands import cli
from sweep.errors import InputError
from sweep.study.study import built_in_studies
from sweep.study.trust import Trust, permit

PLANTED = "from pathlib import Path\nPath('planted').touch()\ndef f(*a, **k):\n    Path('planted').touch()\n"
OURS = {
    "data": {"use": "sweep.data:synthetic_vectors", "samples": 8},
    "model": {"use": "sweep.models:dense_net"},
    "measure": {"use": "sweep.checks.modes:by_mode"},
    "answer": "sweep.studies.face_attack:answer",
}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stranger's folder of results, with a module in it, below the reader's own folder, which is the current one."""
    path, modules = list(sys.path), set(sys.modules)
    folder = tmp_path / "results" / "tiny"
    folder.mkdir(parents=True)
    (folder / "rt_evil.py").write_text(PLANTED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    yield folder
    os.environ.pop("PYTHONSAFEPATH", None)
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("rt_"):
            del sys.modules[name]


def document(**changes: Any) -> dict[str, Any]:
    """Return a study.json that names our own functions, but for the changes."""
    resolved = {"study": "tiny", **OURS, **changes}
    return {"study": "tiny", "task": "verification", "resolved": resolved} | {
        "configurations": {"c0": {"label": "one", "hp": {}}},
        "plan": [],
    }


def refusal(results: Path, trust: Trust = Trust(), **changes: Any) -> str:  # noqa: B008 (frozen)
    """Return the message that refuses a study; nothing of it may have run."""
    study = document(**changes)["resolved"]
    with pytest.raises(InputError) as caught:
        permit(study, list(study), results, trust)
    assert not list(Path().rglob("planted"))
    assert not [name for name in sys.modules if name.startswith("rt_")]
    return str(caught.value)


def allowed(results: Path, trust: Trust = Trust(), **changes: Any) -> tuple[str, ...]:  # noqa: B008 (frozen)
    """Return the folders of modules of a study that may be called."""
    study = document(**changes)["resolved"]
    return permit(study, list(study), results, trust)


def test_our_own_functions_are_called(results: Path, tmp_path: Path) -> None:
    """Loaders, builders, measures and answers of Seed Sweep need nobody's word."""
    assert allowed(results) == (str(tmp_path),)


def test_every_shipped_study_is_ours(results: Path) -> None:
    """Each built-in study names only functions that are known for a study's by their signature."""
    for name in built_in_studies():
        study = sweep.Study.load(name).model_dump(mode="json")
        permit(study, list(study), results, Trust())


@pytest.mark.parametrize(
    "use",
    ["subprocess:check_output", "os:system", "builtins:exec", "posix:system", "shutil:rmtree", "os.path:join"],
)
@pytest.mark.parametrize("trust", [Trust(), Trust(everything=True)])
def test_pythons_own_functions_are_never_called(results: Path, use: str, trust: Trust) -> None:
    """Neither from a folder of results nor with --trust."""
    assert "Python's own library" in refusal(results, trust, data={"use": use, "args": "touch planted"})


@pytest.mark.parametrize(
    ("key", "use"),
    [
        ("data", "sweep.data:prepare"),
        ("data", "sweep.data:open_prepared"),
        ("data", "sweep.models:dense_net"),
        ("data", "sweep.store.places:replace_file"),
        ("data", "sweep.store.store:compact"),
        ("data", "sweep.submit.launcher:down"),
        ("model", "sweep.machine.process:call"),
        ("model", "sweep.explain.rerun:run_again"),
        ("measure", "sweep.running.execution:run"),
        ("measure", "sweep.checks.traps:TRAPS"),
    ],
)
def test_what_is_ours_but_made_for_no_study_is_refused(results: Path, key: str, use: str) -> None:
    """Only loaders serve as data, builders as models, measures as measures."""
    assert f"{key} {use} (of Seed Sweep, but not made for a study)" in refusal(results, **{key: {"use": use}})


@pytest.mark.parametrize(
    "use", ["sweep.machine.process:subprocess", "sweep.study.code:importlib", "sweep.machine.repository:subprocess"]
)
def test_what_our_modules_import_is_no_function_of_ours(results: Path, use: str) -> None:
    """A module that one of ours imports is not reached through it."""
    assert "Expected" in refusal(results, model={"use": use}) or "expected" in refusal(results, model={"use": use})


def test_an_installed_package_needs_trust_and_is_named(results: Path) -> None:
    """The message lists what would run, and --trust runs it."""
    said = refusal(results, data={"use": "sklearn.datasets:load_iris"}, model={"use": "keras.applications:ResNet50"})
    assert "data sklearn.datasets:load_iris (installed package sklearn)" in said
    assert "model keras.applications:ResNet50 (installed package keras)" in said
    assert "--trust" in said
    assert allowed(results, Trust(everything=True), data={"use": "sklearn.datasets:load_iris"})


@pytest.mark.parametrize("where", ["here", "modules"])
def test_the_readers_own_functions_are_called(results: Path, tmp_path: Path, where: str) -> None:
    """They lie in the current folder or in one that --modules names."""
    folder = tmp_path if where == "here" else tmp_path.parent / f"{tmp_path.name}-modules"
    folder.mkdir(exist_ok=True)
    (folder / "rt_mine.py").write_text("raise RuntimeError('imported')\ndef f(): ...\n")
    trust = Trust() if where == "here" else Trust((str(folder),))
    assert str(folder) in allowed(results, trust, data={"use": "rt_mine:f"})


def test_the_answer_of_ones_own_study_file_is_called(results: Path) -> None:
    """What the person's own study names may be an installed package's."""
    use = "sklearn.datasets:load_iris"
    assert allowed(results, Trust(named=frozenset({use})), answer=use)


@pytest.mark.parametrize("how", ["results as current folder", "above", "package", "link", "modules", "path"])
def test_a_module_in_the_folder_of_results_is_never_called(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """However it is reached: from in it, from above it, through a package, a link, --modules or PYTHONPATH."""
    use, trust = "rt_evil:f", Trust()
    if how == "results as current folder":
        monkeypatch.chdir(results)
        monkeypatch.syspath_prepend(str(results))
        monkeypatch.syspath_prepend("")
    elif how == "above":
        use = "results.tiny.rt_evil:f"
    elif how == "package":
        (tmp_path / "rt_pack").symlink_to(results)
        (results / "__init__.py").write_text(PLANTED)
        use = "rt_pack.rt_evil:f"
    elif how == "link":
        (tmp_path / "rt_link.py").symlink_to(results / "rt_evil.py")
        use = "rt_link:f"
    elif how == "modules":
        trust = Trust((str(results),))
    else:
        monkeypatch.syspath_prepend(str(results))
    said = refusal(results, trust, model={"use": use})
    assert "Received: " in said
    if how != "results as current folder":  # there it is not even looked for
        assert "--trust" in said


def test_another_folder_of_results_is_no_place_for_modules(results: Path, tmp_path: Path) -> None:
    """A second stranger's folder beside it does not lend its code."""
    other = tmp_path / "results" / "other"
    other.mkdir()
    (other / "study.json").write_text("{}")
    (other / "rt_evil.py").write_text(PLANTED)
    assert "in a folder of results" in refusal(results, data={"use": "results.other.rt_evil:f"})


def test_processes_do_not_import_from_the_folder_of_results(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is the current folder, a module that bears the name of Python's or of a package is not found there."""
    monkeypatch.chdir(results)
    monkeypatch.syspath_prepend("")
    monkeypatch.syspath_prepend(str(results))
    assert allowed(results) == ()
    assert not {"", str(results)} & set(sys.path)
    (results / "colorsys.py").write_text(PLANTED)
    subprocess.run([sys.executable, "-c", "import colorsys; colorsys.rgb_to_hsv"], check=True)
    assert not (results / "planted").exists()


def test_a_name_that_the_readers_module_imports_is_not_his_own(results: Path, tmp_path: Path) -> None:
    """A function that is only handed on belongs to where it is defined."""
    (tmp_path / "rt_mine.py").write_text(
        "from subprocess import check_output\nfrom sklearn.datasets import load_iris\nfrom rt_there import g\n"
    )
    (tmp_path / "rt_there.py").write_text("def g(): ...\n")
    assert "Python's own" in refusal(results, data={"use": "rt_mine:check_output"})
    assert "installed package sklearn" in refusal(results, data={"use": "rt_mine:load_iris"})
    assert allowed(results, data={"use": "rt_mine:g"})


@pytest.mark.parametrize(
    "change",
    [
        {"model": OURS["model"] | {"activation": {"class_name": "function", "config": "f", "module": "rt_evil"}}},
        {"grid": {"model.activation": [{"class_name": "function", "config": "f", "module": "rt_evil"}]}},
        {"grid": {"model.activation.class_name": ["function"]}},
        {"data": OURS["data"] | {"cache": "/home"}},
        {"grid": {"data.cache": ["/home"]}},
        {"arms": {"use": {"data.cache": "/home"}}},
        {"arms": {"a.b": {"model.use": "keras:Model"}}},
        {"arms": {"one": {"model": {"use": "keras:Model"}}}},
        {"grid": {"train.optimizer.use": ["keras:Model"]}},
        {"train": {"callbacks": [{"use": "keras:Model"}]}},
    ],
)
def test_every_other_way_to_code_is_found(results: Path, change: dict[str, Any]) -> None:
    """A Keras configuration imports what it names; arms, grids and lists name functions; a cache is written into."""
    assert "--trust" in refusal(results, **change)


@pytest.mark.parametrize("change", [{"arms": {"use": {"data.root": "a:b"}}}, {"about": "use: a:b"}])
def test_a_word_that_names_no_function_is_none(results: Path, change: dict[str, Any]) -> None:
    """An arm may be called "use", and text may say anything."""
    assert allowed(results, **change)


@pytest.mark.parametrize("use", [".rt_evil:f", "rt_evil", "rt evil:f", "rt_evil:f:g", ":f", "rt_evil.:f", ""])
def test_a_name_of_no_function_is_refused(results: Path, use: str) -> None:
    """What is not "package.module:function" is never handed to Python's import."""
    assert "package.module:function" in refusal(results, model={"use": use})


def test_a_module_that_is_imported_already_is_not_called_in_place_of_the_readers(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a notebook a module of the same name may be another's."""
    (tmp_path / "rt_mine.py").write_text("def f(): ...\n")
    other = types.ModuleType("rt_mine")
    other.__file__ = "/elsewhere/rt_mine.py"
    monkeypatch.setitem(sys.modules, "rt_mine", other)
    study = document(data={"use": "rt_mine:f"})["resolved"]
    with pytest.raises(InputError, match="imported already in place of"):
        permit(study, list(study), results, Trust())


@pytest.mark.parametrize("command", ["verify", "report"])
def test_commands_refuse_with_exit_code_2(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """One message that lists what would run, nothing on standard output, nothing written; --trust goes on."""
    said = document(data={"use": "sklearn.datasets:load_iris"}, answer="sklearn.datasets:load_iris")
    (results / "study.json").write_text(json.dumps(said))
    before = sorted(results.iterdir())
    for words, code in (([], 2), (["--trust"], 2 if command == "verify" else 0)):
        monkeypatch.setattr(sys, "argv", ["sweep", command, str(results), *words])
        try:
            cli.main()
            ended: Any = 0
        except SystemExit as end:
            ended = end.code or 0
        out, err = capsys.readouterr()
        assert ended == code, err
        if not words:
            assert out == ""
            assert len(err.strip().splitlines()) == 1
            assert "sklearn.datasets:load_iris (installed package sklearn)" in err
            assert sorted(results.iterdir()) == before
        else:  # trusted: the folder holds no trials, which is another matter
            assert "installed package" not in err


def test_a_report_is_not_written_through_a_link(results: Path, tmp_path: Path) -> None:
    """A folder of results whose report/ leads elsewhere overwrites nothing there."""
    (results / "study.json").write_text(json.dumps(document(answer=None)))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "index.html").write_text("mine")
    (results / "report").symlink_to(tmp_path / "home")
    written = report.write(sweep.load(results))
    assert not written.files
    assert any("leads to" in note for note in written.notes)
    assert [(path.name, path.read_text()) for path in (tmp_path / "home").iterdir()] == [("index.html", "mine")]

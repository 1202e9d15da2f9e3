"""The data function in a process of its own: its answer and its faults come back, and the caller is untouched."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweep import data
from sweep.errors import ClusterError, InputError
from sweep.machine.folders import cache_folder
from sweep.study.plan import configurations
from sweep.study.study import Study
from sweep.trial import data_process, seeding, trial
from sweep.trial.data_function import DataRequest, prepare_data
from sweep.trial.data_process import DataProcess
from tests.process.test_process import ROOT, gone

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(autouse=True)
def _modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let studies name the module beside this file."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def study(name: str, **keywords: Any) -> Study:
    """Return a study whose data function is one of the odd ones."""
    used = {"use": f"odd_data:{name}", **keywords}
    return Study.model_validate({"study": "s", "data": used, "model": {"use": "sweep.models:dense_net"}})


def prepared(name: str, split_seed: int = 0, **keywords: Any) -> data.Prepared:
    """Return what a process of its own makes of one of the odd functions."""
    with DataProcess() as process:
        return process.prepare(study(name, **keywords), split_seed)


def test_the_callers_generators_and_process_are_untouched() -> None:
    """Whatever a data function seeds, sets or changes, it does in its own process."""
    random.seed(7)
    before = random.getstate(), np.random.get_state()[1].tolist(), dict(os.environ), list(sys.path), Path.cwd()  # noqa: NPY002
    handler = signal.getsignal(signal.SIGTERM)
    prepared("disturbs")
    after = random.getstate(), np.random.get_state()[1].tolist(), dict(os.environ), list(sys.path), Path.cwd()  # noqa: NPY002
    assert after == before
    assert signal.getsignal(signal.SIGTERM) == handler


def test_what_is_drawn_without_saying_so_is_what_it_was_in_the_caller() -> None:
    """The digest of drawn data is that of the same seeds set here: ids of stored trials stay."""
    kept = random.getstate(), np.random.get_state()  # noqa: NPY002 (the global generator is what is tested)
    try:
        here = {seed: prepare_data(DataRequest(study("draws"), seed, None)).data_id for seed in (0, 5)}
    finally:
        random.setstate(kept[0])
        np.random.set_state(kept[1])  # noqa: NPY002
    with DataProcess() as process:
        there = {seed: process.prepare(study("draws"), seed).data_id for seed in (5, 0)}
    assert there == here
    assert here[0] != here[5]
    seeding.seed_numpy_and_python(5)
    first = random.random()
    seeding.seed_numpy_and_python(5)
    assert random.random() == first


def test_other_data_than_expected_is_refused() -> None:
    """A node that sees other data than the plan says so."""
    with DataProcess() as process:
        found = process.prepare(study("plain"), 0)
        assert process.prepare(study("plain"), 0, expect=found.data_id) == found
        with pytest.raises(InputError, match="Expected the data 000000"):
            process.prepare(study("plain"), 0, expect="0" * 64)


def test_a_node_that_lacks_the_data_makes_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Drawn data have one digest wherever they are made; where they have another, the node says so."""
    data_id = prepared("draws").data_id
    monkeypatch.setenv("SEEDSWEEP_CACHE", str(tmp_path))
    assert len(trial.open_data(study("draws"), data_id, 7).train) == 8, "planned for all seeds alike"
    assert [one.name for one in (tmp_path / "data").iterdir() if one.is_dir()] == [data_id]
    with pytest.raises(ClusterError, match="as where the study was planned"):
        trial.open_data(study("draws"), "0" * 64, 0)


def test_prints_go_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """Standard output is for the command's answer, and nobody is there to answer a question."""
    prepared("prints")
    written = capfd.readouterr()
    assert written.out == ""
    assert sorted(written.err.splitlines()) == ["''", "from Python", "from below"]


def test_warnings_are_the_callers_to_show() -> None:
    """A warning of the data function goes through the caller's filters, as if it had been called there."""
    with pytest.warns(UserWarning, match="two pictures were grey") as told:
        prepared("warns")
    assert len(told) == 1
    assert Path(told[0].filename).name == "odd_data.py"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("killed", r"killed by signal 9 \(often: out of memory\)"),
        ("crashes", "killed by signal 11"),
        ("ends", "ended with exit code 0 and no answer"),
        ("leaves", "It raised SystemExit: 3"),
        ("raises", "It raised ZeroDivisionError: no such folder"),
    ],
)
def test_a_data_function_that_fails_or_dies_is_one_message(name: str, words: str) -> None:
    """Whatever ends it is an InputError that names the function and says how."""
    with pytest.raises(InputError, match=words) as caught:
        prepared(name)
    assert name in str(caught.value)


def test_a_lack_of_memory_comes_back_as_it_is() -> None:
    """It is no fault of the input."""
    with pytest.raises(MemoryError, match="no room for the pictures"):
        prepared("starves")


def test_one_process_goes_on_after_an_error_and_a_new_one_after_a_crash() -> None:
    """A request that fails is no reason to lose the next."""
    with DataProcess() as process:
        for name in ("raises", "killed"):
            with pytest.raises(InputError):
                process.prepare(study(name), 0)
            assert process.prepare(study("plain"), 0).input_shape == (2,)


def test_a_variable_stands_before_anything_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is named in one place is there from the start of the process, and this process does not get it."""
    monkeypatch.setitem(data_process.DATA_VARIABLES, "SEEDSWEEP_SEEN", "abc")
    found = data.open_prepared(Path(os.environ["SEEDSWEEP_CACHE"]), prepared("sees", variable="SEEDSWEEP_SEEN").data_id)
    assert found.train.x[0, 0] == 3.0
    assert "SEEDSWEEP_SEEN" not in os.environ


def test_it_loads_tensorflow_only_if_the_function_does() -> None:
    """Its start takes a moment, not TensorFlow's seconds."""
    ask = (
        "import sys, sweep.trial.data_function; print([n for n in ('tensorflow', 'ray', 'keras') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_file_of_the_current_folder_stands_in_for_no_module_of_pythons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process looks for modules where its caller does, from its first import on."""
    for name in ("json", "struct", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(f'{__name__} of the current folder was imported')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [one for one in sys.path if one])
    assert prepared("plain").input_shape == (2,)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_it_ends_with_whoever_asked(tmp_path: Path, how: signal.Signals) -> None:
    """Ctrl-C and kill -9 of the caller end the data function in the middle of its work."""
    said = tmp_path / "pid"
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from tests.data_process.test_data_process import prepared\n"
        f"prepared('sleeps', said={str(said)!r})"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    end = time.monotonic() + 120
    while not said.exists() and caller.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    pid = int(said.read_text())
    caller.send_signal(how)
    caller.wait(60)
    assert gone(pid, 20)


def test_arrays_after_a_dataset_are_made_in_a_fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow's generator is seeded for a dataset; arrays are made as if nobody had, whatever came before them."""
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "trial"))
    streamed = study("plain").model_copy(
        update={"data": study("plain").data.model_copy(update={"use": "streams:still"})}
    )
    with DataProcess() as process:
        first = process.prepare(study("plain"), 0)
        pids = [process._process.pid]  # type: ignore[union-attr]
        for asked in (streamed, streamed, study("plain")):
            last = process.prepare(asked, 0)
            pids.append(process._process.pid)  # type: ignore[union-attr]
    assert pids[0] == pids[1] == pids[2] != pids[3]
    assert (last.data_id, last.stream) == (first.data_id, None)


def test_all_folds_are_cut_from_one_call(tmp_path: Path) -> None:
    """The data function is called once for all folds of a study: what it draws anew is the same in all of them."""
    said = {"data": {"use": "odd_data:counted", "log": str(tmp_path / "log")}, "division": {"folds": 4}}
    folded = Study.model_validate({"study": "s", "model": {"use": "sweep.models:dense_net"}, **said})
    with DataProcess() as process:
        ids = [process.prepare(one.study, 0).data_id for one in configurations(folded)]
    splits = [data.open_prepared(cache_folder(), data_id) for data_id in ids]
    assert (tmp_path / "log").read_text() == "called\n"
    every = np.concatenate([split.x for _, split in splits[0].items()])
    tested = np.concatenate([one.test.x for one in splits])
    assert sorted(every[:, 0].tolist()) == sorted(tested[:, 0].tolist())

"""Before the first trial of a run: configurations that cannot be built are failures, and the others go on."""

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from sweep.commands import cli
from sweep.errors import InputError
from sweep.forecast.inspection import inspect_study
from sweep.machine import process
from sweep.running import driver, ray_session
from sweep.store import store
from sweep.trial import rehearsal, trial

pytestmark = pytest.mark.tensorflow
HERE = Path(__file__).parent
VECTORS = {"use": "sweep.data:synthetic_vectors", "subjects": [24, 24, 24], "samples": 2}


def one_by_one(_: Any, orders: Any, report: Any, *, ready: Any, **__: Any) -> None:
    """Train in place of Ray: what is `ready` first, then each order in a process of its own."""
    ready()
    for order in orders:
        report(process.call(trial.run_trial, order).value)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function that writes a study with these keys in a person's folder, and returns its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(driver, "run_orders", one_by_one)
    monkeypatch.setattr(ray_session, "ray_session", lambda *_: nullcontext(ray_session.RaySession(own=True)))
    (tmp_path / "first_models.py").write_text((HERE / "first_models.py").read_text())

    def write(**keys: Any) -> str:
        fixed = {"study": "some", "seeds": 1, "data": VECTORS, "train": {"epochs": 1}}
        (tmp_path / "some.yaml").write_text(yaml.safe_dump(fixed | {"model": {"use": "first_models:plain"}} | keys))
        return "some.yaml"

    return write


def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[Any, str, str]:
    """Return (exit code, standard output, standard error) of a command."""
    monkeypatch.setattr(sys, "argv", ["sweep", *words])
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        cli.main()
    written = capfd.readouterr()
    return ended.value.code or 0, written.out, written.err


def test_a_build_without_end_is_told_by_the_end_of_its_trace() -> None:
    """A long trace leaves nothing of its beginning in what is kept of the log."""
    study = SimpleNamespace(maker=SimpleNamespace(use="my:net"))
    trial: Any = SimpleNamespace(configuration=SimpleNamespace(study=study))
    log = '  File "keras/layers.py", line 3 in build\n  File "<string>", line 1 in <module>\n'
    ended = "ended with exit code 1 and no answer"
    assert "within 60 s. Received: no end" in rehearsal._crashed(trial, process.Outcome(crash=ended, log=log))
    assert "It said: no licence" in rehearsal._crashed(trial, process.Outcome(crash=ended, log="no licence\n"))


def test_one_that_cannot_be_built_is_failed_rows_and_the_others_go_on(
    study: Callable[..., str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run says first which will fail and why; the rest trains, exit code 1; findings and cautions are told apart."""
    arms = {"broken": {"model": {"use": "first_models:raises"}}, "fine": {}, "same": {"model.unused": 1}}
    stopping = {"epochs": 1, "early_stopping": {"patience": 5}}
    code, out, err = command(capfd, monkeypatch, "run", study(arms=arms, train=stopping), "--json")
    assert code == 1, err
    assert "all trials of arm=broken are expected to fail: model: expected first_models:raises" in err
    assert err.count("no such width") >= 1
    told = json.loads(out)
    assert (told["n_ok"], told["n_failed"]) == (2, 1)
    found = {one["name"]: one for one in told["report"]["findings"]}
    assert "model.unused changes nothing" in found["equal_configurations"]["evidence"]
    assert "never_stopped" in {one["name"] for one in told["report"]["cautions"]}
    trials = store.load(Path("results/some")).trials
    assert trials.set_index("hp.arm")["status"].to_dict() == {"broken": "failed", "fine": "ok", "same": "ok"}
    code, out, _ = command(capfd, monkeypatch, "report", "results/some")
    assert code == 0
    _, _, findings = out.partition("Checks (1 finding):\n")
    findings, _, cautions = findings.partition("Checks (1 caution):\n")
    assert findings.startswith("  error: equal_configurations: 2 configurations ended with equal weights")
    assert cautions.startswith("  never_stopped: Early stopping was on but never stopped")


def test_all_that_cannot_be_built_end_the_run_before_the_first_trial(
    study: Callable[..., str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no configuration can run, check and run say so in one message with exit code 2; nothing is trained."""
    compiled = {"model": {"use": "first_models:compiled"}, "train.loss": "mse"}
    arms = {"first": compiled, "second": {"train.optimizer": "adamm"}}
    name = study(arms=arms)
    for word in ("check", "run"):
        code, out, err = command(capfd, monkeypatch, word, name)
        assert (code, out) == (2, "")
        [message] = [line for line in err.splitlines() if line.startswith("sweep: model:")]
        assert "returns a model compiled with SGD" in message
        assert "(at arm=first)" in message
        assert "Received: adamm" in message
    assert store.load(Path("results/some")).trials.empty


def test_a_model_function_that_never_returns_is_told(
    study: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A builder that waits without end is ended and named."""
    monkeypatch.setattr(rehearsal, "SECONDS_A_BUILD", 1)
    with pytest.raises(InputError, match="first_models:hangs to be built and trained on one batch within 1 s") as told:
        inspect_study(study(model={"use": "first_models:hangs"}))
    assert "Received: no end" in str(told.value)


def test_a_crash_is_told_with_what_the_program_said_last() -> None:
    """TensorFlow's own log lines are no reason; the last line that the model's code wrote is."""
    log = "my weights are gone\nE0000 00:00:1.5 22 cuda_platform.cc:52] no cuInit\n2026-01-01 10:00:00.1: I tensor\n"
    one: Any = SimpleNamespace(configuration=SimpleNamespace(study=SimpleNamespace(maker=SimpleNamespace(use="m:f"))))
    told = rehearsal._crashed(one, process.Outcome(crash="killed by signal 11", log=log))
    assert told.endswith("The process was killed by signal 11. It said: my weights are gone")
    assert rehearsal._crashed(one, process.Outcome(crash="killed by signal 11")).endswith("signal 11.")


def test_a_setting_that_changes_nothing_is_told_once(study: Callable[..., str]) -> None:
    """Four values of a keyword that the function does not use are one caution, not three."""
    found = inspect_study(study(model={"use": "first_models:plain"}, grid={"model.unused": [1, 2, 3, 4]}))
    told = [one.evidence for one in found.cautions if one.name == "setting_changes_nothing"]
    assert len(told) == 1
    assert told[0].endswith("model.unused seems to change nothing.")

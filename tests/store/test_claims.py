"""Claims: one run alone trains a trial, and who is gone holds nothing."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sweep.store import claims, left_behind, owner
from sweep.store.claims import Claims, Owner, held, remove_void, this_process, told
from sweep.store.owner import owner_of
from sweep.store.places import Place, make_folder, replace_file, storage
from tests.store.recording import trial_id


@pytest.fixture(params=["folder", "object store"])
def results(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Return where results lie."""
    claims._offsets.clear()
    return request.getfixturevalue("object_place") if request.param == "object store" else tmp_path


def _elsewhere() -> Owner:
    return replace(this_process(), host="elsewhere")


def _left(results: Place) -> list[str]:
    return [name for name in storage(results / "claims").names() if not name.startswith(".")]


def test_a_claim_holds_others_off_until_it_is_released(results: Place) -> None:
    """The second run is told who holds the trial, and gets it afterwards."""
    one, two = Claims(results, this_process()), Claims(results, this_process())
    assert one.take(trial_id(0)) is None
    assert one.take(trial_id(0)) is None
    assert two.take(trial_id(0)) == one.owner
    assert two.take(trial_id(1)) is None
    assert held(results) == {trial_id(0): one.owner, trial_id(1): two.owner}
    assert held(results, [trial_id(1), trial_id(2)]) == {trial_id(1): two.owner}
    two.release(trial_id(0))
    assert two.take(trial_id(0)) == one.owner
    one.release(trial_id(0))
    assert two.take(trial_id(0)) is None


def test_runs_that_ask_at_once_never_share_a_trial(results: Place) -> None:
    """Of six runs that ask for ten trials at the same time, at most one gets each; in a folder one does."""
    runs = [Claims(results, this_process()) for _ in range(6)]
    start = threading.Barrier(len(runs))

    def ask(run: Claims) -> None:
        start.wait()
        for number in range(10):
            run.take(trial_id(number))

    threads = [threading.Thread(target=ask, args=(run,)) for run in runs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    got = [trial for run in runs for trial in run.mine]
    assert len(got) == len(set(got))
    if isinstance(results, Path):
        assert len(got) == 10


def test_a_dead_process_holds_nothing(results: Place) -> None:
    """On the same host the claim of a process that is gone is void at once, and so is that of a number used again."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for gone in (replace(this_process(), pid=ended.pid, born="1"), replace(this_process(), born="1")):
        dead = Claims(results, gone)
        assert dead.take(trial_id(0)) is None
        assert held(results) == {}
        after = Claims(results, this_process())
        assert after.take(trial_id(0)) is None
        dead.renew()
        assert dead.mine == set() or not isinstance(results, Path)
        after.release(trial_id(0))
        remove_void(results)


def test_a_claim_that_is_not_renewed_is_void(results: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another host's claim counts for a minute of the storage's clock after its last renewal, and is taken over."""
    away, here = Claims(results, _elsewhere()), Claims(results, this_process())
    away.take(trial_id(0))
    clock = claims._clock
    monkeypatch.setattr(claims, "_clock", lambda place: clock(place) + 50)
    assert here.take(trial_id(0)) == away.owner
    monkeypatch.setattr(claims, "_clock", lambda place: clock(place) + 70)
    assert held(results) == {}
    assert here.take(trial_id(0)) is None


def test_a_renewed_claim_holds(results: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A renewal counts from the time when it was made."""
    away = Claims(results, _elsewhere())
    away.take(trial_id(0))
    before = [storage(results / "claims" / name).changed_at() for name in _left(results)]
    threading.Event().wait(0.02)
    away.renew()
    assert [storage(results / "claims" / name).changed_at() for name in _left(results)] > before
    assert held(results) == {trial_id(0): away.owner}


def test_what_ends_leaves_no_claim(results: Place) -> None:
    """The claims of a run that ends and void ones are removed; those of others stay."""
    ended, other = Claims(results, this_process()), Claims(results, _elsewhere())
    dead = Claims(results, replace(this_process(), born="1"))
    for number, one in enumerate((ended, other, dead)):
        one.take(trial_id(number))
    remove_void(results, ended.owner.run)
    assert held(results) == {trial_id(1): other.owner}
    assert len(_left(results)) == 1


def test_what_killed_runs_left_does_not_grow(results: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run removes void claims, files half written, and what asked for the time; another's file stays."""
    Claims(results, replace(this_process(), born="1")).take(trial_id(0))
    damaged = f"{trial_id(1)}.{'0' * 12}" if not isinstance(results, Path) else trial_id(1)
    left = [damaged, f".now-{'0' * 32}", "README"]
    if isinstance(results, Path):
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        left.append(f".{trial_id(2)}.{left_behind._HOST}.{ended.pid}.{'0' * 32}")
    for name in left:
        replace_file(results / "claims" / name, lambda file: file.write(b"{"))
    clock = claims._clock
    remove_void(results)
    assert damaged in _left(results)
    monkeypatch.setattr(claims, "_clock", lambda place: clock(place) + 70)
    remove_void(results)
    assert [name for name in storage(results / "claims").names() if name != ".lock"] == ["README"]


def test_a_damaged_claim_is_nobodys(results: Place) -> None:
    """A claim that cannot be read, as after a power cut, gives way to the first that asks, and to that one alone."""
    name = f"{trial_id(0)}.{'0' * 12}" if not isinstance(results, Path) else trial_id(0)
    make_folder(results / "claims")
    replace_file(results / "claims" / name, lambda file: None)
    one, two = Claims(results, this_process()), Claims(results, this_process())
    assert one.take(trial_id(0)) is None
    assert two.take(trial_id(0)) == one.owner


def test_processes_are_judged_only_where_they_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another container of the same host name, or an earlier boot, counts processes of its own: nothing is known."""
    one = this_process()
    assert not one.is_dead()
    assert replace(one, born="1").is_dead()
    assert not replace(one, born="1", numbers="another boot pid:[1]").is_dead()
    assert not replace(one, born="1", host="elsewhere").is_dead()
    monkeypatch.setattr(owner.Path, "read_text", lambda path: (_ for _ in ()).throw(PermissionError(path)))
    monkeypatch.setattr(owner, "_numbers", lambda: one.numbers)
    assert not replace(one, born="1").is_dead(), "/proc hides the processes of others"


def test_a_claim_of_another_release_is_read() -> None:
    """What is added to a claim later does not make it unreadable, and what it lacks is not known."""
    said = {"run": "r", "host": "h", "pid": 1, "born": "2", "since": "2026-01-02T14:02:11+00:00"}
    assert owner_of(said | {"new": 1}) == Owner(**said, numbers="")


def test_a_file_that_is_no_claim_holds_nobody_off_for_ever(results: Place) -> None:
    """What cannot be read as a claim names nobody."""
    Claims(results, _elsewhere()).take(trial_id(0))
    (results / "claims" / "README").write_bytes(b"x") if isinstance(results, Path) else None
    assert list(held(results)) == [trial_id(0)]


def test_a_person_is_told_who_trains_what() -> None:
    """One line for each run: how many trials of the plan, which process, where, since when."""
    owner = Owner("run", "node-a", 4711, "1", "2026-01-02T14:02:11+00:00")
    assert told([owner] * 12, 20) == [
        "12 of 20 trials are being trained by process 4711 on host node-a since 2026-01-02 14:02 UTC"
    ]
    assert told([owner], 20)[0].startswith("1 of 20 trials is being trained by")

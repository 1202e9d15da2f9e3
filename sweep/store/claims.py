"""Claims: which run trains a trial now, so that several runs of one study share its trials.

`results/STUDY/claims/` holds a small file for each trial that is being trained. It names host, process and time, and is
renewed while the trial runs. Who dies without a word loses its claims: on the same host at once, elsewhere after
`VOID` seconds, by the clock of the storage and not by that of any machine.
"""

import json
import re
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from threading import RLock

from sweep.store.owner import Owner as Owner
from sweep.store.owner import owner_of
from sweep.store.owner import this_process as this_process
from sweep.store.places import Place, storage

RENEWED = 10.0  # seconds between two renewals of a claim
VOID = 60.0  # seconds without a renewal, after which a claim is void
FOLDER = "claims"
_LOCK = ".lock"
_CLAIM = r"[0-9a-f]{16}(\.[0-9a-f]{12})?"  # the trial, and in an object store the run
_NOW = ".now-"  # how a file begins by which the storage tells the time


@dataclass
class Claims:
    """The claims of one run in a study's results; its acts may be called from several threads.

    folder: the study's results. owner: the run; the process that holds the claims may be another than the owner's.
    """

    folder: Place
    owner: Owner
    mine: set[str] = field(default_factory=set)
    _lock: RLock = field(default_factory=RLock, repr=False)

    def take(self, trial_id: str) -> Owner | None:
        """Claim a trial and return None, or return who holds it.

        In a folder one run alone gets it. An object store has no exclusive creation here: each run writes a claim of
        its own, looks, and withdraws if another has one. So two never hold a trial; two that ask in the same instant
        may both be told to come back.

        Raises:
            OSError: the storage is away, or refuses.
        """
        with self._lock:
            if trial_id in self.mine:
                return None
            storage(self.folder).check_there()
            storage(self.folder / FOLDER).make()
            holder = self._alone(trial_id) if storage(self.folder).exclusive else self._beside_others(trial_id)
            if holder is None:
                self.mine.add(trial_id)
            return holder

    def release(self, trial_id: str) -> None:
        """Remove the claim of a trial that has ended."""
        with self._lock:
            self.mine.discard(trial_id)
            path = self._path(trial_id)
            with suppress(OSError):  # a claim that stays is void soon
                if _read(path) == self.owner:
                    path.unlink(missing_ok=True)

    def renew(self) -> None:
        """Say that the trials are still being trained; a claim that another run took over meanwhile is let go."""
        for trial_id in list(self.mine):
            with self._lock, suppress(OSError):  # storage that is away: the next renewal may reach it
                if trial_id not in self.mine:
                    continue
                path = self._path(trial_id)
                if _read(path) != self.owner:
                    self.mine.discard(trial_id)
                else:
                    storage(path).renew(self._said)

    def _path(self, trial_id: str) -> Place:
        name = trial_id if storage(self.folder).exclusive else f"{trial_id}.{self.owner.run}"
        return self.folder / FOLDER / name

    @property
    def _said(self) -> bytes:
        return json.dumps(asdict(self.owner)).encode()

    def _create(self, path: Place) -> bool:
        said = self._said
        try:
            storage(path).create(lambda file: file.write(said), flush=False)  # after a power cut nobody trains
        except FileExistsError:
            return False
        return True

    def _alone(self, trial_id: str) -> Owner | None:
        path = self._path(trial_id)
        if self._create(path):
            return None
        holder = _live(self.folder, [trial_id]).get(trial_id)
        if holder is not None:
            return holder if holder != self.owner else None
        with storage(self.folder / FOLDER).turn(_LOCK):  # two that find the same void claim take turns
            found = _read(path)
            if found is None or _is_void(path, found):
                path.unlink(missing_ok=True)
            return None if self._create(path) else _read(path)

    def _beside_others(self, trial_id: str) -> Owner | None:
        path = self._path(trial_id)
        said = self._said
        storage(path).replace(lambda file: file.write(said))
        others = _live(self.folder, [trial_id], but=self.owner.run)
        if trial_id in others:
            path.unlink(missing_ok=True)
        return others.get(trial_id)


def held(folder: Place, trial_ids: Iterable[str] | None = None) -> dict[str, Owner]:
    """Return trial_id -> who trains it now, of these trials or of all; void claims do not count."""
    return _live(folder, trial_ids)


def remove_void(folder: Place, run: str = "") -> None:
    """Remove void claims, those of a run that ends, and what killed runs left; what cannot be removed does no harm."""
    place, ours = folder / FOLDER, re.compile(rf"{_CLAIM}|{re.escape(_NOW)}[0-9a-f]+")
    with suppress(OSError):
        storage(place).remove_left(_CLAIM)
        if not (found := [name for name in storage(place).names() if ours.fullmatch(name)]):
            return
        with storage(place).turn(_LOCK):
            for name in found:
                owner = _read(place / name)
                if (owner is not None and owner.run == run) or _is_void(place / name, owner):
                    (place / name).unlink(missing_ok=True)


def told(holders: Iterable[Owner], n_planned: int) -> list[str]:
    """Return a line for each run that trains trials of a plan, as "12 of 20 trials are being trained by ...".

    holders: the owner of each held trial.
    """
    counts: dict[Owner, int] = {}
    for holder in holders:
        counts[holder] = counts.get(holder, 0) + 1
    return [
        f"{n} of {n_planned} trials {'is' if n == 1 else 'are'} being trained by {owner}" for owner, n in counts.items()
    ]


def _live(folder: Place, trial_ids: Iterable[str] | None, but: str = "") -> dict[str, Owner]:
    place, found = folder / FOLDER, {}
    wanted = None if trial_ids is None else set(trial_ids)
    by_name = wanted is not None and len(wanted) < 2 and storage(folder).exclusive
    for name in wanted if wanted is not None and by_name else storage(place).names():
        trial, _, run = name.partition(".")
        if not trial or (wanted is not None and trial not in wanted) or (run and run == but):
            continue
        owner = _read(place / name)
        if owner is not None and owner.run != but and not _is_void(place / name, owner):
            found[trial] = owner
    return found


def _is_void(path: Place, owner: Owner | None) -> bool:
    if owner is not None and owner.is_dead():
        return True
    try:
        return _clock(path.parent) - storage(path).changed_at() > VOID
    except FileNotFoundError:
        return True


_offsets: dict[str, tuple[float, float]] = {}


def _clock(place: Place) -> float:
    """Return the time by the storage's clock: that of a file written now, asked again every minute.

    This machine's own count of seconds may stand still while it sleeps. Who may only read takes this machine's clock.
    """
    key, now = str(place), time.monotonic()
    if key not in _offsets or now - _offsets[key][1] > 60:
        token = place / f"{_NOW}{uuid.uuid4().hex}"
        try:
            storage(token).touch()
            _offsets[key] = (storage(token).changed_at() - time.monotonic(), now)
        except OSError:
            return time.time()
        finally:
            with suppress(OSError):
                token.unlink(missing_ok=True)
    return _offsets[key][0] + time.monotonic()


def _read(path: Place) -> Owner | None:
    """Return who a claim names; None if it is gone, or no claim."""
    try:
        return owner_of(json.loads(path.read_bytes()))
    except (FileNotFoundError, AttributeError, TypeError, ValueError):
        return None

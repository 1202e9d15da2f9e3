"""The page of results that are still growing: made anew when a trial has ended, and not more often than asked."""

import time
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from threading import Lock

from sweep.errors import InputError, SweepError
from sweep.report.live_script import status_line
from sweep.report.page import document
from sweep.report.writing import TABLES, made
from sweep.store import claims, store
from sweep.store.places import Place, storage
from sweep.study.trust import NOBODY_ELSE, Trust

PAGE = "index.html"


@dataclass(frozen=True)
class Standing:
    """Where a study stands. key: another one for other content. text: in words. ended: whether all trials have."""

    key: str
    text: str
    ended: bool


@dataclass
class LivePage:
    """The page and the files beside it, as they would be written now; its methods may be called from many threads.

    folder: the results. level, trust: as in `sweep.report.writing.write`. every: seconds between two pages, at least.
    """

    folder: Place
    level: float = 0.95
    trust: Trust = NOBODY_ELSE
    every: float = 10.0
    _lock: Lock = field(default_factory=Lock, repr=False)
    _files: dict[str, bytes] = field(default_factory=dict, repr=False)
    _shown: str = ""  # the key of what the page shows
    _made_at: float = float("-inf")
    _seen: dict[str, Standing] = field(default_factory=dict, repr=False)  # what lies there -> where the study stands

    def standing(self) -> Standing:
        """Return where the study stands now; trials are counted again only where something new lies there.

        Raises:
            SweepError: the results are gone, or cannot be read.
        """
        try:
            lies = repr((self._changed("study.json"), self._changed("trials.parquet"), self._records()))
            found = self._seen.get(lies)
            if found is None:
                self._seen.clear()
                found = self._seen[lies] = self._counted(lies)
            training = len(claims.held(self.folder)) if not found.ended else 0
        except OSError as error:
            raise InputError(
                f"Expected the results in {self.folder}. Received: {error.strerror or error}. Bring them back."
            ) from None
        running = f", {training} in training" if training else ("" if found.ended else ", nobody trains now")
        return Standing(found.key, found.text + running, found.ended)

    def due(self, now: Standing) -> str:
        """Return the key that the page should have: another than it has, where it is old enough to be made anew.

        now: where the study stands.
        """
        key = now.key
        return key if time.monotonic() - self._made_at >= self.every else self._shown or key

    def file(self, name: str) -> bytes | None:
        """Return the page, a file beside it or a table of the results; None where there is none of this name."""
        if name in TABLES:
            try:
                return (self.folder / name).read_bytes() if (self.folder / name).is_file() else None
            except OSError:
                return None
        with self._lock:
            if name == PAGE and self.due(now := self.standing()) != self._shown:
                self._make(now)
            return self._files.get(name)

    def _make(self, now: Standing) -> None:
        self._made_at = time.monotonic()
        try:
            results = store.load(self.folder)
            _, self._files = made(results, self.level, trust=self.trust, live=(now.key, now.text))
            self._shown = now.key
        except SweepError as error:  # no trial yet, or a table that is being replaced: it is made again when it is due
            if not self._shown:
                self._files = {PAGE: self._without(now, str(error)).encode()}

    def _without(self, now: Standing, why: str) -> str:
        study = str(store.read_study(self.folder)["study"])
        body = f"<h1>{escape(study)}</h1>{status_line(now.key, now.text)}<p>{escape(why)}</p>"
        return document(study, body, live=True)

    def _counted(self, lies: str) -> Standing:
        plan = {one["trial_id"] for one in store.read_study(self.folder)["plan"]}
        states = [state for trial, state in store.finished(self.folder).items() if trial in plan]
        failed = f", {states.count('failed')} failed" if "failed" in states else ""
        text = f"{len(states)} of {len(plan)} trials ended{failed}"
        return Standing(sha256(lies.encode()).hexdigest()[:16], text, len(states) >= len(plan))

    def _changed(self, name: str) -> float:
        return storage(self.folder / name).changed_at() if (self.folder / name).is_file() else 0.0

    def _records(self) -> list[str]:
        return sorted(storage(self.folder / "parts").names())

"""The user's code of a study as it is here, and whether it is still the code of the stored trials."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sweep.analysis.current import current
from sweep.errors import InputError
from sweep.machine.folders import cache_folder
from sweep.store.store import Results
from sweep.study import module_origin
from sweep.study.identity import Identities
from sweep.study.imports import packages_of
from sweep.study.stored_plan import stands_for
from sweep.study.study import Study


class Going(Protocol):
    """What a study takes along, as `sweep submit` finds it: name -> file here, and what must be known beside it."""

    @property
    def files(self) -> Mapping[str, Path]: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


Gather = Callable[[Study, Path | None], Going]  # (study, its file or None) -> what it takes along


@dataclass(frozen=True)
class CodeHere:
    """The code of a study.

    files: name in the bundle's `code/` -> file here. changed: what is otherwise than in stored trials -> number of
    these trials. missing: functions that are nowhere here. packages: installed ones that the user's modules import.
    notes: what else must be known, a sentence each.
    """

    files: Mapping[str, Path]
    changed: Mapping[str, int]
    missing: tuple[str, ...]
    packages: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what a reader must know of the code."""
        gone = (
            [
                f"Code that is not here, so it is not in the bundle: {', '.join(self.missing)}. Name its folder with "
                "--modules FOLDER; without it the trials cannot be run again."
            ]
            if self.missing
            else []
        )
        other = [
            f"{n} stored trial{'s are' if n > 1 else ' is'} of other code than what is here and in the bundle: {what}."
            for what, n in self.changed.items()
        ]
        return (*gone, *other)


NO_CODE = CodeHere({}, {}, (), (), ())


def code_here(
    results: Results,
    study: Study,
    studies: Mapping[str, Study],
    folders: Sequence[Path],
    gather: Gather,
    without: Path | None = None,
) -> CodeHere:
    """Return the code that a study names, compared by digest with that of the stored trials; nothing is imported.

    Args:
        results: the stored trials.
        study, studies: what `resolved` says, and config_id -> its study.
        folders: of the user's modules beside the current one, which Python finds already; what the study lists starts
            from the first.
        gather: finds the files that go along, see `sweep.submit.parcel_contents.contents`.
        without: the folder of results, which is never part of the code.

    Raises:
        InputError: a module that is no Python, or what a study lists and may not go along.
    """
    uses = [one.use for one in study.functions() if not one.use.startswith("sweep.")]
    missing = tuple(dict.fromkeys(use for use in uses if module_origin.find(use.partition(":")[0]) is None))
    going = gather(study, folders[0] / "study.yaml" if folders else None)
    changed = _changed(results, studies, without) if not missing else {}
    return CodeHere(going.files, changed, missing, packages_of(uses), tuple(_of_bundle(going.notes)))


def _changed(results: Results, studies: Mapping[str, Study], without: Path | None) -> dict[str, int]:
    """Return what changed since -> number of stored trials."""
    ok = current(results).ok
    identities = Identities(cache_folder(), without)
    found: dict[str, int] = {}
    counts = Counter(zip(ok["config_id"], ok["code_id"], strict=True) if len(ok) else ())
    for (config_id, code_id), n in sorted(counts.items()):
        if config_id not in studies:
            continue
        try:
            now = identities.of(studies[config_id])
        except InputError as error:
            found[f"{studies[config_id].maker.use}: {error}"] = int(n)
            continue
        same, changed = stands_for(results.study, str(config_id), str(code_id), now)
        if not same:
            what = "; ".join(changed) or f"{studies[config_id].maker.use}, {code_id} instead of {now.code_id}"
            found[what] = found.get(what, 0) + int(n)
    return found


def _of_bundle(notes: Sequence[str]) -> Iterator[str]:
    """Yield what is said of files that are sent, for files that are packed; named files are told by `data_inside`."""
    for note in notes:
        if "stays here unless submit" not in note:
            yield note.replace("not sent, so the nodes need it installed", "not packed, so it must be installed")

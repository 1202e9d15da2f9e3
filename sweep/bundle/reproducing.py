"""A bundle made ready to run here: checked, trusted, unpacked, its data in place; and what came of the run."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweep.bundle.data_found import find_data, put_in_place
from sweep.bundle.reading import Bundle, open_bundle, unpack
from sweep.bundle.software import differing_packages
from sweep.bundle.trusting import document_of, refuse_untrusted
from sweep.errors import InputError
from sweep.store.collected import refuse_collected
from sweep.study.stored_studies import study_of
from sweep.trial import backends
from sweep.trial.versions import FREE, version_of


@dataclass(frozen=True)
class Ready:
    """A bundle that can run here.

    bundle: as it was opened. folder: where it lies unpacked. results: of it. code: the folder that its trials start in.
    modules: folders with its code. packages: (package, stored, here) of versions that differ. standing: how many of
    the planned trials are ok.
    """

    bundle: Bundle
    folder: Path
    packages: tuple[tuple[str, str, str], ...]
    standing: str

    @property
    def results(self) -> Path:
        """Return the folder of results."""
        return self.folder / "results"

    @property
    def code(self) -> Path:
        """Return the folder in which its trials start, with the user's modules."""
        return self.folder / "code"

    @property
    def modules(self) -> tuple[str, ...]:
        """Return further folders of the user's modules."""
        said = self.bundle.about.get("code", {}).get("modules", [])
        found = [self.code / str(one) for one in said if ".." not in Path(str(one)).parts]
        return tuple(str(one) for one in found if one.is_relative_to(self.code))


def make_ready(
    path: Path,
    *,
    into: Path | None = None,
    data_root: Path | None = None,
    trust: bool = False,
    hear: Callable[[str], None] = lambda text: None,
) -> Ready:
    """Check a bundle, unpack it and put its data in place; nothing of it is run, and what is refused is not unpacked.

    Args:
        path: the archive.
        into: a new or an empty folder; None names it after the archive, in the current folder.
        data_root: a folder with the data that the bundle lacks.
        trust: whether the person answers for the code in it.
        hear: called with lines for the person.

    Raises:
        InputError: damaged, changed, not trusted, collected, or without code or data that it needs.
    """
    bundle = open_bundle(path)
    shown = into or Path(f"{path.stem}-reproduced")
    into = shown.absolute()
    document = document_of(bundle)
    refuse_collected(document, path, "run again")
    if missing := bundle.about.get("code", {}).get("missing", []):
        raise InputError(
            f"Expected a bundle with the code of its study. Received: {path}, without {', '.join(map(str, missing))}. "
            "Whoever made it can make it again with --modules FOLDER."
        )
    backends.check(study_of(document, path))  # says what is not installed
    running = refuse_untrusted(bundle, document["resolved"], trust=trust)
    for line in running:
        hear(f"runs {line}")
    places = find_data(bundle, into, data_root)
    unpack(bundle, into)
    (into / "code").mkdir(exist_ok=True)
    put_in_place(bundle, into, document, places)
    hear(f"{path}: all {len(bundle.digests)} files are as its MANIFEST says; unpacked into {shown}")
    differing = tuple(_differing(bundle))
    for line in setting_up(bundle, shown, differing):
        hear(line)
    return Ready(bundle, into, differing, _standing(bundle))


def _differing(bundle: Bundle) -> list[tuple[str, str, str]]:
    """Return (package, stored, here) of what differs from the environment of the bundle's trials."""
    said: Any = bundle.about.get("packages", {})
    stored = {str(name): [str(one) for one in versions] for name, versions in dict(said).items()}
    found = differing_packages(stored, {name: version_of(name) for name in stored})
    pythons = [str(one) for one in bundle.about.get("python", [])]
    here = platform.python_version()
    if pythons and here.split(".")[:2] not in [one.split(".")[:2] for one in pythons]:
        found.insert(0, ("python", " or ".join(pythons), here))
    return found


def setting_up(bundle: Bundle, into: Path, differing: tuple[tuple[str, str, str], ...]) -> list[str]:
    """Return lines on the packages that differ, and the commands that set up those of the bundle; none if none do."""
    if not differing:
        return ["the packages here are those of the bundle"]
    lines = [
        f"{name}: {stored} in the bundle, {here or 'not installed'} here"
        + (" (not known to change bits)" if name in FREE else "")
        for name, stored, here in differing
    ]
    python = next((str(one) for one in bundle.about.get("python", [])), platform.python_version())
    environment = into.with_name(f"{into.name}-env")
    return [
        *lines,
        "for the packages of the bundle: "
        f"python{'.'.join(python.split('.')[:2])} -m venv {environment} && "
        f"{environment}/bin/pip install -r {into}/requirements.txt",
        f"then install Seed Sweep {bundle.about.get('seedsweep', '')} from its source there, and give this command "
        f"with {environment}/bin/sweep and another --into",
    ]


def _standing(bundle: Bundle) -> str:
    said = bundle.about.get("trials", {})
    if said.get("ok") == said.get("planned"):
        return ""
    return (
        f"the study of this bundle is not whole: {said.get('ok')} of {said.get('planned')} planned trials are ok, "
        f"{said.get('failed')} failed, {said.get('missing')} never ended"
    )

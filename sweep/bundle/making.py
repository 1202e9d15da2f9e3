"""A bundle made: the results copied aside, all documents written from the copy, one archive."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sweep.bundle.archive import FORMAT, MANIFEST, Content, digest_of, write_archive
from sweep.bundle.biometric_report import biometric_report
from sweep.bundle.checklist import checklist
from sweep.bundle.citation import citation, said_in
from sweep.bundle.code_here import NO_CODE, CodeHere, Gather, code_here
from sweep.bundle.copied import Copied, copy_results
from sweep.bundle.crate import NAME as CRATE
from sweep.bundle.crate import crate
from sweep.bundle.data_inside import DataInside, Include, data_inside
from sweep.bundle.facts import Facts
from sweep.bundle.identifying import identifying
from sweep.bundle.named_here import named_here
from sweep.bundle.reading import ABOUT
from sweep.bundle.readme import readme
from sweep.bundle.software import environment_json, requirements
from sweep.bundle.tables import summaries, tables_of
from sweep.errors import InputError
from sweep.errors.plain_json import json_text
from sweep.machine import import_path
from sweep.store.collected import is_collected
from sweep.store.places import Place
from sweep.store.store import Results
from sweep.study.named_files import files_outside
from sweep.study.stored_studies import studies_of, study_of
from sweep.study.study import Study
from sweep.study.study_file import study_file
from sweep.study.trust import Trust, module_folders
from sweep.trial.versions import version_of

FILLED = ("CITATION.cff", "test-report.md", "checklist.md")  # what a person fills in


@dataclass(frozen=True)
class Finders:
    """How files that may leave this machine are found: the rooms of `sweep submit` know."""

    gather: Gather
    include: Include


@dataclass(frozen=True)
class Made:
    """A bundle that was written.

    path, sha256, n_bytes: of the archive. files: name -> sha256. standing: of the trials, in words. counts: planned,
    ok, failed, missing. code: what changed since the trials ran. identifies: what tells of people and machines. notes:
    what else must be known, a sentence each.
    """

    path: Path
    sha256: str
    n_bytes: int
    files: Mapping[str, str]
    standing: str
    counts: Mapping[str, int]
    code: tuple[str, ...]
    identifies: tuple[str, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return every field, for JSON."""
        return {**asdict(self), "path": str(self.path)}


def make(
    place: Place,
    finders: Finders,
    *,
    out: Path | None = None,
    modules: Sequence[Path] = (),
    filled: Path | None = None,
    with_data: bool = False,
    force: bool = False,
) -> Made:
    """Write the bundle of a study's results, and return what went into it; of its code, the answer alone is called.

    Args:
        place: the folder of results, or its address in a bucket.
        finders: find code and data that may go along.
        out: the archive; None names it after the study, in the current folder.
        modules: folders of the user's modules beside the current one.
        filled: a folder with CITATION.cff, test-report.md or checklist.md that a person has filled in.
        with_data: pack also the files that the study names, trained models, and the files that trials kept.
        force: replace an archive that is there.

    Raises:
        InputError: no results, an archive that is there, or what may not leave this machine.
    """
    if out is not None:
        _refuse_there(out, force=force)
    with tempfile.TemporaryDirectory(prefix="seedsweep-bundle-") as aside:
        copied = copy_results(place, Path(aside).resolve(), with_all=with_data)
        out = out or Path(f"{copied.results.study['study']}-bundle.zip")
        _refuse_there(out, force=force)
        trust = Trust(tuple(str(folder.absolute()) for folder in modules))
        facts, data, notes = _facts(copied, place, finders, trust, [out.absolute()], with_data=with_data)
        report, rates, more = summaries(facts.results, trust)
        facts = replace(facts, report=report)
        contents: dict[str, Content] = {f"results/{name}": copied.folder / name for name in copied.names}
        contents |= {f"tables/{name}": text for name, text in tables_of(report, facts.results).items()}
        contents |= {f"code/{name}": file for name, file in facts.code.files.items()}
        contents |= data.files
        contents |= _documents(facts, _modules(modules[:1]))
        contents["test-report.md"] = biometric_report(facts, rates)
        contents |= _filled(filled)
        authors, released = said_in(_bytes(contents["CITATION.cff"]))
        said = {name: (_size(content), digest_of(content)) for name, content in contents.items()}
        contents[CRATE] = crate(facts, {**said, MANIFEST: (0, "")}, authors, released)
        identifies = identifying(facts, {name: one for name, one in contents.items() if not name.startswith("data/")})
        sha256 = write_archive(out, contents)
        digests = {name: said[name][1] if name in said else digest_of(one) for name, one in sorted(contents.items())}
        kept = [
            f"{n} {what} stay here; --data packs them"
            for n, what in ((copied.models, "trained models"), (copied.files, "files that trials kept"))
            if n and not with_data
        ]
        undated = (
            []
            if released or facts.times[0]
            else [
                f"{CRATE} lacks its date, which RO-Crate asks for: fill in date-released in CITATION.cff, and give "
                "--filled FOLDER"
            ]
        )
        return Made(
            out,
            sha256,
            out.stat().st_size,
            digests,
            facts.standing,
            facts.counts,
            facts.code.sentences,
            identifies,
            (*facts.results.notes, *notes, *facts.code.notes, *data.notes, *kept, *more, *undated),
        )


def _facts(
    copied: Copied, place: Place, finders: Finders, trust: Trust, never: list[Path], *, with_data: bool
) -> tuple[Facts, DataInside, list[str]]:
    """Return what is known before the report, the named files, and notes."""
    results = replace(
        copied.results,
        path=Path("results"),  # the name that it has in the bundle: nothing says where it lies here
        notes=[note.replace(str(copied.folder), "results") for note in copied.results.notes],
    )
    study: Study | None = None
    code, data, notes = NO_CODE, DataInside({}, (), ()), []
    if is_collected(results.study):
        notes.append("the runs were made elsewhere and collected: no study, code or environment is stored with them")
    else:
        notes += _read_unnamed(results)
        import_path.find_modules_in(module_folders(place, trust))
        study, studies = study_of(results.study, place), studies_of(results.study, place)
        without = place if isinstance(place, Path) else None
        asked = study if without is None else study.model_copy(update={"results": str(without.absolute())})
        code = code_here(results, asked, studies, [Path(one) for one in trust.modules], finders.gather, without)
        keep_out = [*never, *([without] if without is not None else [])]
        data = data_inside(named_here(studies), code.files, finders.include, keep_out, wanted=with_data)
    models = (copied.models if with_data else 0, copied.models)
    return Facts(results, _NO_REPORT, study, code, data.named, models), data, notes


_NO_REPORT: Any = None  # it is made from the results of the same facts, a moment later


def _read_unnamed(results: Results) -> list[str]:
    """Return a sentence for each file that a trial read and the study does not name."""
    said = results.trials["outside"].dropna().unique() if "outside" in results.trials else ()
    names = dict.fromkeys(name for one in said for name in files_outside(str(one)))
    return [f"trials read {name}, which the study does not name: it is not in the bundle" for name in names]


def _documents(facts: Facts, modules: list[str]) -> dict[str, Content]:
    found: dict[str, Content] = {
        "README": readme(facts, version_of("seedsweep")),
        "environment.json": environment_json(facts),
        "requirements.txt": requirements(facts),
        "CITATION.cff": citation(facts),
        "checklist.md": checklist(facts),
        ABOUT: _about(facts, modules),
    }
    if facts.study is not None:
        found["study.yaml"] = study_file(facts.study)
    return found


def _about(facts: Facts, modules: list[str]) -> bytes:
    """Return bundle.json: what `sweep reproduce` must know before it unpacks anything."""
    code: CodeHere = facts.code
    said = {
        "format": FORMAT,
        "seedsweep": version_of("seedsweep"),
        "study": facts.name,
        "task": facts.task,
        "collected": facts.collected,
        "trials": facts.counts,
        "python": facts.values("python"),
        "packages": {name: facts.versions(name) for name in facts.packages},
        "code": {"modules": modules, "changed": dict(code.changed), "missing": list(code.missing)},
        "files_named": [dict(one) for one in facts.files_named],
    }
    return f"{json_text(said)}\n".encode()


def _modules(folders: Sequence[Path]) -> list[str]:
    """Return where the modules of these folders stand below `code/`."""
    here = Path.cwd().resolve()
    inside = (folder.resolve().relative_to(here) for folder in folders if folder.resolve().is_relative_to(here))
    return list(dict.fromkeys(one.as_posix() for one in inside if one != Path()))


def _filled(folder: Path | None) -> dict[str, Content]:
    if folder is None:
        return {}
    found: dict[str, Content] = {name: (folder / name).read_bytes() for name in FILLED if (folder / name).is_file()}
    if not found:
        raise InputError(f"Expected {', '.join(FILLED)}, one of them at least, in --filled. Received: {folder}.")
    return found


def _refuse_there(out: Path, *, force: bool) -> None:
    if out.exists() and (not force or not out.is_file()):
        raise InputError(
            f"Expected a new file for the bundle. Received: {out}, which is there. Name another with --out FILE, or "
            "replace it with --force."
        )
    if not out.absolute().parent.is_dir():
        raise InputError(f"Expected a folder that is there for --out. Received: {out.parent}.")


def _bytes(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _size(content: Content) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size

"""ro-crate-metadata.json: what lies in the bundle and how it came about, as an RO-Crate 1.1 (Soiland-Reyes 2022)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sweep.bundle.citation import name_of
from sweep.bundle.facts import UNKNOWN, Facts, listed
from sweep.errors.plain_json import json_text

NAME = "ro-crate-metadata.json"
_SPEC = "https://w3id.org/ro/crate/1.1"
_KINDS = {
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".tex": "application/x-tex",
    ".py": "text/x-python",
    ".txt": "text/plain",
}
_SAID = {
    "study.yaml": "the study as it was run",
    "results/study.json": "the study, its configurations and the plan of its trials",
    "results/trials.parquet": "a row a trial: settings, metrics, digests",
    "results/scores.parquet": "the scores of every trial",
    "results/epochs.parquet": "a row an epoch of every trial",
    "results/environments.parquet": "versions, processor, threads and flags of the trials",
    "tables/report.json": "every number of the report, for programs",
    "tables/methods.txt": "a paragraph for the methods section of a paper",
    "requirements.txt": "the packages of the trials, pinned",
    "environment.json": "the environments of the trials",
    "test-report.md": "fields of a test report after ISO/IEC 19795-1",
    "checklist.md": "the machine learning reproducibility checklist (Pineau et al. 2021)",
    "MANIFEST": "the sha256 of every file",
}


def crate(
    facts: Facts, files: Mapping[str, tuple[int, str]], authors: Sequence[Mapping[str, str]], released: str = ""
) -> bytes:
    """Return the metadata document.

    files: name -> (bytes, sha256) of every file but this one; of MANIFEST neither is known. authors, released: as in
    CITATION.cff; without a date there, it is that of the last trial.
    """
    people = [_person(number, one) for number, one in enumerate(authors)]
    graph: list[dict[str, Any]] = [
        {"@id": NAME, "@type": "CreativeWork", "conformsTo": {"@id": _SPEC}, "about": {"@id": "./"}},
        {
            "@id": "./",
            "@type": "Dataset",
            "name": f"Results of the study {facts.name}",
            "description": _description(facts),
            **({"datePublished": date} if (date := released or facts.times[1][:10]) else {}),
            "license": {"@id": "#license"},
            **({"author": _ids(people)} if people else {}),
            "hasPart": [{"@id": _id(name)} for name in sorted(files)],
            **({} if facts.collected else {"mentions": {"@id": "#run"}}),
        },
        {"@id": "#license", "@type": "CreativeWork", "name": UNKNOWN, "description": f"The licence: {UNKNOWN}."},
        *people,
        *(_file(name, *files[name]) for name in sorted(files)),
        *([] if facts.collected else _run(facts, sorted(files))),
    ]
    context = [f"{_SPEC}/context", {"sha256": "https://schema.org/sha256"}]
    return f"{json_text({'@context': context, '@graph': graph})}\n".encode()


def _description(facts: Facts) -> str:
    about = str(facts.results.study["resolved"].get("about") or "").strip()
    return " ".join(filter(None, [about, f"Scores, tables and code of the study {facts.name}: {facts.standing}."]))


def _file(name: str, n_bytes: int, digest: str) -> dict[str, Any]:
    suffix = f".{name.rpartition('.')[2]}" if "." in name else ""
    kind = "SoftwareSourceCode" if name.startswith("code/") and suffix == ".py" else ""
    said = _SAID.get(name, "")
    return {
        "@id": _id(name),
        "@type": ["File", kind] if kind else "File",
        "name": name,
        **({"description": said} if said else {}),
        "encodingFormat": _KINDS.get(suffix, "text/plain" if "/" not in name else "application/octet-stream"),
        **({"contentSize": str(n_bytes), "sha256": digest} if digest else {}),
    }


def _run(facts: Facts, names: Sequence[str]) -> list[dict[str, Any]]:
    began, ended = facts.times[0], facts.ended
    packages: list[dict[str, Any]] = [
        {
            "@id": f"#software-{name}",
            "@type": "SoftwareApplication",
            "name": "Seed Sweep" if name == "seedsweep" else name,
            "version": " or ".join(facts.versions(name)),
        }
        for name in facts.packages
    ]
    ours = next((one for one in packages if one["name"] == "Seed Sweep"), None)
    if ours is None:
        ours = {"@id": "#software-seedsweep", "@type": "SoftwareApplication", "name": "Seed Sweep", "version": UNKNOWN}
        packages.append(ours)
    if rest := [one for one in packages if one is not ours]:
        ours["softwareRequirements"] = _ids(rest)
    used = [name for name in names if name == "study.yaml" or name.startswith(("code/", "data/"))]
    made = [name for name in names if name.startswith("results/")]
    processors = listed([*facts.values("gpu_model"), *facts.values("cpu_model")])
    return [
        {
            "@id": "#run",
            "@type": "CreateAction",
            "name": f"Trials of the study {facts.name}",
            "description": f"{facts.standing[:1].upper()}{facts.standing[1:]}. Run on: {processors}.",
            "instrument": {"@id": ours["@id"]},
            "object": _ids([{"@id": _id(name)} for name in used]),
            "result": _ids([{"@id": _id(name)} for name in made]),
            **({"startTime": began} if began else {}),
            **({"endTime": ended} if ended else {}),
        },
        *packages,
    ]


def _person(number: int, author: Mapping[str, str]) -> dict[str, Any]:
    of_person = "family-names" in author or "given-names" in author
    return {
        "@id": author.get("orcid") or f"#author-{number + 1}",
        "@type": "Person" if of_person else "Organization",
        "name": name_of(author),
        **({"affiliation": author["affiliation"]} if "affiliation" in author else {}),
    }


def _ids(entities: Sequence[Mapping[str, Any]]) -> list[dict[str, str]] | dict[str, str]:
    """Return references to entities: of one alone no list, as RO-Crate recommends."""
    found = [{"@id": str(one["@id"])} for one in entities]
    return found[0] if len(found) == 1 else found


def _id(name: str) -> str:
    return quote(name, safe="/")

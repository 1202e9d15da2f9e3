"""README of a bundle: what is in it, and how to run its trials again, in some 15 lines."""

from textwrap import fill

from sweep.bundle.facts import Facts


def readme(facts: Facts, version: str) -> bytes:
    """Return the file. version: of the Seed Sweep that makes the bundle."""
    about = str(facts.results.study["resolved"].get("about") or "")
    opening = f"The study {facts.name}: {facts.standing}. {about}".strip()
    lines = [
        *fill(opening, 100).splitlines(),
        "",
        "To run its trials again and compare them to the bit (BUNDLE.zip is the archive):",
    ]
    if facts.collected:
        lines[-1] = "Its runs were made elsewhere and collected, so `sweep reproduce` cannot run them again."
    elif facts.code.missing:
        lines[-1] = f"Its code is not in the bundle ({', '.join(facts.code.missing)}), so it cannot be run again."
    else:
        lines += [
            f"    pip install -r requirements.txt     (and Seed Sweep {_version(facts, version)}, from its source)",
            f"    sweep reproduce BUNDLE.zip --trials 5{' --trust' * bool(facts.code.files)}",
        ]
    if missing := [str(one["word"]) for one in facts.files_named if not one["inside"] and one["was_here"]]:
        said = f"Needed and not in the bundle: {', '.join(missing)}. Name their folder with --data-root FOLDER."
        lines += fill(said, 100).splitlines()
    for sentence in facts.code.sentences:
        lines += fill(sentence, 100).splitlines()
    lines += [
        "",
        "study.yaml        the study as it was run; code/ holds the user's modules that it names",
        "results/          what was stored: `sweep report results`, `sweep verify results`, sweep.load('results')",
        "tables/           the report's tables, and a paragraph for a methods section",
        "test-report.md    fields after ISO/IEC 19795-1; checklist.md: the reproducibility checklist",
        "CITATION.cff      how to cite; ro-crate-metadata.json: all of this for programs",
        "MANIFEST          the sha256 of every file: `sha256sum --check MANIFEST`",
        f"Made by `sweep bundle` of Seed Sweep {version}.",
    ]
    return "\n".join([*lines, ""]).encode()


def _version(facts: Facts, version: str) -> str:
    stored = facts.versions("seedsweep")
    return stored[0] if stored else version

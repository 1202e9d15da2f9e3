"""checklist.md: the machine learning reproducibility checklist, version 2.0 (Pineau et al. 2021, JMLR 22, 164)."""

import math
from collections.abc import Iterator

from sweep.bundle.biometric_report import plain
from sweep.bundle.facts import UNKNOWN, Facts, listed
from sweep.metrics.catalogue import metric_called

_FILL = f"**{UNKNOWN}**"
Items = Iterator[tuple[str, str]]  # what the checklist asks, and the answer


def checklist(facts: Facts) -> bytes:
    """Return the checklist as Markdown: every item, answered from what is stored or marked as not recorded."""
    lines = [
        f"# The machine learning reproducibility checklist: {plain(facts.name)}",
        "",
        "Version 2.0 of the checklist (Pineau et al. 2021, *Journal of Machine Learning Research* 22(164)). Seed Sweep "
        f"answered what is stored with the results. Fill in every item that says {_FILL}.",
    ]
    for title, items in (
        ("For all models and algorithms presented", _models(facts)),
        ("For any theoretical claim", _claims()),
        ("For all datasets used", _data(facts)),
        ("For all shared code related to this work", _code(facts)),
        ("For all reported experimental results", _results(facts)),
    ):
        lines += ["", f"## {title}", ""]
        for number, (asked, answer) in enumerate(items, start=1):
            said = plain(answer).replace(plain(UNKNOWN), UNKNOWN)
            lines.append(f"{number}. *{asked}*<br>{said.replace(UNKNOWN, _FILL)}")
    return "\n".join([*lines, ""]).encode()


def _models(facts: Facts) -> Items:
    study = facts.study
    if study is None:
        model = UNKNOWN
    else:
        uses = dict.fromkeys(one.use for one in study.functions() if one.role in ("model", "trial"))
        named = [f"{use} ({'of Seed Sweep' if use.startswith('sweep.') else 'in code/'})" for use in uses]
        model = f"The code: {', '.join(named)}, with the keywords in study.yaml. A description: {UNKNOWN}"
    yield "A clear description of the mathematical setting, algorithm, and/or model.", model
    yield "A clear explanation of any assumptions.", UNKNOWN
    yield "An analysis of the complexity (time, space, sample size) of any algorithm.", UNKNOWN


def _claims() -> Items:
    yield "A clear statement of the claim.", UNKNOWN
    yield "A complete proof of the claim.", UNKNOWN


def _data(facts: Facts) -> Items:
    n = {name: facts.number(f"n_{name}") for name in ("train", "dev", "test")}
    counts = ", ".join(f"{value} in {name}" for name, value in n.items() if value)
    subjects = "; ".join(f"{row['subjects']} in {row['split']}" for row in facts.samples().to_dict("records"))
    numbers = [f"Samples: {counts}" if counts else "", f"Subjects: {subjects}" if subjects else ""]
    yield "The relevant statistics, such as number of examples.", ". ".join(filter(None, numbers)) or UNKNOWN
    yield "The details of train / validation / test splits.", _splits(facts)
    yield "An explanation of any data that were excluded, and all pre-processing step.", UNKNOWN
    if facts.study is None:
        where = UNKNOWN
    elif facts.simulated:
        where = f"{', '.join(facts.data_functions)} of Seed Sweep makes the data: no download is needed"
    elif inside := [str(one["inside"]) for one in facts.files_named if one["inside"]]:
        where = f"In this bundle: {', '.join(inside)}. A public place: {UNKNOWN}"
    else:
        where = f"Not in this bundle. A public place: {UNKNOWN}"
    yield "A link to a downloadable version of the dataset or simulation environment.", where
    yield (
        "For new data collected, a complete description of the data collection process, such as instructions to "
        "annotators and methods for quality control.",
        "No data were collected: they are simulated" if facts.simulated else UNKNOWN,
    )


def _splits(facts: Facts) -> str:
    if not facts.studies:
        return UNKNOWN
    every = facts.studies.values()
    held = "the same in every trial of a configuration" if all("split" in one.hold for one in every) else ""
    folds = {one.division.folds for one in every if one.division is not None}
    parts = [
        f"Made by {', '.join(facts.data_functions)}",
        held or "drawn anew for every seed",
        *(f"{n} folds over subjects" for n in sorted(folds)),
    ]
    shared = f"may be, in {', '.join(facts.may_share)}" if facts.may_share else "refused"
    return f"{'; '.join(parts)}. A subject in two splits: {shared}"


def _code(facts: Facts) -> Items:
    own = bool(facts.code.files)
    uses = [] if facts.study is None else [one.use for one in facts.study.functions()]
    ours = bool(uses) and all(use.startswith("sweep.") for use in uses)
    yield (
        "Specification of dependencies.",
        ("requirements.txt (pinned), environment.json" if facts.packages else UNKNOWN),
    )
    training = "code/ and study.yaml" if own else "study.yaml; every function is Seed Sweep's own" if ours else UNKNOWN
    yield "Training code.", " ".join([training, *facts.code.sentences])
    yield "Evaluation code.", "Seed Sweep computes scores, error rates and intervals: `sweep report results`"
    stored, inside = facts.models[1], facts.models[0]
    models = (
        f"{inside} in results/models/" if inside else f"{stored} stored, not in this bundle" if stored else "None kept"
    )
    yield "(Pre-)trained model(s).", models
    yield (
        "README file includes table of results accompanied by precise command to run to produce those results.",
        UNKNOWN if facts.collected else "README and tables/table.md: `sweep reproduce` runs the trials again",
    )


def _results(facts: Facts) -> Items:
    study = facts.study
    grid = ", ".join(study.grid) if study is not None else ""
    arms = ", ".join(study.arms) if study is not None else ""
    ranges = "; ".join(filter(None, [f"grid over {grid}" if grid else "", f"arms {arms}" if arms else ""]))
    every = f"All that were run: {ranges or 'one configuration'} (study.yaml; columns hp.* of results/trials.parquet). "
    every += f"Every configuration is in the tables, none was selected. Settings tried before this study: {UNKNOWN}"
    yield (
        "The range of hyper-parameters considered, method to select the best hyper-parameter configuration, and "
        "specification of all hyper-parameters used to generate results.",
        UNKNOWN if study is None else every,
    )
    yield (
        "The exact number of training and evaluation runs.",
        (f"{facts.standing[:1].upper()}{facts.standing[1:]} ({len(facts.report.rows)} configurations)"),
    )
    metrics = [metric_called(name).title or name for name in facts.report.headline]
    yield (
        "A clear definition of the specific measure or statistics used to report results.",
        (f"{', '.join(metrics)}: tables/methods.txt" if facts.report.methods else UNKNOWN),
    )
    yield (
        "A description of results with central tendency (e.g. mean) & variation (e.g. error bars).",
        (f"Mean, SD and {100 * facts.report.level:g} % intervals over seeds and for new subjects: tables/"),
    )
    median, total = facts.seconds()
    yield (
        "The average runtime for each result, or estimated energy cost.",
        (
            UNKNOWN
            if math.isnan(median)
            else f"Median {median:.1f} s a trial, {total / 3600:.2f} h in all. Energy: {UNKNOWN}"
        ),
    )
    machines = listed([*facts.values("gpu_model"), *facts.values("cpu_model")])
    threads = f"; threads a trial: {listed(facts.values('threads'))}" if facts.values("threads") else ""
    yield "A description of the computing infrastructure used.", f"{machines}{threads}"

"""A paragraph for a paper's methods section, true to what was run."""

import json

import pandas as pd

from sweep.analysis.current import current
from sweep.analysis.folds import n_folds
from sweep.machine.streams import STREAMS
from sweep.metrics.catalogue import metric_called
from sweep.report import fold_text
from sweep.report.intervals import moderated
from sweep.report.summary import Report
from sweep.report.test_sets import tested_further
from sweep.report.training_text import batches, further_training, optimizer, own_batches
from sweep.stats import THIS_TEST_SET
from sweep.stats.interval import Kind
from sweep.stats.measured_trials import REPLICATES
from sweep.stats.outlying_seeds import seeds_apart
from sweep.store.collected import is_collected
from sweep.store.store import Results

OPTIMISTIC = "The epoch was chosen on the development set too, so the EER of that set is optimistic."
_THRESHOLD = {
    "verification": "The decision threshold was set at the equal error rate of the development set and applied "
    "unchanged to the test set.",
    "classification": "The epoch was chosen on the development set; the test set was used once.",
    "regression": "The epoch was chosen on the development set; the test set was used once.",
}


def methods_text(report: Report, results: Results) -> str:
    """Return the paragraph: what was trained, how often, what varied, which intervals, what they cover, compute."""
    ok = current(results).ok
    if not len(ok):
        return ""
    sentences = [
        *_trained(report, results, ok),
        *fold_text.how_divided(results.study),
        *_varied(results, ok),
        *_chosen(report.task, results),
        *_on_test(ok),
        *([OPTIMISTIC] if report.task == "verification" and epoch_chosen_on_dev(results) else []),
        *_samples(report, results, ok),
        *_intervals(report),
        *([fold_text.NOT_COVERED] if report.folds else []),
        *([] if is_collected(results.study) else _compute(ok, results.environments)),
    ]
    return " ".join(sentences)


def epoch_chosen_on_dev(results: Results) -> bool:
    """Return whether the epoch that was kept is the best one on the development set."""
    if own_training(results):
        return False  # what it chose on is its own
    train = results.study["resolved"].get("train", {})
    return bool(train) and train.get("keep") == "best"


def own_training(results: Results) -> bool:
    """Return whether the user's own function trained, in place of Keras's fit."""
    return any(results.study["resolved"].get(key) for key in ("fit", "trial"))


def _trained(report: Report, results: Results, ok: pd.DataFrame) -> list[str]:
    said = results.study["resolved"]
    collected = is_collected(results.study)
    planned = sorted({row.n_planned for row in report.rows})
    n_ok, n_planned = sum(row.n_ok for row in report.rows), sum(row.n_planned for row in report.rows)
    many = f"{planned[0]}" if len(planned) == 1 else f"{planned[0]} to {planned[-1]}"
    configs = f"{len(report.rows)} configuration{'s' * (len(report.rows) != 1)}"
    maker = said.get("trial") or said.get("model")
    of = f" of {_function(maker)} on {_function(said['data'])}" if maker and "data" in said else ""
    grid = f" (grid: {', '.join(said['grid'])})" if said.get("grid") else ""
    failed = f"; {n_planned - n_ok} did not finish and are not in the means" if n_ok < n_planned else ""
    sentences = [
        f"{'We collected runs of' if collected else 'We trained'} {configs}{of}{grid}, each with {many} "
        f"seed{'s' * (many != '1')}; {n_ok} of {n_planned} runs "
        f"finished{failed}."
    ]
    if said.get("trial"):
        sentences.append("Each run trained and scored as that function does.")
    elif said.get("fit"):
        sentences.append(f"Training was the loop {_function(said['fit'])}; the weights that it left were scored.")
    elif "train" in said:
        train, axes = said["train"], said.get("grid") or {}
        best = train["keep"] == "best"
        monitor = str((train.get("early_stopping") or {}).get("monitor", "val_loss")).removeprefix("val_")
        kept = f"the epoch with the best development {monitor} was kept" if best else "the last epoch was kept"
        sentences.append(
            f"Training used {optimizer(train, axes, ok)} for at most {train['epochs']} epochs with "
            f"{batches(train, ok)}; {kept}."
        )
        sentences += further_training(train, axes)
    if "data" in said:
        sentences += own_batches(_function(said["data"]), ok)
    return sentences


def _chosen(task: str, results: Results) -> list[str]:
    """Return what was chosen on the development set; what the user's own function chose there is its own."""
    if is_collected(results.study) and not len(results.scores):
        return []
    if n_folds(results) and task == "verification":
        return [fold_text.THRESHOLD]
    return [] if task != "verification" and own_training(results) else [_THRESHOLD[task]]


def _varied(results: Results, ok: pd.DataFrame) -> list[str]:
    if is_collected(results.study):
        return ["They were trained elsewhere; what a seed determined there is not recorded."]
    hold = results.study["resolved"].get("hold", {})
    acting = _acting(results, ok)
    free, held = [s for s in acting if s not in hold], [s for s in acting if s in hold]
    said = f"The seed determined {_listed(free)}" if free else "No source of randomness depended on the seed"
    return [f"{said}; {_listed(held)} {'was' if len(held) == 1 else 'were'} held fixed." if held else f"{said}."]


def _acting(results: Results, ok: pd.DataFrame) -> list[str]:
    """Return the streams that may have acted: what the user's own function never asked for did not.

    The data function follows the split; layers of a model that `fit` trains follow all but the order.
    """
    if not own_training(results):
        return list(STREAMS)
    layers = {"init", "dropout", "augment"} if results.study["resolved"].get("fit") else set()
    said: list[str] = list(ok["streams"].dropna()) if "streams" in ok else []
    asked = {stream for one in said for stream in json.loads(one)} | {"split"} | layers
    return [stream for stream in STREAMS if stream in asked]


def _on_test(ok: pd.DataFrame) -> list[str]:
    """Return what to take back of the sentence before where the development set holds samples of test."""
    if "check.chosen_on_test" not in ok:
        return []
    per = ok.groupby("config_id", observed=True)["check.chosen_on_test"].max() > 0
    if not per.any():
        return []
    where = "In every configuration" if per.all() else f"In {int(per.sum())} of {len(per)} configurations, however,"
    return [f"{where} the development set contained samples of the test set, so the choice was made on test data."]


def _samples(report: Report, results: Results, ok: pd.DataFrame) -> list[str]:
    n_dev, n_test = (ok[name].iloc[0] for name in ("n_dev", "n_test"))
    if pd.isna(n_dev) or pd.isna(n_test):
        return []
    new = [row.metrics[report.headline[-1]].new_subjects for row in report.rows]
    first = next((one for one in new if one and one.unit != "sample"), None)
    cases = first.cases if first else ""
    of_test = f" of {first.n_subjects} {cases}" if first else ""
    if report.folds:
        return fold_text.what_was_tested(results.study, int(n_test), of_test)
    of_dev = f" of {first.n_dev_subjects} {cases}" if first and first.n_dev_subjects else ""
    own = f"The development set had {int(n_dev)} samples{of_dev}, the test set {int(n_test)} samples{of_test}."
    return [own, *tested_further(report, ok, own_training=own_training(results))]


def _intervals(report: Report) -> list[str]:
    level = f"{100 * report.level:g} %"
    every = [row.metrics[name].new_subjects for row in report.rows for name in report.headline]
    first = next((one for one in every if one and one.kind is Kind.ORH), None)
    exact = next((one for one in every if one and one.kind is Kind.CLOPPER_PEARSON), None)
    said = []
    if first:
        case = first.cases
        said.append(
            f"{level} confidence intervals for {first.covers} treat seeds as readers and {case} as cases of a "
            f"multi-reader multi-case design (Obuchowski and Rockette 1995; Hillis 2007). Covariances come from "
            f"{REPLICATES:,} bootstrap replicates of the {case}, the same for every seed. Each replicate draws one "
            f"fewer than there are, "
            + ("over all folds together" if report.folds else "from the development and the test set separately")
            + (", and estimates the threshold again" if report.task == "verification" else "")
            + f". These intervals cover another seed evaluated on other {case}."
        )
    if exact:
        case = exact.cases
        said.append(f"If no error occurred, the limit is that of Clopper and Pearson over {case}.")
    if any(row.n_ok > 1 for row in report.rows):
        way = "t intervals over seeds"
        if moderated(report):
            way += " with variances moderated over the configurations (Smyth 2004)"
        said.append(
            f"{level} intervals for {_here(report)} are {way}; they cover another seed on {_same(report)} only."
        )
    odd = sum(
        any(
            row.metrics[name].values.size and seeds_apart(row.metrics[name].values, rate=metric_called(name).rate)
            for name in report.headline
        )
        for row in report.rows
    )
    if odd:
        said.append(
            f"In {odd} of {len(report.rows)} configurations some runs were outliers (Rosner 1983). These intervals do "
            "not allow for outliers, so the interquartile mean (Tukey and McLaughlin 1963) is given beside the mean."
        )
    return said


def _here(report: Report) -> str:
    return next(row for row in report.rows if row.n_ok).metrics[report.headline[0]].interval.covers


def _same(report: Report) -> str:
    return "the same test samples" if _here(report) == THIS_TEST_SET else "another split of the same data"


def _compute(ok: pd.DataFrame, environments: pd.DataFrame) -> list[str]:
    seconds = ok["seconds.total"].dropna()
    used = environments[environments["env_id"].isin(ok["env_id"])]
    parts = [f"Runs took a median of {seconds.median():.0f} s, {_hours(seconds.sum())} in all"] if len(seconds) else []
    if len(used):
        device = [_values(used, "gpu_model"), _values(used, "cpu_model")]
        parts.append(f"on {next((name for name in device if name), 'unknown hardware')}")
        listed = [f"{title} {_values(used, f'version.{name}')}" for name, title in _packages(used).items()]
        parts += [f"with {_listed(listed)}"] if listed else []
        exact = "preload" not in used or bool(used["preload"].fillna("keras").ne("").all())
        if "determinism" in used and used["determinism"].fillna(False).all() and exact:
            parts.append("in deterministic mode")
    said = ", ".join(parts)
    return [f"{said[:1].upper()}{said[1:]}."] if said else []


def _packages(used: pd.DataFrame) -> dict[str, str]:
    """Return the packages that trained -> their titles: Keras and its backend, or what the user's function imports."""
    titles = {"tensorflow": "TensorFlow", "keras": "Keras", "torch": "PyTorch", "jax": "JAX", "seedsweep": "Seed Sweep"}
    columns = [name for name in map(str, used.columns) if name.startswith("version.") and _values(used, name)]
    there = [name.removeprefix("version.") for name in columns]
    if "keras" in there:
        found = [name for name in titles if name in there]
    else:
        found = [*(name for name in there if name not in ("scipy", "jaxlib", "seedsweep")), "seedsweep"]
    return {name: titles.get(name, name) for name in found if name in there}


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 5400 else f"{seconds / 60:.0f} minutes"


def _values(used: pd.DataFrame, column: str) -> str:
    if column not in used:
        return ""
    return " / ".join(sorted({str(value) for value in used[column].dropna() if str(value)}))


def _function(use: dict[str, object]) -> str:
    return str(use.get("use", "")).partition(":")[2]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

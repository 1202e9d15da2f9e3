"""The catalogue of metrics: a row a metric.

A trial measures the rows of its task, resamples measure the same rows under weights, and reports read titles, units and
directions here. A new metric is one row, and its function.
"""

from dataclasses import replace
from functools import partial

from sweep.metrics import at_threshold, class_rates, deviations, weighted_curve, weighted_moments, wrong_samples
from sweep.metrics.attack_errors import acer, apcer_of_type, bpcer, kinds_of, worst_apcer
from sweep.metrics.metric import Metric
from sweep.metrics.scored import Scored, on
from sweep.metrics.weighted_auc import area

VERIFICATION, CLASSIFICATION, REGRESSION = TASKS = ("verification", "classification", "regression")

_VERIFICATION = partial(Metric, unit="%", rate=True, tasks=(VERIFICATION,), two_classes=True, chance=0.5)
_AT_DEV = partial(_VERIFICATION, at_dev_threshold=True)
_AREA = partial(_VERIFICATION, title="AUC", unit="", direction="higher")
_RIGHT = partial(Metric, unit="%", direction="higher", rate=True)
_OF_CLASSES = partial(_RIGHT, tasks=(CLASSIFICATION,))
_DEVIATION = partial(Metric, tasks=(VERIFICATION, REGRESSION), as_given=True)
_GENUINE, _IMPOSTOR = wrong_samples.at_dev_threshold(2, 0), wrong_samples.at_dev_threshold(0, 2)

_OF_TEST = (
    _VERIFICATION(
        "eer",
        at_threshold.eer,
        "EER",
        split="dev",
        headline=(VERIFICATION,),
        errors=wrong_samples.at_own_threshold(on_dev=True),
    ),
    _AT_DEV(
        "hter",
        at_threshold.hter,
        "HTER",
        headline=(VERIFICATION,),
        errors=wrong_samples.at_dev_threshold(1, 1),
    ),
    _VERIFICATION(
        "test_eer",
        at_threshold.test_eer,
        "EER",
        tasks=(),  # a threshold from test is no result of a trial
        asked=(VERIFICATION,),
        errors=wrong_samples.at_own_threshold(on_dev=False),
    ),
    _AT_DEV("far", at_threshold.far, "FAR", errors=_IMPOSTOR),
    _AT_DEV("frr", at_threshold.frr, "FRR", errors=_GENUINE),
    _AT_DEV("apcer", worst_apcer, "APCER of the worst attack type", of_attacks=True),
    _RIGHT(
        "accuracy",
        at_threshold.accuracy,
        "accuracy",
        tasks=(VERIFICATION, CLASSIFICATION),
        headline=(CLASSIFICATION,),
        at_dev_threshold=True,
        errors=wrong_samples.of_accuracy,
    ),
    _AREA("auc", on("test", area)),
    _AT_DEV("f1", at_threshold.f1, "F1", direction="higher", chance=float("nan")),
    _AT_DEV("precision", at_threshold.precision, "precision", direction="higher", resampled=False),
    _AT_DEV("recall", at_threshold.recall, "recall", direction="higher", errors=_GENUINE),
    _OF_CLASSES("macro_f1", on("test", class_rates.macro_f1), "macro F1", headline=(CLASSIFICATION,)),
    _OF_CLASSES("balanced_accuracy", on("test", class_rates.balanced_accuracy), "balanced accuracy"),
    Metric("log_loss", on("test", class_rates.log_loss), "log loss", tasks=(CLASSIFICATION,), as_given=True),
    _DEVIATION("mse", on("test", deviations.mse), "MSE", headline=(REGRESSION,)),
    _DEVIATION("mae", on("test", deviations.mae), "MAE", headline=(REGRESSION,)),
    _DEVIATION("rmse", on("test", deviations.rmse), "RMSE", tasks=(REGRESSION,)),
    _DEVIATION("r2", on("test", deviations.r2), "R^2", direction="higher", tasks=(REGRESSION,)),
    _RIGHT(
        "test_accuracy",
        on("test", at_threshold.keras_accuracy),
        "accuracy at 0.5",
        tasks=(VERIFICATION,),
        errors=wrong_samples.at_one_half,
        as_given=True,
    ),
)
_ASKED = partial(_VERIFICATION, tasks=(), asked=(VERIFICATION,))
_ON_REQUEST = (
    *(
        _ASKED(
            f"fmr{n}",
            on("test", partial(weighted_curve.fnmr_at_fmr, 1 / n)),
            f"FNMR at FMR {100 / n:g} %",
            chance=1 - 1 / n,
            wanted_fmr=1 / n,
        )
        for n in (100, 1000, 10_000)
    ),
    _ASKED("eer_hull", on("test", weighted_curve.eer_hull), "EER on the convex hull"),
    _ASKED("min_dcf", on("test", weighted_curve.min_dcf), "min DCF", unit="", chance=1.0),
    _ASKED("min_cllr", on("test", weighted_curve.min_cllr), "min Cllr", unit="", chance=1.0),
    _ASKED("cllr", on("test", weighted_moments.cllr), "Cllr", unit="", rate=False, chance=1.0, as_given=True),
    _ASKED("d_prime", on("test", weighted_moments.d_prime), "d'", unit="", rate=False, direction="higher", chance=0.0),
    _ASKED("bpcer", bpcer, "BPCER", at_dev_threshold=True, of_attacks=True, errors=_GENUINE),
    _ASKED("acer", acer, "ACER", at_dev_threshold=True, of_attacks=True),
)
_OF_TRAIN = (
    _RIGHT(
        "train_accuracy",
        on("train", at_threshold.predicted_accuracy),
        "accuracy",
        split="train",
        tasks=(VERIFICATION, CLASSIFICATION),
        resampled=False,
    ),
)
_OF_DEV = tuple(
    replace(
        next(row for row in _OF_TEST if row.name == name),
        name=f"dev_{name}",
        of=on("dev", of),
        split="dev",
        tasks=(task,),
        headline=(),
        at_dev_threshold=False,
        errors=None,
        resampled=False,
    )
    for name, of, task in (
        ("auc", area, VERIFICATION),
        ("accuracy", at_threshold.predicted_accuracy, CLASSIFICATION),
        ("macro_f1", class_rates.macro_f1, CLASSIFICATION),
        ("balanced_accuracy", class_rates.balanced_accuracy, CLASSIFICATION),
        ("log_loss", class_rates.log_loss, CLASSIFICATION),
        ("mse", deviations.mse, REGRESSION),
        ("mae", deviations.mae, REGRESSION),
        ("rmse", deviations.rmse, REGRESSION),
        ("r2", deviations.r2, REGRESSION),
    )
)
_BY_TYPE = "apcer:"  # before an attack type; no point, since `apcer.low` is a limit in tables
CATALOGUE = {row.name: row for row in (*_OF_TEST, *_OF_DEV, *_OF_TRAIN, *_ON_REQUEST)}


def of_attack_type(kind: str) -> Metric:
    """Return the row of one attack type."""
    of = partial(apcer_of_type, kind)
    return _AT_DEV(f"{_BY_TYPE}{kind}", of, f"APCER of {kind}", of_attacks=True, attack_type=kind)


def metric_called(name: str) -> Metric:
    """Return the row of that name; of another name the unit and direction of the row that it ends with, if any.

    So `mode_training_accuracy`, which a study's own function measured, is read as an accuracy.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    if name.startswith(_BY_TYPE):
        return of_attack_type(name.removeprefix(_BY_TYPE))
    kin = max((row for row in CATALOGUE if name.endswith(row)), key=len, default=None)
    if kin is None:
        return Metric(name, resampled=False)
    row = CATALOGUE[kin]
    return Metric(name, unit=row.unit, direction=row.direction, rate=row.rate, resampled=False)


def headline(task: str) -> tuple[str, ...]:
    """Return the metrics that the tables of a task show; all others are in the JSON, the CSV and the page."""
    return tuple(row.name for row in CATALOGUE.values() if task in row.headline)


def first_of_test(task: str) -> str:
    """Return the first metric of the headline that is measured on test: what is estimated where none is named."""
    return next(name for name in headline(task) if CATALOGUE[name].split == "test")


def metrics_of_trial(task: str, scored: Scored, *, as_given: bool | None = None) -> dict[str, float]:
    """Return the metrics of a trial: of each row of its task whose split is given, and of each attack type of test.

    as_given: those alone that read scores as they are, or the others alone; None: all.
    """
    kinds = kinds_of(scored.test)
    rows = [
        row
        for row in (*CATALOGUE.values(), *map(of_attack_type, kinds))
        if task in row.tasks
        and getattr(scored, row.split) is not None
        and (kinds or not row.of_attacks)
        and as_given in (None, row.as_given)
    ]
    return {row.name: row.point(scored) for row in rows}

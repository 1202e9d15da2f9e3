"""The answer of `sweep metrics --json`: an evaluation as plain values."""

from typing import Any

from sweep.metrics.attacks import AttackRates
from sweep.metrics.evaluation import Evaluation
from sweep.metrics.half_total import HTER
from sweep.metrics.interval import Interval
from sweep.metrics.proportion import clopper_pearson


def answer(found: Evaluation) -> dict[str, Any]:
    """Return the answer of `sweep metrics --json`: rates as fractions, counts, methods."""
    eer, interval = found.eer, found.interval
    plain: dict[str, Any] = {
        "n_genuine": eer.n_genuine,
        "n_impostor": eer.n_impostor,
        "n_failed": eer.n_failed,
        "ties": eer.ties,
        "eer": eer.value,
        "eer_step": eer.step,
        "eer_threshold": eer.threshold,
        "eer_low": interval.low,
        "eer_high": interval.high,
        "eer_method": interval.method,
        **found.point,
        "confidence": interval.confidence,
        "unit": interval.unit,
        "n_units": interval.n_units,
        "replicates": interval.replicates,
    }
    if found.exact:
        plain |= {"eer_exact_low": found.exact.low, "eer_exact_high": found.exact.high}
        plain |= {"eer_exact_method": found.exact.method}
    if found.interpolated:
        plain |= {"eer_interpolated_low": found.interpolated.low, "eer_interpolated_high": found.interpolated.high}
    if found.attacks:
        plain["attacks"] = _attacks(found.attacks)
    if found.hter and found.hter_interval and found.fixed:
        plain["test"] = _test(found.hter, found.hter_interval, found.fixed) | found.test
    plain["cautions"] = list(found.cautions)
    return plain


def _test(hter: HTER, interval: Interval, fixed: Interval) -> dict[str, Any]:
    """Return the plain values of the test set."""
    far = clopper_pearson(hter.false_accepts, hter.n_impostor, confidence=interval.confidence)
    frr = clopper_pearson(hter.false_rejects, hter.n_genuine, confidence=interval.confidence)
    return {
        "hter": hter.value,
        "hter_low": interval.low,
        "hter_high": interval.high,
        "hter_method": interval.method,
        "far": hter.far,
        "frr": hter.frr,
        "false_accepts": hter.false_accepts,
        "false_rejects": hter.false_rejects,
        "n_genuine": hter.n_genuine,
        "n_impostor": hter.n_impostor,
        "n_units": interval.n_units,
        "far_low": far.low,
        "far_high": far.high,
        "frr_low": frr.low,
        "frr_high": frr.high,
        "rate_method": "Clopper-Pearson, scores independent",
        "far_of_attempts": hter.far_of_attempts,
        "frr_of_attempts": hter.frr_of_attempts,
        "hter_fixed_low": fixed.low,
        "hter_fixed_high": fixed.high,
        "hter_fixed_method": fixed.method,
    }


def _attacks(rates: AttackRates) -> dict[str, Any]:
    return {
        "threshold": rates.threshold,
        "apcer_by_type": rates.by_type,
        "worst_type": rates.worst_type,
        "apcer": rates.apcer,
        "bpcer": rates.bpcer,
        "acer": rates.acer,
        "counts": rates.counts,
    }

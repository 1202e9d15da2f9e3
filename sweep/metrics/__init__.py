"""Biometric error rates and their intervals, for any scores: NumPy and SciPy alone.

Convention everywhere: higher is more genuine, and an attempt is accepted when score >= threshold. Rates are fractions.
"""

from typing import TYPE_CHECKING

from sweep.errors.arguments import lazy_door

if TYPE_CHECKING:
    from sweep.metrics.attacks import AttackRates, attack_rates
    from sweep.metrics.by_group import GroupRates, rates_by_group
    from sweep.metrics.clusters import Clusters, by_pair, by_subject_then_video, by_unit
    from sweep.metrics.common_trials import Trials, trials
    from sweep.metrics.curves import DET, auc, det_points
    from sweep.metrics.discordant import Discordant, discordant_test
    from sweep.metrics.eer_limits import eer_bootstrap, eer_interval
    from sweep.metrics.equal_error_rate import EER, eer
    from sweep.metrics.expected_performance import EPC, epc
    from sweep.metrics.half_total import HTER, hter, hter_at
    from sweep.metrics.hter_limits import bengio_mariethoz, hter_interval
    from sweep.metrics.interval import Interval
    from sweep.metrics.likelihood import cllr, min_cllr, min_dcf
    from sweep.metrics.operating import OperatingPoint, fnmr_at_fmr, least_hter
    from sweep.metrics.paired import Difference, eer_difference, hter_difference
    from sweep.metrics.proportion import clopper_pearson, rule_of_3, wilson
    from sweep.metrics.rates import far, fmr, fnmr, frr
    from sweep.metrics.separation import d_prime
    from sweep.metrics.weighted import weighted_eer, weighted_rates

__all__ = [
    "DET",
    "EER",
    "EPC",
    "HTER",
    "AttackRates",
    "Clusters",
    "Difference",
    "Discordant",
    "GroupRates",
    "Interval",
    "OperatingPoint",
    "Trials",
    "attack_rates",
    "auc",
    "bengio_mariethoz",
    "by_pair",
    "by_subject_then_video",
    "by_unit",
    "cllr",
    "clopper_pearson",
    "d_prime",
    "det_points",
    "discordant_test",
    "eer",
    "eer_bootstrap",
    "eer_difference",
    "eer_interval",
    "epc",
    "far",
    "fmr",
    "fnmr",
    "fnmr_at_fmr",
    "frr",
    "hter",
    "hter_at",
    "hter_difference",
    "hter_interval",
    "least_hter",
    "min_cllr",
    "min_dcf",
    "rates_by_group",
    "rule_of_3",
    "trials",
    "weighted_eer",
    "weighted_rates",
    "wilson",
]
_FROM = {
    "attacks": ("AttackRates", "attack_rates"),
    "by_group": ("GroupRates", "rates_by_group"),
    "clusters": ("Clusters", "by_pair", "by_subject_then_video", "by_unit"),
    "common_trials": ("Trials", "trials"),
    "curves": ("DET", "auc", "det_points"),
    "discordant": ("Discordant", "discordant_test"),
    "eer_limits": ("eer_bootstrap", "eer_interval"),
    "equal_error_rate": ("EER", "eer"),
    "expected_performance": ("EPC", "epc"),
    "half_total": ("HTER", "hter", "hter_at"),
    "hter_limits": ("bengio_mariethoz", "hter_interval"),
    "interval": ("Interval",),
    "likelihood": ("cllr", "min_cllr", "min_dcf"),
    "operating": ("OperatingPoint", "fnmr_at_fmr", "least_hter"),
    "paired": ("Difference", "eer_difference", "hter_difference"),
    "proportion": ("clopper_pearson", "rule_of_3", "wilson"),
    "rates": ("far", "fmr", "fnmr", "frr"),
    "separation": ("d_prime",),
    "weighted": ("weighted_eer", "weighted_rates"),
}

_PLACES = {name: f"sweep.metrics.{file}" for file, names in _FROM.items() for name in names}

if not TYPE_CHECKING:  # a checker of types knows every name from above
    __getattr__ = lazy_door(globals(), _PLACES)

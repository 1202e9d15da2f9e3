"""Point values, interval ends and Monte Carlo quantiles against independent tools and closed forms."""

import numpy as np
import pytest

from sweep.metrics import (
    auc,
    bengio_mariethoz,
    by_unit,
    cllr,
    clopper_pearson,
    d_prime,
    eer,
    eer_bootstrap,
    eer_interval,
    epc,
    fnmr_at_fmr,
    hter,
    hter_at,
    hter_interval,
    least_hter,
    min_cllr,
    wilson,
)
from sweep.metrics.hter_limits import hter_draws
from sweep.metrics.score_file import read_scores
from tests.metrics.golden import ASV, CASES, GOLDEN, case, expected, from_csv, needs_asv, needs_golden, subjects

POINT = 1e-6
LEVELS = {0.99: ("q0.005", "q0.995"), 0.95: ("q0.025", "q0.975"), 0.9: ("q0.05", "q0.95"), 0.5: ("q0.25", "q0.75")}


@needs_golden
@pytest.mark.parametrize("name", CASES)
def test_point_values(name: str) -> None:
    """EER by three definitions, ties, AUC, d', Cllr and min-Cllr are those of SciPy, pyllr, scikit-learn and PyEER."""
    genuine, impostor, other = case(name)
    answer = eer(genuine, impostor)
    assert answer.value == pytest.approx(other["eer_default_ROC_linear_interp"], abs=POINT)
    assert answer.step == pytest.approx(other["eer"]["step(minmax)"], abs=POINT)
    assert eer(genuine, impostor, method="hull").value == pytest.approx(other["eer"]["ROCCH(pyllr)"], abs=POINT)
    assert answer.ties == other["cross_class_ties"]
    assert auc(genuine, impostor) == pytest.approx(other["auc_sklearn"], abs=POINT)
    assert d_prime(genuine, impostor) == pytest.approx(other["pyeer"]["decidability"], abs=POINT)
    assert cllr(genuine, impostor) == pytest.approx(other["pyllr"]["cllr_bits"], rel=POINT)
    assert min_cllr(genuine, impostor) == pytest.approx(other["pyllr"]["min_cllr_bits"], abs=POINT)
    assert fnmr_at_fmr(genuine, impostor, 0).fnmr == pytest.approx(other["pyeer"]["fmr0"], abs=POINT)


@needs_golden
@pytest.mark.parametrize("name", [n for n in CASES if n not in ("bob.measure/dev-1", "bob.measure/test-1")])
def test_fnmr_at_small_fmr_never_exceeds_the_wanted_fmr(name: str) -> None:
    """FMR100 is PyEER's where PyEER's nearest threshold keeps FMR <= 1 %, and above it where PyEER oversteps."""
    genuine, impostor, other = case(name)
    for key, wanted in (("fmr100", 0.01), ("fmr1000", 0.001)):
        answer = fnmr_at_fmr(genuine, impostor, wanted)
        assert answer.fmr <= wanted
        assert answer.fnmr >= other["pyeer"][key] - POINT


@needs_golden
@pytest.mark.parametrize("name", [n for n in CASES if n != "bob.measure/linsep"])
@pytest.mark.parametrize("confidence", LEVELS)
def test_exact_interval(name: str, confidence: float) -> None:
    """The ends of the interval are the quantiles of the ideal bootstrap, with no Monte Carlo error at all."""
    genuine, impostor, other = case(name)
    answer = eer_interval(genuine, impostor, confidence=confidence)
    low, high = (other["bootstrap_exact_step_eer"][key] for key in LEVELS[confidence])
    assert answer.low == pytest.approx(low, abs=1e-9)
    assert answer.high == pytest.approx(high, abs=1e-9)
    assert answer.estimate == pytest.approx(other["bootstrap_exact_step_eer"]["eer_step"], abs=POINT)


@needs_golden
def test_no_error_has_the_rule_of_3() -> None:
    """Separated classes have the upper bound 3 / N in place of the bootstrap's [0, 0]."""
    genuine, impostor, _ = case("bob.measure/linsep")
    answer = eer_interval(genuine, impostor)
    assert (answer.low, answer.high, answer.method) == (0, 0.06, "rule of 3")


@needs_golden
def test_hter_and_its_closed_intervals() -> None:
    """HTER at the dev threshold, Bengio-Mariethoz, Wilson and Clopper-Pearson are bob's and statsmodels'."""
    dev_g, dev_i, _ = case("bob.measure/dev-1")
    test_g, test_i, _ = case("bob.measure/test-1")
    other = expected("bob.measure/dev-test-1")["bob_measure_6.1.1"]["test@eer"]
    answer = hter(dev_g, dev_i, test_g, test_i)
    assert (answer.value, answer.far, answer.frr) == pytest.approx(
        (other["hter"], other["far"], other["frr"]), abs=POINT
    )
    assert (answer.n_impostor, answer.n_genuine) == (other["n_neg"], other["n_pos"])
    assert answer.n_failed == expected("bob.measure/dev-test-1")["bob_measure_6.1.1"]["test_nan"]
    fixed = bengio_mariethoz(answer)
    assert (fixed.low, fixed.high) == pytest.approx(other["bengio2004"]["ci95"], abs=POINT)
    for count, n, rate in (
        (answer.false_accepts, answer.n_impostor, "far"),
        (answer.false_rejects, answer.n_genuine, "frr"),
    ):
        assert wilson(count, n) == pytest.approx(other[f"{rate}_ci95_wilson"], abs=POINT)
        assert clopper_pearson(count, n) == pytest.approx(other[f"{rate}_ci95_beta"], abs=POINT)


@needs_golden
def test_least_hter_and_epc() -> None:
    """Least HTER, its threshold and the EPC with its thresholds are bob's."""
    dev_g, dev_i, _ = case("bob.measure/dev-1")
    test_g, test_i, _ = case("bob.measure/test-1")
    other = expected("bob.measure/dev-test-1")["bob_measure_6.1.1"]
    least = least_hter(dev_g, dev_i)
    assert least.value == pytest.approx(other["min_hter"], abs=POINT)
    assert least.threshold == pytest.approx(other["min_hter_threshold_bob"], abs=POINT)
    at_test = hter_at(test_g, test_i, least.threshold)
    assert at_test.value == pytest.approx(other["test@min-hter"]["hter"], abs=POINT)
    curve = epc(dev_g, dev_i, test_g, test_i, alpha=other["epc_11pt"]["alpha"])
    np.testing.assert_allclose(curve.hter, other["epc_11pt"]["hter_as_plotted"], atol=POINT)
    np.testing.assert_allclose(curve.threshold, other["epc_11pt"]["threshold"], atol=POINT)


@needs_golden
def test_devtest_pair() -> None:
    """The HTER of the generated pair, its threshold and its fixed-threshold interval."""
    other = expected("exact_ci/devtest")["test_at_dev_threshold"]
    answer = hter(*from_csv("exact_ci/devtest", "dev"), *from_csv("exact_ci/devtest", "test"))
    assert answer.value == pytest.approx(other["hter"], abs=POINT)
    assert other["threshold_lower_exclusive"] < answer.threshold <= other["threshold_upper"]
    fixed = bengio_mariethoz(answer)
    assert (fixed.low, fixed.high) == pytest.approx(other["bengio2004"]["ci95"], abs=POINT)


def close_in_quantile(drawn: np.ndarray, probability: float, other: float, lattice: float) -> bool:
    """Whether a known quantile lies within three standard errors of the drawn one, plus one lattice step."""
    error = 3 * np.sqrt(probability * (1 - probability) / drawn.size)
    low, high = np.quantile(drawn, [max(0, probability - error), min(1, probability + error)], method="inverted_cdf")
    return bool(low - lattice <= other <= high + lattice)


@needs_golden
@pytest.mark.parametrize("name", ["dev-test-1", "devtest"])
def test_hter_with_the_threshold_estimated_again(name: str) -> None:
    """Mean, spread and quantiles are those of 200,000 replicates that drew the scores themselves."""
    if name == "devtest":
        sets = from_csv("exact_ci/devtest", "dev"), from_csv("exact_ci/devtest", "test")
        other = expected("exact_ci/devtest")["hter_bootstrap_threshold_reestimated"]
    else:
        sets = case("bob.measure/dev-1")[:2], case("bob.measure/test-1")[:2]
        other = expected("bob.measure/dev-test-1")["hter_bootstrap_threshold_reestimated"]
    drawn = hter_draws(*sets, rng=np.random.default_rng(1), replicates=50_000)
    lattice = 1 / (2 * min(np.isfinite(one).sum() for one in sets[1]))
    assert drawn.std() == pytest.approx(other["sd"], rel=0.015)
    assert drawn.mean() == pytest.approx(other["mean"], abs=4 * other["sd"] / np.sqrt(50_000))
    for probability, key in ((0.025, "q2.5"), (0.5, "q50"), (0.975, "q97.5")):
        assert close_in_quantile(drawn, probability, other[key], lattice)


@needs_golden
def test_subject_bootstrap() -> None:
    """The subject bootstrap's ends are those of 100,000 plain replicates, and not those of independent scores."""
    genuine, impostor, other = case("exact_ci/subjects")
    clusters = by_unit(*subjects("exact_ci/subjects"))
    answer = eer_bootstrap(genuine, impostor, rng=np.random.default_rng(0), clusters=clusters)
    wanted = other["subject_bootstrap"]
    assert answer.low == pytest.approx(wanted["q2.5"], abs=wanted["tol"] + 1 / 300)
    assert answer.high == pytest.approx(wanted["q97.5"], abs=wanted["tol"] + 1 / 300)
    assert answer.n_units == wanted["n_subjects"]
    assert answer.high - answer.low > 1.05 * (
        other["bootstrap_exact_step_eer"]["q0.975"] - other["bootstrap_exact_step_eer"]["q0.025"]
    )


@needs_golden
def test_subject_bootstrap_of_a_bob_file() -> None:
    """With the claimed identity as the subject, a bob file gives the known interval; so do both of a pair."""
    path = GOLDEN / "bob.bio.base/scores-nonorm-dev"
    found = read_scores(path, distances=True)
    wanted = expected("bob.bio.base/scores-nonorm-dev")["subject_bootstrap_claimed_id"]
    assert found.genuine.subject is not None
    assert found.impostor.subject is not None
    one_way = by_unit(found.genuine.subject, found.impostor.subject)
    for clusters in (one_way, found.clusters("subject")):
        answer = eer_bootstrap(
            found.genuine.scores, found.impostor.scores, rng=np.random.default_rng(0), clusters=clusters
        )
        assert answer.low == pytest.approx(wanted["q2.5"], abs=wanted["tol"] + 0.01)
        assert answer.high == pytest.approx(wanted["q97.5"], abs=wanted["tol"] + 0.01)


@needs_asv
def test_asvspoof_scores() -> None:
    """Real scores of a speaker verifier: dev EER 2.43 %, HTER 2.59 %, attacks apart."""
    dev, test = read_scores(ASV / "asv_dev.txt"), read_scores(ASV / "asv_eval.txt")
    assert eer(dev.genuine.scores, dev.impostor.scores).value == pytest.approx(0.0243, abs=5e-5)
    sides = dev.genuine.scores, dev.impostor.scores, test.genuine.scores, test.impostor.scores
    answer = hter_interval(*sides, rng=np.random.default_rng(0))
    assert answer.estimate == pytest.approx(0.0259, abs=5e-5)
    assert answer.low < answer.estimate < answer.high
    assert len(dev.attacks) == 6
    assert len(test.attacks) == 13

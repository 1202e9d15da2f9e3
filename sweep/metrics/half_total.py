"""The half total error rate: the threshold from the development set, the errors from the test set."""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from sweep.metrics.equal_error_rate import eer_of
from sweep.metrics.scores import Class, accepted, both, finite


@dataclass(frozen=True)
class HTER:
    """A half total error rate with the counts that it came from.

    value = (far + frr) / 2, over the attempts that gave a score; `far = false_accepts / n_impostor` and
    `frr = false_rejects / n_genuine`. The failures to acquire stand apart; `far_of_attempts` and `frr_of_attempts`
    count each as a rejection.
    """

    value: float
    far: float
    frr: float
    threshold: float
    false_accepts: int
    false_rejects: int
    n_genuine: int
    n_impostor: int
    n_failed_genuine: int = 0
    n_failed_impostor: int = 0

    @property
    def n_failed(self) -> int:
        """Attempts without a score, of both classes."""
        return self.n_failed_genuine + self.n_failed_impostor

    @property
    def far_of_attempts(self) -> float:
        """FAR of ISO/IEC 19795-1: accepted impostor attempts over all, failed ones included."""
        return self.false_accepts / (self.n_impostor + self.n_failed_impostor)

    @property
    def frr_of_attempts(self) -> float:
        """FRR of ISO/IEC 19795-1: rejected and failed genuine attempts over all."""
        return (self.false_rejects + self.n_failed_genuine) / (self.n_genuine + self.n_failed_genuine)

    def __str__(self) -> str:
        """Return one line: per cent, both errors with their counts, threshold."""
        return (
            f"HTER {100 * self.value:.3f} % at threshold {self.threshold:g} "
            f"(FAR {self.false_accepts}/{self.n_impostor}, FRR {self.false_rejects}/{self.n_genuine})"
        )


def hter(dev_genuine: ArrayLike, dev_impostor: ArrayLike, test_genuine: ArrayLike, test_impostor: ArrayLike) -> HTER:
    """Return the HTER of the test set at the threshold of the development set's EER.

    All four: (n,) scores, higher is more genuine, in any order; NaN is a failure to acquire, counted apart.
    A threshold from the test set would give another, optimistic number: see `least_hter`.
    Raises InputError on an empty class or an infinity.

    References: Bengio and Mariethoz, Odyssey 2004; the threshold rule is that of `eer`.

    >>> from sweep import metrics
    >>> genuine, impostor = [0.9, 0.8, 0.7, 0.4], [0.1, 0.2, 0.3, 0.6]
    >>> found = metrics.hter(genuine, impostor, [0.9, 0.3], [0.2, 0.1])
    >>> found.value, found.frr, found.far
    (0.25, 0.5, 0.0)
    """
    return hter_of(*both(test_genuine, test_impostor), eer_of(*both(dev_genuine, dev_impostor)).threshold)


def hter_at(test_genuine: ArrayLike, test_impostor: ArrayLike, threshold: float) -> HTER:
    """Return the HTER of the test set at a given threshold; arguments and errors as in `hter`.

    >>> from sweep import metrics
    >>> metrics.hter_at([0.9, 0.3], [0.2, 0.1], 0.5).value
    0.25
    """
    return hter_of(*both(test_genuine, test_impostor), finite(threshold))


def hter_of(genuine: Class, impostor: Class, threshold: float) -> HTER:
    """Return the HTER of two classes that are already checked and sorted."""
    false_accepts = accepted(impostor.scores, threshold)
    false_rejects = len(genuine) - accepted(genuine.scores, threshold)
    far, frr = false_accepts / len(impostor), false_rejects / len(genuine)
    return HTER(
        value=(far + frr) / 2,
        far=far,
        frr=frr,
        threshold=threshold,
        false_accepts=false_accepts,
        false_rejects=false_rejects,
        n_genuine=len(genuine),
        n_impostor=len(impostor),
        n_failed_genuine=genuine.n_failed,
        n_failed_impostor=impostor.n_failed,
    )

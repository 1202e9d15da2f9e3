"""`results.plot`: the figures of a study, drawn by Matplotlib into axes of the caller."""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sweep.store.store import Results


@dataclass(frozen=True, repr=False)
class Plots:
    """The figures of `sweep report`, one panel each, for a figure or a notebook of your own.

    Each method draws into `ax`, or into axes of a new `pyplot` figure, and returns the axes. Colours, marks and numbers
    are those of the report. Matplotlib is imported at the first call.

    >>> import sweep
    >>> results = sweep.load("results/reference")
    >>> results.plot
    results.plot: seeds, forest, det, losses
    """

    results: "Results"

    def __repr__(self) -> str:
        return "results.plot: seeds, forest, det, losses"

    def seeds(self, ax: "Axes | None" = None, metric: str | None = None, *, level: float = 0.95) -> "Axes":
        """Draw every seed of every configuration as a dot, with the mean and its interval for this test set.

        Args:
            ax: axes to draw into; None makes a figure.
            metric: as in `sweep.estimate`, such as "hter", "eer", "accuracy"; None: the task's first on test.
            level: nominal coverage of the interval. A study that stops by itself keeps the level of its looks.

        Returns:
            The axes. x is the metric, in per cent where it is a rate. Each configuration is a row, the first one at the
            top, with its seeds ok/planned.

        Raises:
            InputError: no such metric, no trial that has it, or an `ax` that is no Axes.
        """
        return _drawing().draw_seeds(self.results, ax, metric, level)  # type: ignore[no-any-return]

    def forest(self, ax: "Axes | None" = None, metric: str | None = None, *, level: float = 0.95) -> "Axes":
        """Draw every configuration with both intervals: thick for this test set, thin for new subjects.

        Args:
            ax, metric, level: as in `seeds`.

        Returns:
            The axes, as in `seeds`. A diamond is the mean over the seeds.

        Raises:
            InputError: as in `seeds`, or a metric without an interval for new subjects.
        """
        return _drawing().draw_forest(self.results, ax, metric, level)  # type: ignore[no-any-return]

    def det(self, ax: "Axes | None" = None, config_id: str | None = None) -> "Axes":
        """Draw the DET curves of all seeds on test: thin a seed, thick the mean FNMR of the seeds at each FMR.

        Args:
            ax: axes to draw into; None makes a figure.
            config_id: a configuration by id or label; None: all, or six from the best to the worst.

        Returns:
            The axes, on normal-deviate scales (Martin et al., Eurospeech 1997), with ticks in per cent. The dot is the
            mean FAR and FRR at dev's threshold.

        Raises:
            InputError: results of another task than verification, no such configuration, no scores, or an `ax` that is
                no Axes.
        """
        return _drawing().draw_det(self.results, ax, config_id)  # type: ignore[no-any-return]

    def losses(self, ax: "Axes | None" = None, config_id: str | None = None) -> "Axes":
        """Draw train and dev loss over the epochs: the median of the seeds, and the band of their middle 80 %.

        Args:
            ax: axes to draw into; None makes a figure.
            config_id: a configuration by id or label; None: all, or six from the best to the worst. Several have a
                colour each, train solid and dev dashed.

        Returns:
            The axes. x is the epoch, from 1.

        Raises:
            InputError: no such configuration, no losses, or an `ax` that is no Axes.
        """
        return _drawing().draw_losses(self.results, ax, config_id)  # type: ignore[no-any-return]


def _drawing() -> Any:
    """Return the module that draws, by name: what is read here knows neither Matplotlib nor the report."""
    return importlib.import_module("sweep.report.own_axes")

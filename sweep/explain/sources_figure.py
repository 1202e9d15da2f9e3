"""The plot of `sweep explain STUDY`: the SD that each source causes, with its interval, a panel a metric."""

import io

from sweep.explain.sources import Explanation
from sweep.metrics.catalogue import metric_called

DOT, FAINT = "#0072B2", "0.45"


def sources_png(found: Explanation) -> bytes:
    """Return the figure as PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.4 * len(found.metrics), 2.9), layout="constrained")
    panels = figure.subplots(1, len(found.metrics), squeeze=False)[0]
    for axes, (name, one) in zip(panels, found.metrics.items(), strict=True):
        scale = 100 if metric_called(name).unit == "%" else 1
        parts = [*one.sources, one.rest]
        for at, part in enumerate(reversed(parts)):
            colour = FAINT if part is one.rest else DOT
            axes.plot([scale * part.low, scale * part.high], [at, at], color=colour, linewidth=1.6)
            axes.plot([scale * part.sd], [at], "o", color=colour, markersize=6)
        axes.set_yticks(range(len(parts)), [part.name for part in reversed(parts)])
        axes.set_xlim(left=0)
        axes.set_xlabel(f"SD of {name.upper()}" + (", percentage points" if scale == 100 else ""))
        axes.grid(True, axis="x", color="0.9", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    page = io.BytesIO()
    figure.savefig(page, format="png", metadata={"Software": None})
    return page.getvalue()

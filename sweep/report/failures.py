"""The failed trials in few words: equal errors of one configuration together."""

from sweep.report.labels import names
from sweep.report.summary import Report

_SHOWN_SEEDS = 10


def grouped(report: Report, most: int) -> list[str]:
    """Return a sentence for each configuration and error, at most `most`, and one that counts the trials left out."""
    name_of = dict(zip((row.label for row in report.rows), names(report), strict=True))
    groups: dict[tuple[str, str], list[int]] = {}
    for failure in report.failures:
        groups.setdefault((failure.label, failure.error), []).append(failure.seed)
    sentences = []
    for (label, error), seeds in list(groups.items())[:most]:
        shown = ", ".join(map(str, seeds[:_SHOWN_SEEDS]))
        more = f" and {len(seeds) - _SHOWN_SEEDS} more" if len(seeds) > _SHOWN_SEEDS else ""
        where = f"{name_of[label]}, " if label else ""
        sentences.append(f"{where}seed{'s' if len(seeds) > 1 else ''} {shown}{more}: {error}")
    left = sum(len(seeds) for seeds in list(groups.values())[most:])
    return [*sentences, f"and {left} more, with traces in trials.parquet."] if left else sentences

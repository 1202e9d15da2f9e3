"""The headline table in aligned lines: a block of columns a metric, min and max giving way where numbers are long."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from sweep.report.labels import as_columns, names, wrapped
from sweep.report.metric_format import Scale, scale_of
from sweep.report.summary import MetricOverSeeds, Report

LEAST_ROOM = 12  # columns that the name of a configuration gets at least


def table_lines(report: Report, width: int) -> Iterator[Text]:
    """Yield the lines of a table of `width` columns at most: a heading, a rule, a row a configuration."""
    counts = ["ok", *(f"{row.n_ok}/{row.n_planned}" for row in report.rows)]
    end = _aligned(counts, right=True)
    scales = [scale_of(report, name) for name in report.headline]
    for spread in (("SD", "min", "max"), ("SD",)):
        blocks = [_block(report, name, scale, spread) for name, scale in zip(report.headline, scales, strict=True)]
        room = width - sum(len(block[0][0]) + 2 for block in blocks) - len(end[0]) - 2
        if room >= LEAST_ROOM:
            break
    heading, labels = _labels(report, max(room, LEAST_ROOM))
    first = max(len(line) for lines in (heading, *labels) for line in lines)
    height = max(2, len(heading))
    for at in range(height):
        cells = ["", *("" for _ in blocks), ""]
        if at >= height - len(heading):
            cells[0] = heading[at - height + len(heading)]
        if at >= height - 2:
            cells[1:-1] = [block[0][at - height + 2] for block in blocks]
            cells[-1] = end[0] if at == height - 1 else ""
        yield Text(_line(cells, first, blocks).rstrip(), style="bold")
    yield Text("-" * (first + sum(len(block[0][0]) + 2 for block in blocks) + 2 + len(end[0])), style="dim")
    for at, (row, label) in enumerate(zip(report.rows, labels, strict=True), 1):
        for place in range(max(len(label), *(len(block[at]) for block in blocks))):
            cells = [label[place] if place < len(label) else ""]
            cells += [block[at][place] if place < len(block[at]) else "" for block in blocks]
            line = Text(_line(cells, first, blocks) + "  ")
            if place == 0:
                line.append(end[at], style="bold red" if row.n_ok < row.n_planned else "")
            yield line


def _line(cells: Sequence[str], first: int, blocks: Sequence[Sequence[Sequence[str]]]) -> str:
    widths = [first, *(len(block[0][0]) for block in blocks)]
    return "  ".join([cell.ljust(size) for cell, size in zip(cells, [*widths, 0], strict=False)])


def _block(report: Report, name: str, scale: Scale, spread: tuple[str, ...]) -> list[list[str]]:
    """Return the columns of one metric side by side: the two lines of its heading, then each row's lines."""
    measured = [row.metrics[name] for row in report.rows]
    means = [_means(metric, scale) for metric in measured]
    heading = f"mean [{100 * report.level:g} %]"
    left = _aligned([heading, *(line for lines in means for line in lines)], right=False)
    columns = {
        "SD": [metric.interval.sd for metric in measured],
        "min": [metric.minimum for metric in measured],
        "max": [metric.maximum for metric in measured],
    }
    right = [_aligned([word, *(scale.number(value) for value in columns[word])], right=True) for word in spread]
    head = " ".join([left[0], *(column[0] for column in right)])
    rows, taken = [], 1
    for at, lines in enumerate(means, 1):
        own = left[taken : taken + len(lines)]
        taken += len(lines)
        rows.append([" ".join([own[0], *(column[at] for column in right)]), *own[1:]])
    width = max(len(head), len(scale.heading))
    return [[scale.heading.ljust(width), head.ljust(width)], *rows]


def _means(metric: MetricOverSeeds, scale: Scale) -> list[str]:
    """Return mean with interval; an interval for new subjects goes on a second line, below the first."""
    lines = [scale.estimate(metric)]
    if metric.new_subjects:
        gap = " " * len(scale.number(metric.interval.value))
        lines.append(f"{gap} {scale.limits(metric.new_subjects.low, metric.new_subjects.high)} *")
    return lines


def _labels(report: Report, room: int) -> tuple[list[str], list[list[str]]]:
    """Return the lines of the first column's heading and of each row's name.

    Names that fit stand in one line. Longer ones become their values alone, the settings' names above them, or wrap.
    """
    whole = names(report)
    if max(map(len, whole)) <= room:
        return ["configuration"[:room]], [[name] for name in whole]
    split = as_columns([row.label for row in report.rows])
    if split:
        settings, values = split
        widths = [max(map(len, column)) for column in zip(*values, strict=True)]
        if sum(widths) + 2 * (len(widths) - 1) <= room:
            heading = [line for name in settings for line in wrapped(name + ",", room)]
            heading[-1] = heading[-1].rstrip(",")
            lines = ["  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)) for row in values]
            return heading, [[line] for line in lines]
    return ["configuration"[:room]], [wrapped(name, room) for name in whole]


def _aligned(cells: Sequence[str], *, right: bool) -> list[str]:
    width = max(map(len, cells))
    return [cell.rjust(width) if right else cell.ljust(width) for cell in cells]

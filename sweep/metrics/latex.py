"""The LaTeX table of an evaluation, for a paper: booktabs, per cent, interval and counts in every row."""

from pathlib import Path

from sweep.metrics.evaluation import Evaluation


def write_table(path: Path, found: Evaluation) -> Path:
    """Write the table and return its path; OSError when it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table(found), encoding="utf-8")
    return path


def table(found: Evaluation) -> str:
    r"""Return the table as LaTeX; it needs \usepackage{booktabs}."""
    eer, interval = found.eer, found.interval
    level = f"{100 * interval.confidence:g}"
    rows = [
        (
            "dev",
            "EER",
            _percent(eer.value),
            _range(interval.low, interval.high),
            f"{eer.n_genuine} genuine, {eer.n_impostor} impostor",
        )
    ]
    notes = [f"EER: {interval.method}, unit: {interval.unit}."]
    if found.hter and found.hter_interval:
        hter, of_hter = found.hter, found.hter_interval
        counts = (
            f"FAR {hter.false_accepts}/{hter.n_impostor}, FRR {hter.false_rejects}/{hter.n_genuine} "
            "at the threshold of the dev EER"
        )
        rows.append(("test", "HTER", _percent(hter.value), _range(of_hter.low, of_hter.high), counts))
        notes.append(f"HTER: {of_hter.method}, unit: {of_hter.unit}.")
    body = "\n".join("  " + " & ".join(row) + r" \\" for row in rows)
    return (
        "% needs \\usepackage{booktabs}\n"
        "\\begin{tabular}{llrll}\n  \\toprule\n"
        f"  Set & Rate & \\% & {level}\\,\\% interval & Counts \\\\\n  \\midrule\n"
        f"{body}\n  \\bottomrule\n\\end{{tabular}}\n% {' '.join(notes)}\n"
    )


def _percent(rate: float) -> str:
    return f"{100 * rate:.2f}"


def _range(low: float, high: float) -> str:
    return f"[{_percent(low)}, {_percent(high)}]"

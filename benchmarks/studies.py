"""Print tables and answer of a study from its stored results, and what the run took: the figures of docs/studies.

    python benchmarks/studies.py NAME [--results DIR]

It trains nothing; `sweep run NAME` makes the results.
"""

import argparse
import json
from pathlib import Path

import sweep
from sweep.report import as_text, summarise


def main() -> None:
    """Print the report's text, the values behind the answer as JSON, and the seconds of the trials."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--results", default="results", type=Path)
    given = parser.parse_args()
    results = sweep.load(given.results / given.name)
    report = summarise(results)
    print(as_text(report))
    if report.answer:
        print("\nvalues:", json.dumps(report.answer.values, indent=1, default=str))
    seconds = results.trials["seconds.total"]
    print(f"\n{len(seconds)} trials, {seconds.sum() / 2:.0f} s on two processors ({seconds.median():.2f} s a trial)")


if __name__ == "__main__":
    main()

"""A listener that writes a line of JSON for each trial that ended, for whoever follows a run from outside."""

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sweep.errors import InputError
from sweep.running.listeners import Listener
from sweep.trial.outcome import TrialOutcome


def json_lines(path: str | Path) -> Listener:
    """Return a listener for `sweep.run` that adds one line of JSON to a file for each trial that ends.

    A line holds at (when, ISO 8601 in UTC), trial_id, config_id, seed, status, stage, metrics, error and elsewhere, see
    `sweep.trial.outcome.TrialOutcome`; a metric that is not finite is null. A file that is there already goes on.

    Args:
        path: the file; its folder must be there.

    Raises:
        InputError: the file cannot be written.
    """
    file = Path(path).absolute()  # the run may be in another folder later
    try:
        with file.open("ab+") as lines:
            if lines.tell():
                lines.seek(-1, 2)
                if lines.read(1) != b"\n":  # a line that was cut off stays alone
                    lines.write(b"\n")
    except OSError as error:
        raise InputError(
            f"json_lines: expected a file that can be written. Received: {path}: {error.strerror}. Make its folder, "
            "or name another."
        ) from None

    def hear(outcome: TrialOutcome) -> None:
        said = json.dumps({"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **_told(outcome)})
        with file.open("a", encoding="utf-8") as lines:
            lines.write(said + "\n")

    return hear


def _told(outcome: TrialOutcome) -> dict[str, Any]:
    told = {name: value for name, value in outcome.as_dict().items() if name != "holder"}
    metrics = {name: value if math.isfinite(value) else None for name, value in outcome.metrics.items()}
    return told | {"metrics": metrics}

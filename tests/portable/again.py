"""Run stored trials again in this very process, which an emulator may run, and print what is not equal to the bit.

`python -m tests.portable.again RESULTS [TRIAL ...]`, with the variables of `determinism: portable` set. The commands of
Seed Sweep start processes of their own, which an emulator of one process would hand to the real processor.
"""

import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from sweep.machine.variables import quiet_environment


def main(folder: str, trials: list[str]) -> None:
    """Print a JSON object a trial: its id, whether its data are equal, and its first difference."""
    quiet_environment()
    from sweep.explain.difference import first_difference
    from sweep.explain.stored_bits import bits_of, stored_trials, verifiable
    from sweep.store import records, store
    from sweep.study.study import Study
    from sweep.trial.data_function import DataRequest, prepare_data
    from sweep.trial.trial import run_trial

    loaded = store.load(folder)
    for one in stored_trials(loaded, trials or verifiable(loaded), ()):
        prepared = prepare_data(DataRequest(Study.model_validate(one.order.study), 0, None))
        _tell({"trial": one.order.trial_id, "data": prepared.data_id == one.bits.data_id})
        with tempfile.TemporaryDirectory() as place:
            outcome = run_trial(replace(one.order, results=place))
            if outcome.error:
                raise SystemExit(outcome.error)
            (path, _, _), *_ = records.parts(Path(place))
            again = bits_of(*records.read_part(path))
        found = first_difference(one.bits, again)
        _tell({"trial": one.order.trial_id, "difference": None if found is None else str(found)})
    os._exit(0)  # TensorFlow's own end takes an emulator seconds


def _tell(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

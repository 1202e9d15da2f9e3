"""What a submitted job runs on the cluster's head: the study, with its results where the client can read them back.

`python -m sweep.submit.job STUDY --key KEY [--results WHERE]`, in the parcel's folder. Without WHERE, results lie among
the logs of the Ray session, since Ray serves these, and these alone, through the one port and token that submitted the
job: file by file while the study runs, to any size.
"""

import argparse
import json
import sys
from pathlib import Path

from sweep.errors import SweepError
from sweep.machine.variables import quiet_environment
from sweep.running.execution import run
from sweep.study.parts import Resources
from sweep.study.study import Study
from sweep.submit.job_folder import folder_of_job
from sweep.submit.parcel import STORED
from sweep.submit.stored_ids import count_as_stored


def main(words: list[str] | None = None) -> int:
    """Run the study, print where it stands, and return the exit code of `sweep run`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("study", type=Path)
    parser.add_argument("--key", required=True)
    parser.add_argument("--results", default="")
    parser.add_argument("--retry-failed", action="store_true")
    parser.add_argument("--wait-for-node", action="store_true", help="the cluster starts from zero")
    asked = parser.parse_args(words)
    try:
        study = Study.load(asked.study)
        stored = json.loads(Path(STORED).read_text(encoding="utf-8"))
        logs = _session_logs(study.resources if asked.wait_for_node else None)
        results = asked.results
        if not results:
            folder = logs / folder_of_job(asked.key, study.study)
            folder.mkdir(parents=True, exist_ok=True)
            count_as_stored(folder, stored)
            results = str(folder.parent)
        done = run(asked.study, results=results, address="auto", retry_failed=asked.retry_failed)
    except SweepError as error:
        sys.stderr.write(f"sweep: {error}{_hint(str(error))}\n")
        return error.exit_code
    sys.stderr.write(f"sweep: {done.n_run} trials run; {done.n_ok} of {done.n_planned} ok, {done.n_failed} failed\n")
    return 1 if done.n_failed else 0


def _hint(said: str) -> str:
    """Return what to do where something may be missing because it was not sent."""
    if not any(
        word in said for word in ("ModuleNotFoundError", "FileNotFoundError", "No such file", "can be imported")
    ):
        return ""
    return (
        " Only modules that the study's functions import by name were sent: list further modules and files of yours "
        "under submit: {include: [...]} in the study."
    )


def _session_logs(wanted: Resources | None) -> Path:
    """Return the folder of the session's logs, when there is a node with what a trial wants."""
    quiet_environment()
    import ray

    context = ray.init(address="auto", log_to_driver=False, logging_level="ERROR")
    try:
        if wanted is not None:
            from sweep.submit.first_node import first_node

            first_node(wanted.cpu, wanted.gpu)
        return Path(context.address_info["session_dir"]) / "logs"
    finally:
        ray.shutdown()


if __name__ == "__main__":
    sys.exit(main())

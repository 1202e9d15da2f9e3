"""`sweep run` and its kin with results in a bucket, through the command."""

import re
import subprocess
import sys

import pandas as pd
import pytest

import sweep
from tests.driver.conftest import _ended, write_study  # noqa: F401 (fixtures)
from tests.driver.runs import DIGESTS, sweep_run
from tests.one_ray import sweep_here


def sweep_command(*words):
    """Return the finished `sweep WORDS`."""
    command = [sys.executable, "-m", "sweep.commands.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.mark.ray
def test_a_study_runs_reports_and_repeats_from_a_bucket(one_ray, write_study, bucket, server, tmp_path, monkeypatch):  # noqa: F811
    """run, report, compare, plan, load and verify take the address; the bits are those of a folder."""
    study, results = write_study(seeds=2), f"s3://{bucket}/results"
    done = sweep_run(study, results)
    assert done.returncode == 0, done.stderr
    here = sweep_here("run", study, "--results", tmp_path)
    assert here.returncode == 0, here.stderr
    stored = sweep.load(f"{results}/tiny").trials.set_index("trial_id")
    local = sweep.load(tmp_path / "tiny").trials.set_index("trial_id")
    pd.testing.assert_frame_equal(stored[DIGESTS].sort_index(), local[DIGESTS].sort_index())
    again = sweep_here("run", study, "--results", results)
    assert again.returncode == 0
    assert "0 trials run" in again.stderr

    # The address may name the server itself, as where two stores are in use at once.
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    where = f"{results}/tiny?endpoint_override={server.removeprefix('http://')}&scheme=http"
    report = sweep_here("report", where)
    assert report.returncode == 0, report.stderr
    assert "index.html" in report.stdout
    compared = sweep_here("compare", where, "--metric", "eer")
    assert compared.returncode == 0, compared.stderr
    verified = sweep_command("verify", where, "--trials", "1", "--modules", str(study.parent))
    assert verified.returncode == 0, verified.stderr
    assert "1 of 1 trials run again are equal to the bit" in verified.stdout


@pytest.mark.usefixtures("endpoint")
def test_a_wrong_bucket_is_told_before_anything_is_trained(write_study):  # noqa: F811
    """No such bucket: one message, exit code 2, and Ray is not even started."""
    done = sweep_here("run", write_study(), "--results", "s3://no-such-bucket-of-ours/results")
    assert done.returncode == 2, done.stderr
    assert (
        "Expected a results folder that can be written. Received: s3://no-such-bucket-of-ours/results/" in done.stderr
    )
    assert "bucket does not exist" in done.stderr
    assert "Traceback" not in done.stderr
    assert "starting Ray" not in done.stderr


def test_a_missing_right_is_told_before_anything_is_trained(write_study, address, gate):  # noqa: F811
    """Keys that may neither read nor write: one message and exit code 2, on each store."""
    gate.refuse()
    done = sweep_here("run", write_study(), "--results", address)
    assert done.returncode == 2, done.stderr
    assert f"Received: {address.partition('://')[0]}://" in done.stderr
    assert re.search("ACCESS_DENIED|PERMISSION_DENIED", done.stderr)
    assert "Traceback" not in done.stderr
    assert "starting Ray" not in done.stderr


@pytest.mark.ray
@pytest.mark.thorough
def test_a_study_runs_and_goes_on_where_a_store_fails_a_third_of_the_time(one_ray, write_study, address, gate):  # noqa: F811
    """Of both stores: every trial is stored once, whatever was asked again, and nothing is run twice."""
    gate.fail_a_third()
    done = sweep_run(write_study(seeds=2), address)
    assert done.returncode == 0, done.stderr
    gate.none()
    where, _, query = address.partition("?")
    trials = sweep.load(f"{where}/tiny?{query}").trials
    assert trials["trial_id"].is_unique
    assert set(trials["status"]) == {"ok"}
    again = sweep_here("run", write_study(seeds=2), "--results", address)
    assert again.returncode == 0, again.stderr
    assert "0 trials run" in again.stderr

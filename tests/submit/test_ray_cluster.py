"""A study to a real Ray head: sent, followed, fetched; nothing twice, and nothing without the token."""

import json
import shutil

import pytest

import sweep
from tests.driver.runs import wait_for
from tests.object_store.conftest import bucket, endpoint, server  # noqa: F401 (fixtures)
from tests.submit.persons import furnish, give

pytestmark = pytest.mark.ray


@pytest.fixture(scope="module")
def came_home(head, tmp_path_factory):
    """Submit a study three times: detached, followed, and with one more seed; return its folder of results."""
    top = tmp_path_factory.mktemp("home")
    place = furnish(top / "place")
    to = ("submit", "tiny.yaml", "--address", head.address)

    left = give(place, top, *to, "--detach", "--json", token=head.token_file)
    assert left.returncode == 0, left.stderr
    job = json.loads(left.stdout)
    assert job["state"] in ("pending", "running")
    assert "sending" in left.stderr

    followed = give(place, top, *to, token=head.token_file)
    assert followed.returncode == 0, followed.stderr
    assert "runs this study already" in followed.stderr or "0 trials run" in followed.stderr
    assert "tiny (verification): 1 configuration" in followed.stdout
    trials = sweep.load(place / "results" / "tiny").trials
    assert (trials["status"] == "ok").tolist() == [True, True]

    again = give(place, top, *to, "--seeds", "3", "--json", token=head.token_file)
    assert again.returncode == 0, again.stderr
    assert "1 trials run; 3 of 3 ok" in again.stderr
    assert json.loads(again.stdout)["n_ok"] == 3

    said = give(place, top, "status", "tiny", "--json", token=head.token_file)
    (one,) = json.loads(said.stdout)["submissions"]
    assert (one["state"], one["n_stored"], one["n_planned"]) == ("succeeded", 3, 3)

    assert head.token not in "".join(done.stdout + done.stderr for done in (left, followed, again, said))
    return place / "results" / "tiny"


def test_a_submitted_study_comes_home_and_is_not_run_again(came_home):
    """Detached, followed, fetched; again runs nothing; more seeds run only themselves."""
    after = sweep.load(came_home)
    assert sorted(after.trials["seed"]) == [0, 1, 2]
    assert after.trials["attempt"].tolist() == [0, 0, 0]
    assert set(after.scores["seed"]) == {0, 1, 2}
    assert after.study["resolved"]["results"] == "results/"


def test_the_token_is_written_nowhere(head, came_home):
    """Neither the person's folder and ledger nor the head's logs, packages and records hold the token."""
    for folder in (came_home.parents[2], head.folder):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                assert head.token.encode() not in path.read_bytes(), path


def test_results_here_are_not_run_again_on_a_cluster_that_knows_nothing(head, came_home, place, sweep_in):
    """Another folder of results is another key, so the head has no records: what is stored here is not run there."""
    shutil.copytree(came_home, place / "elsewhere" / "tiny")
    ids = set(sweep.load(came_home).trials["trial_id"])
    to = ("submit", "tiny.yaml", "--address", head.address, "--seeds", "3", "--results", "elsewhere")
    sent = sweep_in(*to, token=head.token_file)
    assert sent.returncode == 0, sent.stderr
    assert "0 trials run; 3 of 3 ok" in sent.stderr
    results = sweep.load(place / "elsewhere" / "tiny")
    assert set(results.trials["trial_id"]) == ids
    assert set(results.scores["trial_id"]) == ids


def test_results_in_a_bucket_are_not_brought_home(head, place, sweep_in, bucket, server):  # noqa: F811
    """The job stores its records in the bucket, where the command, its report and `sweep.load` find them."""
    there = f"?endpoint_override={server.removeprefix('http://')}&scheme=http"
    to = ("submit", "tiny.yaml", "--address", head.address, "--results", f"s3://{bucket}/results{there}", "--json")
    done = sweep_in(*to, token=head.token_file)
    assert done.returncode == 0, done.stderr
    assert "2 trials run; 2 of 2 ok" in done.stderr
    told = json.loads(done.stdout)
    assert told["results"] == f"s3://{bucket}/results/tiny{there}"
    assert sorted(sweep.load(told["results"]).trials["seed"]) == [0, 1]
    assert not (place / "results").exists()
    again = sweep_in(*to, token=head.token_file)
    assert "0 trials run; 2 of 2 ok" in again.stderr


def test_a_study_that_is_wrong_over_there_ends_with_its_message_and_code(head, place, sweep_in):
    """A model that cannot be built on the cluster ends the command with the job's message and exit code 2."""
    (place / "my_net.py").write_text("def build(input_shape, n_classes):\n    raise ValueError('no such width')\n")
    done = sweep_in("submit", "tiny.yaml", "--address", head.address, "--results", "wrong", token=head.token_file)
    assert done.returncode == 2, done.stderr
    assert "no such width" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_cluster_refuses_a_wrong_or_missing_token(head, sweep_in, tmp_path):
    """A missing token and a wrong one are one message each, which says what to do and holds no token."""
    to = ("submit", "tiny.yaml", "--address", head.address)
    none = sweep_in(*to)
    assert none.returncode == 2
    assert "Expected a token" in none.stderr
    assert "ray get-auth-token --generate" in none.stderr
    wrong = tmp_path / "wrong"
    wrong.touch(mode=0o600)
    wrong.write_text("0" * 64)
    other = sweep_in(*to, token=wrong)
    assert other.returncode == 2
    assert "Expected the token of the cluster" in other.stderr
    for done in (none, other):
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert "0" * 64 not in done.stderr


def test_a_parcel_unpacks_from_a_file_as_kubernetes_mounts_it(head, place, sweep_in, tmp_path):
    """The runtime environment that a rendered RayJob names is one that Ray unpacks and runs."""
    from ray.job_submission import JobSubmissionClient

    from sweep.study.study import Study
    from sweep.submit.parcel import pack

    parcel = pack(Study.load(place / "tiny.yaml"), place / "tiny.yaml")
    archive = tmp_path / "parcel.zip"
    archive.write_bytes(parcel.content)
    client = JobSubmissionClient(head.address, headers={"Authorization": f"Bearer {head.token}"})
    name = client.submit_job(
        entrypoint=f"python -m sweep.submit.job --help && ls my_net.py {parcel.study_file}",
        runtime_env={"working_dir": f"file://{archive}"},
    )
    wait_for(lambda: client.get_job_status(name).is_terminal(), 300, "the job's end")
    log = client.get_job_logs(name)
    assert str(client.get_job_status(name)) == "SUCCEEDED", log
    assert "--retry-failed" in log

"""Records brought home from a cluster that is lost in the middle: what came counts."""

from dataclasses import dataclass
from pathlib import Path

import pytest

import sweep
from sweep import errors
from sweep.store import store
from sweep.store.kept_files import keep_files
from sweep.store.saved_models import keep_model
from sweep.study.study import Study
from sweep.submit.fetch import Standing, fetch, standing
from sweep.submit.job_folder import folder_of_job
from sweep.submit.ray_jobs import Job, RayCluster
from sweep.submit.stored_ids import stored_trials
from tests.report import simulated

JOB = Job("seedsweep-simulated-1", "running", None, "node", "", 0.0, {"key": "key"})


@dataclass
class LostCluster(RayCluster):
    """Stands in for a cluster whose head answers so many reads, and then no more."""

    folder: Path
    n_reads: int

    def files(self, job: Job, pattern: str) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.glob(pattern) if path.is_file())

    def read(self, job: Job, name: str) -> bytes:
        if not self.n_reads:
            raise errors.ClusterError("the head is lost")
        self.n_reads -= 1
        return (self.folder / name).read_bytes()


def test_records_of_a_lost_head_count_at_home(tmp_path: Path) -> None:
    """The plan comes first, so that three records without the rest are three stored trials, and the next fetch adds."""
    head, home = tmp_path / "head", tmp_path / "home"
    there = simulated.stored(head / folder_of_job("key", "simulated"), seeds=2)
    study = Study.model_validate(store.read_study(there)["resolved"])
    with pytest.raises(errors.ClusterError, match="lost"):
        fetch(LostCluster(head, 4), JOB, study, home)
    assert len(stored_trials(home)) == 3
    assert standing(home) == Standing(4, 3, 0)
    assert len(sweep.load(home).trials) == 3
    assert fetch(LostCluster(head, 9), JOB, study, home) == 1
    assert standing(home) == Standing(4, 4, 0)


def test_models_come_home_before_their_records(tmp_path: Path) -> None:
    """A trained model is fetched before the record that names it, so that a break leaves no record without its file."""
    head, home = tmp_path / "head", tmp_path / "home"
    there = simulated.stored(head / folder_of_job("key", "simulated"), labels=("",), seeds=2)
    study = Study.model_validate(store.read_study(there)["resolved"])
    for record in sorted((there / "parts").iterdir()):
        keep_model(there, record.name.partition(".")[0], [b"a model"])
    with pytest.raises(errors.ClusterError, match="lost"):
        fetch(LostCluster(head, 2), JOB, study, home)  # the plan and one model
    assert len(list((home / "models").iterdir())) == 1
    assert len(stored_trials(home)) == 0
    assert fetch(LostCluster(head, 9), JOB, study, home) == 2
    assert [path.read_bytes() for path in sorted((home / "models").iterdir())] == [b"a model"] * 2


def test_records_count_where_study_json_is_lost(tmp_path: Path) -> None:
    """Records are what is stored; the plan beside them is written anew by the next submission."""
    home = simulated.stored(tmp_path / "home", seeds=2)
    (home / "study.json").unlink()
    assert len(stored_trials(home)) == 4


def test_files_of_trials_come_home_before_their_records(tmp_path: Path) -> None:
    """What a trial put into run.folder lies beside the tables at home, too, with its folders."""
    head, home = tmp_path / "head", tmp_path / "home"
    there = simulated.stored(head / folder_of_job("key", "simulated"), labels=("",), seeds=2)
    study = Study.model_validate(store.read_study(there)["resolved"])
    record = next((there / "parts").iterdir())
    trial_id = record.name.partition(".")[0]
    keep_files(there, trial_id, {"plots/roc.txt": b"a curve"})
    fetch(LostCluster(head, 1000), JOB, study, home)
    assert (home / "files" / trial_id / "plots" / "roc.txt").read_bytes() == b"a curve"


class CuttingCluster(LostCluster):
    """A cluster whose copies of records are cut off, so many times."""

    left = 1

    def read(self, job: Job, name: str) -> bytes:
        """Return the file, or the first half of a record."""
        content = super().read(job, name)
        if not name.endswith(".parquet") or not self.left:
            return content
        self.left -= 1
        return content[: len(content) // 2]


def test_a_copy_that_was_cut_off_is_fetched_again(tmp_path: Path) -> None:
    """Once costs a second copy; a record that comes cut each time is told and never kept."""
    head, home = tmp_path / "head", tmp_path / "home"
    there = simulated.stored(head / folder_of_job("key", "simulated"), seeds=2)
    study = Study.model_validate(store.read_study(there)["resolved"])
    cluster = CuttingCluster(head, 99)
    assert fetch(cluster, JOB, study, home) == 4
    assert cluster.left == 0
    assert standing(home) == Standing(4, 4, 0)
    cutting = CuttingCluster(head, 99)
    cutting.left = 99
    with pytest.raises(errors.ClusterError, match="Expected a whole record"):
        fetch(cutting, JOB, study, tmp_path / "other")
    assert not list((tmp_path / "other" / "parts").glob("*.parquet"))

"""The kinds of cluster: each knows its own files and no other, and a further kind is a further module."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sweep.errors import InputError
from sweep.submit import clusters, ledger
from sweep.submit.cluster_file import read_cluster_file
from sweep.submit.clusters.kind import Job, State
from sweep.submit.identity import Identity
from sweep.submit.status import statuses

CLUSTER = Path(__file__).resolve().parents[2] / "cluster"
TEMPLATES = {
    "aws.yaml": "ray",
    "gcp.yaml": "ray",
    "on-prem.yaml": "ray",
    "kubernetes.yaml": "kubernetes",
    "slurm.sbatch": "slurm",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_of_one_kind(name: str) -> None:
    """One kind knows it, and no other."""
    file = read_cluster_file(CLUSTER / name)
    assert clusters.kind_of(file) == TEMPLATES[name]
    assert [word for word, kind in clusters.KINDS.items() if kind.knows(file)] == [TEMPLATES[name]]


@pytest.mark.parametrize("text", ["", "- a\n- b", "#!/bin/bash\necho $(date) {", "kind: RayJob\napiVersion: v1"])
def test_a_file_of_no_kind_is_told_with_the_known_ones(tmp_path: Path, text: str) -> None:
    """Whatever stands in it, the message names the kinds and by what each is known."""
    (tmp_path / "mine").write_text(text)
    known = r"a launcher file \(cluster_name, provider\), a RayJob \(kind: RayJob\) or a batch script \(#SBATCH\)"
    with pytest.raises(InputError, match=rf"Expected {known}\. Received: .*mine"):
        clusters.kind_of(read_cluster_file(tmp_path / "mine"))


def test_a_further_kind_is_rendered_submitted_and_asked_by_its_module_alone(
    sweep_here: Any, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands know the kinds by the table: nothing else need be told of a new one."""
    given: list[str] = []

    def run(job: Job) -> str:
        given.append(job.text)
        return "job-7"

    def render(file: Any, study: Any, name: str, source: Any, *, retry_failed: bool) -> Job:
        return Job("", f"{file.text}{name} {study.seeds}", Identity(study.study, "place", "settings"))

    pbs: Any = SimpleNamespace(
        NAME="a PBS script",
        SIGN="#PBS",
        knows=lambda file: "#PBS" in file.text,
        render=render,
        running=lambda mine: [],
        run=run,
        how_to_read=lambda name: f"pbs-log {name}",
        state=lambda entry: State("queued" if entry.submission_id == "job-7" else "gone"),
    )
    monkeypatch.setitem(clusters.ALONE, "pbs", pbs)
    monkeypatch.setitem(clusters.KINDS, "pbs", pbs)
    (place / "mine.pbs").write_text("#!/bin/sh\n#PBS -l nodes=1\n")
    to = ("submit", "tiny.yaml", "--cluster", "mine.pbs", "--seeds", "2")
    dry = sweep_here(*to, "--dry-run")
    assert (dry.returncode, given) == (0, [])
    done = sweep_here(*to, "--json")
    assert given == [dry.stdout] == ["#!/bin/sh\n#PBS -l nodes=1\ntiny.yaml 2"]
    assert "submitted job job-7; its log: pbs-log job-7" in done.stderr
    assert json.loads(done.stdout)["submission_id"] == "job-7"
    (asked,) = statuses()
    assert (asked.kind, asked.state) == ("pbs", "queued")


def test_a_submission_of_an_unknown_kind_is_told(sweep_here: Any, tmp_path: Path) -> None:
    """A newer version may have written it down: its state is unknown, and the line says why."""
    ledger.remember(ledger.Entry("tiny", "airship", "a-1", "", "", str(tmp_path / "none"), "2026-01-01T00:00:00+00:00"))
    (asked,) = statuses()
    assert (asked.state, asked.n_stored) == ("unknown", None)
    assert asked.why == "Expected a kind of cluster: ray, kubernetes, slurm. Received: airship (another version)."

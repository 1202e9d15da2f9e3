"""`sweep submit STUDY`: run a study on a cluster, by the file that describes it or by its address."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import yaml

from sweep.commands.output import note, say, say_json, stopped
from sweep.errors import ClusterError, InputError

if TYPE_CHECKING:
    from sweep.study.study import Study
    from sweep.submit.cluster_file import ClusterFile
    from sweep.submit.submission import Submission


def submit(
    study: Annotated[str | None, typer.Argument(help="A study file, or the name of a built-in study.")] = None,
    cluster: Annotated[Path | None, typer.Option(help="A launcher file, a RayJob, or a batch script.")] = None,
    address: Annotated[str | None, typer.Option(help="A cluster's dashboard, such as http://127.0.0.1:8265.")] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Number of seeds, instead of the study's.")] = None,
    results: Annotated[str | None, typer.Option(help="Folder of results, or s3://..., instead of the study's.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run stored failures again.")] = False,
    up: Annotated[bool, typer.Option("--up", help="Start the launcher file's cluster first.")] = False,
    down: Annotated[
        bool,
        typer.Option("--down", help="End the launcher file's cluster afterwards; end a job of Kubernetes or Slurm."),
    ] = False,
    detach: Annotated[bool, typer.Option("--detach", help="Return as soon as the job is submitted.")] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Repeat the log of a job of Kubernetes or Slurm to its end.")
    ] = False,
    price: Annotated[float | None, typer.Option(min=0, help="Of a node an hour, to say what it may cost.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what the cluster would get; send nothing.")] = False,
    until: Annotated[
        str | None,
        typer.Option(metavar="decided|METRIC=NUMBER", help="Add seeds until it is decided, or so precise: eer=0.005."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Run a study on a cluster. Stored trials are not run again, and a job that runs already is followed."""
    from sweep.running.opening import open_study
    from sweep.submit import launcher
    from sweep.submit.cluster_file import check_filled_in, read_cluster_file
    from sweep.submit.clusters import ALONE, kind_of, ray
    from sweep.submit.outlook import outlook
    from sweep.submit.token import read_token

    if (cluster is None) == (address is None):
        raise InputError("Expected --cluster FILE or --address ADDRESS. docs/cluster.md shows the files.")
    file = None if cluster is None else read_cluster_file(cluster)
    kind = "ray" if file is None else kind_of(file)
    _check_options(file, kind, study=study, up=up, down=down, detach=detach, follow=follow)
    if file is not None and not dry_run:
        check_filled_in(file)
    if study is None:
        assert file is not None  # noqa: S101 (checked above; for the type checker)
        if up:
            launcher.up(file, _hear)
        else:
            launcher.down(file)
        return
    opened = open_study(study, seeds=seeds, results=results, until=until)
    wanted = opened.study
    source = Path(study) if Path(study).is_file() else None
    if file is not None and kind in ALONE:
        _alone(
            kind,
            file,
            wanted,
            study,
            source,
            price,
            json,
            retry_failed=retry_failed,
            down=down,
            follow=follow,
            dry=dry_run,
        )
        return
    n_nodes = None if file is None else ray.n_nodes(file)
    foretold = outlook(wanted, file, n_nodes=n_nodes, hours=None, price=price)
    if dry_run:
        for line in (*foretold, *ray.listing(wanted, source)):
            _hear(line)
        sys.stdout.write(yaml.safe_dump(wanted.model_dump(mode="json", exclude={"results"}), sort_keys=True))
        return
    token = read_token()
    if file is not None and up:
        launcher.up(file, _hear)
    try:
        done = ray.run(
            file, address or "", wanted, source, token, _hear, foretold, retry_failed=retry_failed, detach=detach
        )
    except KeyboardInterrupt:
        stopped("stopped, and the job goes on. The same command follows it; `sweep status` shows its state.")
    if file is not None and down:
        launcher.down(file)
    _tell(done, wanted, opened.modules, json)


def _alone(
    kind: str,
    file: "ClusterFile",
    wanted: "Study",
    name: str,
    source: Path | None,
    price: float | None,
    json: bool,
    *,
    retry_failed: bool,
    down: bool,
    follow: bool,
    dry: bool,
) -> None:
    """Give a study to a cluster whose jobs go their way alone, or show or end its job."""
    from sweep.submit import batch
    from sweep.submit.clusters import ALONE
    from sweep.submit.outlook import outlook

    job = ALONE[kind].render(file, wanted, name, source, retry_failed=retry_failed)
    if down:
        batch.end(kind, job, _hear)
        return
    foretold = outlook(wanted, file, n_nodes=job.n_nodes, hours=job.hours, price=price)
    if dry:
        for line in (*foretold, *job.listing):
            _hear(line)
        sys.stdout.write(job.text)
        return
    job = batch.submit(kind, file, wanted, job, _hear, foretold)
    state = "submitted"
    if follow:
        try:
            state = batch.follow(kind, job, _hear)
        except KeyboardInterrupt:
            stopped(f"stopped, and {job.name} goes on. `sweep status {wanted.study}` shows its state.")
    if json:
        say_json({"study": wanted.study, "kind": kind, "submission_id": job.name, "state": state})
    if follow and state not in ("completed", "succeeded"):
        raise ClusterError(
            f"Expected {job.name} to end well. Received: {state}. See its log above. The same command runs the trials "
            "that are not stored."
        )


def _check_options(
    file: "ClusterFile | None", kind: str, *, study: str | None, up: bool, down: bool, detach: bool, follow: bool
) -> None:
    from sweep.submit.clusters import ALONE

    alone = kind in ALONE
    if up and (file is None or alone):
        raise InputError("Expected a launcher file with --up. Received: another kind of cluster.")
    if down and file is None:
        raise InputError("Expected a cluster's file with --down. Received: an address, whose cluster is not ours.")
    if follow and not alone:
        raise InputError("Expected a RayJob or a batch script with --follow. A job of Ray is followed without it.")
    if follow and detach:
        raise InputError("Expected --follow or --detach. Received: both.")
    if alone and study is None:
        raise InputError("Expected a study, whose job is meant. Received: none.")
    if down and detach:
        raise InputError("Expected --down or --detach. Received: both; the cluster would end with the job on it.")
    if study is None and (up == down):
        raise InputError(
            "Expected a study; without one, --up or --down alone. `sweep studies` lists the built-in ones."
        )


def _hear(line: str) -> None:
    note(f"sweep: {line}")


def _tell(done: "Submission", wanted: "Study", modules: tuple[str, ...], json: bool) -> None:
    """Print what became of a job, and end with its exit code."""
    from sweep import report
    from sweep.store import store
    from sweep.store.places import place
    from sweep.study.trust import Trust

    study = wanted.study
    own = Trust(modules, frozenset(filter(None, [wanted.answer])))  # of the person's study file, not of what came home

    ended = done.exit_code is not None or done.state in ("stopped", "failed")
    where = str(done.folder or place(wanted.results) / study)
    stood = None if done.standing is None else asdict(done.standing)
    told = {"study": study, "kind": "ray", "submission_id": done.submission_id, "state": done.state, "results": where}
    shown = done.folder if ended and stood and stood["n_ok"] else None
    written = report.write(store.load(shown), trust=own) if shown else None
    if json:
        say_json({**told, **(stood or {}), "report": report.as_json(written) if written else None})
    elif written:
        say(report.as_text(written, terminal=sys.stdout.isatty()), styled=True)
    if not ended:
        note(f"sweep: {done.submission_id} goes on. `sweep status {study}`; the same command copies its results.")
        return
    note(f"sweep: {done.submission_id} {done.state}; results in {where}")
    if done.exit_code in (1, 2, 3):
        raise typer.Exit(done.exit_code)
    if done.state != "succeeded":
        raise ClusterError(
            f"Expected {done.submission_id} to end well. Received: {done.state}, exit code {done.exit_code}. See its "
            "log above. The same command runs the trials that are not stored."
        )

"""`sweep run STUDY`: run what is missing, then print the report."""

import sys
from typing import Annotated

import typer

from sweep.commands.output import note, say, say_json, stopped


def run(
    study: Annotated[str, typer.Argument(help="A study file, or the name of a built-in study.")],
    seeds: Annotated[int | None, typer.Option(min=1, help="Number of seeds, instead of the study's.")] = None,
    results: Annotated[str | None, typer.Option(help="Folder of results, instead of the study's.")] = None,
    address: Annotated[str | None, typer.Option(help="Address of a running Ray cluster.")] = None,
    slots: Annotated[int | None, typer.Option(min=1, help="Processors to use on this machine.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run stored failures again.")] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Wait for trials that another run of the study is training.")
    ] = False,
    accept_code: Annotated[
        bool, typer.Option("--accept-code", help="Count stored trials of other code too; the report says so.")
    ] = False,
    until: Annotated[
        str | None,
        typer.Option(metavar="decided|METRIC=NUMBER", help="Add seeds until it is decided, or so precise: eer=0.005."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Run the trials of a study that are not stored yet, and print the report."""
    from sweep.running.head_start import import_ahead
    from sweep.study.study import Study

    if about := Study.load(study).about:
        note(f"sweep: {about}")
    import_ahead(study, seeds=seeds, results=results, retry_failed=retry_failed)  # the rest takes a second to import

    from sweep.running.execution import run as run_study
    from sweep.running.opening import module_folders
    from sweep.study.trust import Trust

    try:
        done = run_study(
            study,
            seeds=seeds,
            results=results,
            address=address,
            slots=slots,
            retry_failed=retry_failed,
            follow=follow,
            accept_code=accept_code,
            until=until,
        )
    except KeyboardInterrupt:
        stopped("stopped. Finished trials are stored; give the same command to go on.")
    from sweep import report
    from sweep.store import store

    for text in done.notes:
        note(f"sweep: {text}")
    own = Trust(module_folders(study), everything=True)  # study.json is as the person's own study file says
    written = report.write(store.load(done.folder), trust=own)
    failed = f", {done.n_failed} failed (--retry-failed runs them again)" if done.n_failed else ""
    note(
        f"sweep: {done.n_run} trials run in {done.seconds:.0f} s; {done.n_ok} of {done.n_planned} ok{failed}; "
        f"results in {done.folder}"
    )
    if done.verdict:
        note(f"sweep: {done.verdict}")
    if json:
        counts = {"n_planned": done.n_planned, "n_run": done.n_run, "n_ok": done.n_ok, "n_failed": done.n_failed}
        say_json({**counts, "results": str(done.folder), "report": report.as_json(written)})
    else:
        say(report.as_text(written, terminal=sys.stdout.isatty()), styled=True)
    if done.n_failed:
        raise typer.Exit(1)

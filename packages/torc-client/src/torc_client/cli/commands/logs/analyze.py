"""`torc logs analyze`."""

from pathlib import Path

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.log_files.analysis import analyze as look
from torc_client.log_files.sources import logs

_COLUMNS = (
    Column("Severity", "severity"),
    Column("Pattern", "pattern"),
    Column("Lines", "count", right=True),
    Column("Jobs", "job_ids", lambda ids: ", ".join(map(str, ids[:5])) + " ..." * (len(ids) > 5)),
    Column("Meaning", "meaning"),
    Column("What helps", "remedy"),
    Column("First seen", "first", lambda place: f"{place['file']}:{place['line']}: {place['text'][:60]}"),
)


@command(short_help="Say what logs tell that went wrong.")
@click.argument("source", metavar="FOLDER|BUNDLE", type=click.Path(path_type=Path))
@click.option("-w", "--workflow-id", type=int, help="Only logs of this workflow.")
def analyze(app: App, source: Path, workflow_id: int | None) -> Report:
    """Look through the logs in a runner's output folder, or in a bundle, for what is known to mean trouble.

    Want of memory, time, disk and files, failed nodes and GPUs, crashes, exceptions: each with the jobs that it
    struck, and what helps. No server is asked.
    """
    del app  # needs no server
    found = look(logs(source, workflow_id))
    record = {
        "path": str(source),
        "workflow_id": workflow_id,
        "files": found.files,
        "lines": found.lines,
        "errors": found.errors,
        "warnings": found.warnings,
        "patterns": found.patterns,
    }
    said = f"{found.files} logs with {found.lines} lines: {found.errors} errors, {found.warnings} warnings."
    hint = "" if found.files else "Are these the runners' files? Their names have wf and the workflow's id in them."
    return Report(record, Listing(found.patterns, _COLUMNS, "pattern", "patterns"), [said, *([hint] if hint else [])])

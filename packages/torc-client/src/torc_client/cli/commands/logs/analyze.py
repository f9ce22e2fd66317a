"""`torc logs analyze`."""

from collections.abc import Sequence
from pathlib import Path

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.errors import TorcError
from torc_client.log_files.analysis import Found
from torc_client.log_files.analysis import analyze as look
from torc_client.log_files.job_logs import USUAL_FOLDER
from torc_client.log_files.sources import bundle_facts, logs, workflows_in
from torc_client.option_types import UserPath
from torc_client.text import count

_COLUMNS = (
    Column("Severity", "severity"),
    Column("Pattern", "pattern"),
    Column("Lines", "count", right=True),
    Column("Job IDs", "job_ids", lambda ids: ", ".join(map(str, ids[:5])) + " ..." * (len(ids) > 5), title="Jobs"),
    Column("Meaning", "meaning"),
    Column("Remedy", "remedy"),
    Column(
        "First seen", "first", lambda place: f"{place['file']}:{place['line']}: {place['text'][:_SHOWN]}", wraps=True
    ),
)
_IMPORTANCE = ("pattern", "first", "job_ids", "count", "severity")
_BELOW = ("meaning", "remedy")
"""What sentences below a table say: what to do is never shortened."""
_SHOWN = 200
"""The characters of the line in which a pattern was first seen."""
_NAMED = 5


@command(is_list=True, short_help="Find known problems in logs.")
@click.argument("source", metavar="[FOLDER|BUNDLE]", default=USUAL_FOLDER, type=UserPath(path_type=Path))
@click.option("-w", "--workflow-id", type=int, help="Only this workflow.")
def analyze(app: App, source: Path, workflow_id: int | None) -> Report:
    """Search the logs in a runner's output folder, or in a bundle, for known problems.

    The default is the folder torc_output. A folder with logs of several workflows requires --workflow-id; one without
    logs is an error.
    Known problems are lack of memory, time or disk space, missing files, failures of nodes and GPUs, crashes and
    exceptions. Each is listed with the affected jobs and a remedy. No server is needed.
    """
    present = workflows_in(source)
    if workflow_id is None and len(present) > 1:
        shown = f"{', '.join(map(str, present[:_NAMED]))}{' ...' * (len(present) > _NAMED)}"
        raise TorcError(
            f"{source} has logs of workflows {shown}.",
            "Choose one with --workflow-id.",
        )
    found = look(logs(source, workflow_id))
    if not found.files:
        whose = "" if workflow_id is None else f" of workflow {workflow_id}"
        raise TorcError(
            f"{source} has no log files{whose}.",
            "Names of log files contain wf and the id of the workflow: is this the right folder?",
        )
    record = {
        "path": str(source),
        "workflow_id": workflow_id if workflow_id is not None or not present else present[0],
        "files": found.files,
        "lines": found.lines,
        "errors": found.errors,
        "warnings": found.warnings,
        "patterns": found.patterns,
    }
    summary = (
        f"{count('file', found.files)} parsed with {count('line', found.lines)}:"
        f" {count('error', found.errors)}, {count('warning', found.warnings)}."
    )
    facts = bundle_facts(source)
    bundle = f"Bundle info: workflow {facts.get('workflow_id')} ({facts.get('workflow_name')})."
    return Report(
        record,
        _listing(found.patterns, is_table=app.format == "table"),
        [*([bundle] if facts else []), summary],
    )


def _listing(patterns: Sequence[Found], *, is_table: bool) -> Listing:
    columns = [each for each in _COLUMNS if not (is_table and each.member in _BELOW)]
    more = [each for each in _COLUMNS if each.member in _BELOW]
    notes = [f"{each.pattern}: {_sentence(each.meaning)} {_sentence(each.remedy)}" for each in patterns]
    return Listing(patterns, columns, "pattern", "patterns", importance=_IMPORTANCE, more=more, notes=notes)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."

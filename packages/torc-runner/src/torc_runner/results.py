"""What `torc run` leaves on stdout: a table and a sentence, or a JSON object."""

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from torc_client.api.enums import JobStatus
from torc_runner.instructions import Ending
from torc_runner.summary import Line, Summary

_COLORS = {
    JobStatus.COMPLETED: "green",
    JobStatus.FAILED: "red",
    JobStatus.TERMINATED: "red",
    JobStatus.CANCELED: "yellow",
    JobStatus.PENDING_FAILED: "red",
}


def show(summary: Summary, output_format: str) -> None:
    """Print a summary as `table` or `json`."""
    console = Console()
    if output_format == "json":
        console.out(as_json(summary), highlight=False)
        return
    if summary.jobs:
        console.print(as_table(summary))
    console.print(sentence(summary), markup=False, highlight=False, soft_wrap=True)


def as_json(summary: Summary) -> str:
    """Write a summary as an indented JSON object."""
    content = {
        "workflow_id": summary.workflow_id,
        "workflow_name": summary.workflow_name,
        "run_id": summary.run_id,
        "ending": summary.ending.name.lower(),
        "is_complete": summary.is_complete,
        "exit_code": summary.exit_code,
        "total_jobs": summary.total_jobs,
        "jobs_by_status": summary.counts,
        "results": [msgspec.to_builtins(line) for line in summary.jobs],
        "results_are_partial": summary.is_partial,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def as_table(summary: Summary) -> Table:
    """Draw the jobs."""
    title = "Jobs that did not succeed" if summary.is_partial else None
    table = Table(title=title, title_justify="left", box=box.ROUNDED)
    for heading in ("ID", "Name", "Status", "Return code", "Seconds"):
        table.add_column(heading, justify="left" if heading in {"Name", "Status"} else "right", overflow="fold")
    for line in summary.jobs:
        table.add_row(*_cells(line))
    return table


def _cells(line: Line) -> list[Text]:
    return [
        Text(str(line.job_id)),
        Text(printable(line.name)),
        Text(line.status.value, style=_COLORS.get(line.status, "")),
        Text("" if line.return_code is None else str(line.return_code)),
        Text("" if line.exec_seconds is None else f"{line.exec_seconds:.2f}"),
    ]


def printable(text: str) -> str:
    """Replace what a terminal might obey."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def sentence(summary: Summary) -> str:
    """Say in one line how it went, and what to do when it has not come to its end."""
    counts = ", ".join(f"{count} {status}" for status, count in summary.counts.items()) or "no jobs"
    text = f"Workflow {summary.workflow_id} ({printable(summary.workflow_name)}), run {summary.run_id}: {counts}."
    resume = f"`torc run {summary.workflow_id}` goes on with it."
    match summary.ending:
        case Ending.STOPPED:
            return f"{text} Stopped before the end; {resume}"
        case Ending.IDLE if not summary.is_complete:
            return f"{text} Nothing was left that could run here; the log says why. {resume}"
        case Ending.TIME_OVER if not summary.is_complete:
            return f"{text} The time of this node was over; {resume}"
        case Ending.CANCELED:
            return f"{text} It was canceled."
        case _:
            return text

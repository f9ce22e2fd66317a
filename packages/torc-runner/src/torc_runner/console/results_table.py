"""Prints the jobs of a summary as a table."""

import sys

from rich import box
from rich.table import Table
from rich.text import Text

from torc_client.api.enums import JobStatus
from torc_client.edge.terminal_text import inert_line
from torc_client.terminal_console import terminal_console
from torc_runner.console.summary import Line, Summary

_COLORS = {
    JobStatus.COMPLETED: "green",
    JobStatus.FAILED: "red",
    JobStatus.TERMINATED: "red",
    JobStatus.CANCELED: "yellow",
    JobStatus.PENDING_FAILED: "red",
}


def print_table(summary: Summary) -> None:
    """Print the jobs, as wide as the terminal."""
    terminal_console(sys.stdout).print(as_table(summary))


def as_table(summary: Summary) -> Table:
    """Return the jobs as a table."""
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
        Text(inert_line(line.name)),
        Text(line.status.value, style=_COLORS.get(line.status, "")),
        Text("" if line.return_code is None else str(line.return_code)),
        Text("" if line.exec_seconds is None else f"{line.exec_seconds:.2f}"),
    ]

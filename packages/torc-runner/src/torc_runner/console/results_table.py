"""Prints the jobs of a summary as a table."""

import sys
from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from torc_client.api.enums import JobStatus
from torc_client.edge.terminal_text import inert_line
from torc_client.shortening import best_cut
from torc_client.terminal_console import terminal_console
from torc_client.text import duration
from torc_runner.console.summary import Line, Summary

_HEADINGS = ("ID", "Name", "Status", "Return code", "Duration")
_NAME = _HEADINGS.index("Name")
_LEAST_NAME_COLUMNS = 16
# A blank on each side, and the line between two columns.
_BORDER = 3
_COLORS = {
    JobStatus.COMPLETED: "green",
    JobStatus.FAILED: "red",
    JobStatus.TERMINATED: "red",
    JobStatus.CANCELED: "yellow",
    JobStatus.PENDING_FAILED: "red",
}


def print_table(summary: Summary) -> None:
    """Print the jobs, as wide as the terminal."""
    console = terminal_console(sys.stdout)
    console.print(as_table(summary, console.width))


def as_table(summary: Summary, columns: int) -> Table:
    """Return the jobs as a table for a terminal of `columns` columns. Of names that are too long, a part is shown."""
    title = "Jobs that did not succeed" if summary.is_partial else None
    table = Table(title=title, title_justify="left", box=box.ROUNDED)
    for heading in _HEADINGS:
        table.add_column(heading, justify="left" if heading in {"Name", "Status"} else "right", overflow="fold")
    rows = [_cells(line) for line in summary.jobs]
    name_columns = max(_LEAST_NAME_COLUMNS, columns - _columns_beside_names(rows))
    cut = best_cut([row[_NAME].plain for row in rows], name_columns)
    for row in rows:
        row[_NAME] = Text(cut(row[_NAME].plain, name_columns, "…"))
        table.add_row(*row)
    return table


def _columns_beside_names(rows: Sequence[Sequence[Text]]) -> int:
    """Return how wide the table is without its names."""
    widths = [
        max(len(heading), *(row[place].cell_len for row in rows))
        for place, heading in enumerate(_HEADINGS)
        if place != _NAME
    ]
    return sum(widths) + len(_HEADINGS) * _BORDER + 1


def _cells(line: Line) -> list[Text]:
    return [
        Text(str(line.job_id)),
        Text(inert_line(line.name)),
        Text(line.status.value, style=_COLORS.get(line.status, "")),
        Text("" if line.return_code is None else str(line.return_code)),
        Text("" if line.exec_seconds is None else duration(line.exec_seconds)),
    ]

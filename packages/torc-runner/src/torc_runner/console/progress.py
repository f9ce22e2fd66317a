"""Progress on stderr: one line that is redrawn on a terminal, lines of the log elsewhere."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import repeat
from typing import TYPE_CHECKING

from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.log_format import LogFormatter
from torc_runner.console.progress_text import JobCounts, Reading, progress_line
from torc_runner.log import FORMAT, IN_RESULTS

if TYPE_CHECKING:
    from rich.console import Console

_IN_TERMINAL_SECONDS = 3.0
_FIRST_LINE_SECONDS = 10.0
_MOST_SECONDS = 60.0
"""The longest pause between two lines in a log."""


class ProgressReport:
    """Shows what the runner does, and how far the workflow is."""

    def __init__(self, echo: logging.Handler, print_line: Callable[[str], None], *, is_live: bool) -> None:
        self.echo = echo
        """The handler for the log of the runner."""
        self._print_line = print_line
        self._is_live = is_live
        self._counts = JobCounts()
        self._num_ended_before = 0
        self._reading: Reading | None = None
        self._client: TorcClient | None = None

    @property
    def num_ended(self) -> int:
        """Number of jobs that ended here."""
        return self._num_ended_before + self._counts.total_ended

    def show(self, counts: JobCounts) -> None:
        """Note the counts of the runner, and show them at once in a terminal."""
        if counts is not self._counts:  # the runner registered again
            self._num_ended_before = self.num_ended
        self._counts = counts
        if self._is_live:
            self._print_line(self._line())

    def _line(self) -> str:
        is_away = self._client is not None and self._client.is_server_away
        return progress_line(self._counts, self._reading, is_server_away=is_away)

    @asynccontextmanager
    async def following(self, client: TorcClient, workflow_id: int) -> AsyncIterator[None]:
        """Read the status of the workflow from time to time. Shows at once that the server does not answer."""
        self._client = client
        client.report_waits(lambda _: self.show(self._counts))  # the log of the runner has the sentences
        task = asyncio.create_task(self._follow(client, workflow_id))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _follow(self, client: TorcClient, workflow_id: int) -> None:
        last = ""
        for pause_seconds in repeat(_IN_TERMINAL_SECONDS) if self._is_live else _pauses():
            if not self._is_live:
                await asyncio.sleep(pause_seconds)
            with suppress(TorcError):  # the log of the runner reports outages
                status = await client.workflows.get_workflow_status(workflow_id)
                self._reading = Reading(status, dict(self._counts.ended))
            line = self._line()
            if line != last:
                self._print_line(line)
            last = line
            if self._is_live:
                await asyncio.sleep(pause_seconds)


def _pauses() -> Iterator[float]:
    pause_seconds = _FIRST_LINE_SECONDS
    while True:
        yield pause_seconds
        pause_seconds = min(_MOST_SECONDS, pause_seconds * 1.5)


@contextmanager
def progress() -> Iterator[ProgressReport]:
    """Yield what shows the progress on stderr."""
    if sys.stderr.isatty():
        with _display() as report:
            yield report
        return
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(LogFormatter(FORMAT))

    def print_line(text: str) -> None:
        lines.handle(logging.LogRecord("torc_runner", logging.INFO, "", 0, f"Progress: {text}", None, None))

    yield ProgressReport(lines, print_line, is_live=False)


class WarningsAbove(logging.Handler):
    """Prints warnings above a live display."""

    def __init__(self, console: "Console") -> None:
        super().__init__(logging.WARNING)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record, unless the results will have it."""
        if getattr(record, "phrase", "") in IN_RESULTS:
            return
        self._console.print(self.format(record), markup=False, highlight=False)


@contextmanager
def _display() -> Iterator[ProgressReport]:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - most runs need no rich

    from torc_client.terminal_console import terminal_console  # noqa: PLC0415 - the same

    console = terminal_console(sys.stderr)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("starting")
        yield ProgressReport(WarningsAbove(console), lambda text: shown.update(task, description=text), is_live=True)

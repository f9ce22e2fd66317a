"""Progress on stderr: a live display on a terminal, lines of the log elsewhere."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torc_client.api.enums import JobStatus
from torc_client.log_format import LogFormatter
from torc_runner.log import FORMAT

if TYPE_CHECKING:
    from rich.console import Console

_SHOWN = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TERMINATED)


@dataclass(slots=True)
class JobCounts:
    """The numbers of jobs that one runner runs and has ended."""

    running: int = 0
    ended: dict[JobStatus, int] = field(default_factory=dict)

    def add(self, status: JobStatus) -> None:
        """Count a job that ended with this status."""
        self.ended[status] = self.ended.get(status, 0) + 1


def words(counts: JobCounts) -> str:
    """Format the counts in one line."""
    ended = [f"{counts.ended[status]} {status}" for status in _SHOWN if status in counts.ended]
    return " · ".join([f"{counts.running} running", *ended])


@contextmanager
def progress() -> Iterator[tuple[logging.Handler, Callable[[JobCounts], None]]]:
    """Yield a log handler for stderr, and a function that shows the counts."""
    if sys.stderr.isatty():
        with _display() as shown:
            yield shown
        return
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(LogFormatter(FORMAT))
    yield lines, lambda _: None


class _WarningsAbove(logging.Handler):
    """Prints warnings above a live display."""

    def __init__(self, console: "Console") -> None:
        super().__init__(logging.WARNING)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        self._console.print(self.format(record), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _display() -> Iterator[tuple[logging.Handler, Callable[[JobCounts], None]]]:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - most runs need no rich

    from torc_client.terminal_console import terminal_console  # noqa: PLC0415 - the same

    console = terminal_console(sys.stderr)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("starting")
        yield _WarningsAbove(console), lambda counts: shown.update(task, description=words(counts))

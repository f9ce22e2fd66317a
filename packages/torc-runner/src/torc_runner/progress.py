"""What a person sees while jobs run, on stderr: a display on a terminal, the log's lines elsewhere."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from torc_client.api.enums import JobStatus
from torc_runner.log import FORMAT
from torc_runner.tally import Tally

_SHOWN = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TERMINATED)


class _AboveTheDisplay(logging.Handler):
    """Prints warnings above a live display, which stays where it is."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        self._console.print(self.format(record), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[tuple[logging.Handler, Callable[[Tally], None]]]:
    """Give what logs to the person and what shows the counts."""
    console = Console(stderr=True)
    if not console.is_terminal:
        lines = logging.StreamHandler(sys.stderr)
        lines.setFormatter(logging.Formatter(FORMAT))
        yield lines, lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as display:
        task = display.add_task("starting")
        yield _AboveTheDisplay(console), lambda tally: display.update(task, description=words(tally))


def words(tally: Tally) -> str:
    """Say the counts in one line."""
    ended = [f"{tally.ended[status]} {status}" for status in _SHOWN if status in tally.ended]
    return " · ".join([f"{tally.running} running", *ended])

"""A live display of the counts, for a person at a terminal."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from torc_client.api.enums import JobStatus
from torc_runner.console.tally import Tally

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
def display() -> Iterator[tuple[logging.Handler, Callable[[Tally], None]]]:
    """Give what logs above the display and what shows the counts in it."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("starting")
        yield _AboveTheDisplay(console), lambda tally: shown.update(task, description=words(tally))


def words(tally: Tally) -> str:
    """Say the counts in one line."""
    ended = [f"{tally.ended[status]} {status}" for status in _SHOWN if status in tally.ended]
    return " · ".join([f"{tally.running} running", *ended])

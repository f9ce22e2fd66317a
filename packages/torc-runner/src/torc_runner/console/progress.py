"""What a person sees while jobs run, on stderr: a display on a terminal, the log's lines elsewhere."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torc_runner.console.tally import Tally
from torc_runner.log import FORMAT


@contextmanager
def progress() -> Iterator[tuple[logging.Handler, Callable[[Tally], None]]]:
    """Give what logs to the person and what shows the counts."""
    if sys.stderr.isatty():
        from torc_runner.console.display import display  # noqa: PLC0415 - most runs need no rich

        with display() as shown:
            yield shown
        return
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(logging.Formatter(FORMAT))
    yield lines, lambda _: None

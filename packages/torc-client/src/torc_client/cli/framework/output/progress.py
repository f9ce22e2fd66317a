"""A progress bar on stderr. It is shown only in a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torc_client.edge.terminal_text import inert

Advance = Callable[[int, int | None, str], None]
"""Called with the amount done, the total (None if unknown), and a description of the current step."""


def is_seen() -> bool:
    """Whether stderr is a terminal."""
    return sys.stderr.isatty()


def erase_line() -> None:
    """Erase the line in which another program shows its progress in the same terminal."""
    if not is_seen():
        return
    from rich.control import Control
    from rich.segment import ControlType

    from torc_client.terminal_console import terminal_console

    terminal_console(sys.stderr).control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))


@contextmanager
def bar(what: str, *, shown: bool = True) -> Iterator[Advance]:
    """Show a bar until the end of the block, if `shown`. Messages are printed above it."""
    if not shown or not is_seen():
        yield lambda _done, _total, _text: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from torc_client.terminal_console import terminal_console

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal_console(sys.stderr), transient=True) as progress:
        task = progress.add_task(inert(what), total=None)

        def advance(done: int, total: int | None, text: str) -> None:
            progress.update(task, completed=done, total=total, description=inert(text or what))

        yield advance

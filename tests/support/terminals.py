"""A program in a real terminal: a pseudo-terminal of tmux, and what it shows."""

import contextlib
import os
import select
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from support.processes import Place


class Terminal:
    """A terminal with one program. Keys go in; the screen is read again whenever the program writes."""

    def __init__(self, place: Place, socket: Path, written: int) -> None:
        self._place = place
        self._socket = socket
        self._written = written

    def tmux(self, *words: str) -> str:
        """Run a command of tmux, and return its output."""
        return self._place.run("tmux", "-S", self._socket, "-f", os.devnull, *words).stdout

    def press(self, *keys: str) -> None:
        """Press keys, by their names in tmux."""
        self.tmux("send-keys", "-t", "here", *keys)

    @property
    def lines(self) -> list[str]:
        """The lines of the screen."""
        return self.tmux("capture-pane", "-p", "-t", "here").splitlines()

    @property
    def pid(self) -> int:
        """The id of the process of the program."""
        return int(self.tmux("display-message", "-p", "-t", "here", "#{pane_pid}"))

    def until(self, condition: Callable[[list[str]], bool]) -> list[str]:
        """Wait until the screen satisfies a condition, and return its lines. The time limit of the test applies."""
        while not condition(lines := self.lines):
            select.select([self._written], [], [])
            os.read(self._written, 65536)
        return lines

    def shows(self, text: str) -> list[str]:
        """Wait until the screen shows a text."""
        return self.until(lambda lines: any(text in line for line in lines))

    def close(self) -> None:
        """Close the terminal, as when its window is closed or its connection is lost."""
        with contextlib.suppress(subprocess.SubprocessError, AssertionError):
            self.tmux("kill-server")


@contextlib.contextmanager
def terminal(place: Place, command: str, columns: int = 80, rows: int = 24) -> Iterator[Terminal]:
    """Run a command of the shell in a terminal, which is closed at the end."""
    socket, written = place.directory / "tmux", place.directory / "written"
    os.mkfifo(written)
    descriptor = os.open(written, os.O_RDWR | os.O_NONBLOCK)
    found = Terminal(place, socket, descriptor)
    try:
        size = ("-x", str(columns), "-y", str(rows))
        found.tmux("new-session", "-d", "-s", "here", *size, "cat")
        found.tmux("pipe-pane", "-t", "here", f"cat > '{written}'")
        found.tmux("respawn-pane", "-k", "-t", "here", command)
        yield found
    finally:
        found.close()
        os.close(descriptor)

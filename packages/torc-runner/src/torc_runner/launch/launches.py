"""The launches of one runner: a number for each started command, and the mark that all its descendants inherit."""

import os

from torc_runner.launch.marks import Marks, marked


class Launches:
    """The commands that one runner has started and that still run. `marker` is an environment entry of all of them."""

    def __init__(self, marker: str) -> None:
        self.marker = os.fsencode(marker)
        self.running: set[int] = set()
        """The numbers of launches whose first process has not ended."""
        self._marks = Marks(self.marker)
        self._last_number = 0
        with marked(self.mark_of(1)):
            self.are_marked = self.number_of(os.getpid()) == 1
            """Whether this system lets processes be marked."""

    def begin(self) -> int:
        """Return the number of a new launch."""
        self._last_number += 1
        self.running.add(self._last_number)
        return self._last_number

    def mark_of(self, number: int) -> int:
        """Return the mark of a launch."""
        return self._marks.of(number)

    def number_of(self, pid: int) -> int:
        """Return the launch that a process belongs to; 0 if it is not marked."""
        return self._marks.number_of(pid)

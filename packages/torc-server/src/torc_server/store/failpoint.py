"""Crashing on purpose, for tests of what a crash leaves behind."""

import os
import signal
from enum import StrEnum
from pathlib import Path

VARIABLE = "TORC_FAILPOINT"


class Failpoint(StrEnum):
    """Where the process may end."""

    BEFORE_COMMIT = "before_commit"
    BEFORE_REPLY = "before_reply"


class Crash:
    """Ends the process at one point, as ``kill -9`` would, when a file is there; never, where nobody asks for it.

    ``TORC_FAILPOINT=before_commit:/path/of/the/file`` asks. The file is removed, so that the next server lives. A
    number in it says how often the point is passed before.
    """

    def __init__(self) -> None:
        name, _, path = os.environ.get(VARIABLE, "").partition(":")
        self._point = Failpoint(name) if name else None
        self._armed = Path(path)

    def at(self, point: Failpoint) -> None:
        """End the process if it was asked to end here."""
        if self._point is point and self._armed.is_file():
            passes = int(self._armed.read_text() or 0)
            if passes > 0:
                self._armed.write_text(str(passes - 1))
                return
            self._armed.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

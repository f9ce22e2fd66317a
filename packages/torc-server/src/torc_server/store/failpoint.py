"""Deliberate crashes, for tests of recovery after a crash."""

import os
import signal
from enum import StrEnum
from pathlib import Path

VARIABLE = "TORC_FAILPOINT"


class Failpoint(StrEnum):
    """Points at which the process can end."""

    BEFORE_COMMIT = "before_commit"
    BEFORE_REPLY = "before_reply"


class Crash:
    """Ends the process at one point, like ``kill -9``, when a file exists; only if `TORC_FAILPOINT` is set.

    ``TORC_FAILPOINT=before_commit:/path/of/the/file`` names both. The file is removed, so that the next server is not
    affected. A number in it is the number of passes through the point before the crash.
    """

    def __init__(self) -> None:
        name, _, path = os.environ.get(VARIABLE, "").partition(":")
        self._point = Failpoint(name) if name else None
        self._armed = Path(path)

    def at(self, point: Failpoint) -> None:
        """End the process if it is to crash at this point."""
        if self._point is point and self._armed.is_file():
            passes = int(self._armed.read_text() or 0)
            if passes > 0:
                self._armed.write_text(str(passes - 1))
                return
            self._armed.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

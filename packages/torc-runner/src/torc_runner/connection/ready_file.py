"""The file by which a program that starts a runner learns that the server has accepted it, and answers it."""

import json
import os
import time
from contextlib import suppress
from pathlib import Path

from torc_client.edge.output_files import PRIVATE, write_text

_TOUCH_SECONDS = 2.0


class ReadyFile:
    """The file of one runner. A failure to write it does not affect the jobs."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._touched_at = float("-inf")
        self._text = ""

    def write(self, node_id: int, runner_id: str) -> None:
        """Write the compute node, which the server has accepted."""
        if self._path is not None:
            content = {"pid": os.getpid(), "compute_node_id": node_id, "runner_id": runner_id}
            self._text = f"{json.dumps(content)}\n"
            with suppress(OSError):
                write_text(self._path, self._text, PRIVATE)

    def touch(self) -> None:
        """Set the time of the file: the server has answered. Frequent calls have no effect.

        A file that was deleted is written again.
        """
        if self._path is None or time.monotonic() - self._touched_at < _TOUCH_SECONDS:
            return
        self._touched_at = time.monotonic()
        with suppress(OSError):
            try:
                os.utime(self._path)
            except FileNotFoundError:
                if self._text:
                    write_text(self._path, self._text, PRIVATE)

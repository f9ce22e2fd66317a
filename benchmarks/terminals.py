"""`torc tui` in a pseudo-terminal, of which all bytes are counted."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from pathlib import Path
from typing import Self

from benchmarks.service import PROGRAMS, Service

_LONGEST_SECONDS = 60.0
# The program has painted everything when nothing was written for this time.
_QUIET_SECONDS = 0.4


class Terminal:
    """A program that shows a workflow in a terminal of some columns and rows."""

    def __init__(self, service: Service, workflow_id: int, columns: int, rows: int) -> None:
        self._words = [str(PROGRAMS / "torc"), "tui", str(workflow_id), "--all-users"]
        self._environment = {**service.environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._directory = service.directory
        self._size = struct.pack("HHHH", rows, columns, 0, 0)
        self._master = -1
        self._process: subprocess.Popen[bytes] | None = None
        self._written = bytearray()
        self._last = 0.0
        self._grew = threading.Condition()
        self.started = 0.0

    def __enter__(self) -> Self:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, self._size)
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            self._words, cwd=self._directory, env=self._environment, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        os.close(self._master)

    def _read(self) -> None:
        while True:
            try:
                ready, _, _ = select.select([self._master], [], [], 1.0)
                piece = os.read(self._master, 65536) if ready else None
            except (OSError, ValueError):  # it has ended
                return
            if piece == b"":
                return
            if piece:
                with self._grew:
                    self._written += piece
                    self._last = time.perf_counter()
                    self._grew.notify_all()

    @property
    def written_bytes(self) -> int:
        """Number of bytes that the program has written to the terminal."""
        with self._grew:
            return len(self._written)

    def seconds_until(self, text: str) -> float:
        """Wait until a text was written; return the seconds since the start."""
        wanted = text.encode()
        with self._grew:
            if not self._grew.wait_for(lambda: wanted in self._written, _LONGEST_SECONDS):
                raise TimeoutError(f"{text!r} was not shown")
            return time.perf_counter() - self.started

    def settle(self) -> None:
        """Wait until the program writes nothing for a moment."""
        end = time.perf_counter() + _LONGEST_SECONDS
        while time.perf_counter() < end:
            with self._grew:
                if time.perf_counter() - self._last > _QUIET_SECONDS:
                    return
            time.sleep(_QUIET_SECONDS / 4)

    def press(self, key: bytes) -> float:
        """Press a key; return the seconds until the program has begun to paint."""
        with self._grew:
            before = len(self._written)
            start = time.perf_counter()
            os.write(self._master, key)
            if not self._grew.wait_for(lambda: len(self._written) > before, 5.0):
                raise TimeoutError(f"nothing was painted after {key!r}")
            return time.perf_counter() - start

    def resident_bytes(self) -> int:
        """Memory of the program that is in RAM now."""
        assert self._process is not None
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

"""Programs whose lines are recorded with the time at which they were printed."""

import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from support.processes import Place


@dataclass
class Said:
    """A printed line, and when: seconds of the monotonic clock."""

    at: float
    line: str


@dataclass
class Program:
    """A program that was observed. `began_at`, `ended_at` and the lines have times of the monotonic clock."""

    name: str
    began_at: float = field(default_factory=time.monotonic)
    ended_at: float | None = None
    code: int | None = None
    lines: list[Said] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Record a line."""
        self.lines.append(Said(time.monotonic(), line))

    def text(self) -> str:
        """Return all lines."""
        return "\n".join(each.line for each in self.lines)


class Running:
    """A program that runs on a host; its output and its end are recorded in `program`."""

    def __init__(self, place: Place, name: str, *words: Any, **options: Any) -> None:
        self.program = Program(name)
        self.process = place.start(*words, stderr=subprocess.STDOUT, bufsize=1, **options)
        self._grown = threading.Condition()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._grown:
                self.program.say(line.rstrip("\n"))
                self._grown.notify_all()
        self.process.stdout.close()
        code = self.process.wait()
        with self._grown:
            self.program.code, self.program.ended_at = code, time.monotonic()
            self._grown.notify_all()

    def wait_for(self, part: str, *, seconds: float | None = None) -> bool:
        """Wait for a line that contains `part`. False after this time, or if the program ended without it."""
        with self._grown:
            self._grown.wait_for(lambda: self.program.ended_at is not None or part in self.program.text(), seconds)
            return part in self.program.text()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of the program and its output. False if it still runs after this time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def stop(self, end: Callable[[subprocess.Popen[str]], None] = subprocess.Popen.terminate) -> None:
        """End the program if it still runs, and wait for its end."""
        if self.process.poll() is None:
            end(self.process)
        if not self.wait(20):
            self.process.kill()
            self.wait()

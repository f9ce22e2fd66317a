"""Search pieces of a log for a regular expression in a child process, because Python's `re` cannot be stopped."""

import json
import os
import re
import select
import subprocess
import sys
import time
from typing import Final, Self

from torc_client.bounded_search import TakesTooLongError
from torc_client.errors import TorcError
from torc_client.log_files.line_windows import Stop, StoppedError, never

MOST_SECONDS: Final = 20.0
_LOOK_MS = 100
_ANSWER_BYTES = 65536
# Reads the expression, then pieces with their task and length; answers each with a line of JSON.
CHILD = r"""
import json, re, sys
pattern, ignore_case = json.loads(sys.stdin.buffer.readline())
search = re.compile(pattern.encode("utf-8", "surrogateescape"), re.MULTILINE | (re.IGNORECASE if ignore_case else 0))
for header in sys.stdin.buffer:
    task, length = json.loads(header)
    piece = sys.stdin.buffer.read(length)
    answer, count = None, 0
    for found in search.finditer(piece):
        if found.end() == found.start():
            continue
        count += 1
        end = piece.find(b"\n", found.start(), found.end())
        answer = [found.start(), (found.end() if end < 0 else end) - found.start()]
        if task == "first":
            break
    print(json.dumps(count if task == "count" else answer), flush=True)
"""


class ExpressionFinder:
    """A regular expression, searched in a child process that ends with the context."""

    def __init__(self, pattern: str, *, match_case: bool, stop: Stop = never, seconds: float = MOST_SECONDS) -> None:
        """Check the expression. Raises TorcError if it is not valid."""
        try:
            re.compile(pattern.encode("utf-8", "surrogateescape"), re.MULTILINE)
        except (re.error, OverflowError, RecursionError, ValueError) as error:
            raise TorcError(f"{pattern!r} is not a valid regular expression: {error}.") from error
        self._request = json.dumps([pattern, not match_case]).encode() + b"\n"
        self._stop = stop
        self._end = time.monotonic() + seconds
        self._seconds = seconds

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        assert self._process.stdin is not None, "a pipe"  # noqa: S101 - for the type checker
        assert self._process.stdout is not None, "a pipe"  # noqa: S101 - for the type checker
        self._input, self._output = self._process.stdin, self._process.stdout
        os.set_blocking(self._input.fileno(), False)
        self._write(self._request)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._output.close()
        self._input.close()

    def first(self, piece: bytes) -> tuple[int, int] | None:
        """Return position and length of the first match. Raises TakesTooLongError, StoppedError, TorcError."""
        found = self._ask("first", piece)
        return (found[0], found[1]) if isinstance(found, list) else None

    def last(self, piece: bytes) -> tuple[int, int] | None:
        """Return position and length of the last match. Raises as `first` does."""
        found = self._ask("last", piece)
        return (found[0], found[1]) if isinstance(found, list) else None

    def count(self, piece: bytes) -> int:
        """Return the number of matches that do not overlap. Raises as `first` does."""
        found = self._ask("count", piece)
        return found if isinstance(found, int) else 0

    def _ask(self, task: str, piece: bytes) -> object:
        self._write(json.dumps([task, len(piece)]).encode() + b"\n")
        self._write(piece)
        line = bytearray()
        while not line.endswith(b"\n"):
            self._wait(self._output.fileno(), select.POLLIN)
            part = os.read(self._output.fileno(), _ANSWER_BYTES)
            if not part:
                raise TorcError("The process that searches for the expression ended.", "Search for a shorter one.")
            line += part
        return json.loads(line)

    def _write(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            self._wait(self._input.fileno(), select.POLLOUT)
            try:
                rest = rest[os.write(self._input.fileno(), rest) :]
            except BrokenPipeError as error:
                raise TorcError("The process that searches for the expression ended.") from error

    def _wait(self, descriptor: int, event: int) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        while not poll.poll(_LOOK_MS):
            if self._stop():
                raise StoppedError
            if time.monotonic() > self._end:
                raise TakesTooLongError(self._seconds)

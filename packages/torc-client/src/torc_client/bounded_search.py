"""Search of texts for regular expressions of users, in bounded time.

Python's `re` cannot be stopped, and some expressions take exponential time. Patterns that may take long are searched in
a child process, which is killed after `MAX_SECONDS`.
"""

import json
import os
import re
import select
import subprocess
import sys
import time
import weakref
from collections import Counter
from collections.abc import Collection

# Time for one pattern, and for each further one after the first that took too long.
MAX_SECONDS, FURTHER_SECONDS = 10.0, 1.0
# Steps of a search in this process: a fraction of a second.
MAX_STEPS = 5_000_000
# With this power, texts of one character take too many steps already. A larger one would only make huge numbers.
MAX_POWER = 23
PIECE_BYTES = 65536
CHOICES = re.compile(r"[*+?{|]")
# Answers each line, a pattern and the texts to search or null for all, with the positions of the texts that match.
CHILD = """
import json, re, sys
texts = json.loads(sys.stdin.readline())
for line in sys.stdin:
    pattern, some = json.loads(line)
    search = re.compile(pattern).search
    found = [position for position, text in enumerate(texts if some is None else some) if search(text)]
    print(json.dumps(found), flush=True)
"""


class TakesTooLongError(Exception):
    """A search did not end in time. The message has the time: "takes longer than 10 seconds"."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"takes longer than {seconds:g} seconds")


class BoundedSearch:
    """Searches the same texts for many patterns."""

    def __init__(self, texts: Collection[str]) -> None:
        self._texts = list(texts)
        self._lengths = Counter(map(len, self._texts))
        self._child: _Child | None = None
        self._seconds = MAX_SECONDS

    def search(self, pattern: re.Pattern[str], among: list[str] | None = None) -> list[str]:
        """Return the texts that the pattern matches somewhere: all texts, or those in `among`.

        Raises TakesTooLongError, OSError.
        """
        texts = self._texts if among is None else among
        if not texts:
            return []
        lengths = self._lengths if among is None else Counter(map(len, among))
        if _takes_few_steps(pattern.pattern, lengths):
            return [text for text in texts if pattern.search(text)]
        if self._child is None:
            self._child = _Child(self._texts)
        try:
            positions = self._child.search(pattern.pattern, among, self._seconds)
        except BaseException as error:
            self._child.end()
            self._child = None
            if isinstance(error, TakesTooLongError):
                self._seconds = min(self._seconds, FURTHER_SECONDS)
            raise
        return [texts[position] for position in positions]


def _takes_few_steps(pattern: str, lengths: Counter[int]) -> bool:
    """Whether a search takes at most MAX_STEPS: each repetition and each alternative has as many choices as characters.

    A repeated group can have exponentially many. `re` has no way to recognize one, so no pattern with groups is meant.
    """
    if "(" in pattern:
        return False
    power = len(CHOICES.findall(pattern)) + 1
    steps: int = sum(count * (length + 1) ** min(power, MAX_POWER) for length, count in lengths.items())
    return steps <= MAX_STEPS


class _Child:
    """The child process. It ends with this object."""

    def __init__(self, texts: list[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.end = weakref.finalize(self, _end, self._process)
        self._write(texts)

    def search(self, pattern: str, among: list[str] | None, seconds: float) -> list[int]:
        """Return the positions of matching texts. Raises TakesTooLongError, OSError."""
        self._write([pattern, among])
        return self._read(seconds)

    def _write(self, value: object) -> None:
        assert self._process.stdin is not None, "a pipe"  # noqa: S101 - for the type checker
        self._process.stdin.write(json.dumps(value).encode() + b"\n")
        self._process.stdin.flush()

    def _read(self, seconds: float) -> list[int]:
        end = time.monotonic() + seconds
        assert self._process.stdout is not None, "a pipe"  # noqa: S101 - for the type checker
        poll, line = select.poll(), bytearray()
        poll.register(self._process.stdout, select.POLLIN)
        while not line.endswith(b"\n"):
            if not poll.poll(max(end - time.monotonic(), 0) * 1000):
                raise TakesTooLongError(seconds)
            part = os.read(self._process.stdout.fileno(), PIECE_BYTES)
            if not part:
                raise OSError("the process for searches ended")
            line += part
        found: list[int] = json.loads(line)
        return found


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # unsent input of a process that has ended
                continue

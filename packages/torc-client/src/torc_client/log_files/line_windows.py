"""Read some lines of a large log: from an offset, before an offset, at the end. Nothing else of the log is read.

A line ends with a newline; what follows the last newline is a line too. Its content is cut if it is long.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

LINE_MOST_BYTES: Final = 16 * 1024
WINDOW_MOST_BYTES: Final = 1024 * 1024
_FIRST_PIECE_BYTES = 128 * 1024


class SeekableLog(Protocol):
    """A log that is read at any offset. It may grow, but not beyond `size_bytes` while it is read."""

    @property
    def size_bytes(self) -> int:
        """The size."""

    @property
    def piece_bytes(self) -> int:
        """The size of a piece that is read at once."""

    def read(self, offset_bytes: int, limit_bytes: int) -> bytes:
        """Return the bytes from an offset; fewer than the limit only at the end. Raises TorcError."""


class StoppedError(Exception):
    """The caller no longer needs the answer."""


Stop = Callable[[], bool]


def never() -> bool:
    """Never stop."""
    return False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log, at an offset."""

    offset: int
    content: bytes
    """Without the newline, and at most LINE_MOST_BYTES of it."""

    length: int
    """The number of bytes, with the newline."""

    has_newline: bool

    @property
    def hidden_bytes(self) -> int:
        """The number of bytes that `content` lacks."""
        return self.length - self.has_newline - len(self.content)

    @property
    def end(self) -> int:
        """The offset of the next line."""
        return self.offset + self.length


def lines_from(log: SeekableLog, start: int, most: int, stop: Stop = never, until: int | None = None) -> list[Line]:
    """Return the lines from the start of a line, at most WINDOW_MOST_BYTES of them and at least one."""
    end = log.size_bytes if until is None else min(until, log.size_bytes)
    lines: list[Line] = []
    taken, at, limit = 0, start, min(_FIRST_PIECE_BYTES, log.piece_bytes)
    while at < end and len(lines) < most and taken < WINDOW_MOST_BYTES:
        _check(stop)
        piece = log.read(at, min(limit, end - at))
        if not piece:  # the log became shorter
            break
        position = 0
        while len(lines) < most and taken < WINDOW_MOST_BYTES and (found := piece.find(b"\n", position)) >= 0:
            content = piece[position : min(found, position + LINE_MOST_BYTES)]
            lines.append(Line(at + position, content, found + 1 - position, has_newline=True))
            taken += len(content) + 1
            position = found + 1
        if position == 0:
            newline = _next_newline(log, at + len(piece), end, stop)
            length = (end if newline is None else newline + 1) - at
            content = log.read(at, min(LINE_MOST_BYTES, length - (newline is not None)))
            lines.append(Line(at, content, length, newline is not None))
            taken += len(lines[-1].content)
            at += length
        else:
            at += position
        limit = log.piece_bytes
    return lines


def start_of_lines_before(log: SeekableLog, end: int, most: int, stop: Stop = never) -> int:
    """Return the start of the last lines before the start of a line, or before the end of the log.

    They have at most WINDOW_MOST_BYTES, or are one line.
    """
    # The newline in front of `end` belongs to the last line.
    at, start, found = end - 1, end, 0
    limit = min(_FIRST_PIECE_BYTES, log.piece_bytes)
    position = max(at, 0)
    while position > 0 and found < most:
        _check(stop)
        first = max(0, position - limit)
        piece = log.read(first, position - first)
        cut = len(piece)
        while found < most and (cut := piece.rfind(b"\n", 0, cut)) >= 0:
            if found and end - (first + cut + 1) > WINDOW_MOST_BYTES:
                return start
            start, found = first + cut + 1, found + 1
        position, limit = first, log.piece_bytes
    if found == most or (found and end > WINDOW_MOST_BYTES):
        return start
    return 0


def start_of_line(log: SeekableLog, offset: int, stop: Stop = never) -> int:
    """Return the start of the line that has the byte at an offset."""
    position = max(0, min(offset, log.size_bytes))
    limit = min(_FIRST_PIECE_BYTES, log.piece_bytes)
    while position > 0:
        _check(stop)
        first = max(0, position - limit)
        found = log.read(first, position - first).rfind(b"\n")
        if found >= 0:
            return first + found + 1
        position, limit = first, log.piece_bytes
    return 0


def _next_newline(log: SeekableLog, at: int, end: int, stop: Stop) -> int | None:
    while at < end:
        _check(stop)
        piece = log.read(at, min(log.piece_bytes, end - at))
        if not piece:
            return None
        found = piece.find(b"\n")
        if found >= 0:
            return at + found
        at += len(piece)
    return None


def _check(stop: Stop) -> None:
    if stop():
        raise StoppedError

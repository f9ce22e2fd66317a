"""Find the first line of a log with a known error, and explain it. Without one, find a line that is probably one."""

import re
from dataclasses import dataclass
from typing import Final

from torc_client.log_files.line_search import piece_of_lines
from torc_client.log_files.line_windows import SeekableLog, Stop, StoppedError, never
from torc_client.log_files.patterns import PATTERNS, Pattern, Severity, pattern_of, possible_in

_PIECE_BYTES: Final = 256 * 1024
ERRORS: Final = tuple(pattern for pattern in PATTERNS if pattern.severity is Severity.ERROR)
_SAID_ERROR: Final = next(pattern for pattern in PATTERNS if pattern.name == "said_error")
# A line that begins with the name of an exception: the last one of a traceback of Python, also where it was cut.
_EXCEPTION: Final = Pattern(
    "exception",
    Severity.WARNING,
    (b"error", b"exception"),
    "A program printed an exception",
    "The lines before may show where.",
    re.compile(rb"^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception)(?::|\s*$)", re.MULTILINE),
)
_TRACEBACK: Final = "python"
# A traceback is read up to this length to find its last line.
_LONGEST_TRACEBACK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class KnownError:
    """A line with an error: its offset and its meaning. `is_certain` is false if it only looks like an error."""

    offset: int
    pattern: Pattern
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Searched:
    """The first known error, or else the first probable one, and the offset up to which the log was searched."""

    found: KnownError | None
    end: int


def first_error(log: SeekableLog, start: int = 0, stop: Stop = never, most_bytes: int | None = None) -> Searched:
    """Search from the start of a line to the end of the log, or to `stop`, or about `most_bytes`.

    Of a traceback of Python, the line with the exception is found. A probable error counts only if the whole part was
    searched without a known one.
    """
    at, probable = start, None
    end = log.size_bytes if most_bytes is None else min(log.size_bytes, start + most_bytes)
    while at < end and not stop():
        piece = piece_of_lines(log, at, log.size_bytes, never, _PIECE_BYTES)
        if not piece:
            break
        possible = [pattern for pattern in possible_in(piece) if pattern.severity is Severity.ERROR]
        position = 0
        for line in piece.split(b"\n") if possible else ():
            pattern = pattern_of(line, possible)
            if pattern is not None:
                offset = at + position
                if pattern.name == _TRACEBACK:
                    offset = _last_line_of_traceback(log, offset)
                return Searched(KnownError(offset, pattern), offset)
            position += len(line) + 1
        probable = probable or _probable(piece, at)
        at += len(piece)
    return Searched(probable if at >= end else None, at)


def _probable(piece: bytes, at: int) -> KnownError | None:
    """Return the first line of a piece that looks like an error."""
    lowered = piece.lower()
    found = []
    for pattern in (_EXCEPTION, _SAID_ERROR):
        if pattern.only_if is not None and any(phrase in lowered for phrase in pattern.phrases):
            match = pattern.only_if.search(piece)
            if match is not None:
                found.append(KnownError(at + piece.rfind(b"\n", 0, match.end() - 2) + 1, pattern, is_certain=False))
    return min(found, key=lambda each: each.offset, default=None)


def _last_line_of_traceback(log: SeekableLog, start: int) -> int:
    """Return the offset of the line with the exception: the first one after the indented lines. The start if none."""
    try:
        text = piece_of_lines(log, start, min(log.size_bytes, start + _LONGEST_TRACEBACK), never)
    except StoppedError:
        return start
    lines = text.split(b"\n")
    position = start + len(lines[0]) + 1
    for line in lines[1:]:
        if line.strip() and not line[:1].isspace():
            return position
        position += len(line) + 1
    return start

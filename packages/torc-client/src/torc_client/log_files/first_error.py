"""Find the first line of a log with a known error, and explain it."""

from dataclasses import dataclass
from typing import Final

from torc_client.log_files.line_search import piece_of_lines
from torc_client.log_files.line_windows import SeekableLog, Stop, never
from torc_client.log_files.patterns import PATTERNS, Pattern, Severity, pattern_of, possible_in

_PIECE_BYTES: Final = 256 * 1024
ERRORS: Final = tuple(pattern for pattern in PATTERNS if pattern.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True)
class KnownError:
    """A line with a known error: its offset and its meaning."""

    offset: int
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Searched:
    """The first known error, if there is one, and the offset up to which the log was searched."""

    found: KnownError | None
    end: int


def first_error(log: SeekableLog, start: int = 0, stop: Stop = never, most_bytes: int | None = None) -> Searched:
    """Search from the start of a line to the end of the log, or to `stop`, or about `most_bytes`."""
    at = start
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
                return Searched(KnownError(at + position, pattern), at + position)
            position += len(line) + 1
        at += len(piece)
    return Searched(None, at)

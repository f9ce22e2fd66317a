"""Search a large log for a text or an expression: the next or the previous match, and the number of matches.

Texts are searched in this process, a piece at a time. An expression runs in a child process, which is killed when it
takes too long or when the caller no longer needs the answer.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from torc_client.log_files.line_windows import SeekableLog, Stop, StoppedError, never

PIECE_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A match: the offset of its first byte, and its length."""

    offset: int
    length: int


class Finder(Protocol):
    """What is searched. A match lies in one line."""

    def first(self, piece: bytes) -> tuple[int, int] | None:
        """Return position and length of the first match."""

    def last(self, piece: bytes) -> tuple[int, int] | None:
        """Return position and length of the last match."""

    def count(self, piece: bytes) -> int:
        """Return the number of matches that do not overlap."""


class TextFinder:
    """A text. Without `match_case`, upper and lower case letters of ASCII are the same."""

    def __init__(self, text: str, *, match_case: bool) -> None:
        """Take a text without newlines that is not empty."""
        needle = text.encode("utf-8", "surrogateescape")
        self._fold = not match_case and needle.lower() != needle.upper()
        self._needle = needle.lower() if self._fold else needle

    def first(self, piece: bytes) -> tuple[int, int] | None:
        """Return position and length of the first match."""
        found = self._folded(piece).find(self._needle)
        return None if found < 0 else (found, len(self._needle))

    def last(self, piece: bytes) -> tuple[int, int] | None:
        """Return position and length of the last match."""
        found = self._folded(piece).rfind(self._needle)
        return None if found < 0 else (found, len(self._needle))

    def count(self, piece: bytes) -> int:
        """Return the number of matches that do not overlap."""
        return self._folded(piece).count(self._needle)

    def _folded(self, piece: bytes) -> bytes:
        return piece.lower() if self._fold else piece


def next_match(
    log: SeekableLog, finder: Finder, start: int, stop: Stop = never, end: int | None = None
) -> TextMatch | None:
    """Return the first match at or after an offset, which starts before `end`."""
    at, end = start, log.size_bytes if end is None else end
    while at < end:
        piece = piece_of_lines(log, at, end, stop)
        if not piece:
            return None
        found = finder.first(piece)
        if found is not None:
            return TextMatch(at + found[0], found[1])
        at += len(piece)
    return None


def previous_match(log: SeekableLog, finder: Finder, end: int, stop: Stop = never) -> TextMatch | None:
    """Return the last match that ends at or before an offset."""
    end = min(end, log.size_bytes)
    while end > 0:
        if stop():
            raise StoppedError
        start = max(0, end - PIECE_BYTES)
        piece = log.read(start, end - start)
        # The first line is probably incomplete: it belongs to the piece before, unless it is longer than a piece.
        cut = piece.find(b"\n") + 1 if start else 0
        if cut >= len(piece):
            cut = 0
        found = finder.last(piece[cut:])
        if found is not None:
            return TextMatch(start + cut + found[0], found[1])
        end = start + cut
    return None


def count_matches(log: SeekableLog, finder: Finder, stop: Stop = never) -> int:
    """Return the number of matches that do not overlap."""
    at = total = 0
    while at < log.size_bytes and (piece := piece_of_lines(log, at, log.size_bytes, stop)):
        total += finder.count(piece)
        at += len(piece)
    return total


def piece_of_lines(log: SeekableLog, at: int, end: int, stop: Stop, most_bytes: int = PIECE_BYTES) -> bytes:
    """Return a piece up to `end` that ends with the end of a line, if no line is longer than a piece."""
    if stop():
        raise StoppedError
    piece = log.read(at, min(most_bytes, end - at))
    if at + len(piece) >= end:
        return piece
    cut = piece.rfind(b"\n") + 1
    return piece[:cut] if cut else piece

"""Parts of a job's log that fit an answer. These functions wait for the disk or the runner: they run in a thread."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from torc_client.bounded_search import TakesTooLongError
from torc_client.errors import TorcError
from torc_client.log_files.expression_search import ExpressionFinder
from torc_client.log_files.first_error import KnownError, first_error
from torc_client.log_files.line_index import LineIndex
from torc_client.log_files.line_search import Finder, TextFinder, count_matches, next_match
from torc_client.log_files.line_windows import (
    Line,
    SeekableLog,
    Stop,
    StoppedError,
    lines_from,
    start_of_line,
    start_of_lines_before,
)
from torc_client.log_files.terminal_text import plain

TEXT_BYTES: Final = 18_000
"""The size of the text of a part."""

_SECONDS: Final = 20.0
_LEAD_LINES: Final = 12
_ERROR_LINES: Final = 40
_MATCHES_SHOWN: Final = 50
_LINE_CHARACTERS: Final = 2000


@dataclass(frozen=True, slots=True)
class LogPart:
    """Some lines of a log."""

    text: str
    what: str
    """Which lines these are."""

    first_line: int | None = None
    """The number of the first line, if it is known."""

    next_line: int | None = None
    """The number of the line after the last one, if there are more."""

    cut_lines: int = 0
    """Lines that were asked for and left off."""

    error: KnownError | None = None
    matches: int | None = None


Read = Callable[[SeekableLog, Stop], LogPart]


def read(log: SeekableLog, part: Read) -> LogPart:
    """Read a part within some seconds. Raises TorcError."""
    until = time.monotonic() + _SECONDS
    try:
        return part(log, lambda: time.monotonic() > until)
    except (StoppedError, TakesTooLongError) as error:
        raise TorcError(f"The log could not be read in {_SECONDS:g} s.", "Ask for its last lines instead.") from error


def last_lines(count: int) -> Read:
    """Read the last lines."""

    def part(log: SeekableLog, stop: Stop) -> LogPart:
        start = start_of_lines_before(log, log.size_bytes, count, stop) if log.size_bytes else 0
        lines = lines_from(log, start, count, stop)
        text, cut = _joined(lines, keeps_end=True)
        shown = len(lines) - cut
        return LogPart(text, f"the last {shown} lines", cut_lines=cut)

    return part


def lines_at(number: int, count: int) -> Read:
    """Read lines from a number on; the first line has the number 1."""

    def part(log: SeekableLog, stop: Stop) -> LogPart:
        start = 0 if number == 1 else LineIndex().start_of(log, number, stop)
        if start is None:
            index = LineIndex()
            index.count(log, stop)
            raise TorcError(f"The log has no line {number}; it has {index.lines_in(log)} lines.")
        lines = lines_from(log, start, count, stop)
        text, cut = _joined(lines, keeps_end=False)
        kept = lines[: len(lines) - cut]
        end = kept[-1].end if kept else start
        following = number + len(kept) if end < log.size_bytes else None
        return LogPart(text, f"{len(kept)} lines from line {number}", number, following, cut)

    return part


def matching_lines(pattern: str, *, is_expression: bool) -> Read:
    """Read the lines with a text or an expression, each with its number."""

    def part(log: SeekableLog, stop: Stop) -> LogPart:
        index, at = LineIndex(), 0
        shown: list[tuple[int | None, Line]] = []
        index.count(log, stop)
        with _finder(pattern, stop, is_expression=is_expression) as finder:
            total = count_matches(log, finder, stop)
            while len(shown) < _MATCHES_SHOWN and (found := next_match(log, finder, at, stop)) is not None:
                start = start_of_line(log, found.offset, stop)
                (line,) = lines_from(log, start, 1, stop)
                shown.append((index.number_at(log, start), line))
                at = line.end
        texts = [f"{number}: {_text(line)}" for number, line in shown]
        kept = _fitting(texts)
        what = f"{len(kept)} matching lines, each with its number"
        return LogPart("\n".join(kept), what, cut_lines=len(texts) - len(kept), matches=total)

    return part


def around_error(log: SeekableLog, stop: Stop) -> LogPart:
    """Read the lines around the first known error, else the last lines."""
    found = first_error(log, 0, stop).found
    if found is None:
        last = last_lines(_ERROR_LINES)(log, stop)
        return LogPart(last.text, f"no known error; {last.what}", cut_lines=last.cut_lines)
    start = start_of_lines_before(log, found.offset, _LEAD_LINES, stop) if found.offset else 0
    lines = lines_from(log, start, _ERROR_LINES, stop)
    text, cut = _joined(lines, keeps_end=False)
    index = LineIndex()
    index.count(log, stop)
    number = index.number_at(log, start)
    what = "the lines around the first known error" if found.is_certain else "the lines around a probable error"
    return LogPart(text, what, number, cut_lines=cut, error=found)


@contextmanager
def _finder(pattern: str, stop: Stop, *, is_expression: bool) -> Iterator[Finder]:
    if is_expression:
        with ExpressionFinder(pattern, match_case=True, stop=stop) as finder:
            yield finder
    else:
        yield TextFinder(pattern, match_case=False)


def _joined(lines: list[Line], *, keeps_end: bool) -> tuple[str, int]:
    texts = [_text(line) for line in lines]
    kept = _fitting(texts[::-1])[::-1] if keeps_end else _fitting(texts)
    return "\n".join(kept), len(texts) - len(kept)


def _fitting(texts: list[str]) -> list[str]:
    """Return the first texts that fit an answer together, at least one."""
    kept: list[str] = []
    size = 0
    for text in texts:
        size += len(text.encode("utf-8", "replace")) + 2
        if kept and size > TEXT_BYTES:
            break
        kept.append(text)
    return kept


def _text(line: Line) -> str:
    text = plain(line.content)
    hidden = max(len(text) - _LINE_CHARACTERS, 0) + line.hidden_bytes
    return f"{text[:_LINE_CHARACTERS]} … ({hidden} more)" if hidden else text

"""Read what a log viewer shows. These functions wait for the disk or the runner: they run in a thread."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torc_client.bounded_search import TakesTooLongError
from torc_client.log_files.confined import OpenLog
from torc_client.log_files.expression_search import ExpressionFinder
from torc_client.log_files.first_error import first_error
from torc_client.log_files.line_index import LineIndex
from torc_client.log_files.line_search import Finder, TextFinder, count_matches, next_match, previous_match
from torc_client.log_files.line_windows import Line, Stop, lines_from, start_of_line, start_of_lines_before
from torc_client.log_files.relayed_log import MOST_BYTES, RelayedLog
from torc_client.text import size

WINDOW_LINES = 500
# Lines above the one that a reader asked for.
LEAD_LINES = 12
EXCERPT_LINES = 20
# Time for counting lines before a page is shown, and if the page asks for nothing else.
COUNT_SECONDS, LONG_COUNT_SECONDS = 0.05, 20.0
ERROR_SECONDS = 20.0
# A failed job opens at a known error only if it is found at once.
QUICK_ERROR_BYTES = 512 * 1024


@dataclass(frozen=True)
class LogQuestion:
    """What a viewer asks of a log. Offsets and lines that do not exist are moved to the nearest that do."""

    place: str = ""
    """`start`, `end`, `error`, `line`, `at`, `before`, `next`, `previous`; empty for the best place."""

    number: int = 0
    """The line, or the offset."""

    text: str = ""
    match_case: bool = False
    is_expression: bool = False
    counts_matches: bool = False
    counts_lines: bool = False

    @property
    def is_long(self) -> bool:
        """Whether the whole log may have to be read for the answer."""
        searches = self.place in {"next", "previous", "error", "line"}
        return searches or self.counts_matches or self.counts_lines


@dataclass(frozen=True)
class LogWindow:
    """What was read."""

    lines: tuple[Line, ...]
    start: int
    end: int
    size: int
    first_number: int | None
    total_lines: int | None
    counted_percent: int
    hit: int | None = None
    """The offset of the line that the viewer points to."""

    match: int | None = None
    """The offset of the match."""

    message: str = ""
    matches: int | None = None
    continues_at: int | None = None
    """The offset at which the search for errors can continue; None if it has reached the end."""

    is_probable: bool = False
    """Of an excerpt: whether the line that it points to only looks like an error."""


@dataclass(frozen=True)
class _Place:
    """Where a window begins, what it points to, and what the reader should know. See LogWindow."""

    start: int
    hit: int | None = None
    match: int | None = None
    message: str = ""
    continues_at: int | None = None


def look(log: OpenLog | RelayedLog, index: LineIndex, question: LogQuestion, stop: Stop, *, failed: bool) -> LogWindow:
    """Read a window. Raises TorcError, StoppedError."""
    countable = not isinstance(log, RelayedLog) or log.size_bytes <= MOST_BYTES
    if countable:
        limit = LONG_COUNT_SECONDS if question.counts_lines else COUNT_SECONDS
        until = time.monotonic() + limit
        index.count(log, lambda: stop() or time.monotonic() > until)
    place = _place(log, index, question, stop, failed=failed)
    start, message = place.start, place.message
    lines = tuple(lines_from(log, start, WINDOW_LINES, stop))
    matches = None
    if question.counts_matches:
        try:
            with _finder(question, stop) as finder:
                matches = count_matches(_bounded(log), finder, stop)
        except TakesTooLongError as error:
            message = f"Counting {error}."
    counted = 100 if index.is_counted(log) else 100 * index.counted_bytes // max(1, log.size_bytes)
    return LogWindow(
        lines, start, lines[-1].end if lines else start, log.size_bytes, index.number_at(log, start),
        index.lines_in(log), counted, place.hit, place.match, message, matches, place.continues_at,
    )  # fmt: skip


def _place(log: OpenLog | RelayedLog, index: LineIndex, question: LogQuestion, stop: Stop, *, failed: bool) -> _Place:
    place, message, continues_at = question.place, "", None
    if place in {"next", "previous"}:
        return _searched(log, question, stop)
    if place == "error" or (place == "" and failed):
        found = _error(log, question, stop)
        if found.hit is not None:
            return found
        place, message, continues_at = "end", found.message, found.continues_at
    if place == "line" and isinstance(log, RelayedLog) and log.size_bytes > MOST_BYTES:
        place, message = "end", "The lines of this log are not counted, because its runner reads it."
    if place == "line":
        at = index.start_of(log, question.number, stop)
        if at is not None:
            return _Place(_lead(log, at, stop), at)
        place, message = "end", f"The log has no line {question.number:,}; these are its last lines."
    if place in {"at", "before"}:
        start = start_of_line(log, question.number, stop)
        return _Place(start if place == "at" else start_of_lines_before(log, start, WINDOW_LINES, stop))
    start = 0 if place == "start" else start_of_lines_before(log, log.size_bytes, WINDOW_LINES, stop)
    return _Place(start, message=message, continues_at=continues_at)


def _error(log: OpenLog | RelayedLog, question: LogQuestion, stop: Stop) -> _Place:
    """Search for the first error from the offset that the reader asks for, or near the end. Without one, no `hit`."""
    is_asked = question.place == "error"
    until = time.monotonic() + ERROR_SECONDS
    begin = question.number if is_asked else max(0, log.size_bytes - QUICK_ERROR_BYTES)
    start = start_of_line(log, min(begin, log.size_bytes), stop)
    searched = first_error(log, start, lambda: stop() or (is_asked and time.monotonic() > until))
    found = searched.found
    if found is None:
        if not is_asked:
            return _Place(0)
        if searched.end < log.size_bytes:
            part = f"from {size(start)} to {size(searched.end)}" if start else f"in the first {size(searched.end)}"
            return _Place(0, message=f"There is no known error {part}.", continues_at=searched.end)
        more = "no further" if start else "no"
        return _Place(0, message=f"The log has {more} known error; these are its last lines.")
    after = next((line.end for line in lines_from(log, found.offset, 1, stop)), log.size_bytes)
    if found.is_certain:
        which = "a further" if is_asked and start else "the first"
        what = f"This is {which} known error"
    else:
        what = f"There is no known error. This line is probably one: {found.pattern.meaning.lower()}"
    part = f" in the last {size(QUICK_ERROR_BYTES)}" if not is_asked and start else ""
    message = f"{what}{part}." if not is_asked or start or not found.is_certain else ""
    return _Place(
        _lead(log, found.offset, stop), found.offset, None, message, after if after < log.size_bytes else None
    )


def _searched(log: OpenLog | RelayedLog, question: LogQuestion, stop: Stop) -> _Place:
    origin, message = min(question.number, log.size_bytes), ""
    bounded = _bounded(log)
    try:
        with _finder(question, stop) as finder:
            if question.place == "next":
                found = next_match(bounded, finder, origin, stop)
                if found is None and origin:
                    message = "The search continued at the start of the log."
                    found = next_match(bounded, finder, 0, stop)
            else:
                found = previous_match(bounded, finder, origin, stop)
                if found is None:
                    message = "The search continued at the end of the log."
                    found = previous_match(bounded, finder, bounded.size_bytes, stop)
    except TakesTooLongError as error:
        return _Place(start_of_line(log, origin, stop), message=f"The search {error}. Search for a simpler expression.")
    if found is None:
        part = f"the first {size(bounded.size_bytes)} of " if bounded.size_bytes < log.size_bytes else ""
        return _Place(start_of_line(log, origin, stop), message=f"{part}the log has no match.".capitalize())
    line = start_of_line(log, found.offset, stop)
    return _Place(_lead(log, line, stop), line, found.offset, message)


def _lead(log: OpenLog | RelayedLog, line: int, stop: Stop) -> int:
    return start_of_lines_before(log, line, LEAD_LINES, stop) if line else 0


class _FirstPart:
    """The first part of a log."""

    def __init__(self, log: RelayedLog) -> None:
        self.size_bytes, self.piece_bytes = min(log.size_bytes, MOST_BYTES), log.piece_bytes
        self._log = log

    def read(self, offset_bytes: int, limit_bytes: int) -> bytes:
        return self._log.read(offset_bytes, min(limit_bytes, self.size_bytes - offset_bytes))


def _bounded(log: OpenLog | RelayedLog) -> OpenLog | _FirstPart:
    return _FirstPart(log) if isinstance(log, RelayedLog) else log


@contextmanager
def _finder(question: LogQuestion, stop: Stop) -> Iterator[Finder]:
    if question.is_expression:
        with ExpressionFinder(question.text, match_case=question.match_case, stop=stop) as finder:
            yield finder
    else:
        yield TextFinder(question.text, match_case=question.match_case)


def excerpt(log: OpenLog | RelayedLog, index: LineIndex) -> LogWindow:
    """Read some lines around the first known error near the end of a log, or its last lines."""
    start = start_of_line(log, max(0, log.size_bytes - QUICK_ERROR_BYTES))
    found = first_error(log, start).found
    if found is not None:
        first = start_of_lines_before(log, found.offset, EXCERPT_LINES // 2) if found.offset else 0
    else:
        first = start_of_lines_before(log, log.size_bytes, EXCERPT_LINES)
    lines = tuple(lines_from(log, first, EXCERPT_LINES))
    until = time.monotonic() + COUNT_SECONDS
    if not isinstance(log, RelayedLog):
        index.count(log, lambda: time.monotonic() > until)
    number = index.number_at(log, first) if not isinstance(log, RelayedLog) else None
    hit = found.offset if found else None
    return LogWindow(
        lines, first, lines[-1].end if lines else first, log.size_bytes, number, None, 0, hit,
        is_probable=found is not None and not found.is_certain,
    )  # fmt: skip

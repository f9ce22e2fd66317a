"""Read what a page of the log viewer shows. These functions wait for the disk or the runner: they run in a thread."""

import time
from collections.abc import Iterator, Mapping
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
from torc_dash.tables import integer

WINDOW_LINES = 500
# Lines above the one that a reader asked for.
LEAD_LINES = 12
EXCERPT_LINES = 20
# Time for counting lines before a page is shown, and if the page asks for nothing else.
COUNT_SECONDS, LONG_COUNT_SECONDS = 0.05, 20.0
ERROR_SECONDS = 20.0
# A failed job opens at a known error only if it is found at once.
QUICK_ERROR_BYTES = 512 * 1024
_MOST_QUERY = 1000


@dataclass(frozen=True)
class Question:
    """What a page asks of a log. Offsets and lines that do not exist are moved to the nearest that do."""

    place: str = ""
    """`start`, `end`, `error`, `line`, `at`, `before`, `next`, `previous`; empty for the best place."""

    number: int = 0
    """The line, or the offset."""

    text: str = ""
    match_case: bool = False
    is_expression: bool = False
    counts_matches: bool = False
    counts_lines: bool = False


@dataclass(frozen=True)
class Look:
    """What was read."""

    lines: tuple[Line, ...]
    start: int
    end: int
    size: int
    first_number: int | None
    total_lines: int | None
    counted_percent: int
    hit: int | None = None
    """The offset of the line that the page points to."""

    match: int | None = None
    """The offset of the match."""

    message: str = ""
    matches: int | None = None


def read_question(query: Mapping[str, str]) -> Question:
    """Read the question from the address of a page."""
    place, number = "", 0
    for name in ("line", "at", "before", "from"):
        try:
            number = max(0, integer(query.get(name, "")))
        except ValueError:
            continue
        place = name
        break
    if query.get("go") in {"start", "end", "error", "next", "previous"}:
        place = query["go"]
    text = query.get("q", "").replace("\n", " ")[:_MOST_QUERY]
    if place == "from" or (place in {"next", "previous"} and not text):
        place = "at"
    match_case = query.get("case") == "1" or (query.get("case") is None and text != text.lower())
    return Question(
        place,
        number,
        text,
        match_case=match_case,
        is_expression=query.get("regex") == "1",
        counts_matches=query.get("count") == "matches" and bool(text),
        counts_lines=query.get("count") == "lines",
    )


def look(log: OpenLog | RelayedLog, index: LineIndex, question: Question, stop: Stop, *, failed: bool) -> Look:
    """Read a window. Raises TorcError, StoppedError."""
    countable = not isinstance(log, RelayedLog) or log.size_bytes <= MOST_BYTES
    if countable:
        limit = LONG_COUNT_SECONDS if question.counts_lines else COUNT_SECONDS
        until = time.monotonic() + limit
        index.count(log, lambda: stop() or time.monotonic() > until)
    start, hit, match, message = _place(log, index, question, stop, failed=failed)
    lines = tuple(lines_from(log, start, WINDOW_LINES, stop))
    matches = None
    if question.counts_matches:
        try:
            with _finder(question, stop) as finder:
                matches = count_matches(_bounded(log), finder, stop)
        except TakesTooLongError as error:
            message = f"Counting {error}."
    counted = 100 if index.is_counted(log) else 100 * index.counted_bytes // max(1, log.size_bytes)
    return Look(
        lines, start, lines[-1].end if lines else start, log.size_bytes, index.number_at(log, start),
        index.lines_in(log), counted, hit, match, message, matches,
    )  # fmt: skip


def _place(
    log: OpenLog | RelayedLog, index: LineIndex, question: Question, stop: Stop, *, failed: bool
) -> tuple[int, int | None, int | None, str]:
    """Return the start of the window, the line that it points to, the match, and a message for the reader."""
    place, message = question.place, ""
    if place in {"next", "previous"}:
        return _searched(log, question, stop)
    if place == "error" or (place == "" and failed):
        found, message = _error(log, question, stop)
        if found is not None:
            return _lead(log, found, stop), found, None, message
        place = "end"
    if place == "line" and isinstance(log, RelayedLog) and log.size_bytes > MOST_BYTES:
        place, message = "end", "The lines of this log are not counted, because its runner reads it."
    if place == "line":
        at = index.start_of(log, question.number, stop)
        if at is not None:
            return _lead(log, at, stop), at, None, ""
        place, message = "end", f"The log has no line {question.number:,}; these are its last lines."
    if place in {"at", "before"}:
        start = start_of_line(log, question.number, stop)
        return (start if place == "at" else start_of_lines_before(log, start, WINDOW_LINES, stop)), None, None, ""
    start = 0 if place == "start" else start_of_lines_before(log, log.size_bytes, WINDOW_LINES, stop)
    return start, None, None, message


def _error(log: OpenLog | RelayedLog, question: Question, stop: Stop) -> tuple[int | None, str]:
    if question.place == "error":
        until = time.monotonic() + ERROR_SECONDS
        searched = first_error(
            log, start_of_line(log, question.number, stop), lambda: stop() or time.monotonic() > until
        )
        if searched.found is None and searched.end < log.size_bytes:
            return (
                searched.end,
                f"There is no known error in the first {size(searched.end)}; the search can continue here.",
            )
        message = "" if searched.found else "The log has no known error; these are its last lines."
        return (searched.found.offset if searched.found else None), message
    start = max(0, log.size_bytes - QUICK_ERROR_BYTES)
    searched = first_error(log, start_of_line(log, start, stop), stop)
    if searched.found is None:
        return None, ""
    part = (
        "This is the first known error"
        if start == 0
        else f"This is the first known error in the last {size(QUICK_ERROR_BYTES)}"
    )
    return searched.found.offset, f"{part}."


def _searched(log: OpenLog | RelayedLog, question: Question, stop: Stop) -> tuple[int, int | None, int | None, str]:
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
        return start_of_line(log, origin, stop), None, None, f"The search {error}. Search for a simpler expression."
    if found is None:
        part = f"the first {size(bounded.size_bytes)} of " if bounded.size_bytes < log.size_bytes else ""
        return start_of_line(log, origin, stop), None, None, f"{part}the log has no match.".capitalize()
    line = start_of_line(log, found.offset, stop)
    return _lead(log, line, stop), line, found.offset, message


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
def _finder(question: Question, stop: Stop) -> Iterator[Finder]:
    if question.is_expression:
        with ExpressionFinder(question.text, match_case=question.match_case, stop=stop) as finder:
            yield finder
    else:
        yield TextFinder(question.text, match_case=question.match_case)


def excerpt(log: OpenLog | RelayedLog, index: LineIndex) -> Look:
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
    return Look(lines, first, lines[-1].end if lines else first, log.size_bytes, number, None, 0, hit)

"""The line of a log that says why a job failed."""

from typing import Final

from torc_client.log_files.first_error import ERRORS, first_error
from torc_client.log_files.line_windows import (
    SeekableLog,
    Stop,
    lines_from,
    never,
    start_of_line,
    start_of_lines_before,
)
from torc_client.log_files.patterns import Pattern, pattern_of
from torc_client.log_files.terminal_text import plain

_LAST_BYTES: Final = 512 * 1024
_LAST_LINES: Final = 20
_MOST_CHARACTERS: Final = 240
_MOST_OF_RUNNER: Final = 1000
# Runners write why they consider an attempt as failed into the last line of its stderr.
_OF_RUNNER: Final = ("torc-runner: ", "torc-runner could not ")


def error_line(log: SeekableLog, stop: Stop = never) -> tuple[str, Pattern | None] | None:
    """Return the first line with an error near the end of a log, or else its last line that is not empty.

    Of an exception of Python, it is the line that names the exception. A line that only looks like an error has no
    pattern. A last line that a runner wrote takes precedence.
    """
    last = start_of_lines_before(log, log.size_bytes, 1, stop)
    for text in _texts(log, last, 1, stop):
        if text.startswith(_OF_RUNNER):
            return _cut(text, _MOST_OF_RUNNER), pattern_of(text.encode(), ERRORS)
    start = start_of_line(log, max(0, log.size_bytes - _LAST_BYTES), stop)
    found = first_error(log, start, stop).found
    if found is None:
        last = start_of_lines_before(log, log.size_bytes, _LAST_LINES, stop)
        texts = [text for text in _texts(log, last, _LAST_LINES, stop) if text.strip()]
        return (_cut(texts[-1]), None) if texts else None
    (text,) = _texts(log, found.offset, 1, stop)
    if found.pattern.name == "python":
        return _cut(text), pattern_of(text.encode(), ERRORS) or found.pattern
    return _cut(text), found.pattern if found.is_certain else None


def note_of_runner(text: str) -> str:
    """Return what a runner wrote into this line, as part of a sentence; empty if it did not write it."""
    return text.removeprefix(_OF_RUNNER[0]) if text.startswith(_OF_RUNNER) else ""


def _texts(log: SeekableLog, start: int, most: int, stop: Stop) -> list[str]:
    return [plain(line.content) for line in lines_from(log, start, most, stop)]


def _cut(text: str, most: int = _MOST_CHARACTERS) -> str:
    text = text.strip()
    return text if len(text) <= most else f"{text[: most - 1]}…"

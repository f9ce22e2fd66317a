"""Break the lines of messages at blanks, where a stream is a terminal."""

import os
import re
from typing import TextIO

_LEAST_COLUMNS = 20
_UNBROKEN = re.compile(r"(?<=:)\s+torc .*|\s*(?:`[^`]*`|[^\s`])+|\s+")


def for_terminal(text: str, stream: TextIO) -> str:
    """Return a message for a stream: with lines that fit if it is a terminal, unchanged otherwise."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except (OSError, ValueError):  # it has no file, or is closed
        columns = 0
    return wrapped(text, columns) if columns >= _LEAST_COLUMNS else text


def wrapped(text: str, width: int) -> str:
    """Break the lines of a text at blanks, so that a terminal of `width` columns breaks no word.

    The parts of an indented line are indented like it. A command stays in one line, so that it can be copied: in
    backticks, or after a colon as the rest of its line.
    """
    return "\n".join(line if _width_of(line) <= width else _wrapped_line(line, width) for line in text.split("\n"))


def _width_of(text: str) -> int:
    if text.isascii():
        return len(text)
    from torc_client.shortening import width_of  # noqa: PLC0415 - most texts need no tables of rich

    return width_of(text)


def _wrapped_line(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip(" "))]
    lines = [""]
    for word in _UNBROKEN.findall(line):
        longer = f"{lines[-1]}{word}"
        if lines[-1].strip() and _width_of(longer.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append(f"{indent}{word.lstrip()}")
        else:
            lines[-1] = longer
    return "\n".join(lines)

"""Break the lines of messages at blanks, where a stream is a terminal."""

import os
from typing import TextIO

from torc_client.text import wrapped

_LEAST_COLUMNS = 20


def for_terminal(text: str, stream: TextIO) -> str:
    """Return a message for a stream: with lines that fit if it is a terminal, unchanged otherwise."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except (OSError, ValueError):  # it has no file, or is closed
        columns = 0
    return wrapped(text, columns) if columns >= _LEAST_COLUMNS else text

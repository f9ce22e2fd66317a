"""Values as text for people."""

import json
from typing import Any

from rich.cells import cell_len

UNKNOWN = "-"
"""What tables have in place of a value that is not known."""


def words(value: Any) -> str:
    """Return a JSON value as text; UNKNOWN for None."""
    match value:
        case None:
            return UNKNOWN
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.3f}".rstrip("0").rstrip(".")
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text without control characters takes."""
    return len(text) if text.isascii() else cell_len(text)

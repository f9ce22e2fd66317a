"""Values as text for people."""

import json
from typing import Any

from rich.text import Text

from torc_client.edge.terminal_text import inert
from torc_client.for_terminal import wrapped

UNKNOWN = "-"
"""What tables have in place of a value that is not known."""


def message(sentence: str, width: int) -> Text:
    """Return a sentence for a terminal of `width` columns, broken at blanks only."""
    return Text(wrapped(inert(sentence), width))


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

"""Values as text for people."""

import json
from typing import Any


def inert(text: str) -> str:
    """Return text with visible control characters, so that a name or a command cannot control the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def words(value: Any) -> str:
    """Return a JSON value as text; an empty string for None."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.3f}".rstrip("0").rstrip(".")
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)

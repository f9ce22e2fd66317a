"""Values as people write them."""

import json
from typing import Any


def inert(text: str) -> str:
    """Make control characters visible, so that no name or command can steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def words(value: Any) -> str:
    """Return a JSON value as people write it; nothing for None."""
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

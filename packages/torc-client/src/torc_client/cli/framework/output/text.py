"""Values as text for people."""

import json
from typing import Any

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

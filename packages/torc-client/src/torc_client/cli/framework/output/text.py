"""Values as text for people."""

import json
from typing import Any


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

"""Values that can travel to the server and be stored there as they are."""

import math
from typing import Any

MAX_VALUES = 1_000_000
MAX_DEPTH = 200
CANNOT_BE_HELD = "has a text or number that JSON cannot hold: half a character, a number beyond 64 bits or no number"


def complaint_about(value: Any) -> str:
    """What keeps a value from being JSON of a size that can be handled; empty if nothing does."""
    if isinstance(value, str):
        return "" if _is_plain(value) else CANNOT_BE_HELD
    waiting, seen = [(value, 0)], 0
    while waiting:
        item, depth = waiting.pop()
        seen += 1
        if seen > MAX_VALUES or depth > MAX_DEPTH:
            return f"is too large: {MAX_VALUES} values, {MAX_DEPTH} deep, are the most; keep the data in a file"
        if isinstance(item, dict):
            waiting += [(each, depth + 1) for pair in item.items() for each in pair]
            if not all(isinstance(key, str) for key in item):
                return "has a key that is no text; put it in quotes"
        elif isinstance(item, list):
            waiting += [(each, depth + 1) for each in item]
        elif not _is_plain(item):
            return CANNOT_BE_HELD
    return ""


def _is_plain(item: object) -> bool:
    match item:
        case bool() | None:
            return True
        case int():
            return -(2**63) <= item < 2**63
        case float():
            return math.isfinite(item)
        case str():
            return item.isascii() or not any("\ud800" <= character <= "\udfff" for character in item)
        case _:
            return False

"""Check that a value can be sent to the server and stored there unchanged."""

import math
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.problems import Complaint

MAX_VALUES = 1_000_000
MAX_DEPTH = 200
NOT_JSON = Complaint(
    Code.NOT_STORABLE,
    "has a text or number that JSON cannot represent: an incomplete character, a number beyond 64 bits, or NaN",
)


def complaint_about(value: Any) -> Complaint | None:
    """Return why a value cannot be stored as JSON; None if it can."""
    if isinstance(value, str):
        return None if _is_storable(value) else NOT_JSON
    waiting, seen = [(value, 0)], 0
    while waiting:
        item, depth = waiting.pop()
        seen += 1
        if seen > MAX_VALUES or depth > MAX_DEPTH:
            reason = f"is too large: the limit is {MAX_VALUES} values in {MAX_DEPTH} levels"
            return Complaint(Code.NOT_STORABLE, reason, "keep the data in a file")
        if isinstance(item, dict):
            waiting += [(each, depth + 1) for pair in item.items() for each in pair]
            if not all(isinstance(key, str) for key in item):
                return Complaint(Code.WRONG_TYPE, "has a key that is not a text", "put it in quotes")
        elif isinstance(item, list):
            waiting += [(each, depth + 1) for each in item]
        elif item is not None and not isinstance(item, str | int | float):  # in the dict of a script
            reason = f"has {item!r}, which is a {type(item).__name__} of Python"
            return Complaint(Code.WRONG_TYPE, reason, "write texts, numbers, true and false, lists and dicts")
        elif not _is_storable(item):
            return NOT_JSON
    return None


def _is_storable(item: object) -> bool:
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

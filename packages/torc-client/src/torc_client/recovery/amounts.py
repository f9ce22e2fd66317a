"""Memory and time as records write them, and as numbers."""

import math

from torc_client.spec.quantities import MEMORY, MEMORY_FACTORS, duration_seconds

_KIB, _MIB, _GIB = 2**10, 2**20, 2**30

__all__ = ["duration_seconds", "duration_text", "memory_bytes", "memory_text"]


def memory_bytes(text: str) -> int:
    """Turn `512m` or `8g` into bytes; ValueError when it is no amount of memory."""
    found = MEMORY.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no amount of memory")
    return int(found[1]) * MEMORY_FACTORS[found[2].lower()]


def memory_text(count: float) -> str:
    """Write bytes as whole GiB where that is exact or they are many, else as whole MiB; always rounded up."""
    if count >= 16 * _GIB or (count >= _GIB and count % _GIB == 0):
        return f"{math.ceil(count / _GIB)}g"
    return f"{max(1, math.ceil(count / _MIB))}m"


def duration_text(seconds: float) -> str:
    """Write seconds, rounded up to a whole one, as an ISO 8601 duration."""
    minutes, seconds_left = divmod(math.ceil(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    parts = ((hours_left, "H"), (minutes_left, "M"), (seconds_left, "S"))
    time = "".join(f"{number}{unit}" for number, unit in parts if number)
    return f"P{days}D{'T' * bool(time)}{time}" if days else f"PT{time or '0S'}"

"""Convert memory and time between the text of records and numbers."""

import math

from torc_client.spec.quantities import duration_seconds, memory_bytes

_MIB, _GIB = 2**20, 2**30

__all__ = ["duration_seconds", "duration_text", "memory_bytes", "memory_text"]


def memory_text(count: float) -> str:
    """Return `count` bytes as text, rounded up: in GiB if that is exact or from 16 GiB on, else in MiB."""
    if count >= 16 * _GIB or (count >= _GIB and count % _GIB == 0):
        return f"{math.ceil(count / _GIB)}g"
    return f"{max(1, math.ceil(count / _MIB))}m"


def duration_text(seconds: float) -> str:
    """Return an ISO 8601 duration, rounded up to a whole second."""
    minutes, seconds_left = divmod(math.ceil(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    parts = ((hours_left, "H"), (minutes_left, "M"), (seconds_left, "S"))
    time = "".join(f"{number}{unit}" for number, unit in parts if number)
    return f"P{days}D{'T' * bool(time)}{time}" if days else f"PT{time or '0S'}"

"""Format numbers, sizes, times and durations. Every message, table and page uses these functions."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from torc_client.edge.duration_words import duration, exact_duration

__all__ = [
    "about", "clock", "count", "duration", "exact_duration", "natural_key", "parse_timestamp",
    "percent", "rounded", "size", "timestamp", "with_ids",
]  # fmt: skip

_SIZE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DIGITS = re.compile("([0-9]+)")
_TIMESTAMP_FORMAT = "%Y-%m-%d %H:%M:%S"


def count(singular: str, number: int, plural: str | None = None) -> str:
    """Return a number with its noun: "1 job", "3 jobs".

    The plural is the singular with an `s`, unless `plural` gives another one.
    """
    noun = singular if number == 1 else plural or f"{singular}s"
    return f"{number} {noun}"


def with_ids(singular: str, ids: Sequence[int]) -> str:
    """Return records with their ids: "workflow 7", "workflows 7, 8 and 9"."""
    *others, last = map(str, ids)
    return f"{singular}s {', '.join(others)} and {last}" if others else f"{singular} {last}"


def size(number: float) -> str:
    """Return a number of bytes with a binary unit: "512 B", "43.6 MiB"."""
    power = 0
    while number >= (1023.95 if power else 1024) and power < len(_SIZE_UNITS) - 1:
        number /= 1024
        power += 1
    return f"{number:.1f} {_SIZE_UNITS[power]}" if power else f"{number:.0f} B"


def rounded(number: float) -> str:
    """Return an amount with at most one digit after the point: "23.5", "256"; below 1, two digits: "0.25"."""
    return f"{number:.1f}".removesuffix(".0") if number >= 1 else f"{number:.2g}"


def percent(value: float) -> str:
    """Return a use in percent: "180 %", "2.4 %"."""
    return f"{value:.0f} %" if value >= 9.95 else f"{value:.1f} %"


def timestamp(value: str | float) -> str:
    """Return a point in time in UTC, to the second: "2026-03-01 12:30:00Z".

    `value` is a text in ISO 8601, or the seconds since the epoch. A text without an offset is in UTC. A text that is
    not a timestamp is returned unchanged.
    """
    if isinstance(value, str):
        moment = parse_timestamp(value)
        if moment is None:
            return value
    else:
        moment = datetime.fromtimestamp(value, UTC)
    return f"{moment.strftime(_TIMESTAMP_FORMAT)}Z"


def parse_timestamp(text: str) -> datetime | None:
    """Return the point in time in UTC that a text in ISO 8601 has, or None when the text has another form.

    A text without an offset is in UTC.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def about(seconds: float) -> str:
    """Return an estimated duration, no more exact than an estimate is: "about 40 s", "about 3 min", "about 2 h"."""
    if seconds < 57.5:
        return f"about {max(5, 5 * round(seconds / 5))} s"
    if seconds < 3570:
        return f"about {max(1, round(seconds / 60))} min"
    hours = seconds / 3600
    if hours < 9.75:
        return f"about {round(hours * 2) / 2:g} h"
    return f"about {round(hours)} h" if hours < 47.5 else f"about {round(hours / 24)} days"


def time_left(seconds: float) -> str:
    """Return the estimated time to the end, as all commands and pages show it: "about 3 min left"."""
    return f"{about(seconds)} left"


def clock(seconds: float) -> str:
    """Return a duration as hours, minutes and seconds: "1:02:03". A negative duration is "0:00:00"."""
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def natural_key(name: str) -> tuple[tuple[str | tuple[int, str], ...], str]:
    """Return the key by which names are sorted with their numbers in order: work_2 before work_10."""
    parts = _DIGITS.split(name)
    numbers = [part.lstrip("0") for part in parts]
    return tuple((len(numbers[at]), numbers[at]) if at % 2 else part for at, part in enumerate(parts)), name

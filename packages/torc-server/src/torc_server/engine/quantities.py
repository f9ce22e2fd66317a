"""Parse and format memory sizes and durations."""

import re

from torc_server.engine.errors import RuleBroken

LARGEST = 2**63 - 1
# The "GB" of compute nodes, claims and answers is binary.
BYTES_PER_GB = 1024**3

_MEMORY = re.compile(r"([0-9]+)([kmgt]?)", re.IGNORECASE | re.ASCII)
_MEMORY_FACTORS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}

_DURATION = re.compile(
    r"P(?=[0-9T])(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.[0-9]+)?S)?)?",
    re.ASCII,
)
# Seconds of each unit. A year has 365.25 days, and a month is a twelfth of a year.
_DURATION_FACTORS = (31_557_600, 2_629_800, 604_800, 86_400, 3_600, 60, 1)

# Longer than every text of a 64-bit number. Longer texts are not passed to int().
_LONGEST = 100


def parse_memory_bytes(text: str, *, field: str = "memory") -> int:
    """Return the bytes of ``512``, ``512k``, ``8m``, ``4G`` or ``1t``. Units are powers of 1024.

    Raises RuleBroken, with `field`, for any other text.
    """
    found = _MEMORY.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    number = int(found[1]) * _MEMORY_FACTORS[found[2].lower()] if found else LARGEST + 1
    if number > LARGEST:
        remedy = "use less than 8388608t" if found else "use a whole number with the unit k, m, g or t, as in 4g"
        problem = "is too large" if found else "is not a valid memory size"
        raise RuleBroken(
            f"{text[:_LONGEST]!r} {problem}; {remedy}",
            field=field,
            value=text,
        )
    return number


def parse_duration_seconds(text: str, *, field: str = "runtime") -> int:
    """Return the seconds of an ISO 8601 duration such as ``PT1H30M`` or ``P1DT12H``, without fractions.

    Raises RuleBroken, with `field`, for any other text.
    """
    found = _DURATION.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    number = LARGEST + 1
    if found:
        number = sum(int(part or 0) * factor for part, factor in zip(found.groups(), _DURATION_FACTORS, strict=True))
    if number > LARGEST:
        raise RuleBroken(
            f"{text[:_LONGEST]!r} is not a valid duration; use ISO 8601, such as PT30M, PT1H30M or P1DT12H",
            field=field,
            value=text,
        )
    return number


def format_duration(seconds: int) -> str:
    """Return seconds as an ISO 8601 duration of days, hours, minutes and seconds."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    day_part = f"{days}D" if days else ""
    time_part = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if number)
    if not day_part and not time_part:
        return "PT0S"
    return f"P{day_part}" + (f"T{time_part}" if time_part else "")

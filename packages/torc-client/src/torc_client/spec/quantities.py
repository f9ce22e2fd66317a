"""The server's rules for amounts, told here before anything is created."""

import re

LARGEST = 2**63 - 1
LONGEST = 100
MEMORY = re.compile(r"([0-9]+)([kmgt]?)", re.ASCII | re.IGNORECASE)
MEMORY_FACTORS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
DURATION = re.compile(
    r"P(?=[0-9T])(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.[0-9]+)?S)?)?",
    re.ASCII,
)
# A mean year is 365.25 days, and a month a twelfth of it.
DURATION_FACTORS = (31_557_600, 2_629_800, 604_800, 86_400, 3_600, 60, 1)


def is_memory(text: str) -> bool:
    """Whether the server understands an amount of memory such as `512m` or `8g`."""
    found = MEMORY.fullmatch(text.strip()) if len(text) <= LONGEST else None
    return found is not None and int(found[1]) * MEMORY_FACTORS[found[2].lower()] <= LARGEST


def is_duration(text: str) -> bool:
    """Whether the server understands an ISO 8601 duration such as `PT30M`."""
    try:
        return duration_seconds(text) <= LARGEST
    except ValueError:
        return False


def duration_seconds(text: str) -> int:
    """Turn an ISO 8601 duration such as `PT30M` into seconds; ValueError when it is none."""
    found = DURATION.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if found is None:
        raise ValueError(f"{text[:LONGEST]!r} is no duration: write one as ISO 8601 does, for example PT30M or P1DT12H")
    return sum(int(part or 0) * factor for part, factor in zip(found.groups(), DURATION_FACTORS, strict=True))

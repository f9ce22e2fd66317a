"""The rules of the server for memory and durations, checked before anything is created."""

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
# Common other forms.
MEMORY_MEANT = re.compile(r"([0-9]+)\s*([kmgt])(?:ib?|b)?", re.ASCII | re.IGNORECASE)
CLOCK = re.compile(r"(?:([0-9]+)-)?([0-9]+):([0-9]{2}):([0-9]{2})", re.ASCII)
# A number of one unit, also with a fraction or with the P and T of ISO 8601 in the wrong places.
ONE_UNIT = re.compile(r"p?t?([0-9]{1,6}(?:\.[0-9]{1,6})?)([dhms])", re.ASCII)
PARTS = re.compile(r"(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?", re.ASCII)
# From `2 days` to `2d`.
WORDS = re.compile(r"([dhms])(?:ays?|ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?)?(?![a-z])")
# The forms of Slurm: minutes, minutes:seconds, hours:minutes:seconds, and days before them.
WALLTIME = re.compile(
    r"[0-9]+(:[0-5]?[0-9]){0,2}|[0-9]+-[0-9]+(:[0-5]?[0-9]){0,2}|unlimited|infinite", re.ASCII | re.IGNORECASE
)
# A mean year is 365.25 days, and a month a twelfth of it.
DURATION_FACTORS = (31_557_600, 2_629_800, 604_800, 86_400, 3_600, 60, 1)


def is_memory(text: str) -> bool:
    """Return whether the server accepts an amount of memory such as `512m` or `8g`."""
    try:
        return memory_bytes(text) <= LARGEST
    except ValueError:
        return False


def memory_bytes(text: str) -> int:
    """Return the bytes of an amount of memory such as `512m`, `8g` or `1024`. Raises ValueError for other texts."""
    found = MEMORY.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if found is None:
        raise ValueError(f"{text[:LONGEST]!r} is not a valid amount of memory; use digits and k, m, g or t, such as 2g")
    return int(found[1]) * MEMORY_FACTORS[found[2].lower()]


def is_duration(text: str) -> bool:
    """Return whether the server accepts an ISO 8601 duration such as `PT30M`."""
    try:
        return duration_seconds(text) <= LARGEST
    except ValueError:
        return False


def duration_seconds(text: str) -> int:
    """Convert an ISO 8601 duration such as `PT30M` to seconds. Raises ValueError if it is not valid."""
    found = DURATION.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if found is None:
        meant = meant_duration(text)
        fix = f"write {meant}" if meant else "write it in ISO 8601, such as PT30M or P1DT12H"
        raise ValueError(f"{text[:LONGEST]!r} is not a valid duration; {fix}")
    return sum(int(part or 0) * factor for part, factor in zip(found.groups(), DURATION_FACTORS, strict=True))


def is_walltime(text: str) -> bool:
    """Return whether Slurm accepts a time such as `04:00:00`."""
    return WALLTIME.fullmatch(text.strip()) is not None


def meant_memory(text: str) -> str:
    """Return the valid amount for another form such as `8 GB`; empty if the text has no such form."""
    found = MEMORY_MEANT.fullmatch(text.strip())
    return f"{found[1]}{found[2].lower()}" if found else ""


def meant_duration(text: str) -> str:
    """Return the ISO 8601 duration for another form such as `30m` or `01:30:00`; empty if the text has no such form."""
    text = text.strip().lower()[:LONGEST]
    if DURATION.fullmatch(text.upper()):
        return text.upper() if is_duration(text.upper()) else ""
    short = WORDS.sub(r"\1", "".join(text.split()))
    one = ONE_UNIT.fullmatch(short)
    if one is not None and (short.startswith(("p", "t")) or "." in one[1]):
        return duration_of(float(one[1]) * DURATION_FACTORS["dhms".index(one[2]) - 4])
    found = CLOCK.fullmatch(text) or PARTS.fullmatch(short)
    if found is None:
        return ""
    days, *times = (part and int(part) for part in found.groups())
    written = "".join(f"{part}{unit}" for part, unit in zip(times, "HMS", strict=True) if part)
    return f"P{f'{days}D' if days else ''}{f'T{written}' if written else ''}" if days or written else ""


def duration_of(seconds: float) -> str:
    """Return the ISO 8601 duration of whole seconds; empty for fractions of a second and for none."""
    whole = int(seconds)
    if whole != seconds or not whole:
        return ""
    days, rest = divmod(whole, 86_400)
    parts = zip((rest // 3600, rest // 60 % 60, rest % 60), "HMS", strict=True)
    written = "".join(f"{part}{unit}" for part, unit in parts if part)
    return f"P{f'{days}D' if days else ''}{f'T{written}' if written else ''}"

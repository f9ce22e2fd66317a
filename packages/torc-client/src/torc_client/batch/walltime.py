"""Time limits of allocations as text and as seconds."""

import re

from torc_client.spec.quantities import duration_seconds

# minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes and days-hours:minutes:seconds, as
# the manual of sbatch lists them for --time.
_FORM = re.compile(r"(?:(?P<days>[0-9]{1,9})-)?(?P<clock>[0-9]{1,9}(?::[0-9]{1,9}){0,2})", re.ASCII)


def walltime_seconds(text: str) -> int:
    """Convert a time limit such as 04:00:00, 1-12:00:00 or PT4H to seconds. Raises ValueError for other texts."""
    text = text.strip()
    if text.upper().startswith("P"):
        return duration_seconds(text.upper())
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:100]!r} is not a time limit such as 04:00:00 or 1-12:00:00")
    parts = [int(part) for part in found["clock"].split(":")]
    # The first number is minutes if it is alone or has only seconds after it; after days it is hours.
    units = (3600, 60, 1) if found["days"] or len(parts) == 3 else (60, 1)
    return int(found["days"] or 0) * 86400 + sum(part * unit for part, unit in zip(parts, units, strict=False))


def walltime_text(seconds: float) -> str:
    """Return a duration in Slurm's form: hours:minutes:seconds, with days before it from one day on."""
    whole = int(seconds)
    days = f"{whole // 86400}-" if whole >= 86400 else ""
    return f"{days}{whole // 3600 % 24:02}:{whole // 60 % 60:02}:{whole % 60:02}"

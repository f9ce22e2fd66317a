"""Times as text."""

from datetime import datetime


def timestamp(now: datetime) -> str:
    """Write a UTC time with milliseconds: ``2026-01-02T03:04:05.678Z``."""
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime | None:
    """Read an ISO 8601 time with an offset from UTC; None for any other text."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if read.tzinfo is None else read

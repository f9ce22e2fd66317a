"""How the server writes the time at which it made something."""

from datetime import datetime


def timestamp(now: datetime) -> str:
    """Write a UTC time with milliseconds: ``2026-01-02T03:04:05.678Z``."""
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"

"""Durations as people write them."""


def duration(seconds: float) -> str:
    """Return a duration with the one or two units that suit it: "250 ms", "4.2 s", "3 min 20 s", "2 h 5 min", "1 h".

    A unit of which there is nothing is left out. A duration of two days or more has days: "2 days 3 h".
    """
    if 0 < seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s" if seconds % 1 else f"{seconds:.0f} s"
    whole = int(seconds + 0.05)
    if whole < 3600:
        return _parts((whole // 60, "min"), (whole % 60, "s"))
    if whole < 48 * 3600:
        return _parts((whole // 3600, "h"), (whole % 3600 // 60, "min"))
    return _parts((whole // 86400, "days"), (whole % 86400 // 3600, "h"))


def exact_duration(seconds: int) -> str:
    """Return a duration with all its units, as a limit needs it: "90 s" is "1 min 30 s", "P1DT12H" is "36 h"."""
    if seconds < 60:
        return f"{seconds} s"
    days, rest = divmod(seconds, 86400) if seconds >= 48 * 3600 else (0, seconds)
    hours, rest = divmod(rest, 3600)
    return _parts((days, "days"), (hours, "h"), (rest // 60, "min"), (rest % 60, "s"))


def _parts(*parts: tuple[int, str]) -> str:
    return " ".join(f"{number} {unit}" for number, unit in parts if number)

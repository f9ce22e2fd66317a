"""The deadlines that are set, one for each purpose."""

from torc_runner.machine.events import TimerKind
from torc_runner.machine.instructions import SetTimer

CLOCK_TOLERANCE_SECONDS = 0.01
"""Timers may fire this much early."""


class Timers:
    """What the shell was asked to wake the machine for."""

    def __init__(self) -> None:
        self._at_seconds: dict[TimerKind, float] = {}

    def set_timer(self, at_seconds: float, kind: TimerKind) -> list[SetTimer]:
        """Set a timer, unless one for the same purpose will come before: that one sets the next."""
        if self._at_seconds.get(kind, float("inf")) <= at_seconds:
            return []
        self._at_seconds[kind] = at_seconds
        return [SetTimer(at_seconds, kind)]

    def fired(self, kind: TimerKind) -> None:
        """Forget a timer that has fired."""
        self._at_seconds.pop(kind, None)

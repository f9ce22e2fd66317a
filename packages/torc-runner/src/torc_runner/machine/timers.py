"""The deadlines that are set, one for each purpose."""

from torc_runner.machine.events import Wake
from torc_runner.machine.instructions import WakeAt

CLOCK_TOLERANCE_SECONDS = 0.01
"""Timers may fire this much early."""


class Timers:
    """What the shell was asked to wake the machine for."""

    def __init__(self) -> None:
        self._at_seconds: dict[Wake, float] = {}

    def wake_at(self, at_seconds: float, wake: Wake) -> list[WakeAt]:
        """Set a timer, unless one for the same purpose will come before: that one sets the next."""
        if self._at_seconds.get(wake, float("inf")) <= at_seconds:
            return []
        self._at_seconds[wake] = at_seconds
        return [WakeAt(at_seconds, wake)]

    def woken(self, wake: Wake) -> None:
        """Forget a timer that has fired."""
        self._at_seconds.pop(wake, None)

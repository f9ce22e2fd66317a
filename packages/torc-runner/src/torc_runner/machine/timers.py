"""The timers of a runner: at most one of each kind."""

from torc_runner.machine.events import TimerKind
from torc_runner.machine.instructions import SetTimer

_CLOCK_TOLERANCE_SECONDS = 0.01


def is_due(at_seconds: float, now: float) -> bool:
    """Whether a moment has come. Timers may fire 0.01 s early, so it counts as reached from then on."""
    return now >= at_seconds - _CLOCK_TOLERANCE_SECONDS


class Timers:
    """The timers that the shell was asked to set."""

    def __init__(self) -> None:
        self._at_seconds: dict[TimerKind, float] = {}

    def set(self, kind: TimerKind, at_seconds: float, now: float) -> list[SetTimer]:
        """Set a timer, at the earliest for `now`, unless one of this kind fires before: that one sets the next."""
        at_seconds = max(at_seconds, now)
        if self._at_seconds.get(kind, float("inf")) <= at_seconds:
            return []
        self._at_seconds[kind] = at_seconds
        return [SetTimer(at_seconds, kind)]

    def fired(self, kind: TimerKind) -> None:
        """Forget a timer that has fired."""
        self._at_seconds.pop(kind, None)

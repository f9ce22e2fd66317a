"""When a runner carries out actions: before its first job, whenever one has come due, and before it leaves."""

from torc_runner.machine.instructions import CarryOut, ExitReason, Occasion

_POLITE = frozenset({ExitReason.COMPLETE, ExitReason.IDLE, ExitReason.TIME_OVER})
"""Endings that leave the time for it."""


class ActionRounds:
    """At most one round of actions is under way."""

    def __init__(self) -> None:
        self.has_begun = False
        """Whether what is to be done before the first job has been done."""
        self.is_busy = False
        self._are_due = False
        self._has_ended = False

    def begin(self) -> list[CarryOut]:
        """Do what comes before the first job."""
        return self._carry_out(Occasion.START)

    def came_due(self) -> None:
        """Note that there is something to do."""
        self._are_due = True

    def done(self) -> None:
        """Take in that a round is over."""
        self.has_begun = True
        self.is_busy = False

    def meanwhile(self) -> list[CarryOut]:
        """Do what has come due."""
        if self.is_busy or not self._are_due:
            return []
        self._are_due = False
        return self._carry_out(Occasion.MEANWHILE)

    def end(self, exit_reason: ExitReason | None) -> list[CarryOut]:
        """Do what comes before leaving, once, if the reason for leaving lets it."""
        if self._has_ended or exit_reason not in _POLITE:
            return []
        self._has_ended = True
        return self._carry_out(Occasion.END)

    def _carry_out(self, occasion: Occasion) -> list[CarryOut]:
        self.is_busy = True
        return [CarryOut(occasion)]

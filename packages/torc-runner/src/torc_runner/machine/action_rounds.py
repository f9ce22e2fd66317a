"""Decides when a runner carries out actions: before its first job, when one is due, and before it leaves."""

from torc_runner.machine.instructions import CarryOut, ExitReason, Occasion

_WITH_LAST_ROUND = frozenset({ExitReason.COMPLETE, ExitReason.IDLE, ExitReason.TIME_OVER, ExitReason.NO_TIME})
"""Exit reasons after which there is time for a last round."""


class ActionRounds:
    """Rounds of actions. At most one is open."""

    def __init__(self) -> None:
        self.is_open = False
        self._are_due = False
        self._had_last_round = False

    def begin(self) -> list[CarryOut]:
        """Carry out the actions that come before the first job."""
        return self._carry_out(Occasion.START)

    def note_due(self) -> None:
        """Note that an action is due."""
        self._are_due = True

    def done(self) -> None:
        """Note that the open round is over."""
        self.is_open = False

    def carry_out_due(self) -> list[CarryOut]:
        """Carry out the actions that are due, unless a round is open."""
        if self.is_open or not self._are_due:
            return []
        self._are_due = False
        return self._carry_out(Occasion.MEANWHILE)

    def end(self, exit_reason: ExitReason | None) -> list[CarryOut]:
        """Carry out the actions that come before leaving: once, and only if the exit reason leaves time for them."""
        if self._had_last_round or exit_reason not in _WITH_LAST_ROUND:
            return []
        self._had_last_round = True
        return self._carry_out(Occasion.END)

    def _carry_out(self, occasion: Occasion) -> list[CarryOut]:
        self.is_open = True
        return [CarryOut(occasion)]

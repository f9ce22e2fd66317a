"""The time of the node: jobs are stopped before it is over, and by the end of the allocation in any case. Pure."""

from msgspec.structs import replace

from torc_runner.machine.attempt import StopReason
from torc_runner.machine.attempts import Attempts
from torc_runner.machine.events import AllocationLearned, TimerKind
from torc_runner.machine.instructions import Instruction
from torc_runner.machine.rules import Rules
from torc_runner.machine.timers import Timers, is_due


class NodeTime:
    """Stops the running jobs when the time is nearly over."""

    def __init__(self, attempts: Attempts, timers: Timers) -> None:
        self._attempts = attempts
        self._timers = timers

    @property
    def _rules(self) -> Rules:
        return self._attempts.rules

    def watch(self, now: float) -> list[Instruction]:
        """Wait for the time at which jobs are stopped, if it is known."""
        stop_at = self._rules.stop_at
        return [] if stop_at is None else [*self._timers.set(TimerKind.NODE_TIME, stop_at, now)]

    def is_over(self, now: float) -> bool:
        """Whether jobs are to be stopped. It is not if the end was moved after the timer was set."""
        stop_at = self._rules.stop_at
        return stop_at is not None and is_due(stop_at, now)

    def stop_jobs(self, now: float) -> list[Instruction]:
        """Send TERM to the running jobs, while there is time left to report their ends."""
        stops = self._attempts.stop([*self._attempts.running], StopReason.NODE_TIME_OVER, self._rules.kill_at)
        end_at = self._rules.end_at
        return stops if end_at is None else [*stops, *self._timers.set(TimerKind.GIVE_UP, end_at, now)]

    def notice(self) -> list[Instruction]:
        """Send the signal that a workflow chose, when the batch system announces that it takes the node away."""
        if not self._rules.want_notice:
            return []
        return self._attempts.stop([*self._attempts.running], StopReason.NODE_TIME_OVER, self._rules.kill_at)

    def learn(self, learned: AllocationLearned, now: float) -> list[Instruction]:
        """Follow what the batch system answered."""
        rules, kill_wait_seconds = self._rules, learned.kill_wait_seconds
        if learned.end_at is not None:
            rules = replace(
                rules,
                end_at=learned.end_at,
                lead_seconds=learned.lead_seconds,
                headroom_seconds=learned.headroom_seconds,
            )
        if kill_wait_seconds is not None and rules.allocation is not None:
            rules = replace(rules, allocation=replace(rules.allocation, kill_wait_seconds=kill_wait_seconds))
        self._attempts.rules = rules
        return self.watch(now)

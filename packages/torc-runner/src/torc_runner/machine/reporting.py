"""Decides when a runner reports, and what it claims with a report.

Reports are sent at once if other nodes may wait for them. Otherwise they are collected for a tenth of a second, so that
a node whose jobs take milliseconds does not spend its time on calls.
"""

from torc_runner.machine.attempts import Attempts
from torc_runner.machine.claiming import Claiming
from torc_runner.machine.events import TimerKind
from torc_runner.machine.instructions import ClaimRequest, Exchange, Instruction, WriteJournal
from torc_runner.machine.timers import Timers, is_due

REPORT_INTERVAL_SECONDS = 0.1
"""The shortest time between two reports that need not be sent at once."""

MAX_REPORTS = 200
"""This number of reports is sent at once."""

JOURNAL_AFTER_SECONDS = 1.0
"""Reports that could not be sent for this time are written to disk."""


class Reporting:
    """Sends the outbox. At most one exchange is open."""

    def __init__(self, attempts: Attempts, claiming: Claiming, timers: Timers) -> None:
        self.is_exchanging = False
        self.is_server_away = False
        self._attempts = attempts
        self._claiming = claiming
        self._timers = timers
        self._reported_at = float("-inf")

    def answered(self) -> None:
        """Note that the exchange was answered."""
        self.is_exchanging = False
        self._claiming.resume()

    def report(self, now: float) -> list[Instruction]:
        """Report and claim: at once if reports or free slots are waiting for it, otherwise after the interval."""
        if self.is_exchanging:
            return []
        wanted, outbox = self._wanted(now), self._attempts.outbox
        has_free_slots = wanted is not None and wanted.limit > 0
        if not len(outbox) and (wanted is None or has_free_slots):
            return [*self._claiming.open(wanted, now)] if wanted else []
        due_at = self._reported_at + REPORT_INTERVAL_SECONDS
        if is_due(due_at, now) or (has_free_slots and outbox.report_now) or len(outbox) >= MAX_REPORTS:
            self._attempts.return_prefetched_chained()
            return self._exchange(self._wanted(now), now)
        return [*self._timers.set(TimerKind.REPORT, due_at, now)]

    def ask(self, now: float) -> list[Instruction]:
        """Claim in an exchange, which the server answers at once. Return nothing if nothing can be claimed now."""
        wanted = None if self.is_exchanging else self._wanted(now)
        return [] if wanted is None else self._exchange(wanted, now)

    def report_last(self, *, takes_leftovers: bool, now: float) -> list[Instruction]:
        """Send what is left in the outbox.

        With `takes_leftovers` the jobs are returned that the open claim may have been given: its answer is not awaited.
        """
        has_leftovers = takes_leftovers and self._claiming.is_waiting
        if not len(self._attempts.outbox) and not has_leftovers:
            return []
        return self._exchange(ClaimRequest(self._claiming.number, limit=0) if has_leftovers else None, now)

    def journal(self, now: float) -> list[Instruction]:
        """Write ends to disk if the server is away, or has not answered the open exchange in time."""
        outbox, due_at = self._attempts.outbox, self._reported_at + JOURNAL_AFTER_SECONDS
        if not self.is_exchanging or not outbox.has_unjournaled:
            return []
        if self.is_server_away or is_due(due_at, now):
            return [WriteJournal(outbox.unjournaled())]
        return [*self._timers.set(TimerKind.JOURNAL, due_at, now)]

    def _exchange(self, wanted: ClaimRequest | None, now: float) -> list[Instruction]:
        self.is_exchanging = True
        self._claiming.give_up()
        self._reported_at = now
        return [Exchange(self._attempts.outbox.take(), wanted)]

    def _wanted(self, now: float) -> ClaimRequest | None:
        """Return what could be claimed now, or None."""
        attempts, capacity, rules = self._attempts, self._attempts.capacity, self._attempts.rules
        num_prefetched = len(attempts.prefetched)
        limit = 0 if num_prefetched else attempts.most_jobs(now)
        # Prefetched jobs would not wait for nodes that are kept free for a job that needs several.
        has_several_nodes = capacity.total.num_nodes > 1
        claims_ahead = rules.claims_ahead and not attempts.shortage.is_on and not has_several_nodes
        goal = attempts.prefetch.num_jobs(len(attempts.running)) if claims_ahead else 0
        prefetch = goal - num_prefetched if num_prefetched <= goal // 2 else 0
        if limit == 0 and prefetch == 0:
            return None
        time_left_seconds = rules.time_left_seconds(now)
        # Jobs that are claimed by their resources have a runtime of their own.
        least_seconds = 0.0 if capacity.by_resources else rules.least_seconds
        if time_left_seconds is not None and time_left_seconds < least_seconds:
            return None
        # Chained jobs help if jobs are short and slots are free: then the order of the jobs is what delays them.
        asks_for_chained = limit > 0 and goal > 0
        return ClaimRequest(
            self._claiming.number,
            limit,
            prefetch,
            capacity.free if capacity.by_resources else None,
            max_chained=max(0, goal - len(attempts.chained)) if asks_for_chained else 0,
            chain_ends=attempts.chain_ends() if asks_for_chained else (),
            time_left_seconds=time_left_seconds,
            nodes=capacity.alike if capacity.by_resources else (),
        )

"""What a runner does next: `RunnerState.handle(events, now)` answers what happened with instructions.

The attempts are in `attempts`, from the claim until their end is told. At most one exchange with the service is open,
and at most one claim waits there.
"""

from collections.abc import Iterable

from torc_runner.machine.acting import ActionRounds
from torc_runner.machine.attempt import StopReason
from torc_runner.machine.attempts import Attempts
from torc_runner.machine.capacity import Capacity
from torc_runner.machine.claiming import Claiming
from torc_runner.machine.events import (
    ActionsDone,
    Begun,
    ClaimAnswered,
    Event,
    Exchanged,
    Exited,
    FailureHandled,
    Fatal,
    Inspected,
    LaunchFailed,
    LeaseLost,
    OverMemory,
    PreemptionNotice,
    ServerAway,
    ServerBack,
    SignalReceived,
    TimerFired,
    TimerKind,
    WorkflowOver,
)
from torc_runner.machine.explaining import Explaining
from torc_runner.machine.instructions import ClaimRequest, Exchange, ExitReason, Instruction, Leave, WriteJournal
from torc_runner.machine.job import ClaimedJob
from torc_runner.machine.leaving import Leaving
from torc_runner.machine.pace import JOURNAL_AFTER_SECONDS, MAX_REPORTS, REPORT_INTERVAL_SECONDS, RETRACT_SECONDS
from torc_runner.machine.rules import REPORTS_AFTER_KILL_SECONDS, REPORTS_AFTER_STOP_SECONDS, Rules
from torc_runner.machine.timers import CLOCK_TOLERANCE_SECONDS, Timers


class RunnerState:
    """What one runner holds and wants."""

    def __init__(self, capacity: Capacity, rules: Rules) -> None:
        self.capacity = capacity
        self.rules = rules
        self.attempts = Attempts(capacity, rules)
        self.leaving = Leaving(rules.idle_seconds)
        self._actions = ActionRounds()
        self._claiming = Claiming(rules.longest_wait_seconds)
        self._timers = Timers()
        self._is_exchanging = False
        self._reported_at = float("-inf")
        self._last_progress_at = 0.0
        self._is_away = False
        self._explaining = Explaining(is_needed=capacity.by_resources)
        self._is_given_up = False
        self._has_left = False

    def handle(self, events: Iterable[Event], now: float) -> list[Instruction]:
        """Take in what happened until `now` (seconds of a monotonic clock) and say what to do, in order."""
        instructions: list[Instruction] = []
        for event in events:
            if not self._has_left:
                instructions += self._take_in(event, now)
        if not self._has_left:
            instructions += self._go_on(now) if self.leaving.exit_reason is None else self._finish(now)
            instructions += self._watch_the_running()
        return instructions

    def _take_in(self, event: Event, now: float) -> list[Instruction]:  # noqa: C901, PLR0911, PLR0912  one flat case for each event
        match event:
            case Exited():
                self._last_progress_at = now
                return self.attempts.exited(event, now)
            case OverMemory(job_id):
                return self.attempts.over_memory(job_id)
            case LaunchFailed(job_id, at):
                self._last_progress_at = now
                self.attempts.not_launched(job_id, at)
                return []
            case Inspected(job_id, missing_files):
                return self.attempts.inspected(job_id, missing_files)
            case FailureHandled():
                self.attempts.failure_handled(event)
                return []
            case ClaimAnswered(number, jobs):
                return self._claim_answered(number, jobs, now)
            case Exchanged():
                return self._exchanged(event, now)
            case WorkflowOver(is_canceled):
                return self._workflow_over(now, is_canceled=is_canceled)
            case SignalReceived():
                return self._stop_requested(now)
            case PreemptionNotice():
                return self._end_nears()
            case TimerFired(kind):
                return self._woken(kind, now)
            case ServerAway():
                self._is_away = True
                return []
            case ServerBack():
                self._is_away = False
                self.leaving.is_busy()  # time without a service is no idleness
                return []
            case LeaseLost():
                return self._lease_lost(now)
            case Fatal():
                return self._end(ExitReason.FATAL, now, REPORTS_AFTER_KILL_SECONDS)
            case ActionsDone():
                self._actions.done()
                return []
            case Begun():
                stop_at = self.rules.stop_at
                timers = [] if stop_at is None else self._timers.set_timer(stop_at, TimerKind.NODE_TIME)
                return [*self._actions.begin(), *timers]

    # Jobs come

    def _claim_answered(self, number: int, jobs: tuple[ClaimedJob, ...], now: float) -> list[Instruction]:
        pause_until = None if jobs else self._claiming.came_back_empty(now)
        if jobs:
            self._claiming.give_up()
            self._receive(number, jobs, now)
            return []
        instructions: list[Instruction] = []
        if self.leaving.exit_reason is None:
            instructions += self._explaining.ask(now, self.rules.time_left_seconds(now))
        if pause_until is not None:
            instructions += self._timers.set_timer(pause_until, TimerKind.CLAIM)
        return instructions

    def _exchanged(self, event: Exchanged, now: float) -> list[Instruction]:
        self._is_exchanging = False
        self._claiming.resume()
        self._receive(event.number, event.jobs, now)
        self.attempts.learn_chained(event.chained)
        if event.has_pending_actions:
            self._actions.came_due()
        instructions = self.attempts.disown(event.refused_starts)
        if event.is_canceled or event.is_complete:
            instructions += self._workflow_over(now, is_canceled=event.is_canceled)
        return instructions

    def _receive(self, number: int, jobs: tuple[ClaimedJob, ...], now: float) -> None:
        """Take in what a claim gave, unless it came by another way already."""
        if not jobs or not self._claiming.accepts(number):
            return
        if self.leaving.exit_reason is ExitReason.CANCELED:
            return  # the service has canceled them too
        self.leaving.is_busy()
        self._explaining.jobs_came()
        self._last_progress_at = now
        self.attempts.receive(jobs)

    # Talking

    def _wanted(self, now: float) -> ClaimRequest | None:
        """Say what could be claimed now, if anything."""
        attempts = self.attempts
        num_prefetched = len(attempts.prefetched)
        limit = 0 if num_prefetched else self.capacity.most_jobs()
        goal = attempts.pace.prefetch(len(attempts.running))
        prefetch = goal - num_prefetched if num_prefetched <= goal // 2 else 0
        if limit == 0 and prefetch == 0:
            return None
        time_left_seconds = self.rules.time_left_seconds(now)
        if time_left_seconds is not None and time_left_seconds < self._least_seconds():
            return None
        # Worth asking where jobs are short and places are free: then it is their order that holds things up.
        asks_what_follows = limit > 0 and goal > 0
        return ClaimRequest(
            self._claiming.number,
            limit,
            prefetch,
            self.capacity.free if self.capacity.by_resources else None,
            max_chained=max(0, goal - len(attempts.chained)) if asks_what_follows else 0,
            chain_ends=attempts.chain_ends() if asks_what_follows else (),
            time_left_seconds=time_left_seconds,
        )

    def _least_seconds(self) -> float:
        """Jobs that are measured say themselves how much time they need."""
        return 0.0 if self.capacity.by_resources else self.rules.least_seconds

    def _report(self, now: float) -> list[Instruction]:
        """Tell the news and ask for jobs: at once where somebody waits for it, else together with more."""
        if self._is_exchanging:
            return []
        wanted, outbox = self._wanted(now), self.attempts.outbox
        has_free_slots = wanted is not None and wanted.limit > 0
        if not len(outbox) and (wanted is None or has_free_slots):
            return [*self._claiming.open(wanted, now)] if wanted else []
        due_at = self._reported_at + REPORT_INTERVAL_SECONDS
        is_due = now >= due_at - CLOCK_TOLERANCE_SECONDS
        if is_due or (has_free_slots and outbox.report_now) or len(outbox) >= MAX_REPORTS:
            # What could follow but has not been started becomes anybody's with this news. If it comes back, well.
            self.attempts.drop_prefetched_chained()
            return self._exchange(self._wanted(now), now)
        return [*self._timers.set_timer(due_at, TimerKind.REPORT)]

    def _exchange(self, wanted: ClaimRequest | None, now: float) -> list[Instruction]:
        self._is_exchanging = True
        self._claiming.give_up()
        self._reported_at = now
        return [Exchange(self.attempts.outbox.take(), wanted)]

    # Ending

    def _workflow_over(self, now: float, *, is_canceled: bool) -> list[Instruction]:
        if is_canceled:
            return self._end(ExitReason.CANCELED, now)
        if not self.rules.ignore_completion:
            self._set_exit_reason(ExitReason.COMPLETE)  # what runs here although all is complete may finish
        return []

    def _stop_requested(self, now: float) -> list[Instruction]:
        self.leaving.stop_requests += 1
        if self.leaving.stop_requests == 1:
            return self._end(ExitReason.STOPPED, now, REPORTS_AFTER_STOP_SECONDS)
        if self.leaving.stop_requests == 2:
            kills = self.attempts.kill([*self.attempts.running], StopReason.RUNNER_STOPS)
            return [*kills, *self._timers.set_timer(now + REPORTS_AFTER_KILL_SECONDS, TimerKind.GIVE_UP)]
        return self._leave()

    def _end(self, exit_reason: ExitReason, now: float, reports_seconds: float | None = None) -> list[Instruction]:
        """Stop claiming and send TERM to what runs; KILL follows, and leaving, whatever is still untold."""
        self._set_exit_reason(exit_reason)
        kill_at = now + self.rules.kill_grace_seconds
        instructions = self.attempts.stop([*self.attempts.running], self._stop_reason(), kill_at)
        if reports_seconds is not None:
            instructions += self._timers.set_timer(kill_at + reports_seconds, TimerKind.GIVE_UP)
        return instructions

    def _set_exit_reason(self, exit_reason: ExitReason) -> None:
        self.leaving.give_reason(exit_reason)
        self.attempts.starts_chained = False

    def _stop_reason(self) -> StopReason:
        match self.leaving.exit_reason:
            case ExitReason.CANCELED:
                return StopReason.WORKFLOW_CANCELED
            case ExitReason.TIME_OVER:
                return StopReason.NODE_TIME_OVER
            case _:
                return StopReason.RUNNER_STOPS

    def _lease_lost(self, now: float) -> list[Instruction]:
        """Kill what is others' now. What ended before is told: the service knows which attempts count."""
        self._is_given_up = True
        self._set_exit_reason(ExitReason.LEASE_LOST)
        self.attempts.prefetched.clear()
        self.attempts.outbox.forget_what_is_held()
        kills = self.attempts.disown([*self.attempts.running])
        return [*kills, *self._timers.set_timer(now + REPORTS_AFTER_STOP_SECONDS, TimerKind.GIVE_UP)]

    def _woken(self, kind: TimerKind, now: float) -> list[Instruction]:  # noqa: PLR0911  one flat case for each timer
        self._timers.fired(kind)
        match kind:
            case TimerKind.IDLE:
                if self.leaving.has_idled(now) and not self._is_away and self.leaving.exit_reason is None:
                    self._set_exit_reason(ExitReason.IDLE)
                return []
            case TimerKind.RETRACT:
                if now >= self._last_progress_at + RETRACT_SECONDS - CLOCK_TOLERANCE_SECONDS and not self._is_away:
                    self.attempts.return_prefetched()
                return []
            case TimerKind.EXPLAIN:
                has_free_slots = self._claiming.is_waiting and self.leaving.exit_reason is None
                return [*self._explaining.ask(now, self.rules.time_left_seconds(now))] if has_free_slots else []
            case TimerKind.CLAIM | TimerKind.REPORT | TimerKind.JOURNAL:
                return []  # going on looks at the clock
            case TimerKind.KILL:
                return self.attempts.kill_those_due(now + CLOCK_TOLERANCE_SECONDS)
            case TimerKind.NODE_TIME:
                return self._time_over()
            case TimerKind.JOB_TIME:
                late = self.attempts.out_of_time(now + CLOCK_TOLERANCE_SECONDS)
                return self.attempts.stop(late, StopReason.JOB_TIME_OVER, now + self.rules.kill_grace_seconds)
            case TimerKind.GIVE_UP:
                return self._leave()

    def _time_over(self) -> list[Instruction]:
        """Send TERM to what runs while there is time left to tell how it ended."""
        end_at = self.rules.end_at
        if end_at is None:
            return []
        self._set_exit_reason(ExitReason.TIME_OVER)
        running, kill_at = [*self.attempts.running], end_at - self.rules.headroom_seconds
        stops = self.attempts.stop(running, StopReason.NODE_TIME_OVER, kill_at)
        return [*stops, *self._timers.set_timer(end_at, TimerKind.GIVE_UP)]

    def _end_nears(self) -> list[Instruction]:
        """Start nothing more. Jobs that chose a signal get it now; the others run on until their time is over."""
        self._set_exit_reason(ExitReason.TIME_OVER)
        if not self.rules.want_notice:
            return []
        end_at = self.rules.end_at
        kill_at = None if end_at is None else end_at - self.rules.headroom_seconds
        return self.attempts.stop([*self.attempts.running], StopReason.NODE_TIME_OVER, kill_at)

    def _leave(self) -> list[Instruction]:
        self._has_left = True
        unjournaled = self.attempts.outbox.unjournaled()
        return [
            *([WriteJournal(unjournaled)] if unjournaled else ()),
            Leave(self.leaving.exit_reason or ExitReason.STOPPED),
        ]

    def _keep(self, now: float) -> list[Instruction]:
        """Keep on disk what the service cannot be told for the time being."""
        outbox, due_at = self.attempts.outbox, self._reported_at + JOURNAL_AFTER_SECONDS
        if not self._is_exchanging or not outbox.has_unjournaled:
            return []
        if now >= due_at - CLOCK_TOLERANCE_SECONDS:
            return [WriteJournal(outbox.unjournaled())]
        return [*self._timers.set_timer(due_at, TimerKind.JOURNAL)]

    # What follows from the state, whatever the event was

    def _go_on(self, now: float) -> list[Instruction]:
        if not self._actions.has_begun:
            return []
        return [
            *self._actions.meanwhile(),
            *self.attempts.launch(now),
            *self._report(now),
            *self._keep(now),
            *self._set_timers(now),
        ]

    def _finish(self, now: float) -> list[Instruction]:
        exit_reason, attempts = self.leaving.exit_reason, self.attempts
        if exit_reason is ExitReason.CANCELED:
            attempts.prefetched.clear()  # the service has canceled them too
        attempts.return_prefetched()
        if self._is_exchanging:
            return self._keep(now)
        # What a claim was given whose answer is not awaited any more must go back. Where the workflow is over there
        # is nothing to be given, and where nobody answers nothing to be learned.
        has_leftovers = (
            not self._is_given_up
            and self._claiming.is_waiting
            and exit_reason in {ExitReason.IDLE, ExitReason.STOPPED, ExitReason.TIME_OVER}
        )
        if len(attempts.outbox) or has_leftovers:
            leftovers = ClaimRequest(self._claiming.number, limit=0) if has_leftovers else None
            return self._exchange(leftovers, self._reported_at)
        if self._actions.is_busy or not attempts.are_none_left:
            return []
        return [*self._actions.end(exit_reason)] or self._leave()

    def _watch_the_running(self) -> list[Instruction]:
        kill_at, limit_at = self.attempts.next_kill_at(), self.attempts.next_limit_at()
        return [
            *(self._timers.set_timer(kill_at, TimerKind.KILL) if kill_at is not None else ()),
            *(self._timers.set_timer(limit_at, TimerKind.JOB_TIME) if limit_at is not None else ()),
        ]

    def _set_timers(self, now: float) -> list[Instruction]:
        timers: list[Instruction] = []
        if self.attempts.prefetched:
            timers += self._timers.set_timer(self._last_progress_at + RETRACT_SECONDS, TimerKind.RETRACT)
        if self.attempts.running or self._is_away or self._actions.is_busy:
            self.leaving.is_busy()
        else:
            self.leaving.idles_from(now)
        explain_at = self._explaining.due_at(now) if self._claiming.is_waiting and not self._is_away else None
        if explain_at is not None:
            timers += self._timers.set_timer(explain_at, TimerKind.EXPLAIN)
        if self.leaving.idle_at is not None:
            timers += self._timers.set_timer(self.leaving.idle_at, TimerKind.IDLE)
        return timers

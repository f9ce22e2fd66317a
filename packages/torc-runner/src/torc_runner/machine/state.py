"""What a runner does next: `RunnerState.handle(events, now)` answers what happened with instructions.

The attempts are in `attempts`, from the claim until their end is told. At most one exchange with the service is open,
and at most one claim waits there.
"""

from collections.abc import Iterable

from torc_runner.machine.acting import Acting
from torc_runner.machine.attempt import StopReason
from torc_runner.machine.attempts import Attempts
from torc_runner.machine.capacity import Capacity
from torc_runner.machine.claiming import Claiming
from torc_runner.machine.events import (
    ActionsDone,
    Begun,
    Broken,
    Claimed,
    EndNears,
    Event,
    Exchanged,
    Exited,
    FailureHandled,
    Inspected,
    LaunchFailed,
    LeaseLost,
    OverMemory,
    ServerAway,
    ServerBack,
    SignalReceived,
    Wake,
    Woken,
    WorkflowOver,
)
from torc_runner.machine.explaining import Explaining
from torc_runner.machine.instructions import Ending, Exchange, Instruction, Keep, Leave, Wanted
from torc_runner.machine.job import ClaimedJob
from torc_runner.machine.leaving import Leaving
from torc_runner.machine.pace import HOARD_SECONDS, KEEP_SECONDS, MOST_NEWS, TALK_SECONDS
from torc_runner.machine.rules import REPORTS_AFTER_KILL_SECONDS, REPORTS_AFTER_STOP_SECONDS, Rules
from torc_runner.machine.timers import CLOCK_TOLERANCE_SECONDS, Timers


class RunnerState:
    """What one runner holds and wants."""

    def __init__(self, capacity: Capacity, rules: Rules) -> None:
        self.capacity = capacity
        self.rules = rules
        self.attempts = Attempts(capacity, rules)
        self.leaving = Leaving(rules.idle_seconds)
        self._acting = Acting()
        self._claiming = Claiming(rules.longest_wait_seconds)
        self._timers = Timers()
        self._is_exchanging = False
        self._talked_at = float("-inf")
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
            instructions += self._go_on(now) if self.leaving.ending is None else self._finish(now)
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
            case Claimed(number, jobs):
                return self._claim_answered(number, jobs, now)
            case Exchanged():
                return self._exchanged(event, now)
            case WorkflowOver(is_canceled):
                return self._workflow_over(now, is_canceled=is_canceled)
            case SignalReceived():
                return self._asked_to_stop(now)
            case EndNears():
                return self._end_nears()
            case Woken(wake):
                return self._woken(wake, now)
            case ServerAway():
                self._is_away = True
                return []
            case ServerBack():
                self._is_away = False
                self.leaving.is_busy()  # time without a service is no idleness
                return []
            case LeaseLost():
                return self._lease_lost(now)
            case Broken():
                return self._end(Ending.BROKEN, now, REPORTS_AFTER_KILL_SECONDS)
            case ActionsDone():
                self._acting.done()
                return []
            case Begun():
                stop_at = self.rules.stop_at
                timers = [] if stop_at is None else self._timers.wake_at(stop_at, Wake.NODE_TIME)
                return [*self._acting.begin(), *timers]

    # Jobs come

    def _claim_answered(self, number: int, jobs: tuple[ClaimedJob, ...], now: float) -> list[Instruction]:
        pause_until = None if jobs else self._claiming.came_back_empty(now)
        if jobs:
            self._claiming.give_up()
            self._receive(number, jobs, now)
            return []
        instructions: list[Instruction] = []
        if self.leaving.ending is None:
            instructions += self._explaining.ask(now, self.rules.time_left_seconds(now))
        if pause_until is not None:
            instructions += self._timers.wake_at(pause_until, Wake.CLAIM)
        return instructions

    def _exchanged(self, event: Exchanged, now: float) -> list[Instruction]:
        self._is_exchanging = False
        self._claiming.resume()
        self._receive(event.number, event.jobs, now)
        self.attempts.learn_following(event.following)
        if event.has_pending_actions:
            self._acting.came_due()
        instructions = self.attempts.disown(event.refused_starts)
        if event.is_canceled or event.is_complete:
            instructions += self._workflow_over(now, is_canceled=event.is_canceled)
        return instructions

    def _receive(self, number: int, jobs: tuple[ClaimedJob, ...], now: float) -> None:
        """Take in what a claim gave, unless it came by another way already."""
        if not jobs or not self._claiming.accepts(number):
            return
        if self.leaving.ending is Ending.CANCELED:
            return  # the service has canceled them too
        self.leaving.is_busy()
        self._explaining.jobs_came()
        self._last_progress_at = now
        self.attempts.receive(jobs)

    # Talking

    def _wanted(self, now: float) -> Wanted | None:
        """Say what could be claimed now, if anything."""
        attempts = self.attempts
        num_at_hand = len(attempts.at_hand)
        limit = 0 if num_at_hand else self.capacity.most_jobs()
        goal = attempts.pace.ahead(len(attempts.running))
        ahead = goal - num_at_hand if num_at_hand <= goal // 2 else 0
        if limit == 0 and ahead == 0:
            return None
        time_left_seconds = self.rules.time_left_seconds(now)
        if time_left_seconds is not None and time_left_seconds < self._least_seconds():
            return None
        # Worth asking where jobs are short and places are free: then it is their order that holds things up.
        asks_what_follows = limit > 0 and goal > 0
        return Wanted(
            self._claiming.number,
            limit,
            ahead,
            self.capacity.free if self.capacity.by_resources else None,
            most_following=max(0, goal - len(attempts.following)) if asks_what_follows else 0,
            tails=attempts.tails() if asks_what_follows else (),
            time_left_seconds=time_left_seconds,
        )

    def _least_seconds(self) -> float:
        """Jobs that are measured say themselves how much time they need."""
        return 0.0 if self.capacity.by_resources else self.rules.least_seconds

    def _talk(self, now: float) -> list[Instruction]:
        """Tell the news and ask for jobs: at once where somebody waits for it, else together with more."""
        if self._is_exchanging:
            return []
        wanted, outbox = self._wanted(now), self.attempts.outbox
        is_hungry = wanted is not None and wanted.limit > 0
        if not len(outbox) and (wanted is None or is_hungry):
            return [*self._claiming.open(wanted, now)] if wanted else []
        due_at = self._talked_at + TALK_SECONDS
        is_due = now >= due_at - CLOCK_TOLERANCE_SECONDS
        if is_due or (is_hungry and outbox.is_urgent) or len(outbox) >= MOST_NEWS:
            # What could follow but has not been started becomes anybody's with this news. If it comes back, well.
            self.attempts.drop_followers_at_hand()
            return self._exchange(self._wanted(now), now)
        return [*self._timers.wake_at(due_at, Wake.TALK)]

    def _exchange(self, wanted: Wanted | None, now: float) -> list[Instruction]:
        self._is_exchanging = True
        self._claiming.give_up()
        self._talked_at = now
        return [Exchange(self.attempts.outbox.take(), wanted)]

    # Ending

    def _workflow_over(self, now: float, *, is_canceled: bool) -> list[Instruction]:
        if is_canceled:
            return self._end(Ending.CANCELED, now)
        if not self.rules.ignore_completion:
            self._would_leave(Ending.COMPLETE)  # what runs here although all is complete may finish
        return []

    def _asked_to_stop(self, now: float) -> list[Instruction]:
        self.leaving.stop_requests += 1
        if self.leaving.stop_requests == 1:
            return self._end(Ending.STOPPED, now, REPORTS_AFTER_STOP_SECONDS)
        if self.leaving.stop_requests == 2:
            kills = self.attempts.kill([*self.attempts.running], StopReason.RUNNER_STOPS)
            return [*kills, *self._timers.wake_at(now + REPORTS_AFTER_KILL_SECONDS, Wake.GIVE_UP)]
        return self._leave()

    def _end(self, ending: Ending, now: float, reports_seconds: float | None = None) -> list[Instruction]:
        """Stop claiming and send TERM to what runs; KILL follows, and leaving, whatever is still untold."""
        self._would_leave(ending)
        kill_at = now + self.rules.kill_grace_seconds
        instructions = self.attempts.stop([*self.attempts.running], self._stop_reason(), kill_at)
        if reports_seconds is not None:
            instructions += self._timers.wake_at(kill_at + reports_seconds, Wake.GIVE_UP)
        return instructions

    def _would_leave(self, ending: Ending) -> None:
        self.leaving.would(ending)
        self.attempts.lets_follow = False

    def _stop_reason(self) -> StopReason:
        match self.leaving.ending:
            case Ending.CANCELED:
                return StopReason.WORKFLOW_CANCELED
            case Ending.TIME_OVER:
                return StopReason.NODE_TIME_OVER
            case _:
                return StopReason.RUNNER_STOPS

    def _lease_lost(self, now: float) -> list[Instruction]:
        """Kill what is others' now. What ended before is told: the service knows which attempts count."""
        self._is_given_up = True
        self._would_leave(Ending.LEASE_LOST)
        self.attempts.at_hand.clear()
        self.attempts.outbox.forget_what_is_held()
        kills = self.attempts.disown([*self.attempts.running])
        return [*kills, *self._timers.wake_at(now + REPORTS_AFTER_STOP_SECONDS, Wake.GIVE_UP)]

    def _woken(self, wake: Wake, now: float) -> list[Instruction]:  # noqa: PLR0911  one flat case for each timer
        self._timers.woken(wake)
        match wake:
            case Wake.IDLE:
                if self.leaving.has_idled(now) and not self._is_away and self.leaving.ending is None:
                    self._would_leave(Ending.IDLE)
                return []
            case Wake.HOARD:
                if now >= self._last_progress_at + HOARD_SECONDS - CLOCK_TOLERANCE_SECONDS and not self._is_away:
                    self.attempts.return_what_is_at_hand()
                return []
            case Wake.EXPLAIN:
                is_hungry = self._claiming.is_waiting and self.leaving.ending is None
                return [*self._explaining.ask(now, self.rules.time_left_seconds(now))] if is_hungry else []
            case Wake.CLAIM | Wake.TALK | Wake.KEEP:
                return []  # going on looks at the clock
            case Wake.KILL:
                return self.attempts.kill_those_due(now + CLOCK_TOLERANCE_SECONDS)
            case Wake.NODE_TIME:
                return self._time_over()
            case Wake.JOB_TIME:
                late = self.attempts.out_of_time(now + CLOCK_TOLERANCE_SECONDS)
                return self.attempts.stop(late, StopReason.JOB_TIME_OVER, now + self.rules.kill_grace_seconds)
            case Wake.GIVE_UP:
                return self._leave()

    def _time_over(self) -> list[Instruction]:
        """Send TERM to what runs while there is time left to tell how it ended."""
        end_at = self.rules.end_at
        if end_at is None:
            return []
        self._would_leave(Ending.TIME_OVER)
        running, kill_at = [*self.attempts.running], end_at - self.rules.headroom_seconds
        stops = self.attempts.stop(running, StopReason.NODE_TIME_OVER, kill_at)
        return [*stops, *self._timers.wake_at(end_at, Wake.GIVE_UP)]

    def _end_nears(self) -> list[Instruction]:
        """Start nothing more. Jobs that chose a signal get it now; the others run on until their time is over."""
        self._would_leave(Ending.TIME_OVER)
        if not self.rules.want_notice:
            return []
        end_at = self.rules.end_at
        kill_at = None if end_at is None else end_at - self.rules.headroom_seconds
        return self.attempts.stop([*self.attempts.running], StopReason.NODE_TIME_OVER, kill_at)

    def _leave(self) -> list[Instruction]:
        self._has_left = True
        unkept = self.attempts.outbox.unkept()
        return [*([Keep(unkept)] if unkept else ()), Leave(self.leaving.ending or Ending.STOPPED)]

    def _keep(self, now: float) -> list[Instruction]:
        """Keep on disk what the service cannot be told for the time being."""
        outbox, due_at = self.attempts.outbox, self._talked_at + KEEP_SECONDS
        if not self._is_exchanging or not outbox.has_unkept:
            return []
        if now >= due_at - CLOCK_TOLERANCE_SECONDS:
            return [Keep(outbox.unkept())]
        return [*self._timers.wake_at(due_at, Wake.KEEP)]

    # What follows from the state, whatever the event was

    def _go_on(self, now: float) -> list[Instruction]:
        if not self._acting.has_begun:
            return []
        return [
            *self._acting.meanwhile(),
            *self.attempts.launch(now),
            *self._talk(now),
            *self._keep(now),
            *self._set_timers(now),
        ]

    def _finish(self, now: float) -> list[Instruction]:
        ending, attempts = self.leaving.ending, self.attempts
        if ending is Ending.CANCELED:
            attempts.at_hand.clear()  # the service has canceled them too
        attempts.return_what_is_at_hand()
        if self._is_exchanging:
            return self._keep(now)
        # What a claim was given whose answer is not awaited any more must go back. Where the workflow is over there
        # is nothing to be given, and where nobody answers nothing to be learned.
        has_leftovers = (
            not self._is_given_up
            and self._claiming.is_waiting
            and ending in {Ending.IDLE, Ending.STOPPED, Ending.TIME_OVER}
        )
        if len(attempts.outbox) or has_leftovers:
            leftovers = Wanted(self._claiming.number, limit=0) if has_leftovers else None
            return self._exchange(leftovers, self._talked_at)
        if self._acting.is_busy or not attempts.are_none_left:
            return []
        return [*self._acting.end(ending)] or self._leave()

    def _watch_the_running(self) -> list[Instruction]:
        kill_at, limit_at = self.attempts.next_kill_at(), self.attempts.next_limit_at()
        return [
            *(self._timers.wake_at(kill_at, Wake.KILL) if kill_at is not None else ()),
            *(self._timers.wake_at(limit_at, Wake.JOB_TIME) if limit_at is not None else ()),
        ]

    def _set_timers(self, now: float) -> list[Instruction]:
        timers: list[Instruction] = []
        if self.attempts.at_hand:
            timers += self._timers.wake_at(self._last_progress_at + HOARD_SECONDS, Wake.HOARD)
        if self.attempts.running or self._is_away or self._acting.is_busy:
            self.leaving.is_busy()
        else:
            self.leaving.idles_from(now)
        explain_at = self._explaining.due_at(now) if self._claiming.is_waiting and not self._is_away else None
        if explain_at is not None:
            timers += self._timers.wake_at(explain_at, Wake.EXPLAIN)
        if self.leaving.idle_at is not None:
            timers += self._timers.wake_at(self.leaving.idle_at, Wake.IDLE)
        return timers

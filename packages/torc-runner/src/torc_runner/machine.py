"""The runner's decisions: `RunnerState.handle(event, now)` answers each event with instructions.

Nothing here waits, reads a clock, or talks to anybody. A job that was claimed waits in `at_hand`, is in `running`
while its command runs, in `inspected` while its output files are looked for, and in `outbox` until its end is told.
At most one exchange with the service is open, and at most one claim waits there; `ending` says why the runner would
leave, once it would.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from torc_client.api.enums import JobStatus
from torc_runner.attempt import Attempt, Stage
from torc_runner.capacity import Capacity
from torc_runner.events import (
    Begun,
    Broken,
    Claimed,
    Event,
    Exchanged,
    Exited,
    Inspected,
    LaunchFailed,
    ServerAway,
    ServerBack,
    SignalReceived,
    Wake,
    Woken,
    WorkflowOver,
)
from torc_runner.following import Following
from torc_runner.instructions import (
    Claim,
    Ending,
    Exchange,
    ExplainIdleness,
    Inspect,
    Instruction,
    Launch,
    Leave,
    Signal,
    WakeAt,
    Wanted,
)
from torc_runner.job import ClaimedJob, JobId
from torc_runner.outbox import Ended, Outbox
from torc_runner.outcome import COULD_NOT_START, settle
from torc_runner.pace import HOARD_SECONDS, MOST_NEWS, MOST_TAILS, TALK_SECONDS, Pace
from torc_runner.rules import REPORTS_AFTER_KILL_SECONDS, REPORTS_AFTER_STOP_SECONDS, Rules

FIRST_PAUSE_SECONDS = 0.5
"""Pause after a claim that came back empty before its time; doubles up to the longest wait."""

CLOCK_TOLERANCE_SECONDS = 0.01
"""Timers may fire this much early."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The claim that waits at the service."""

    opened_at: float
    wait_seconds: int


class RunnerState:
    """What one runner holds and wants."""

    def __init__(self, capacity: Capacity, rules: Rules) -> None:
        self.capacity = capacity
        self.rules = rules
        self.at_hand: deque[ClaimedJob] = deque()
        self.running: dict[JobId, Attempt] = {}
        self.inspected: dict[JobId, Ended] = {}
        self.following = Following()
        self.outbox = Outbox()
        self.ending: Ending | None = None
        self._pace = Pace()
        self._claim_number = 1
        self._waiting: _Waiting | None = None
        self._is_exchanging = False
        self._talked_at = float("-inf")
        self._last_end_at = 0.0
        self._timers: dict[Wake, float] = {}
        self._pause_seconds = 0.0
        self._resume_claims_at: float | None = None
        self._idle_at: float | None = None
        self._is_away = False
        self._has_explained = False
        self._stop_requests = 0
        self._has_left = False

    def handle(self, event: Event, now: float) -> list[Instruction]:
        """Take in what happened at `now` (seconds of a monotonic clock) and say what to do, in order."""
        if self._has_left:
            return []
        instructions = self._take_in(event, now)
        if not self._has_left:
            instructions += self._go_on(now) if self.ending is None else self._finish()
        return instructions

    def _take_in(self, event: Event, now: float) -> list[Instruction]:  # noqa: C901, PLR0912  one flat case for each event
        instructions: list[Instruction] = []
        match event:
            case Begun():
                pass
            case Claimed(number, jobs):
                instructions = self._claim_answered(number, jobs, now)
            case Exchanged():
                instructions = self._exchanged(event, now)
            case LaunchFailed(job_id, at):
                instructions = self._ended(job_id, COULD_NOT_START, at, now)
            case Exited(job_id, exit_code, at):
                instructions = self._ended(job_id, exit_code, at, now)
            case Inspected(job_id, missing_files):
                ended = self.inspected.pop(job_id, None)
                if ended is not None:
                    outcome = settle(0, was_terminated=False, missing_files=missing_files)
                    self._note_end(Ended(ended.job, outcome, ended.exec_seconds, ended.at))
            case WorkflowOver(is_canceled):
                instructions = self._workflow_over(now, is_canceled=is_canceled)
            case SignalReceived():
                instructions = self._asked_to_stop(now)
            case Woken(wake):
                instructions = self._woken(wake, now)
            case ServerAway():
                self._is_away = True
            case ServerBack():
                self._is_away = False
                self._idle_at = None  # time without a service is no idleness
            case Broken():
                instructions = self._broken(now)
        return instructions

    # Jobs come

    def _claim_answered(self, number: int, jobs: tuple[ClaimedJob, ...], now: float) -> list[Instruction]:
        waiting, self._waiting = self._waiting, None
        if jobs:
            self._receive(number, jobs, now)
            return []
        instructions: list[Instruction] = []
        if not self.running and not self._has_explained and self.ending is None and self.capacity.by_resources:
            self._has_explained = True
            instructions.append(ExplainIdleness())
        if waiting is None or now >= waiting.opened_at + waiting.wait_seconds / 2:
            self._pause_seconds = 0.0
            return instructions
        # Answered before its time: the workflow is complete, or the service does not hold claims open. Asking again
        # at once would spin.
        doubled = max(FIRST_PAUSE_SECONDS, 2 * self._pause_seconds)
        self._pause_seconds = min(doubled, self.rules.longest_wait_seconds)
        self._resume_claims_at = now + self._pause_seconds
        return [*instructions, *self._wake_at(self._resume_claims_at, Wake.CLAIM)]

    def _exchanged(self, event: Exchanged, now: float) -> list[Instruction]:
        self._is_exchanging = False
        self._resume_claims_at = None  # what was told may have made jobs ready
        self._receive(event.number, event.jobs, now)
        self.following.learn(event.following, [*self.running, *(job.job_id for job in self.at_hand)])
        instructions = self._disown(event.refused_starts)
        if event.is_canceled or event.is_complete:
            instructions += self._workflow_over(now, is_canceled=event.is_canceled)
        return instructions

    def _disown(self, job_ids: frozenset[JobId]) -> list[Instruction]:
        """Kill what was given to somebody else, canceled or reset, and say nothing of it."""
        disowned = [self.running[job_id] for job_id in job_ids if job_id in self.running]
        for attempt in disowned:
            attempt.stage = Stage.DISOWNED
            self.following.forget(attempt.job.job_id)
        return [Signal(attempt.job.job_id, kill=True) for attempt in disowned]

    def _receive(self, number: int, jobs: Iterable[ClaimedJob], now: float) -> None:
        """Take in what a claim gave, unless it came by another way already."""
        if not jobs or number != self._claim_number:
            return
        self._claim_number += 1
        self._pause_seconds = 0.0
        self._resume_claims_at = None
        if self.ending is Ending.CANCELED:
            return  # the service has canceled them too
        self._idle_at = None
        self._has_explained = False
        self._last_end_at = now
        self.at_hand.extend(jobs)

    # Jobs run

    def _launch(self, now: float) -> list[Instruction]:
        """Start what is at hand and fits, in order."""
        launched: list[Instruction] = []
        kept: deque[ClaimedJob] = deque()
        while self.at_hand and self.capacity.most_jobs():
            job = self.at_hand.popleft()
            if self.capacity.fits(job.needs):
                self.capacity.take(job.needs)
                self.running[job.job_id] = Attempt(job, now)
                self.outbox.started(job)
                launched.append(Launch(job))
            else:
                kept.append(job)
        self.at_hand.extendleft(reversed(kept))
        return launched

    def _ended(self, job_id: JobId, exit_code: int, at: datetime, now: float) -> list[Instruction]:
        attempt = self.running.pop(job_id, None)
        if attempt is None:
            return []
        job, exec_seconds = attempt.job, max(0.0, now - attempt.launched_at)
        self.capacity.give_back(job.needs)
        self._pace.observe(exec_seconds)
        self._last_end_at = now
        if attempt.stage is Stage.DISOWNED:
            return []
        outcome = settle(exit_code, was_terminated=attempt.stage is Stage.STOPPING, missing_files=())
        ended = Ended(job, outcome, exec_seconds, at)
        if exit_code == 0 and job.has_output_files:
            self.inspected[job_id] = ended
            return [Inspect(job)]
        self._note_end(ended)
        return []

    def _note_end(self, ended: Ended) -> None:
        """Put an end into the outbox, and at hand what may follow it here."""
        job_id = ended.job.job_id
        if ended.outcome.status is not JobStatus.COMPLETED or self.ending is not None:
            self.following.forget(job_id)
        followers = self.following.take(job_id)
        self.at_hand.extend(followers)
        self.outbox.ended(ended, is_urgent=not followers)

    # Talking

    def _wanted(self) -> Wanted | None:
        """Say what could be claimed now, if anything."""
        limit = 0 if self.at_hand else self.capacity.most_jobs()
        goal = self._pace.ahead(len(self.running))
        ahead = goal - len(self.at_hand) if len(self.at_hand) <= goal // 2 else 0
        if limit == 0 and ahead == 0:
            return None
        offer = self.capacity.free if self.capacity.by_resources else None
        # Worth asking where jobs are short and places are free: then it is their order that holds things up.
        if limit == 0 or goal == 0:
            return Wanted(self._claim_number, limit, ahead, offer)
        return Wanted(self._claim_number, limit, ahead, offer, max(0, goal - len(self.following)), self._tails())

    def _tails(self) -> tuple[JobId, ...]:
        """Name the jobs after which nothing is known to follow here."""
        known = [*self.running, *self.following.ids()]
        return tuple(job_id for job_id in known if not self.following.has(job_id))[-MOST_TAILS:]

    def _talk(self, now: float) -> list[Instruction]:
        """Tell the news and ask for jobs: at once where somebody waits for it, else together with more."""
        if self._is_exchanging:
            return []
        wanted = self._wanted()
        is_hungry = wanted is not None and wanted.limit > 0
        if not len(self.outbox) and (wanted is None or is_hungry):
            return self._wait_for_jobs(wanted, now) if wanted else []
        due_at = self._talked_at + TALK_SECONDS
        if (
            now >= due_at - CLOCK_TOLERANCE_SECONDS
            or (is_hungry and self.outbox.is_urgent)
            or len(self.outbox) >= MOST_NEWS
        ):
            # What could follow but has not been started becomes anybody's with this news. If it comes back, well.
            self._drop_followers_at_hand()
            return self._exchange(self._wanted(), now)
        return self._wake_at(due_at, Wake.TALK)

    def _drop_followers_at_hand(self) -> None:
        kept = [job for job in self.at_hand if job.after is None]
        if len(kept) < len(self.at_hand):
            for job in self.at_hand:
                if job.after is not None:
                    self.following.forget(job.job_id)
            self.at_hand = deque(kept)

    def _exchange(self, wanted: Wanted | None, now: float) -> list[Instruction]:
        self._is_exchanging = True
        self._waiting = None
        self._talked_at = now
        return [Exchange(self.outbox.take(), wanted)]

    def _wait_for_jobs(self, wanted: Wanted, now: float) -> list[Instruction]:
        is_paused = self._resume_claims_at is not None and now < self._resume_claims_at - CLOCK_TOLERANCE_SECONDS
        if self._waiting is not None or is_paused:
            return []
        self._resume_claims_at = None
        self._waiting = _Waiting(now, self.rules.longest_wait_seconds)
        return [Claim(wanted, self.rules.longest_wait_seconds)]

    # Ending

    def _workflow_over(self, now: float, *, is_canceled: bool) -> list[Instruction]:
        if is_canceled:
            return self._end(Ending.CANCELED, now)
        if self.rules.ignore_completion or self.ending is not None:
            return []
        self.ending = Ending.COMPLETE  # what runs here although all is complete may finish
        return []

    def _asked_to_stop(self, now: float) -> list[Instruction]:
        self._stop_requests += 1
        if self._stop_requests == 1:
            give_up_at = now + self.rules.kill_grace_seconds + REPORTS_AFTER_STOP_SECONDS
            return [*self._end(Ending.STOPPED, now), *self._wake_at(give_up_at, Wake.GIVE_UP)]
        if self._stop_requests == 2:
            return [*self._signal_all(kill=True), *self._wake_at(now + REPORTS_AFTER_KILL_SECONDS, Wake.GIVE_UP)]
        return self._leave()

    def _broken(self, now: float) -> list[Instruction]:
        give_up_at = now + self.rules.kill_grace_seconds + REPORTS_AFTER_KILL_SECONDS
        return [*self._end(Ending.BROKEN, now), *self._wake_at(give_up_at, Wake.GIVE_UP)]

    def _end(self, ending: Ending, now: float) -> list[Instruction]:
        """Stop claiming and send TERM to what runs; KILL follows. The first reason to end stands."""
        if self.ending is None or self.ending is Ending.COMPLETE:
            self.ending = ending
        if not any(attempt.stage is Stage.RUNNING for attempt in self.running.values()):
            return []
        return [*self._signal_all(kill=False), *self._wake_at(now + self.rules.kill_grace_seconds, Wake.KILL)]

    def _signal_all(self, *, kill: bool) -> list[Instruction]:
        signaled = [each for each in self.running.values() if kill or each.stage is Stage.RUNNING]
        for attempt in signaled:
            if attempt.stage is Stage.RUNNING:
                attempt.stage = Stage.STOPPING
        return [Signal(attempt.job.job_id, kill=kill) for attempt in signaled]

    def _woken(self, wake: Wake, now: float) -> list[Instruction]:
        self._timers.pop(wake, None)
        match wake:
            case Wake.IDLE:
                is_due = self._idle_at is not None and now >= self._idle_at - CLOCK_TOLERANCE_SECONDS
                if is_due and not self._is_away and self.ending is None:
                    self.ending = Ending.IDLE
                return []
            case Wake.HOARD:
                if now >= self._last_end_at + HOARD_SECONDS - CLOCK_TOLERANCE_SECONDS and not self._is_away:
                    self._return_what_is_at_hand()
                return []
            case Wake.CLAIM | Wake.TALK:
                return []  # going on looks at the clock
            case Wake.KILL:
                return self._signal_all(kill=True)
            case Wake.GIVE_UP:
                return self._leave()

    def _return_what_is_at_hand(self) -> None:
        while self.at_hand:
            job = self.at_hand.popleft()
            if job.after is None:
                self.outbox.returned(job)

    def _leave(self) -> list[Instruction]:
        self._has_left = True
        return [Leave(self.ending or Ending.STOPPED)]

    # What follows from the state, whatever the event was

    def _go_on(self, now: float) -> list[Instruction]:
        return [*self._launch(now), *self._talk(now), *self._set_timers(now)]

    def _finish(self) -> list[Instruction]:
        if self.ending is Ending.CANCELED:
            self.at_hand.clear()  # the service has canceled them too
        self._return_what_is_at_hand()
        if self._is_exchanging:
            return []
        # What a claim was given whose answer is not awaited any more must go back. Where the workflow is over there
        # is nothing to be given, and where nobody answers nothing to be learned.
        has_leftovers = self._waiting is not None and self.ending in {Ending.IDLE, Ending.STOPPED}
        if len(self.outbox) or has_leftovers:
            leftovers = Wanted(self._claim_number, limit=0) if has_leftovers else None
            return self._exchange(leftovers, self._talked_at)
        return [] if self.running or self.inspected else self._leave()

    def _set_timers(self, now: float) -> list[Instruction]:
        timers: list[Instruction] = []
        if self.at_hand:
            timers += self._wake_at(self._last_end_at + HOARD_SECONDS, Wake.HOARD)
        if self.running or self._is_away:
            self._idle_at = None
        elif self._idle_at is None:
            self._idle_at = now + self.rules.idle_seconds
        if self._idle_at is not None:
            timers += self._wake_at(self._idle_at, Wake.IDLE)
        return timers

    def _wake_at(self, at_seconds: float, wake: Wake) -> list[Instruction]:
        """Set a timer, unless one for the same purpose will come before: that one sets the next."""
        if self._timers.get(wake, float("inf")) <= at_seconds:
            return []
        self._timers[wake] = at_seconds
        return [WakeAt(at_seconds, wake)]

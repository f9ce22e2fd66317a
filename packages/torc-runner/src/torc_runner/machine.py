"""The runner's decisions: `RunnerState.handle(event, now)` answers each event with instructions.

Nothing here waits, reads a clock, or talks to anybody. What is held is in `jobs`, what still has to be told to the
service in `unsettled`; there is at most one open claim; `ending` says why the runner would leave, once it would.

How a job moves: Claimed → Start → Started → Launch → Exited → Report → Settled. Its resources are free again at
Exited, so the next claim does not wait for the report.
"""

from dataclasses import dataclass

from torc_runner.capacity import Capacity
from torc_runner.events import (
    Begun,
    Broken,
    Claimed,
    Event,
    Exited,
    LaunchFailed,
    NothingToClaim,
    ServerAway,
    ServerBack,
    Settled,
    SignalReceived,
    Started,
    StartRefused,
    Wake,
    Woken,
    WorkflowOver,
)
from torc_runner.instructions import (
    AbandonClaim,
    Claim,
    Ending,
    ExplainIdleness,
    GiveBack,
    Instruction,
    Launch,
    Leave,
    Report,
    Signal,
    Start,
    WakeAt,
)
from torc_runner.job import ClaimedJob, JobId
from torc_runner.outcome import COULD_NOT_START

PARKED_AFTER_SECONDS = 0.05
"""A claim that has been open this long waits at the service for jobs; a younger one is about to be answered."""

FIRST_PAUSE_SECONDS = 0.5
"""Pause after a claim that came back empty before its time; doubles up to the longest wait."""

REPORTS_AFTER_STOP_SECONDS = 30.0
"""How long a runner that was asked to stop tries to report once its jobs have ended."""

REPORTS_AFTER_KILL_SECONDS = 5.0
"""The same after the second request."""

CLOCK_TOLERANCE_SECONDS = 0.01
"""Timers may fire this much early."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What does not change while a runner works."""

    idle_seconds: float
    """Leave after so long without a job (`compute_node_wait_for_new_jobs_seconds`)."""
    longest_wait_seconds: int = 30
    """The longest that a claim is held open."""
    kill_grace_seconds: float = 10.0
    """Between TERM and KILL."""
    ignore_completion: bool = False
    """Stay when the workflow is complete (`compute_node_ignore_workflow_completion`)."""


@dataclass(slots=True)
class _Held:
    job: ClaimedJob
    launched_at: float | None = None
    """None until the command is started."""
    was_terminated: bool = False


@dataclass(slots=True)
class _OpenClaim:
    number: int
    opened_at: float
    wait_seconds: int
    is_stale: bool = False
    """More is free now than was offered."""
    has_renewal_timer: bool = False
    is_abandoned: bool = False


class RunnerState:
    """What one runner holds and wants."""

    def __init__(self, capacity: Capacity, rules: Rules) -> None:
        self.capacity = capacity
        self.rules = rules
        self.jobs: dict[JobId, _Held] = {}
        self.unsettled: set[JobId] = set()
        self.ending: Ending | None = None
        self._claim: _OpenClaim | None = None
        self._claims_made = 0
        self._pause_seconds = 0.0
        self._resume_claims_at: float | None = None
        self._idle_at: float | None = None
        self._has_idle_timer = False
        self._is_away = False
        self._has_explained = False
        self._stop_requests = 0
        self._has_left = False

    def handle(self, event: Event, now: float) -> list[Instruction]:
        """Take in what happened at `now` (seconds of a monotonic clock) and say what to do, in order."""
        if self._has_left:
            return []
        instructions = self._take_in(event, now)
        instructions += self._go_on(now)
        return instructions

    def _take_in(self, event: Event, now: float) -> list[Instruction]:  # noqa: C901, PLR0911, PLR0912  one flat case for each event
        match event:
            case Begun():
                return []
            case Claimed(jobs):
                return self._claimed(jobs)
            case NothingToClaim():
                return self._nothing_to_claim(now)
            case Started(job_id):
                return self._started(job_id, now)
            case StartRefused(job_id):
                self._free(job_id)
                return []
            case LaunchFailed(job_id):
                return self._ended(job_id, COULD_NOT_START, now)
            case Exited(job_id, exit_code):
                return self._ended(job_id, exit_code, now)
            case Settled(job_id):
                self.unsettled.discard(job_id)
                self._resume_claims_at = None  # what it released may be ready
                return []
            case WorkflowOver(is_canceled):
                return self._workflow_over(now, is_canceled=is_canceled)
            case SignalReceived():
                return self._asked_to_stop(now)
            case Woken(wake):
                return self._woken(wake, now)
            case ServerAway():
                self._is_away = True
                return []
            case ServerBack():
                self._is_away = False
                self._idle_at = None  # time without a service is no idleness
                return []
            case Broken():
                return self._broken(now)

    # Claiming

    def _claimed(self, jobs: tuple[ClaimedJob, ...]) -> list[Instruction]:
        self._claim = None
        self._pause_seconds = 0.0
        self._resume_claims_at = None
        if self.ending is Ending.CANCELED:
            return []  # the service has canceled them too
        if self.ending is not None:
            self.unsettled.update(job.job_id for job in jobs)
            return [GiveBack(job) for job in jobs]
        self._idle_at = None
        self._has_explained = False
        for job in jobs:
            self.capacity.take(job.needs)
            self.jobs[job.job_id] = _Held(job)
        return [Start(job) for job in jobs]

    def _nothing_to_claim(self, now: float) -> list[Instruction]:
        claim, self._claim = self._claim, None
        instructions: list[Instruction] = []
        if not self.jobs and not self._has_explained and self.ending is None and self.capacity.by_resources:
            self._has_explained = True
            instructions.append(ExplainIdleness())
        if claim is None or claim.is_abandoned:
            return instructions
        if now >= claim.opened_at + claim.wait_seconds / 2:
            self._pause_seconds = 0.0
            return instructions
        # Answered before its time: the workflow is complete, or the service does not hold claims open. Asking again
        # at once would spin.
        doubled = max(FIRST_PAUSE_SECONDS, 2 * self._pause_seconds)
        self._pause_seconds = min(doubled, self.rules.longest_wait_seconds)
        self._resume_claims_at = now + self._pause_seconds
        return [*instructions, WakeAt(self._resume_claims_at, Wake.CLAIM)]

    def _open_claim(self, now: float) -> list[Instruction]:
        limit = self.capacity.most_jobs()
        is_paused = self._resume_claims_at is not None and now < self._resume_claims_at - CLOCK_TOLERANCE_SECONDS
        if limit == 0 or is_paused:
            return []
        self._resume_claims_at = None
        wait_seconds = self.rules.longest_wait_seconds
        if self._claim is None:
            self._claims_made += 1
            self._claim = _OpenClaim(self._claims_made, now, wait_seconds)
        elif self._claim.is_stale and now >= self._claim.opened_at + PARKED_AFTER_SECONDS - CLOCK_TOLERANCE_SECONDS:
            self._claim = _OpenClaim(self._claim.number, now, wait_seconds)
        else:
            return []
        offer = self.capacity.free if self.capacity.by_resources else None
        return [Claim(self._claim.number, limit, offer, wait_seconds)]

    # Running

    def _started(self, job_id: JobId, now: float) -> list[Instruction]:
        held = self.jobs.get(job_id)
        if held is None:
            return []
        if self.ending is None:
            held.launched_at = now
            return [Launch(held.job)]
        self._free(job_id)
        if self.ending is Ending.CANCELED:
            return []
        self.unsettled.add(job_id)
        return [GiveBack(held.job)]

    def _ended(self, job_id: JobId, exit_code: int, now: float) -> list[Instruction]:
        held = self._free(job_id)
        if held is None or held.launched_at is None:
            return []
        self.unsettled.add(job_id)
        return [Report(held.job, exit_code, max(0.0, now - held.launched_at), held.was_terminated)]

    def _free(self, job_id: JobId) -> _Held | None:
        held = self.jobs.pop(job_id, None)
        if held is not None:
            self.capacity.give_back(held.job.needs)
            if self._claim is not None:
                self._claim.is_stale = True
        return held

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
            return [*self._end(Ending.STOPPED, now), WakeAt(give_up_at, Wake.GIVE_UP)]
        if self._stop_requests == 2:
            return [*self._signal_all(kill=True), WakeAt(now + REPORTS_AFTER_KILL_SECONDS, Wake.GIVE_UP)]
        return self._leave()

    def _broken(self, now: float) -> list[Instruction]:
        give_up_at = now + self.rules.kill_grace_seconds + REPORTS_AFTER_KILL_SECONDS
        return [*self._end(Ending.BROKEN, now), WakeAt(give_up_at, Wake.GIVE_UP)]

    def _end(self, ending: Ending, now: float) -> list[Instruction]:
        """Stop claiming and send TERM to what runs; KILL follows. The first reason to end stands."""
        if self.ending is None or self.ending is Ending.COMPLETE:
            self.ending = ending
        if not any(held.launched_at is not None and not held.was_terminated for held in self.jobs.values()):
            return []
        return [*self._signal_all(kill=False), WakeAt(now + self.rules.kill_grace_seconds, Wake.KILL)]

    def _signal_all(self, *, kill: bool) -> list[Instruction]:
        launched = [held for held in self.jobs.values() if held.launched_at is not None]
        signaled = [held for held in launched if kill or not held.was_terminated]
        for held in signaled:
            held.was_terminated = True
        return [Signal(held.job.job_id, kill=kill) for held in signaled]

    def _woken(self, wake: Wake, now: float) -> list[Instruction]:
        match wake:
            case Wake.IDLE:
                self._has_idle_timer = False
                is_due = self._idle_at is not None and now >= self._idle_at - CLOCK_TOLERANCE_SECONDS
                if is_due and not self._is_away and self.ending is None:
                    self.ending = Ending.IDLE
                return []
            case Wake.CLAIM | Wake.RENEW_CLAIM:
                return []  # going on looks at the clock
            case Wake.KILL:
                return self._signal_all(kill=True)
            case Wake.GIVE_UP:
                return self._leave()

    def _leave(self) -> list[Instruction]:
        self._has_left = True
        return [Leave(self.ending or Ending.STOPPED)]

    # What follows from the state, whatever the event was

    def _go_on(self, now: float) -> list[Instruction]:
        if self._has_left:
            return []
        if self.ending is not None:
            return self._finish()
        return [*self._open_claim(now), *self._set_timers(now)]

    def _finish(self) -> list[Instruction]:
        if self._claim is not None and self.ending in (Ending.IDLE, Ending.STOPPED):
            if self._claim.is_abandoned:
                return []
            self._claim.is_abandoned = True
            return [AbandonClaim(self._claim.number)]
        # Otherwise the open claim can get no jobs: there are none, or nobody answers.
        if self.jobs or self.unsettled:
            return []
        return self._leave()

    def _set_timers(self, now: float) -> list[Instruction]:
        timers: list[Instruction] = []
        if self._claim is not None and self._claim.is_stale and not self._claim.has_renewal_timer:
            self._claim.has_renewal_timer = True
            timers.append(WakeAt(self._claim.opened_at + PARKED_AFTER_SECONDS, Wake.RENEW_CLAIM))
        if self.jobs or self._is_away:
            self._idle_at = None
        elif self._idle_at is None:
            self._idle_at = now + self.rules.idle_seconds
        if self._idle_at is not None and not self._has_idle_timer:
            self._has_idle_timer = True  # one is enough, however often work comes in between
            timers.append(WakeAt(self._idle_at, Wake.IDLE))
        return timers

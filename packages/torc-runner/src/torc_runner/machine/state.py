"""The decisions of a runner: `RunnerState.handle(events, now)` returns instructions.

The attempts are in `attempts`, from the claim until their end is in the outbox. At most one exchange with the server is
open, and at most one claim waits there.
"""

from collections import deque
from collections.abc import Iterable
from enum import Enum

from torc_runner.machine.action_rounds import ActionRounds
from torc_runner.machine.attempt import StopReason
from torc_runner.machine.attempts import Attempts
from torc_runner.machine.capacity import Capacity
from torc_runner.machine.claiming import Claiming
from torc_runner.machine.events import (
    ActionsDone,
    AllocationLearned,
    AttemptsFenced,
    Begun,
    ClaimAnswered,
    Event,
    Exchanged,
    Exited,
    Fatal,
    Inspected,
    LaunchFailed,
    LaunchPostponed,
    LeaseLost,
    OverMemory,
    PreemptionNotice,
    RecoveryScriptEnded,
    RunOver,
    ServerAway,
    ServerBack,
    SignalReceived,
    StopAnnounced,
    TimerFired,
    TimerKind,
    UnfinishedLooked,
    WorkflowOver,
)
from torc_runner.machine.explaining import Explaining
from torc_runner.machine.history import HISTORY_LENGTH, Turn
from torc_runner.machine.instructions import ExitReason, Instruction, Leave, LookForUnfinished, WriteJournal
from torc_runner.machine.job import ClaimedJob
from torc_runner.machine.leaving import Leaving
from torc_runner.machine.node_time import NodeTime
from torc_runner.machine.prefetch import RETRACT_SECONDS
from torc_runner.machine.reporting import Reporting
from torc_runner.machine.rules import REPORTS_AFTER_KILL_SECONDS, REPORTS_AFTER_STOP_SECONDS, Rules
from torc_runner.machine.timers import Timers, is_due

_RETURNING = frozenset({ExitReason.IDLE, ExitReason.STOPPED, ExitReason.TIME_OVER, ExitReason.NO_TIME})
"""Exit reasons after which jobs of an open claim are returned. After others the server has none or cannot answer."""

_HASTY = frozenset({ExitReason.STOPPED, ExitReason.FATAL})
"""Exit reasons after which the runner waits for its jobs, but not for a server that is away."""


class Phase(Enum):
    """The phase of a node session. Each phase leads only to later ones."""

    STARTING = "actions that come before the first job are carried out"
    WORKING = "jobs are claimed and run"
    ENDING = "no job is claimed; running jobs end, and the outbox is sent"
    LEFT = "the runner has left; events are ignored"


class RunnerState:
    """The state of one runner: its jobs, its open calls, its timers."""

    def __init__(self, capacity: Capacity, rules: Rules) -> None:
        self.capacity = capacity
        self.attempts = Attempts(capacity, rules)
        self.leaving = Leaving(rules.idle_seconds)
        self.phase = Phase.STARTING
        self.history: deque[Turn] = deque(maxlen=HISTORY_LENGTH)
        """The latest turns, for the log in case of an error."""
        self._actions = ActionRounds()
        self._claiming = Claiming(rules.longest_wait_seconds)
        self._timers = Timers()
        self._node_time = NodeTime(self.attempts, self._timers)
        self._reporting = Reporting(self.attempts, self._claiming, self._timers)
        self._explaining = Explaining()
        self._last_progress_at = 0.0
        self._is_disowned = False

    @property
    def rules(self) -> Rules:
        """The policy, as far as it is known."""
        return self.attempts.rules

    def handle(self, events: Iterable[Event], now: float) -> list[Instruction]:
        """Process the events until `now` (seconds of a monotonic clock). Return the instructions, in order."""
        turn = Turn(now, tuple(events), [])
        self.history.append(turn)
        instructions = turn.instructions
        for event in turn.events:
            if self.phase is not Phase.LEFT:
                instructions += self._take_in(event, now)
        if self.phase is Phase.WORKING and not self.attempts.awaits_stop:
            instructions += self._continue(now)
        elif self.phase is Phase.ENDING and not self.attempts.awaits_stop:
            instructions += [*self._finish(now), *self._limit_last_reports(now)]
        if self.phase is not Phase.LEFT:
            instructions += self._watch_running(now)
        return [*instructions]

    def _take_in(self, event: Event, now: float) -> list[Instruction]:  # noqa: C901, PLR0911, PLR0912  one flat case for each event
        match event:
            case Exited():
                self._last_progress_at = now
                return self.attempts.exited(event, now)
            case OverMemory(job_id):
                return self.attempts.over_memory(job_id)
            case LaunchFailed(job_id, at, why):
                self._last_progress_at = now
                self.attempts.not_launched(job_id, at, why)
                return []
            case LaunchPostponed(job_id):
                self.attempts.launch_postponed(job_id, now)
                return []
            case Inspected():
                return self.attempts.inspected(event)
            case RecoveryScriptEnded():
                self.attempts.recovery_script_ended(event)
                return []
            case ClaimAnswered(number, jobs):
                return self._claim_answered(number, jobs, now)
            case Exchanged():
                return self._exchanged(event, now)
            case WorkflowOver(is_canceled):
                return self._workflow_over(now, is_canceled=is_canceled)
            case StopAnnounced():
                return self.attempts.stop_announced(now)
            case SignalReceived():
                return self._stop_requested(now)
            case PreemptionNotice():
                self._set_exit_reason(ExitReason.TIME_OVER)
                return self._node_time.notice()
            case AllocationLearned():
                return self._node_time.learn(event, now)
            case TimerFired(kind):
                return self._timer_fired(kind, now)
            case ServerAway():
                self._reporting.is_server_away = True
                self.leaving.forget_question()
                return []
            case ServerBack():
                self._reporting.is_server_away = False
                self.leaving.is_busy()  # time without a server is not idle time
                return []
            case UnfinishedLooked(is_any_left):
                if not is_any_left and self._has_nothing_to_do:
                    self._set_exit_reason(ExitReason.IDLE)
                return []
            case LeaseLost():
                return self._disowned(ExitReason.LEASE_LOST, now)
            case RunOver():
                return self._disowned(ExitReason.RUN_OVER, now)
            case AttemptsFenced():
                self.attempts.report_starts_again()
                return []
            case Fatal():
                return self._end(ExitReason.FATAL, now, REPORTS_AFTER_KILL_SECONDS)
            case ActionsDone():
                self._actions.done()
                if self.phase is Phase.STARTING:
                    self.phase = Phase.WORKING
                return []
            case Begun():
                return [*self._actions.begin(), *self._node_time.watch(now)]

    def _claim_answered(self, number: int, jobs: tuple[ClaimedJob, ...], now: float) -> list[Instruction]:
        pause_until = None if jobs else self._claiming.came_back_empty(now)
        if jobs:
            self._claiming.give_up()
            return self._receive(number, jobs, now)
        is_explained = self.phase is not Phase.ENDING
        questions = self._explaining.ask(now, self.rules.time_left_seconds(now)) if is_explained else []
        timers = self._timers.set(TimerKind.CLAIM, pause_until, now) if pause_until is not None else []
        return [*questions, *timers]

    def _exchanged(self, event: Exchanged, now: float) -> list[Instruction]:
        self._reporting.answered()
        self.leaving.question_answered()
        received = self._receive(event.number, event.jobs, now)
        self.attempts.learn_chained(event.chained)
        if event.has_pending_actions:
            self._actions.note_due()
        instructions = [*received, *self.attempts.disown(event.refused_starts)]
        if event.is_run_over:
            return [*instructions, *self._disowned(ExitReason.RUN_OVER, now)]
        if not event.is_canceled and not self._is_disowned:
            for job in event.refused_ends:
                instructions += self.attempts.end_refused(job)
        if event.is_canceled or event.is_complete:
            instructions += self._workflow_over(now, is_canceled=event.is_canceled)
        return instructions

    def _receive(self, number: int | None, jobs: tuple[ClaimedJob, ...], now: float) -> list[Instruction]:
        """Hold the jobs of a claim, unless they came before."""
        if not jobs or not self._claiming.accepts(number):
            return []
        if self.leaving.exit_reason is ExitReason.CANCELED:
            return []  # the server has canceled them too
        self.leaving.is_busy()
        self._explaining.jobs_came()
        self._last_progress_at = now
        return self.attempts.receive(jobs)

    def _workflow_over(self, now: float, *, is_canceled: bool) -> list[Instruction]:
        if is_canceled:
            return self._end(ExitReason.CANCELED, now)
        if not self.rules.ignore_completion:
            self._set_exit_reason(ExitReason.COMPLETE)  # jobs that still run here may finish
        return []

    def _stop_requested(self, now: float) -> list[Instruction]:
        self.leaving.stop_requests += 1
        if self.leaving.stop_requests == 1:
            exit_reason = ExitReason.TIME_OVER if self.rules.is_at_end(now) else ExitReason.STOPPED
            stops = self._end(exit_reason, now, REPORTS_AFTER_STOP_SECONDS)
            return [*self.attempts.judge_stopped(self.leaving.stop_reason, now), *stops]
        if self.leaving.stop_requests == 2:
            kills = self.attempts.kill([*self.attempts.running], StopReason.RUNNER_STOPS)
            return [*kills, *self._timers.set(TimerKind.GIVE_UP, now + REPORTS_AFTER_KILL_SECONDS, now)]
        return self._leave()

    def _end(self, exit_reason: ExitReason, now: float, reports_seconds: float | None = None) -> list[Instruction]:
        """Stop claiming, and send TERM to the running jobs. KILL follows after the grace.

        With `reports_seconds` the runner leaves at that time after the grace, also if reports are left.
        """
        self._set_exit_reason(exit_reason)
        is_asked = self.leaving.stop_requests > 0
        asked_at = self.attempts.stopped_at if self.attempts.awaits_stop else now
        kill_at = asked_at + (self.rules.stop_grace_seconds if is_asked else self.rules.kill_grace_seconds)
        instructions = self.attempts.stop([*self.attempts.running], self.leaving.stop_reason, kill_at)
        if reports_seconds is not None:
            instructions += self._timers.set(TimerKind.GIVE_UP, kill_at + reports_seconds, now)
        return instructions

    def _set_exit_reason(self, exit_reason: ExitReason) -> None:
        self.leaving.give_reason(exit_reason)
        self.attempts.starts_chained = False
        self.phase = Phase.ENDING

    def _disowned(self, exit_reason: ExitReason, now: float) -> list[Instruction]:
        """Kill the running jobs, which the server may have given to other nodes. Earlier ends are still reported.

        After a lost lease an end can be earlier although its event comes later: the runner was stopped when the job
        succeeded.
        """
        self._is_disowned = True
        self._set_exit_reason(exit_reason)
        self.attempts.prefetched.clear()
        self.attempts.outbox.forget_held()
        running = [*self.attempts.running]
        is_lost = exit_reason is ExitReason.LEASE_LOST
        kills = self.attempts.lose(running) if is_lost else self.attempts.disown(running)
        return [*kills, *self._timers.set(TimerKind.GIVE_UP, now + REPORTS_AFTER_STOP_SECONDS, now)]

    def _timer_fired(self, kind: TimerKind, now: float) -> list[Instruction]:  # noqa: PLR0911  one flat case for each timer
        self._timers.fired(kind)
        match kind:
            case TimerKind.IDLE:
                is_asked = self.phase is Phase.WORKING and not self._reporting.is_server_away
                return self._idled(now) if is_asked and self.leaving.has_idled(now) else []
            case TimerKind.EXPLAIN:
                is_waiting = self._claiming.is_waiting and self.phase is Phase.WORKING
                return [*self._explaining.ask(now, self.rules.time_left_seconds(now))] if is_waiting else []
            case TimerKind.CLAIM | TimerKind.REPORT | TimerKind.JOURNAL | TimerKind.RETRACT | TimerKind.LAUNCH:
                return []  # `_continue` looks at the clock
            case TimerKind.KILL:
                return self.attempts.kill_after_grace(now)
            case TimerKind.NODE_TIME:
                return self._time_over(now)
            case TimerKind.JOB_TIME:
                late = self.attempts.out_of_time(now)
                return self.attempts.stop(late, StopReason.JOB_TIME_OVER, now + self.rules.kill_grace_seconds)
            case TimerKind.JUDGE:
                return self.attempts.judge_ended(now)
            case TimerKind.GIVE_UP:
                return self._leave()

    def _idled(self, now: float) -> list[Instruction]:
        """Claim a last time, and leave if the answer has no job to run. A silent server may have jobs.

        A persistent runner asks whether jobs are left that it may be able to claim later, again and again.
        """
        if self.rules.is_persistent:
            self.leaving.idles_until(now + self.rules.longest_wait_seconds)
            return [LookForUnfinished()]
        question = self._reporting.ask(now)
        if question:
            self.leaving.asks()
        else:
            self._set_exit_reason(ExitReason.IDLE)  # this node can claim no job, whatever the server has
        return question

    @property
    def _has_nothing_to_do(self) -> bool:
        attempts = self.attempts
        is_waiting = self._actions.is_open or self._reporting.is_exchanging or len(attempts.outbox) > 0
        return self.phase is Phase.WORKING and attempts.are_none_left and not attempts.prefetched and not is_waiting

    def _time_over(self, now: float) -> list[Instruction]:
        if not self._node_time.is_over(now):
            return self._node_time.watch(now)
        self._set_exit_reason(ExitReason.TIME_OVER if self._last_progress_at else ExitReason.NO_TIME)
        return self._node_time.stop_jobs(now)

    def _leave(self) -> list[Instruction]:
        self.phase = Phase.LEFT
        unjournaled = self.attempts.outbox.unjournaled()
        leave = Leave(self.leaving.exit_reason or ExitReason.STOPPED)
        return [WriteJournal(unjournaled), leave] if unjournaled else [leave]

    def _continue(self, now: float) -> list[Instruction]:
        """Return the instructions that follow from the state while working."""
        due, launched = self._actions.carry_out_due(), self.attempts.launch(now)
        if self.leaving.takes_answer() and not (launched or self._actions.is_open):
            self._set_exit_reason(ExitReason.IDLE)
            return [*due, *self._finish(now)]
        if self.attempts.shortage.is_hopeless(len(self.attempts.running), now):
            self._set_exit_reason(ExitReason.NO_LAUNCHES)
            return [*due, *self._finish(now)]
        if not self._reporting.is_server_away and is_due(self._retract_at, now):
            self.attempts.return_prefetched()
        return [
            *due,
            *launched,
            *self._reporting.report(now),
            *self._reporting.journal(now),
            *self._set_timers(now),
        ]

    def _finish(self, now: float) -> list[Instruction]:
        """Return the instructions that follow from the state while ending."""
        exit_reason, attempts = self.leaving.exit_reason, self.attempts
        if exit_reason is ExitReason.CANCELED:
            attempts.prefetched.clear()  # the server has canceled them too
        attempts.return_prefetched()
        if exit_reason in _HASTY and self._reporting.is_server_away and attempts.are_none_left:
            return self._leave()
        if self._reporting.is_exchanging:
            return self._reporting.journal(now)
        takes_leftovers = not self._is_disowned and exit_reason in _RETURNING
        last = self._reporting.report_last(takes_leftovers=takes_leftovers, now=now)
        # An open action is killed when the runner leaves, and executed again by the next one.
        waits_for_actions = self._actions.is_open and not self._is_disowned and self.leaving.stop_requests < 2
        if last or waits_for_actions or not attempts.are_none_left:
            return last
        return [*self._actions.end(exit_reason)] or self._leave()

    def _limit_last_reports(self, now: float) -> list[Instruction]:
        """Give up soon after the end of the last job, if the exit reason leaves no time to wait for the server."""
        is_waiting = self.phase is Phase.ENDING and self.attempts.are_none_left and not self._actions.is_open
        if not is_waiting or self.leaving.exit_reason not in _HASTY:
            return []
        return [*self._timers.set(TimerKind.GIVE_UP, now + REPORTS_AFTER_KILL_SECONDS, now)]

    @property
    def _retract_at(self) -> float:
        return self._last_progress_at + RETRACT_SECONDS

    def _watch_running(self, now: float) -> list[Instruction]:
        due = {
            TimerKind.KILL: self.attempts.next_kill_at(),
            TimerKind.JOB_TIME: self.attempts.next_limit_at(),
            TimerKind.JUDGE: self.attempts.next_judgment_at(),
        }
        return [each for kind, at in due.items() if at is not None for each in self._timers.set(kind, at, now)]

    def _set_timers(self, now: float) -> list[Instruction]:
        timers: list[Instruction] = []
        if self.attempts.prefetched and not self._reporting.is_server_away:
            timers += self._timers.set(TimerKind.RETRACT, self._retract_at, now)
        reporting, shortage = self._reporting, self.attempts.shortage
        if shortage.is_on and not is_due(shortage.resumes_at, now):
            timers += self._timers.set(TimerKind.LAUNCH, shortage.resumes_at, now)
        if (
            shortage.is_on
            or self.attempts.running
            or self._actions.is_open
            or reporting.is_server_away
            or reporting.is_exchanging
        ):
            self.leaving.is_busy()
        else:
            self.leaving.idles_from(now)
        is_claiming = self._claiming.is_waiting and not self._reporting.is_server_away
        explain_at = self._explaining.due_at(now) if is_claiming else None
        if explain_at is not None:
            timers += self._timers.set(TimerKind.EXPLAIN, explain_at, now)
        if self.leaving.idle_at is not None:
            timers += self._timers.set(TimerKind.IDLE, self.leaving.idle_at, now)
        return timers

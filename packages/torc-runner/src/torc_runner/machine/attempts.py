"""The jobs that a runner holds, from the claim until their end is in the outbox."""

from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from torc_client.api.enums import JobStatus
from torc_runner.machine.attempt import Attempt, Stage, StopReason, in_start_order
from torc_runner.machine.capacity import Capacity
from torc_runner.machine.chained import MAX_CHAIN_ENDS, ChainedJobs
from torc_runner.machine.events import Exited, Inspected, RecoveryScriptEnded
from torc_runner.machine.failure_rules import rule_for
from torc_runner.machine.instructions import (
    Inspect,
    Instruction,
    Launch,
    LogTrouble,
    RunRecoveryScript,
    SignalJob,
    WriteJournal,
)
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.outbox import Ended, Outbox
from torc_runner.machine.outcome import INTERRUPTED, settle
from torc_runner.machine.prefetch import PrefetchPolicy
from torc_runner.machine.rules import DOUBT_AFTER_STOP_SECONDS, Rules
from torc_runner.machine.shortage import Shortage
from torc_runner.machine.timers import is_due

MAX_REFUSED_ENDS = 3
"""A job whose end was refused this many times does not run again on this node: the cause of the refusals lasts."""


class Attempts:
    """The attempts by stage: `prefetched` are claimed, `running` includes those that are stopping or disowned."""

    def __init__(self, capacity: Capacity, rules: Rules) -> None:
        self.capacity = capacity
        self.rules = rules
        self.prefetched: deque[Attempt] = deque()
        self.running: dict[JobId, Attempt] = {}
        self.settling: dict[JobId, tuple[Attempt, Ended]] = {}
        self.chained = ChainedJobs()
        self.outbox = Outbox()
        self.prefetch = PrefetchPolicy()
        self.shortage = Shortage()
        self._has_graces = False
        self._refused_ends: Counter[JobId] = Counter()
        self._held: dict[JobId, float] = {}
        """When jobs are judged that the batch system may have ended, by the runner's clock."""
        self.stopped_at = float("-inf")
        self.awaits_stop = False
        """Whether a signal to stop has arrived that is not yet carried out."""
        self.starts_chained = True
        """Whether chained jobs may still start here."""

    @property
    def are_none_left(self) -> bool:
        """Whether no job runs here and no ended job is still being checked."""
        return not self.running and not self.settling

    def end_refused(self, job: ClaimedJob) -> list[Instruction]:
        """Return a job whose end the server refused, so that it runs again, a limited number of times."""
        self._refused_ends[job.job_id] += 1
        if self._refused_ends[job.job_id] < MAX_REFUSED_ENDS:
            self.outbox.returned(job)
            return []
        reason = f"the server refused its end {MAX_REFUSED_ENDS} times; it does not run again before this runner leaves"
        return [LogTrouble(job, "Job not returned", reason)]

    def receive(self, jobs: Iterable[ClaimedJob]) -> list[Instruction]:
        """Hold jobs that were claimed. A job that runs here already is not started a second time.

        If it was claimed with the same attempt, its start is reported again. With another attempt, the server has given
        up the running one: it is killed, and the new one starts when its command has ended.
        """
        instructions: list[Instruction] = []
        prefetched = {each.job.job_id: each for each in self.prefetched}
        for job in jobs:
            held = self.running.get(job.job_id)
            if job.job_id in prefetched:
                self.prefetched.remove(prefetched[job.job_id])
            if held is None or held.stage is Stage.DISOWNED:
                in_start_order(self.prefetched, Attempt(job))
            elif held.job.attempt_id == job.attempt_id:
                self.outbox.started_before([held.job])
                instructions.append(LogTrouble(job, "Job not started", "it runs on this node already"))
            else:
                reason = f"attempt {held.job.attempt_id} still runs on this node; it is killed first"
                instructions += [LogTrouble(job, "Job start postponed", reason), *self.disown([job.job_id])]
                in_start_order(self.prefetched, Attempt(job))
        return instructions

    def report_starts_again(self) -> None:
        """Report the starts of the running jobs again, to learn which of them are no longer of this node."""
        live = [each.job for each in self.running.values() if each.stage is not Stage.DISOWNED]
        if live:
            self.outbox.started_before(live)

    def learn_chained(self, jobs: Iterable[ClaimedJob]) -> None:
        """Note jobs that are chained to jobs held here."""
        if jobs:
            held = [*self.running, *self.settling, *(each.job.job_id for each in self.prefetched)]
            self.outbox.chained_returned(self.chained.learn(jobs, held))

    def launch(self, now: float) -> list[Instruction]:
        """Start the prefetched jobs that fit, in order. Those of lower priority wait for one that does not fit."""
        launched: list[Instruction] = []
        lowest = float("-inf")
        kept: deque[Attempt] = deque()
        time_left_seconds = self.rules.time_left_seconds(now)
        while self.prefetched and self.most_jobs(now):
            attempt = self.prefetched.popleft()
            job = attempt.job
            if time_left_seconds is not None and job.runtime_seconds > time_left_seconds:
                self._return(attempt)
            elif job.job_id in self.running or job.job_id in self.settling:
                kept.append(attempt)
            elif job.priority >= lowest and self.capacity.fits(job.needs):
                attempt.place = self.capacity.take(job.needs)
                attempt.move(Stage.RUNNING)
                attempt.launched_at = now
                self.running[job.job_id] = attempt
                self.outbox.started(job)
                launched.append(Launch(job, attempt.place))
            else:
                lowest = max(lowest, job.priority)
                kept.append(attempt)
        self.prefetched.extendleft(reversed(kept))
        return launched

    def most_jobs(self, now: float) -> int:
        """Return the number of jobs that may start now: as many as fit, unless launches fail."""
        room = self.shortage.room(len(self.running), now)
        return self.capacity.most_jobs() if room is None else min(room, self.capacity.most_jobs())

    def launch_postponed(self, job_id: JobId, now: float) -> None:
        """Return a job that the machine had no descriptor, process or memory to start."""
        attempt = self.running.pop(job_id, None)
        if attempt is None:
            return
        self.capacity.release(attempt.job.needs, attempt.place)
        self.shortage.launch_failed(len(self.running), now)
        self.outbox.not_started(job_id)
        if attempt.stage is not Stage.DISOWNED:
            self._return(attempt)

    def not_launched(self, job_id: JobId, at: datetime, why: str) -> None:
        """End an attempt whose command could not be started."""
        attempt = self.running.pop(job_id, None)
        if attempt is not None:
            self.capacity.release(attempt.job.needs, attempt.place)
            self._end(attempt, Ended(attempt.job, settle(0, None, was_launched=False, note=why), 0.0, at))

    def exited(self, event: Exited, now: float) -> list[Instruction]:
        """Judge an attempt whose command ended at `now`, by the runner's clock."""
        job_id, exit_code = event.job_id, event.exit_code
        attempt = self.running.pop(job_id, None)
        if attempt is None:
            return []
        self.shortage.job_ended(attempt.launched_at)
        job, exec_seconds = attempt.job, max(0.0, now - attempt.launched_at)
        self.capacity.release(job.needs, attempt.place)
        self.prefetch.observe(exec_seconds)
        if attempt.stage is Stage.DISOWNED or (attempt.is_lost and exit_code != 0):
            return []
        # The first reason to stop decides, also if the kernel killed the job afterwards.
        of_event = StopReason.OVER_MEMORY if event.is_oom_killed else event.stop_reason
        reason = attempt.stop_reason or of_event
        saves_work = self.rules.saves_work(job)
        outcome = settle(exit_code, reason, saves_work=saves_work, codes=self.rules.codes, note=event.note)
        ended = Ended(job, outcome, exec_seconds, event.at, used=event.used)
        if self.rules.allocation is not None and not attempt.is_lost:
            is_in_doubt = exit_code == 0 and now - self.stopped_at <= DOUBT_AFTER_STOP_SECONDS
            if is_in_doubt and attempt.stop_reason is not None:
                return self._judge(attempt, self._stopped(ended, attempt.stop_reason))
            if reason in {None, StopReason.STEP_CANCELED}:
                doubt_seconds = self.rules.allocation.doubt_seconds(exec_seconds)
                hold_seconds = self.rules.allocation.judge_seconds if exit_code or is_in_doubt else doubt_seconds
                if hold_seconds:
                    attempt.move(Stage.SETTLING)
                    self.settling[job_id] = (attempt, ended)
                    self._held[job_id] = now + hold_seconds
                    return []
        return self._judge_exited(attempt, ended)

    def _judge_exited(self, attempt: Attempt, ended: Ended) -> list[Instruction]:
        """Judge an attempt whose outcome depends on its output files, if it declares any and did not fail."""
        if ended.outcome.status is not JobStatus.COMPLETED or not ended.job.output_files:
            return self._judge(attempt, ended)
        if attempt.stage is not Stage.SETTLING:
            attempt.move(Stage.SETTLING)
        self.settling[ended.job.job_id] = (attempt, ended)
        return [Inspect(ended.job)]

    def next_judgment_at(self) -> float | None:
        """Return when the next job is judged that the batch system may have ended. None while a stop is announced."""
        return None if self.awaits_stop else min(self._held.values(), default=None)

    def stop_announced(self, now: float) -> list[Instruction]:
        """Judge no held job before `judge_stopped`. Until then no job starts, and nothing is reported."""
        self.stopped_at, self.awaits_stop = now, True
        return []

    def judge_ended(self, now: float) -> list[Instruction]:
        """Judge the jobs that the batch system did not end: the runner would have learned it by now."""
        if self.awaits_stop:
            return []
        due = [job_id for job_id, at in self._held.items() if is_due(at, now)]
        return [each for job_id in due for each in self._judge_held(job_id)]

    def judge_stopped(self, reason: StopReason, now: float) -> list[Instruction]:
        """Judge the jobs that ended just before the runner was asked to stop: the batch system ended them, too."""
        if not self.awaits_stop:
            self.stopped_at = now
        self.awaits_stop = False
        return [each for job_id in [*self._held] for each in self._judge_held(job_id, reason)]

    def _judge_held(self, job_id: JobId, reason: StopReason | None = None) -> list[Instruction]:
        del self._held[job_id]
        attempt, ended = self.settling.pop(job_id)
        if reason is None:
            return self._judge_exited(attempt, ended)
        return self._judge(attempt, self._stopped(ended, reason))

    def _stopped(self, ended: Ended, reason: StopReason) -> Ended:
        """Return the end of a job that the batch system ended. Its exit code 0 does not show that it did its work."""
        exit_code = ended.outcome.return_code or INTERRUPTED
        return replace(ended, outcome=settle(exit_code, reason, codes=self.rules.codes))

    def inspected(self, event: Inspected) -> list[Instruction]:
        """Judge an attempt whose declared output files were checked."""
        attempt, ended = self.settling.pop(event.job_id, (None, None))
        if attempt is None or ended is None:
            return []
        outcome = settle(0, attempt.stop_reason, unwritten_files=event.unwritten_files, note=event.note)
        return self._judge(attempt, replace(ended, outcome=outcome, output_files=event.files))

    def _judge(self, attempt: Attempt, ended: Ended) -> list[Instruction]:
        """Apply the rule of the failure handler to a failure. Any other end is final.

        While the recovery script runs, the journal has the failure as the last attempt: so it stays if the runner dies
        before the script has succeeded.
        """
        job, outcome = attempt.job, ended.outcome
        if attempt.is_lost and outcome.status is not JobStatus.COMPLETED:
            return []
        if outcome.status is not JobStatus.FAILED:
            self._end(attempt, ended)
            return []
        rule = rule_for(job.failure_rules, outcome.return_code)
        if rule is None:
            self._end(attempt, self._without_rule(ended))
        elif rule.recovery_script is None:
            # The server knows how many of the attempts failed: those of nodes that were stopped or lost do not count.
            self._end(attempt, replace(ended, max_attempts=rule.max_retries))
        elif job.attempt_id >= rule.max_retries:
            self._end(attempt, ended)
        else:
            if attempt.stage is not Stage.SETTLING:
                attempt.move(Stage.SETTLING)
            self.settling[job.job_id] = (attempt, ended)
            return [
                WriteJournal((ended,), are_final=False),
                RunRecoveryScript(job, outcome.return_code, rule.recovery_script),
            ]
        return []

    def recovery_script_ended(self, event: RecoveryScriptEnded) -> None:
        """End an attempt whose recovery script has ended. Only after success there is a further attempt."""
        attempt, ended = self.settling.pop(event.job_id, (None, None))
        if attempt is None or ended is None:
            return
        rule = rule_for(attempt.job.failure_rules, ended.outcome.return_code)
        max_attempts = rule.max_retries if rule is not None and event.has_succeeded else None
        self._end(attempt, replace(ended, max_attempts=max_attempts))

    def _without_rule(self, ended: Ended) -> Ended:
        """Turn a failure without a rule into `pending_failed`, if the workflow has `use_pending_failed`."""
        if not self.rules.use_pending_failed:
            return ended
        return replace(ended, outcome=replace(ended.outcome, status=JobStatus.PENDING_FAILED))

    def _end(self, attempt: Attempt, ended: Ended) -> None:
        """Put an end into the outbox, and prefetch the jobs that are chained to it."""
        attempt.move(Stage.ENDED)
        job_id = attempt.job.job_id
        if ended.outcome.status is not JobStatus.COMPLETED or not self.starts_chained:
            self._return_chained_to(job_id)
        for each in (chained := self.chained.take(job_id)):
            in_start_order(self.prefetched, Attempt(each))
        self.outbox.ended(ended, report_now=not chained)

    def stop(self, job_ids: Iterable[JobId], reason: StopReason, kill_at: float | None) -> list[Instruction]:
        """Send TERM to jobs that have not received it. KILL follows at `kill_at`, or before if that was set.

        If neither is set, no job is killed.
        """
        signals: list[Instruction] = []
        for attempt in [self.running[job_id] for job_id in job_ids]:
            if attempt.stage is Stage.RUNNING:
                signals.append(SignalJob(attempt.job.job_id, kill=False))
            if attempt.stage in {Stage.RUNNING, Stage.STOPPING}:
                attempt.stop(reason, kill_at)
                self._has_graces = True
        return signals

    def kill(self, job_ids: Iterable[JobId], reason: StopReason) -> list[Instruction]:
        """Send KILL at once."""
        attempts = [self.running[job_id] for job_id in job_ids]
        for attempt in attempts:
            if attempt.stage is Stage.RUNNING:
                attempt.stop(reason, None)
        return self._kill(attempts)

    def over_memory(self, job_id: JobId) -> list[Instruction]:
        """Kill a job that exceeds its memory, also if it was asked to end before."""
        return self.kill([job_id], StopReason.OVER_MEMORY) if job_id in self.running else []

    def kill_after_grace(self, now: float) -> list[Instruction]:
        """Send KILL to jobs whose grace after TERM is over."""
        return self._kill(
            [each for each in self.running.values() if each.kill_at is not None and is_due(each.kill_at, now)]
        )

    def _kill(self, attempts: Iterable[Attempt]) -> list[Instruction]:
        return [SignalJob(attempt.job.job_id, kill=True) for attempt in attempts if attempt.kill()]

    def next_kill_at(self) -> float | None:
        """Return when the next grace is over."""
        if not self._has_graces:
            return None
        return min((each.kill_at for each in self.running.values() if each.kill_at is not None), default=None)

    def out_of_time(self, now: float) -> list[JobId]:
        """Return the jobs that have exceeded their runtime."""
        return [
            job_id
            for job_id, each in self.running.items()
            if each.stage is Stage.RUNNING and (limit_at := self._limit_at(each)) is not None and is_due(limit_at, now)
        ]

    def next_limit_at(self) -> float | None:
        """Return when the next job will have exceeded its runtime."""
        if not self.rules.limit_runtime:
            return None
        running = (each for each in self.running.values() if each.stage is Stage.RUNNING)
        return min((limit for each in running if (limit := self._limit_at(each)) is not None), default=None)

    def _limit_at(self, attempt: Attempt) -> float | None:
        runtime_seconds = attempt.job.runtime_seconds
        return attempt.launched_at + runtime_seconds if self.rules.limit_runtime and runtime_seconds else None

    def disown(self, job_ids: Iterable[JobId]) -> list[Instruction]:
        """Kill jobs that were given to another runner, canceled or reset. Their ends are not reported."""
        disowned = [self.running[job_id] for job_id in job_ids if job_id in self.running]
        for attempt in disowned:
            if attempt.stage is not Stage.DISOWNED:
                attempt.move(Stage.DISOWNED)
            self._return_chained_to(attempt.job.job_id)
        return self._kill(disowned)

    def lose(self, job_ids: Iterable[JobId]) -> list[Instruction]:
        """Kill jobs that the server has returned to the queue. Those that had succeeded before are reported."""
        lost = [self.running[job_id] for job_id in job_ids]
        for attempt in lost:
            attempt.is_lost = True
            self._return_chained_to(attempt.job.job_id)
        return self._kill(lost)

    def return_prefetched(self) -> None:
        """Return claimed and chained jobs that have not started."""
        while self.prefetched:
            self._return(self.prefetched.popleft())

    def _return(self, attempt: Attempt) -> None:
        attempt.move(Stage.RETURNED)
        if attempt.job.predecessor is None:
            self.outbox.returned(attempt.job)
        else:
            self.outbox.chained_returned([attempt.job])
            self._return_chained_to(attempt.job.job_id)

    def _return_chained_to(self, job_id: JobId) -> None:
        self.outbox.chained_returned(self.chained.forget(job_id))

    def return_prefetched_chained(self) -> None:
        """Return chained jobs that have not started: the reported ends of their predecessors make them claimable."""
        dropped = [each for each in self.prefetched if each.job.predecessor is not None]
        if dropped:
            self.prefetched = deque(each for each in self.prefetched if each.job.predecessor is None)
            for attempt in dropped:
                self._return(attempt)

    def chain_ends(self) -> tuple[JobId, ...]:
        """Return the jobs to which no known job is chained."""
        running = (job_id for job_id in self.running if not self.chained.has(job_id))
        return (*running, *self.chained.chain_ends())[-MAX_CHAIN_ENDS:]

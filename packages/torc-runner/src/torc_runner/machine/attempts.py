"""The jobs that a runner holds, from the claim until their end is in the outbox."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from torc_client.api.enums import JobStatus
from torc_runner.machine.attempt import Attempt, Stage, StopReason
from torc_runner.machine.capacity import Capacity
from torc_runner.machine.chained import ChainedJobs
from torc_runner.machine.events import Exited, FailureHandled
from torc_runner.machine.instructions import HandleFailure, Inspect, Instruction, Launch, SignalJob
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.outbox import Ended, Outbox
from torc_runner.machine.outcome import settle
from torc_runner.machine.pace import MAX_CHAIN_ENDS, Pace
from torc_runner.machine.rules import Rules


class Attempts:
    """What is held here, by stage: `prefetched` is claimed, `running` also holds what is stopping or disowned."""

    def __init__(self, capacity: Capacity, rules: Rules) -> None:
        self.capacity = capacity
        self.rules = rules
        self.prefetched: deque[Attempt] = deque()
        self.running: dict[JobId, Attempt] = {}
        self.settling: dict[JobId, tuple[Attempt, Ended]] = {}
        self.chained = ChainedJobs()
        self.outbox = Outbox()
        self.pace = Pace()
        self._has_graces = False
        self.starts_chained = True
        """Whether jobs may still follow others here."""

    @property
    def are_none_left(self) -> bool:
        """Whether nothing runs here, and nothing that ran is still looked at."""
        return not self.running and not self.settling

    def receive(self, jobs: Iterable[ClaimedJob]) -> None:
        """Hold jobs that were claimed."""
        self.prefetched.extend(map(Attempt, jobs))

    def learn_chained(self, jobs: Iterable[ClaimedJob]) -> None:
        """Take in what may follow the jobs that are held."""
        if jobs:
            self.chained.learn(jobs, [*self.running, *(each.job.job_id for each in self.prefetched)])

    def launch(self, now: float) -> list[Instruction]:
        """Start what is at hand and fits, in order."""
        launched: list[Instruction] = []
        kept: deque[Attempt] = deque()
        time_left_seconds = self.rules.time_left_seconds(now)
        while self.prefetched and self.capacity.most_jobs():
            attempt = self.prefetched.popleft()
            job = attempt.job
            if time_left_seconds is not None and job.runtime_seconds > time_left_seconds:
                self._give_back(attempt)
            elif self.capacity.fits(job.needs):
                attempt.devices = self.capacity.take(job.needs)
                attempt.move(Stage.RUNNING)
                attempt.launched_at = now
                self.running[job.job_id] = attempt
                self.outbox.started(job)
                launched.append(Launch(job, attempt.devices))
            else:
                kept.append(attempt)
        self.prefetched.extendleft(reversed(kept))
        return launched

    def not_launched(self, job_id: JobId, at: datetime) -> None:
        """Take in that a command could not be started."""
        attempt = self.running.pop(job_id, None)
        if attempt is not None:
            self.capacity.give_back(attempt.job.needs, attempt.devices)
            self._end(attempt, Ended(attempt.job, settle(0, None, was_launched=False), 0.0, at))

    def exited(self, event: Exited, now: float) -> list[Instruction]:
        """Take in that a command is over, `now` by the runner's clock."""
        job_id, exit_code = event.job_id, event.exit_code
        attempt = self.running.pop(job_id, None)
        if attempt is None:
            return []
        job, exec_seconds = attempt.job, max(0.0, now - attempt.launched_at)
        self.capacity.give_back(job.needs, attempt.devices)
        self.pace.observe(exec_seconds)
        if attempt.stage is Stage.DISOWNED:
            return []
        # Who stopped it first is to blame.
        reason = attempt.stop_reason or (StopReason.OVER_MEMORY if event.is_oom_killed else None)
        outcome = settle(exit_code, reason, codes=self.rules.codes)
        ended = Ended(job, outcome, exec_seconds, event.at, used=event.used)
        if exit_code == 0 and job.has_output_files:
            attempt.move(Stage.SETTLING)
            self.settling[job_id] = (attempt, ended)
            return [Inspect(job)]
        return self._judge(attempt, ended)

    def inspected(self, job_id: JobId, missing_files: tuple[Path, ...]) -> list[Instruction]:
        """Take in which of a job's declared output files are not there."""
        attempt, ended = self.settling.pop(job_id, (None, None))
        if attempt is None or ended is None:
            return []
        outcome = settle(0, attempt.stop_reason, missing_files=missing_files)
        return self._judge(attempt, replace(ended, outcome=outcome))

    def _judge(self, attempt: Attempt, ended: Ended) -> list[Instruction]:
        """Let a failure be handled where there is a handler for it; anything else is over."""
        job, outcome = attempt.job, ended.outcome
        if outcome.status is not JobStatus.FAILED:
            self._end(attempt, ended)
        elif job.failure_handler_id is None:
            self._end(attempt, self._without_rule(ended))
        else:
            if attempt.stage is not Stage.SETTLING:
                attempt.move(Stage.SETTLING)
            self.settling[job.job_id] = (attempt, ended)
            return [HandleFailure(job, outcome.return_code)]
        return []

    def failure_handled(self, event: FailureHandled) -> None:
        """Take in what a failure handler says."""
        attempt, ended = self.settling.pop(event.job_id, (None, None))
        if attempt is not None and ended is not None:
            judged = replace(ended, max_attempts=event.max_attempts)
            self._end(attempt, judged if event.had_rule else self._without_rule(judged))

    def _without_rule(self, ended: Ended) -> Ended:
        """Let a failure for which no rule was made wait for a decision, where the workflow wants that."""
        if not self.rules.use_pending_failed:
            return ended
        return replace(ended, outcome=replace(ended.outcome, status=JobStatus.PENDING_FAILED))

    def _end(self, attempt: Attempt, ended: Ended) -> None:
        """Put an end into the outbox, and at hand what may follow it here."""
        attempt.move(Stage.ENDED)
        job_id = attempt.job.job_id
        if ended.outcome.status is not JobStatus.COMPLETED or not self.starts_chained:
            self.chained.forget(job_id)
        chained = self.chained.take(job_id)
        self.receive(chained)
        self.outbox.ended(ended, report_now=not chained)

    def stop(self, job_ids: Iterable[JobId], reason: StopReason, kill_at: float | None) -> list[Instruction]:
        """Send TERM to what was not sent it before; it is killed at `kill_at`, or before if that was set.

        Without either nothing is killed.
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
        for attempt in [self.running[job_id] for job_id in job_ids]:
            if attempt.stage is Stage.RUNNING:
                attempt.stop(reason, 0.0)
        return [SignalJob(job_id, kill=True) for job_id in job_ids]

    def over_memory(self, job_id: JobId) -> list[Instruction]:
        """Kill a job that takes more memory than it may, whether or not it was already told to end."""
        return self.kill([job_id], StopReason.OVER_MEMORY) if job_id in self.running else []

    def kill_those_due(self, now: float) -> list[Instruction]:
        """Send KILL to what has had its grace after TERM."""
        due = [each for each in self.running.values() if each.kill_at is not None and each.kill_at <= now]
        for attempt in due:
            attempt.kill_at = None
        return [SignalJob(attempt.job.job_id, kill=True) for attempt in due]

    def next_kill_at(self) -> float | None:
        """When the next grace is over."""
        if not self._has_graces:
            return None
        return min((each.kill_at for each in self.running.values() if each.kill_at is not None), default=None)

    def out_of_time(self, now: float) -> list[JobId]:
        """Name the jobs that have taken longer than they may."""
        return [
            job_id
            for job_id, each in self.running.items()
            if each.stage is Stage.RUNNING and (limit_at := self._limit_at(each)) is not None and limit_at <= now
        ]

    def next_limit_at(self) -> float | None:
        """When the next job will have taken longer than it may."""
        if not self.rules.limit_runtime:
            return None
        running = (each for each in self.running.values() if each.stage is Stage.RUNNING)
        return min((limit for each in running if (limit := self._limit_at(each)) is not None), default=None)

    def _limit_at(self, attempt: Attempt) -> float | None:
        runtime_seconds = attempt.job.runtime_seconds
        return attempt.launched_at + runtime_seconds if self.rules.limit_runtime and runtime_seconds else None

    def disown(self, job_ids: Iterable[JobId]) -> list[Instruction]:
        """Kill what was given to somebody else, canceled or reset, and say nothing of it."""
        disowned = [self.running[job_id] for job_id in job_ids if job_id in self.running]
        for attempt in disowned:
            if attempt.stage is not Stage.DISOWNED:
                attempt.move(Stage.DISOWNED)
            self.chained.forget(attempt.job.job_id)
        return [SignalJob(attempt.job.job_id, kill=True) for attempt in disowned]

    def return_prefetched(self) -> None:
        """Let others have what was claimed and not started. What only could follow goes back by itself."""
        while self.prefetched:
            self._give_back(self.prefetched.popleft())

    def _give_back(self, attempt: Attempt) -> None:
        attempt.move(Stage.RETURNED)
        if attempt.job.predecessor is None:
            self.outbox.returned(attempt.job)

    def drop_prefetched_chained(self) -> None:
        """Hold no longer what could follow but has not been started: with the next news it becomes anybody's."""
        dropped = [each for each in self.prefetched if each.job.predecessor is not None]
        if dropped:
            self.prefetched = deque(each for each in self.prefetched if each.job.predecessor is None)
            for attempt in dropped:
                self.chained.forget(attempt.job.job_id)

    def chain_ends(self) -> tuple[JobId, ...]:
        """Name the jobs after which nothing is known to follow here."""
        running = (job_id for job_id in self.running if not self.chained.has(job_id))
        return (*running, *self.chained.chain_ends())[-MAX_CHAIN_ENDS:]

"""The jobs' processes on this node: starts them, sends signals, and posts their ends."""

import asyncio
import signal
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from msgspec.structs import replace

from torc_client.batch.steps import StepEnd, StepEnding
from torc_client.exit_codes import COULD_NOT_RUN
from torc_client.failure_reasons import could_not_run, could_not_start
from torc_runner import log
from torc_runner.inbox import Inbox
from torc_runner.launch.attempt_files import AttemptFiles
from torc_runner.launch.capped import CappedOutput
from torc_runner.launch.environment import job_environment
from torc_runner.launch.exits import Exits
from torc_runner.launch.job_start import clean_up, job_arguments, make_output_folders
from torc_runner.launch.killing import Targets, freeze_and_kill
from torc_runner.launch.launches import Launches
from torc_runner.launch.orphan_processes import OrphanProcesses
from torc_runner.launch.outputs_before import OutputsBefore
from torc_runner.launch.spawn import Child, LaunchError, spawn
from torc_runner.launch.stdio import last_line, leave_note
from torc_runner.launch.steps import END_PATIENCE_SECONDS, JobSteps
from torc_runner.launch.watchdog import Watchdog
from torc_runner.machine.attempt import StopReason
from torc_runner.machine.capacity import Place
from torc_runner.machine.events import Event, Exited, LaunchFailed, LaunchPostponed, OverMemory
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.memory.limits import MemoryEnd, MemoryLimits, explanation
from torc_runner.monitoring.monitor import Monitor
from torc_runner.run_context import RunContext

_STOPPED: Mapping[StepEnding, StopReason] = MappingProxyType(
    {
        StepEnding.OUT_OF_TIME: StopReason.NODE_TIME_OVER,
        StepEnding.NODE_TAKEN: StopReason.RUNNER_STOPS,
        StepEnding.CANCELED: StopReason.STEP_CANCELED,
    }
)
_KILLED = 128 + signal.SIGKILL
_LOG_AGAIN_SECONDS = 60.0
"""The shortest time between two lines about launches that fail because the machine lacks something."""


class Children:
    """Starts jobs and posts Exited or LaunchFailed for each. Make it in an event loop; no job survives `close`."""

    def __init__(
        self,
        context: RunContext,
        inbox: Inbox,
        *,
        lines: log.JobLines,
        memory: MemoryLimits,
        monitor: Monitor,
        watchdog: Watchdog,
        launches: Launches,
        is_recovering: Callable[[JobId], bool],
        steps: JobSteps | None = None,
    ) -> None:
        """With `steps`, jobs are not processes of this machine."""
        self._context = context
        self._inbox = inbox
        self._lines = lines
        self._memory = memory
        self._steps = steps
        self._monitor = monitor
        self._watchdog = watchdog
        self._capped = CappedOutput(context)
        self._by_job: dict[JobId, Child] = {}
        self._launches = launches
        self._to_kill: set[JobId] = set()
        self._over_memory: dict[JobId, str] = {}
        """Why jobs are killed that exceed their memory."""
        self.shortage = ""
        """The reason of the latest launch that failed for now."""
        self.is_shortage_here = False
        """Whether this machine lacked something, and not the batch system."""
        self._num_postponed = 0
        self._postponed_at: float | None = None
        self.attempt_files = AttemptFiles(context)
        self.outputs_before = OutputsBefore()
        # The turn is taken at once, without waiting for the event loop: a free slot is what costs most.
        self._exits = Exits(inbox.turn)
        self._orphans = OrphanProcesses(launches, lambda job_id: job_id in self or is_recovering(job_id))

    def __len__(self) -> int:
        return len(self._by_job)

    def __contains__(self, job_id: JobId) -> bool:
        return job_id in self._by_job

    def close(self) -> None:
        """Kill the jobs that still run, and the processes that jobs left behind."""
        if self._steps is not None:
            self._steps.end(self._by_job.values())
        self._kill(self._by_job)
        for child in self._by_job.values():
            child.reap_killed()
        self._capped.close()
        self._memory.close()
        self._exits.close()
        self._orphans.close()

    def leaders(self) -> Mapping[JobId, int]:
        """Return the first process of each job that runs."""
        return {job_id: child.pid for job_id, child in self._by_job.items()}

    def signal(self, job_id: JobId, *, kill: bool) -> None:
        """Send a job's process group its stop signal, or kill the job, if it still runs.

        The jobs to kill in one turn are killed together, after the turn: finding their processes takes some time.
        """
        if job_id not in self._by_job:
            return
        if not kill:
            if self._steps is None:
                self._by_job[job_id].signal_group(self._context.stop_signal)
            else:
                self._steps.stop(job_id)
            return
        if not self._to_kill:
            asyncio.get_running_loop().call_soon(self._kill_noted)
        self._to_kill.add(job_id)

    def launch(self, job: ClaimedJob, place: Place) -> bool:
        """Start a job's command. Return False if the machine lacks what it needs to start any command."""
        context = self._context
        files = context.files_of(job)

        def ended(exit_code: int) -> None:
            self._ended(job, child, exit_code)

        # Before the start: the use of the new process may count while this one waits for a CPU.
        began_at = time.monotonic()
        try:
            child = self._start(job, place, ended)
        except LaunchError as error:
            self.outputs_before.forget(job.job_id)
            if error.is_shortage:
                self._postpone(job, error)
                return False
            log.job_trouble(context, job, "Job not launched", reason=str(error))
            leave_note(files, f"torc-runner could not start the command: {error}")
            self._memory.ended(job, 0, asyncio.get_running_loop().time())
            failed = LaunchFailed(job.job_id, datetime.now(UTC), could_not_start(str(error)))
            self._capped.ended(job, lambda: self._post_end(job, failed))
            return True
        self._by_job[job.job_id] = child
        self.attempt_files.started(job)
        self._watchdog.started(child.pid)
        self._monitor.started(job, began_at, self._memory.limit_of(job))
        self._lines.job_started(job, child.pid)
        return True

    def _start(self, job: ClaimedJob, place: Place, ended: Callable[[int], None]) -> Child:
        if self._context.makes_output_folders:
            make_output_folders(job)
        if not self._context.accepts_unchanged_outputs:
            self.outputs_before.note(job)
        environment, opener = job_environment(job, self._context, place.devices), self._capped.opener(job)
        if self._steps is not None:
            return self._steps.start(
                job, place, environment, self._exits, ended, launches=self._launches, open_files=opener
            )
        return spawn(
            self._memory.starting(job, job_arguments(job, self._context)),
            environment,
            self._context.files_of(job),
            self._exits,
            ended,
            cpu_ids=place.devices.cpu_ids,
            launches=self._launches,
            open_files=opener,
        )

    def _postpone(self, job: ClaimedJob, error: LaunchError) -> None:
        self._note_shortage(str(error))
        self.is_shortage_here = True
        self._memory.ended(job, 0, asyncio.get_running_loop().time())
        self._capped.ended(job, lambda: self._inbox.post(LaunchPostponed(job.job_id)))

    def _note_shortage(self, reason: str) -> None:
        """Note why a job could not be started now, and log it from time to time."""
        self.shortage, self.is_shortage_here = reason, False
        self._num_postponed += 1
        now = asyncio.get_running_loop().time()
        if self._postponed_at is None or now - self._postponed_at >= _LOG_AGAIN_SECONDS:
            self._postponed_at = now
            log.logger.warning(
                "Jobs not launched: they are returned, and fewer jobs run side by side %s",
                log.fields(reason=reason, jobs=self._num_postponed),
            )
            self._num_postponed = 0

    def _kill_noted(self) -> None:
        job_ids, self._to_kill = self._to_kill, set()
        if self._steps is None:
            self._kill(job_ids & self._by_job.keys())
            return
        children = {job_id: self._by_job[job_id] for job_id in job_ids & self._by_job.keys()}
        self._steps.kill(children.values())
        asyncio.get_running_loop().call_later(END_PATIENCE_SECONDS, self._kill_left, children)

    def _kill_left(self, children: Mapping[JobId, Child]) -> None:
        """Kill the programs of steps that did not end the step in time."""
        self._kill([job_id for job_id, child in children.items() if self._by_job.get(job_id) is child])

    def _kill(self, job_ids: Collection[JobId]) -> None:
        """Freeze and kill the processes of jobs, wherever they are."""
        if job_ids:
            children = [self._by_job[job_id] for job_id in job_ids]
            freeze_and_kill(
                Targets(
                    self._launches.marker,
                    leaders={child.pid for child in children},
                    launches={child.number for child in children},
                    groups=self._memory.group_folders(job_ids),
                )
            )

    def over_memory(self, job: ClaimedJob, taken_bytes: int) -> None:
        """Note that a job exceeds its memory, and post OverMemory."""
        self._over_memory[job.job_id] = self._explain_memory(job, taken_bytes)
        self._inbox.post(OverMemory(job.job_id))

    def _explain_memory(self, job: ClaimedJob, taken_bytes: int | None) -> str:
        """Write to the log and to the job's stderr that it exceeded its memory, and return it.

        `taken_bytes` is None if the kernel killed it.
        """
        reason = explanation(job, taken_bytes)
        log.job_trouble(self._context, job, "Job out of memory", reason=reason)
        note = f"this job was ended: {reason}"
        leave_note(self._context.files_of(job), f"torc-runner: {note}")
        return note

    def _ended(self, job: ClaimedJob, child: Child, exit_code: int) -> None:
        del self._by_job[job.job_id]
        self._watchdog.ended(child.pid)
        self._orphans.job_ended()
        used = self._monitor.ended(job.job_id, child.rusage)
        end = self._memory.ended(job, exit_code, asyncio.get_running_loop().time())
        note = clean_up(job, self._context, exit_code)
        if exit_code != 0:
            self.outputs_before.forget(job.job_id)
        note = self._over_memory.pop(job.job_id, note)
        if end.is_oom_killed:
            note = self._explain_memory(job, end.peak_memory_bytes)
        event = Exited(job.job_id, exit_code, datetime.now(UTC), end.added_to(used), end.is_oom_killed, note=note)
        if self._steps is None:
            self._capped.ended(job, lambda: self._post_end(job, event))
        else:
            self._capped.ended(job, lambda: self._post_end(job, self._judged(job, event)))

    def _judged(self, job: ClaimedJob, event: Exited) -> Event:
        """Return the event for a step that has ended."""
        end = StepEnd(StepEnding.OF_ITSELF) if self._steps is None else self._steps.ended(job, event.exit_code)
        match end.ending:
            case StepEnding.OF_ITSELF:
                return event
            case StepEnding.OUT_OF_MEMORY:
                note = self._explain_memory(job, end.peak_memory_bytes)
                used = MemoryEnd(peak_memory_bytes=end.peak_memory_bytes).added_to(event.used)
                return replace(event, is_oom_killed=True, used=used, note=note)
            case StepEnding.OUT_OF_TIME | StepEnding.NODE_TAKEN | StepEnding.CANCELED:
                return replace(event, stop_reason=_STOPPED[end.ending], note="")
            case StepEnding.KILLED:
                log.job_trouble(self._context, job, "Job killed", reason=end.reason)
                return replace(event, exit_code=_KILLED, stop_reason=StopReason.STEP_CANCELED, note=end.reason)
            case StepEnding.REFUSED:
                log.job_trouble(self._context, job, "Job not launched", reason=end.reason)
                leave_note(self._context.files_of(job), f"torc-runner could not start the command: {end.reason}")
                return LaunchFailed(job.job_id, event.at, could_not_start(end.reason))
            case StepEnding.NOT_STARTED:
                self._note_shortage(end.reason)
                return LaunchPostponed(job.job_id)

    def _post_end(self, job: ClaimedJob, event: Event) -> None:
        self.attempt_files.ended(job)
        if isinstance(event, Exited) and event.exit_code in COULD_NOT_RUN and not event.note:
            line = last_line(self._context.files_of(job))
            event = replace(event, note=could_not_run(event.exit_code, line))
        self._inbox.post(event)

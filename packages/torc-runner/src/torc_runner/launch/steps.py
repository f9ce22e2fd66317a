"""Runs jobs as steps of the allocation. The process of a job is then the program that stands for its step.

The messages of this program go to memory, so that the job's stderr has none of them.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from torc_client import shared_folders
from torc_client.batch.steps import StepEnd, StepRequest, StepRules, Steps
from torc_client.batch.system import BatchError
from torc_runner import log
from torc_runner.launch.exits import Exits
from torc_runner.launch.job_start import job_arguments
from torc_runner.launch.launches import Launches
from torc_runner.launch.spawn import JOB_STDERR, JOB_STDOUT, Child, spawn
from torc_runner.machine.capacity import Place
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.run_context import RunContext
from torc_runner.stdio_files import StdioFiles

END_PATIENCE_SECONDS = 10.0
"""A step that is still running this time after it was to be killed is left to the batch system."""
_MAX_WORDS_BYTES = 16 * 1024
_MAX_OUTPUT_BYTES = 8 * 1024
_JOIN_STREAMS = 'exec 2>&1; exec "$@"'


@dataclass(frozen=True, slots=True)
class StepSettings:
    """The steps of this runner's allocation, and what all steps of the workflow have in common."""

    steps: Steps
    rules: StepRules
    node_names: Sequence[str] = ()
    """By their position in the allocation. Empty if the batch system is to choose nodes."""


def step_name(job: ClaimedJob, context: RunContext) -> str:
    """Return the name of an attempt's step, by which the accounting of the batch system finds it."""
    return f"wf{context.workflow_id}_j{job.job_id}_r{context.run_id}_a{job.attempt_id}"


class JobSteps:
    """The steps of one runner. Use it in the event loop.

    `kill_at` returns when steps must have ended, by the clock of the event loop; None for no limit.
    """

    def __init__(self, settings: StepSettings, context: RunContext, kill_at: Callable[[], float | None]) -> None:
        self._settings = settings
        self._kill_at = kill_at
        self._context = context
        self._words: dict[JobId, int] = {}
        self._names: dict[JobId, str] = {}
        self._to_stop: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(
        self,
        job: ClaimedJob,
        place: Place,
        environment: Mapping[str, str],
        exits: Exits,
        on_exit: Callable[[int], None],
        *,
        launches: Launches,
        open_files: Callable[[StdioFiles], tuple[int, int]],
    ) -> Child:
        """Start a job as a step. The parameters are those of `spawn`. Raises LaunchError."""
        steps, files = self._settings.steps, self._context.files_of(job)
        words = os.memfd_create("torc-step", os.MFD_CLOEXEC)
        try:
            child = spawn(
                steps.arguments(self._request(job, place, files), self._settings.rules),
                steps.environment(environment),
                files,
                exits,
                on_exit,
                launches=launches,
                open_files=open_files,
                words=words,
            )
        except BaseException:
            os.close(words)
            raise
        self._words[job.job_id] = words
        self._names[job.job_id] = step_name(job, self._context)
        return child

    def _request(self, job: ClaimedJob, place: Place, files: StdioFiles) -> StepRequest:
        limits = job.limits or job.needs
        command = job_arguments(job, self._context)
        if files.stdout == files.stderr:
            command = ["bash", "-c", _JOIN_STREAMS, "bash", *command]  # else they would arrive out of order
        now, kill_at = asyncio.get_running_loop().time(), self._kill_at()
        return StepRequest(
            name=step_name(job, self._context),
            command=command,
            num_nodes=limits.num_nodes,
            num_cpus=limits.num_cpus,
            memory_bytes=limits.memory_bytes,
            num_gpus=limits.num_gpus,
            nodes=self._nodes_of(place, limits.num_nodes),
            time_left_seconds=None if kill_at is None else max(0.0, kill_at - now),
            stdout=f"/proc/self/fd/{JOB_STDOUT}",
            stderr=f"/proc/self/fd/{JOB_STDERR}",
        )

    def _nodes_of(self, place: Place, num_nodes: int) -> Sequence[str]:
        """Return the nodes of a step. With a limit of jobs, a place is one node, whatever the job needs."""
        names = self._settings.node_names
        return [names[number] for number in place.nodes] if names and len(place.nodes) == num_nodes else ()

    def ended(self, job: ClaimedJob, exit_code: int) -> StepEnd:
        """Judge an ended step. Call it once for each, when its output files are complete."""
        self._names.pop(job.job_id, None)
        descriptor = self._words.pop(job.job_id)
        try:
            words = _tail(descriptor, _MAX_WORDS_BYTES)
        finally:
            os.close(descriptor)
        output = "" if exit_code == 0 else _tail_of_file(self._context.files_of(job).stderr)
        return self._settings.steps.judge(exit_code, words, output)

    def stop(self, job_id: JobId) -> None:
        """Send the processes of a step their stop signal. The steps of one turn get it together, after the turn."""
        if not self._to_stop:
            asyncio.get_running_loop().call_soon(self._stop_noted)
        self._to_stop.add(self._names[job_id])

    def kill(self, children: Collection[Child]) -> None:
        """Make the batch system kill the steps of these programs."""
        for child in children:
            child.signal_program(signal.SIGTERM)
            child.signal_program(signal.SIGCONT)

    def end(self, children: Collection[Child]) -> None:
        """Kill steps, and wait for their ends for a limited time."""
        self.kill(children)
        until = time.monotonic() + END_PATIENCE_SECONDS
        for child in children:
            child.await_end(until)
        for task in self._tasks:
            task.cancel()

    def _stop_noted(self) -> None:
        names, self._to_stop = self._to_stop, set()
        task = asyncio.get_running_loop().create_task(self._send_stop(names))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_stop(self, names: Collection[str]) -> None:
        settings = self._settings
        word = (settings.rules.termination_signal or "TERM").partition("@")[0].rpartition(":")[2]
        try:
            await asyncio.to_thread(settings.steps.send_signal, names, word)
        except BatchError as error:
            log.logger.warning(
                "Jobs not signaled: they are killed later %s", log.fields(jobs=len(names), signal=word, reason=error)
            )


def _tail(descriptor: int, num_bytes: int) -> str:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, num_bytes, max(0, size - num_bytes)).decode(errors="replace")


def _tail_of_file(path: str) -> str:
    """Return the end of a job's stderr, to which the batch system also writes. Empty if it cannot be read."""
    if path == os.devnull:
        return ""
    with contextlib.suppress(OSError):
        descriptor = shared_folders.open_file(path, os.O_RDONLY)
        try:
            return _tail(descriptor, _MAX_OUTPUT_BYTES)
        finally:
            os.close(descriptor)
    return ""

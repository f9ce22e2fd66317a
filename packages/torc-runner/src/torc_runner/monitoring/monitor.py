"""Measures what jobs and the node use, as the workflow configures it.

Use of jobs comes from the sampler of the runner. The node is sampled, and the file is written, in a thread. If nothing
is to be measured, nothing is done.
"""

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from resource import RUSAGE_SELF, getrusage, struct_rusage
from typing import TYPE_CHECKING, Any

from torc_client.api.enums import MonitorGranularity
from torc_runner.log import fields, logger
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.usage import UsageSummary
from torc_runner.monitoring.node import NodeSample, measure_node
from torc_runner.monitoring.plan import Plan
from torc_runner.monitoring.usage import JobUsage, NodeUsage, Spent
from torc_runner.sampling.sampler import Sample, Sampler

if TYPE_CHECKING:
    from torc_runner.monitoring.metrics_file import MetricsFile

_BYTES_PER_RUSAGE = 1024
_MAX_WAITING_SAMPLES = 100_000
"""This number of samples is written at once, before the interval is over."""


class Monitor:
    """The measurements of one runner. Use it in the event loop; call `close` when the runner leaves."""

    def __init__(self, plan: Plan, path: Path) -> None:
        self._plan = plan
        self._jobs: dict[JobId, JobUsage] = {}
        self._node_usage = NodeUsage()
        self._last_node_sample: NodeSample | None = None
        self._last_node_sample_at = 0.0
        self._file = _metrics_file(path) if plan.keeps_samples else None
        self._thread = None if plan.is_off else ThreadPoolExecutor(1, "torc-monitor")
        self._tasks: set[asyncio.Task[None]] = set()
        self._flushed_at = time.monotonic()
        self._num_waiting = 0
        self._has_node_failed = False

    def subscribe(self, sampler: Sampler) -> None:
        """Subscribe to samples at the interval of the workflow."""
        if self._thread is not None:
            sampler.watch(self.watch)
            sampler.subscribe(self._plan.interval_seconds, self.observe)
            self._begin(self._sample_node(self._thread))  # CPU time counts from here

    def started(self, job: ClaimedJob, began_at: float, limit_bytes: int | None = None) -> None:
        """Note that a job's command was started. `began_at` is the monotonic time just before that.

        The job is killed if it has more memory than `limit_bytes`.
        """
        if self._plan.jobs is None:
            return
        self._jobs[job.job_id] = JobUsage(began_at, own_peak_bytes(), limit_bytes)
        if self._file is not None and self._plan.jobs is MonitorGranularity.TIME_SERIES:
            self._file.add_job(job.job_id, job.name)

    def ended(self, job_id: JobId, rusage: struct_rusage) -> UsageSummary | None:
        """Note the end of a job's first process, and return what the job used. None if jobs are not measured."""
        usage = self._jobs.pop(job_id, None)
        if usage is None:
            return None
        used = usage.ended(time.monotonic(), _spent(rusage))
        if not usage.num_samples:
            # The job ended before the first sample: one sample stands for all of it. In the file, 0 is not known.
            self._keep_job_sample(job_id, time.time(), used.avg_cpu_percent or 0.0, used.peak_memory_bytes or 0, 1)
        return used

    def watch(self, sample: Sample) -> None:
        """Note the memory of the jobs in a sample of any interval, for their peaks."""
        for job_id, measured in sample.usages.items():
            usage = self._jobs.get(job_id)
            if usage is not None:
                usage.note_memory(measured.memory_bytes, measured.mapped_bytes)

    def observe(self, sample: Sample) -> None:
        """Add a sample of the jobs, and sample the node."""
        if self._thread is None:
            return
        at = time.time() - (time.monotonic() - sample.at_seconds)
        for job_id, measured in sample.usages.items():
            usage = self._jobs.get(job_id)
            if usage is not None:
                percent = usage.add_sample(sample.at_seconds, measured.memory_bytes, measured.cpu_seconds)
                self._keep_job_sample(job_id, at, percent, measured.memory_bytes, measured.num_processes)
        self._begin(self._sample_node(self._thread))
        is_due = time.monotonic() >= self._flushed_at + self._plan.flush_seconds
        if is_due or self._num_waiting >= _MAX_WAITING_SAMPLES:
            self._begin(self._write(self._thread))

    async def close(self) -> tuple[int, UsageSummary]:
        """Write the remaining samples. Return the number of samples of the node, and what it used."""
        if self._thread is None:
            return 0, UsageSummary()
        await asyncio.gather(*self._tasks)
        await self._sample_node(self._thread)
        count, used = self._node_usage.num_samples, self._node_summary()
        if self._file is not None and count:
            self._file.add_node_summary(count, used)
        await self._write(self._thread)
        self._thread.shutdown()
        return count, used

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _sample_node(self, thread: ThreadPoolExecutor) -> None:
        if self._plan.node is None:
            return
        try:
            measured = await asyncio.get_running_loop().run_in_executor(thread, measure_node)
        except (OSError, ValueError) as error:
            if not self._has_node_failed:
                self._has_node_failed = True
                logger.warning("Node not measured %s", fields(reason=error))
        else:
            self._add_node_sample(measured, time.monotonic())

    def _node_summary(self) -> UsageSummary:
        """Return what the node used, without what the workflow excludes."""
        return self._plan.of_node(self._node_usage.total())

    def _keep_job_sample(
        self, job_id: JobId, at: float, cpu_percent: float, memory_bytes: int, num_processes: int
    ) -> None:
        if self._file is not None and self._plan.jobs is MonitorGranularity.TIME_SERIES:
            self._num_waiting += 1
            self._file.add_job_sample(
                job_id, at, cpu_percent=cpu_percent, memory_bytes=memory_bytes, num_processes=num_processes
            )

    async def _write(self, thread: ThreadPoolExecutor) -> None:
        self._flushed_at, self._num_waiting = time.monotonic(), 0
        if self._file is not None:
            await asyncio.get_running_loop().run_in_executor(thread, self._file.write, self._file.take())

    def _add_node_sample(self, measured: NodeSample, at: float) -> None:
        """Add a sample of the node. `at` is by the monotonic clock."""
        before, passed_seconds = self._last_node_sample, at - self._last_node_sample_at
        self._last_node_sample, self._last_node_sample_at = measured, at
        if before is None or passed_seconds <= 0:
            return
        percent = 100 * max(0.0, measured.cpu_seconds - before.cpu_seconds) / passed_seconds
        self._node_usage.add_sample(percent, measured.memory_bytes)
        if self._file is not None and self._plan.node is MonitorGranularity.TIME_SERIES:
            self._file.add_node_sample(
                time.time(),
                cpu_percent=percent if self._plan.node_cpu else 0.0,
                memory_bytes=measured.memory_bytes if self._plan.node_memory else 0,
                total_bytes=measured.total_bytes,
            )


def _metrics_file(path: Path) -> "MetricsFile":
    from torc_runner.monitoring.metrics_file import MetricsFile  # noqa: PLC0415 - most runs need no SQLite

    return MetricsFile(path)


def own_peak_bytes() -> int:
    """Return the peak memory of this process, with which that of a process that it starts begins.

    Its `ru_maxrss` may be that of the program that started this one.
    """
    try:
        for line in Path("/proc/self/status").read_bytes().splitlines():
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) * _BYTES_PER_RUSAGE
    except (OSError, ValueError):
        pass
    return getrusage(RUSAGE_SELF).ru_maxrss * _BYTES_PER_RUSAGE


def _spent(rusage: struct_rusage) -> Spent:
    """Convert the resource usage of a child.

    In Linux, the peak memory of a process starts with that of the process that started it, here the runner. Only a
    higher peak is known to be the child's.
    """
    return Spent(
        cpu_seconds=rusage.ru_utime + rusage.ru_stime,
        peak_process_bytes=int(rusage.ru_maxrss) * _BYTES_PER_RUSAGE,
    )

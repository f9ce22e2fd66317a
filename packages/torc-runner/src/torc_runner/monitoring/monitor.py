"""Follows what jobs and the node use, as the workflow wishes: with each end of a job comes what it used.

Where nothing is to be measured, nothing is done. What the jobs' processes hold comes from the one sampler of the
runner; the node is looked at, and the file written, in a thread.
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
from torc_runner.monitoring.node import NodeLook
from torc_runner.monitoring.node import look as look_at_node
from torc_runner.monitoring.plan import Plan
from torc_runner.monitoring.usage import JobUsage, NodeUsage, Spent
from torc_runner.sampling.sampler import Look, Sampler

if TYPE_CHECKING:
    from torc_runner.monitoring.metrics_file import MetricsFile

_BYTES_PER_RUSAGE = 1024
_MOST_WAITING_SAMPLES = 100_000
"""So many samples are written before their time."""


class Monitor:
    """Measures for one runner. It belongs to the event loop; `close` it when the runner is done."""

    def __init__(self, plan: Plan, path: Path) -> None:
        self._plan = plan
        self._jobs: dict[JobId, JobUsage] = {}
        self._node_usage = NodeUsage()
        self._seen: NodeLook | None = None
        self._seen_at = 0.0
        self._file = _metrics_file(path) if plan.keeps_samples else None
        self._thread = None if plan.is_off else ThreadPoolExecutor(1, "torc-monitor")
        self._tasks: set[asyncio.Task[None]] = set()
        self._flushed_at = time.monotonic()
        self._num_waiting = 0
        self._is_blind = False

    def listen(self, sampler: Sampler) -> None:
        """Let the sampler look as often as the workflow wishes."""
        if self._thread is not None:
            sampler.listen(self._plan.interval_seconds, self.heed)
            self._begin(self._look_at_node(self._thread))  # from here on CPU time counts

    def started(self, job: ClaimedJob) -> None:
        """Take in that a job's command was started."""
        if self._plan.jobs is None:
            return
        self._jobs[job.job_id] = JobUsage(time.monotonic())
        if self._file is not None and self._plan.jobs is MonitorGranularity.TIME_SERIES:
            self._file.add_job(job.job_id, job.name)

    def ended(self, job_id: JobId, rusage: struct_rusage) -> UsageSummary | None:
        """Take in that a job's first process has ended, with what the system says of it; give what the job used."""
        usage = self._jobs.pop(job_id, None)
        if usage is None:
            return None
        used = usage.ended(time.monotonic(), _spent(rusage))
        if not usage.num_samples:
            # Too short to be looked at: one sample stands for all of it.
            self._keep_job_sample(job_id, time.time(), used.avg_cpu_percent or 0.0, used.peak_memory_bytes or 0, 1)
        return used

    def heed(self, look: Look) -> None:
        """Take in what the sampler saw."""
        if self._thread is None:
            return
        at = time.time() - (time.monotonic() - look.at_seconds)
        for job_id, taken in look.usages.items():
            usage = self._jobs.get(job_id)
            if usage is not None:
                percent = usage.look(look.at_seconds, taken.rss_bytes, taken.cpu_seconds)
                self._keep_job_sample(job_id, at, percent, taken.rss_bytes, taken.num_processes)
        self._begin(self._look_at_node(self._thread))
        is_due = time.monotonic() >= self._flushed_at + self._plan.flush_seconds
        if is_due or self._num_waiting >= _MOST_WAITING_SAMPLES:
            self._begin(self._write(self._thread))

    async def close(self) -> tuple[int, UsageSummary]:
        """Write what was not written; give how often the node was looked at, and what it used."""
        if self._thread is None:
            return 0, UsageSummary()
        await asyncio.gather(*self._tasks)
        await self._look_at_node(self._thread)
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

    async def _look_at_node(self, thread: ThreadPoolExecutor) -> None:
        if self._plan.node is None:
            return
        try:
            seen = await asyncio.get_running_loop().run_in_executor(thread, look_at_node)
        except (OSError, ValueError) as error:
            if not self._is_blind:
                self._is_blind = True
                logger.warning("Node not measured %s", fields(reason=error))
        else:
            self._node_seen(seen, time.monotonic())

    def _node_summary(self) -> UsageSummary:
        """Leave out what the workflow does not want to know."""
        used, plan = self._node_usage.total(), self._plan
        return UsageSummary(
            peak_memory_bytes=used.peak_memory_bytes if plan.node_memory else None,
            avg_memory_bytes=used.avg_memory_bytes if plan.node_memory else None,
            peak_cpu_percent=used.peak_cpu_percent if plan.node_cpu else None,
            avg_cpu_percent=used.avg_cpu_percent if plan.node_cpu else None,
        )

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

    def _node_seen(self, seen: NodeLook, at: float) -> None:
        """Take in what was seen of the node, `at` by the monotonic clock."""
        before, passed_seconds = self._seen, at - self._seen_at
        self._seen, self._seen_at = seen, at
        if before is None or passed_seconds <= 0:
            return
        percent = 100 * max(0.0, seen.cpu_seconds - before.cpu_seconds) / passed_seconds
        self._node_usage.look(percent, seen.memory_bytes)
        if self._file is not None and self._plan.node is MonitorGranularity.TIME_SERIES:
            self._file.add_node_sample(
                time.time(),
                cpu_percent=percent if self._plan.node_cpu else 0.0,
                memory_bytes=seen.memory_bytes if self._plan.node_memory else 0,
                total_bytes=seen.total_bytes,
            )


def _metrics_file(path: Path) -> "MetricsFile":
    from torc_runner.monitoring.metrics_file import MetricsFile  # noqa: PLC0415 - most runs need no SQLite

    return MetricsFile(path)


def _spent(rusage: struct_rusage) -> Spent:
    """Read what the system says of a child.

    Linux lets the highest memory use of a process begin with that of the program from which it was started, here this
    one: only what is higher is known to be the child's.
    """
    peak = int(rusage.ru_maxrss)
    return Spent(
        cpu_seconds=rusage.ru_utime + rusage.ru_stime,
        peak_process_bytes=peak * _BYTES_PER_RUSAGE,
        is_own=peak > getrusage(RUSAGE_SELF).ru_maxrss,
    )

"""Samples a node that has no runner, until it is stopped."""

import asyncio
import contextlib
import time
from pathlib import Path

from torc_client.api.enums import MonitorGranularity
from torc_client.errors import TorcError
from torc_runner.log import fields, logger
from torc_runner.machine.usage import UsageSummary
from torc_runner.monitoring.metrics_file import MetricsFile
from torc_runner.monitoring.node import NodeSample, measure_node
from torc_runner.monitoring.plan import Plan
from torc_runner.monitoring.usage import NodeUsage


class LoneNode:
    """The samples of this node. `plan` says what is measured, how often, and what is kept."""

    def __init__(self, plan: Plan, path: Path) -> None:
        self._plan = plan
        self._file = MetricsFile(path)
        self._usage = NodeUsage()
        self._last: tuple[float, NodeSample] | None = None

    async def record(self, stopping: asyncio.Event) -> int:
        """Take samples until `stopping` is set, write them, and return their number. Raises TorcError."""
        flush_at = time.monotonic() + self._plan.flush_seconds
        await self._sample()
        while not stopping.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._plan.interval_seconds):
                    await stopping.wait()
            await self._sample()
            if time.monotonic() >= flush_at:
                flush_at = time.monotonic() + self._plan.flush_seconds
                await self._write()
        await self._sample()  # a short time has one sample, too
        if self._usage.num_samples:
            self._file.add_node_summary(self._usage.num_samples, self._total())
        await self._write()
        if self._file.is_broken:
            raise TorcError(f"Samples were not written to {self._file.path}.", "Use --output-dir with another folder.")
        return self._usage.num_samples

    async def _sample(self) -> None:
        """Add a sample. CPU time is measured between two samples, so the first one adds nothing."""
        try:
            measured = await asyncio.to_thread(measure_node)
        except (OSError, ValueError) as error:
            logger.warning("Node not measured %s", fields(reason=error))
            return
        before, at = self._last, time.monotonic()
        self._last = (at, measured)
        if before is None or at <= before[0]:
            return
        percent = 100 * max(0.0, measured.cpu_seconds - before[1].cpu_seconds) / (at - before[0])
        self._usage.add_sample(percent, measured.memory_bytes)
        if self._plan.node is MonitorGranularity.TIME_SERIES:
            self._file.add_node_sample(
                time.time(),
                cpu_percent=percent if self._plan.node_cpu else 0.0,
                memory_bytes=measured.memory_bytes if self._plan.node_memory else 0,
                total_bytes=measured.total_bytes,
            )

    def _total(self) -> UsageSummary:
        return self._plan.of_node(self._usage.total())

    async def _write(self) -> None:
        await asyncio.to_thread(self._file.write, self._file.take())

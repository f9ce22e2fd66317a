"""Sends what the batch system measured of steps, after their results: no job waits for the accounting.

The accounting has a step some seconds after its end, and is asked for many steps at once. Where there is none, it is
asked once.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence

from msgspec import Struct

from torc_client.api.records import SlurmStatsModel
from torc_client.batch.steps import NoAccountingError, Steps, StepUsage
from torc_client.batch.system import BatchError
from torc_client.client import TorcClient
from torc_client.errors import ServerError, ServerUnreachableError, TorcError
from torc_runner.launch.steps import step_name
from torc_runner.log import fields, logger
from torc_runner.machine.job import ClaimedJob
from torc_runner.run_context import RunContext

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
_PAUSE_FACTOR = 10
"""The accounting is asked again after this many times the duration of its last answer."""
_MAX_QUESTIONS = 8
"""A step that the accounting does not have after this number of questions is given up."""
LAST_PAUSES = (0.0, 0.5, 1.0, 1.5, 2.0)
"""A runner that leaves asks after these pauses, until the accounting has all steps."""


class _Step(Struct):
    """An ended step without statistics."""

    job: ClaimedJob
    num_questions: int = 0


class StepStatistics:
    """The statistics of one runner's steps. `reported` notes steps; `run` collects until it is canceled."""

    def __init__(
        self, client: TorcClient, context: RunContext, steps: Steps, last_pauses: Sequence[float] = LAST_PAUSES
    ) -> None:
        self._client = client
        self._context = context
        self._steps = steps
        self._last_pauses = last_pauses
        self._waiting: dict[str, _Step] = {}
        self._has_some = asyncio.Event()
        self._turn = asyncio.Lock()
        self._pause_seconds = FIRST_PAUSE_SECONDS
        self._is_off = False

    def reported(self, jobs: Iterable[ClaimedJob]) -> None:
        """Note jobs whose results the server has."""
        if self._is_off:
            return
        for job in jobs:
            self._waiting[step_name(job, self._context)] = _Step(job)
            self._pause_seconds = FIRST_PAUSE_SECONDS
            self._has_some.set()

    async def run(self) -> None:
        """Collect statistics until canceled."""
        while not self._is_off:
            await self._has_some.wait()
            await asyncio.sleep(self._pause_seconds)
            await self._collect()

    async def finish(self) -> None:
        """Collect what the accounting has by now, or has in a few seconds."""
        for pause_seconds in self._last_pauses:
            if self._waiting:
                await asyncio.sleep(pause_seconds)
                await self._collect()

    async def _collect(self) -> None:
        async with self._turn:
            names, began = [*self._waiting], time.monotonic()
            if not names:
                return
            try:
                used = await asyncio.to_thread(self._steps.usage, names)
            except NoAccountingError as error:
                logger.info("Statistics of steps not collected %s", fields(reason=error))
                self._is_off = True
                self._waiting.clear()
                return
            except BatchError as error:
                logger.warning("Accounting not read %s", fields(reason=error))
                used = {}
            for name, usage in used.items():
                if not await self._send(self._waiting[name].job, usage):
                    break
                del self._waiting[name]
            self._count_questions(names)
            taken_seconds = time.monotonic() - began
            longer = min(2 * self._pause_seconds, LONGEST_PAUSE_SECONDS)
            self._pause_seconds = max(_PAUSE_FACTOR * taken_seconds, FIRST_PAUSE_SECONDS if used else longer)
            if not self._waiting:
                self._has_some.clear()

    def _count_questions(self, names: Iterable[str]) -> None:
        for name in names:
            step = self._waiting.get(name)
            if step is not None:
                step.num_questions += 1
                if step.num_questions >= _MAX_QUESTIONS:
                    del self._waiting[name]

    async def _send(self, job: ClaimedJob, usage: StepUsage) -> bool:
        """Store the statistics of an attempt. Return False if the server is away."""
        try:
            await self._client.slurm_stats.create_slurm_stats(
                SlurmStatsModel(
                    workflow_id=self._context.workflow_id,
                    job_id=job.job_id,
                    run_id=self._context.run_id,
                    attempt_id=job.attempt_id,
                    slurm_job_id=self._steps.allocation,
                    max_rss_bytes=usage.max_rss_bytes,
                    max_vm_size_bytes=usage.max_vm_size_bytes,
                    max_disk_read_bytes=usage.max_disk_read_bytes,
                    max_disk_write_bytes=usage.max_disk_write_bytes,
                    ave_cpu_seconds=usage.ave_cpu_seconds,
                    node_list=usage.nodes,
                )
            )
        except (ServerError, ServerUnreachableError):
            return False
        except TorcError as error:  # for example, the job was deleted, or the answer to an earlier call was lost
            logger.info("Statistics of a step not stored %s", fields(job_id=job.job_id, reason=error))
        return True

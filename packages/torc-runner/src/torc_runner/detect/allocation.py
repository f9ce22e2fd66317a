"""Questions to the batch system about the allocation of this process. None of them delays or ends the runner."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from torc_client.batch.blocking import blocking
from torc_client.batch.inside import OwnAllocation
from torc_client.batch.margins import Margins
from torc_client.batch.system import BatchError
from torc_runner.log import fields, logger
from torc_runner.machine.events import AllocationLearned

Answer = TypeVar("Answer")

PATIENCE_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0
CHECK_BEFORE_SECONDS = 60.0
"""The end is asked for again this time before jobs are stopped: an administrator may have moved it."""


async def allocation_end(
    allocation: OwnAllocation, now: datetime, *, patience_seconds: float = PATIENCE_SECONDS
) -> datetime | None:
    """Return when the allocation ends; None if it has no end, or the batch system does not answer in time.

    An end in the past is ignored: the environment is that of an earlier allocation.
    """
    end = allocation.known_end
    try:
        if end is None and allocation.allocation.request:
            end = await blocking(patience_seconds, allocation.end)
    except BatchError as error:
        logger.warning("End of the allocation unknown %s", fields(reason=error))
    if end is not None and end <= now:
        logger.warning("Allocation is over: its end is ignored %s", fields(end=end))
        return None
    return end


class AllocationWatch:
    """Asks the batch system until it has answered, and again before the end.

    `margins_before` returns the time in which jobs are ended before an end. An end after `limit` is not waited for.
    """

    def __init__(
        self,
        allocation: OwnAllocation,
        *,
        limit: datetime | None,
        margins_before: Callable[[datetime], Margins],
        post: Callable[[AllocationLearned], None],
    ) -> None:
        self._allocation = allocation
        self._limit = limit
        self._margins_before = margins_before
        self._post = post

    async def watch(self) -> None:
        """Post what the batch system answers, until there is nothing left to ask."""
        await asyncio.gather(self._watch_end(), self._learn_kill_wait())

    async def _learn_kill_wait(self) -> None:
        seconds = await self._ask(self._allocation.kill_wait_seconds)
        if seconds is not None:
            logger.info("Time between TERM and KILL at the end of the allocation %s", fields(seconds=f"{seconds:g}"))
            self._post(AllocationLearned(kill_wait_seconds=seconds))

    async def _watch_end(self) -> None:
        known: datetime | None = None
        while True:
            end = await self._ask(self._allocation.end)
            if end is None or end == known or end <= datetime.now(UTC):
                return
            logger.info("End of the allocation %s", fields(end=end.isoformat()))
            known, counted = end, end if self._limit is None else min(end, self._limit)
            margins, left_seconds = self._margins_before(end), (counted - datetime.now(UTC)).total_seconds()
            self._post(
                AllocationLearned(
                    end_at=asyncio.get_running_loop().time() + left_seconds,
                    lead_seconds=margins.lead_seconds,
                    headroom_seconds=margins.headroom_seconds,
                )
            )
            await asyncio.sleep(max(0.0, left_seconds - margins.total_seconds - CHECK_BEFORE_SECONDS))

    async def _ask(self, question: Callable[[], Answer]) -> Answer:
        pause_seconds = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await blocking(None, question)
            except BatchError as error:
                if pause_seconds == FIRST_PAUSE_SECONDS:
                    logger.warning("The batch system does not answer: it is asked again %s", fields(reason=error))
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)


def provisional_end(allocation: OwnAllocation, walltime_seconds: int | None) -> datetime | None:
    """Return the end that follows from the walltime which was requested, until the batch system has answered."""
    if walltime_seconds is None:
        return None
    return allocation.started_at + timedelta(seconds=walltime_seconds)

"""Returns jobs to the queue that are running, or claimed by a node, although the node is not active.

That is a job of a node without a lease that stopped or was deleted, or a job that was set to running by hand. Such a
job could never end. It is returned when it has been without an active node for the time of a lease.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from torc_server.engine.claiming import leases
from torc_server.engine.ids import AttemptId, JobId
from torc_server.store.writer import Writer

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

# Interval between two checks. A time between two checks that is longer, because the server was paused, counts as this.
LOOK_EVERY_SECONDS = 15.0


class JobsWithoutNode:
    """The attempts without an active node, with the time for which the server has seen them so."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._seconds: dict[tuple[JobId, AttemptId], float] = {}

    async def work(self, writer: Writer) -> None:
        """Return such jobs to the queue, until canceled. Raises StoreError; can be started again after it."""
        looked_at = self._clock()
        while True:
            await self._sleep(LOOK_EVERY_SECONDS)
            now = self._clock()
            passed, looked_at = min(now - looked_at, LOOK_EVERY_SECONDS), now
            await self._look(writer, passed)

    async def _look(self, writer: Writer, passed: float) -> None:
        found = await writer.run(leases.jobs_without_node)
        self._seconds = {each: self._seconds[each] + passed if each in self._seconds else 0.0 for each in found}
        due = {each for each, seconds in self._seconds.items() if seconds >= found[each]}
        if due:
            healed = await writer.run(lambda tx: leases.heal(tx, due))
            logger.warning(
                "jobs returned to the queue: their compute nodes are not active", extra={"fields": {"jobs": healed}}
            )

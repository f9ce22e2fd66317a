"""Keeps this node's lease: notes every contact, gives a sign of life when there is none, finds out when it was lost."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, TorcError
from torc_runner.connection.lease import Lease
from torc_runner.launch.watchdog import Watchdog
from torc_runner.log import fields, logger
from torc_runner.machine.events import Event, LeaseLost


def lease_clock() -> float:
    """Seconds, counted also while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class LeaseKeeper:
    """Speaks for one node. `tell` gets LeaseLost, once."""

    def __init__(
        self, client: TorcClient, node_id: int, lease: Lease, watchdog: Watchdog, tell: Callable[[Event], None]
    ) -> None:
        self._client = client
        self._node_id = node_id
        self._lease = lease
        self._watchdog = watchdog
        self._tell = tell
        self._is_lost = False
        watchdog.good_until(lease.good_until)

    @contextmanager
    def contact(self) -> Iterator[None]:
        """Note that the service is heard, and hears, if what is done inside succeeds."""
        sent_at = lease_clock()
        yield
        self._lease.heard(sent_at)

    def is_over(self) -> bool:
        """Look at the clock: whether this runner was stopped, or asleep, for so long that what ran here is over."""
        if not self._is_lost and self._lease.is_over(lease_clock()):
            self._lose("nothing was heard of this node for the length of its lease")
        return self._is_lost

    async def has_lost(self) -> bool:
        """Ask the service whether this node was given up. Raises TorcError."""
        try:
            with self.contact():
                await self._client.compute_nodes.heartbeat_compute_node(self._node_id)
        except (ConflictError, NotFoundError) as error:
            self._lose(error.message)
        return self._is_lost

    async def keep(self) -> None:
        """Keep the lease until it is lost."""
        lease = self._lease
        while not self.is_over():
            if lease_clock() >= lease.beat_due_at:
                try:
                    async with asyncio.timeout(lease.beat_seconds):
                        await self.has_lost()
                except (TorcError, TimeoutError):
                    lease.unanswered(lease_clock())
            self._watchdog.good_until(lease.good_until)
            await asyncio.sleep(lease.look_seconds)

    def _lose(self, reason: str) -> None:
        if not self._is_lost:
            self._is_lost = True
            logger.warning(
                "Lease lost: the jobs that run here are ended, since others have them now %s",
                fields(compute_node_id=self._node_id, reason=reason),
            )
            self._tell(LeaseLost())

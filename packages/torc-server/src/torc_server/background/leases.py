"""Finds nodes whose lease has expired and marks them lost.

Heartbeats are kept in memory and cost no write. When the server starts, every node gets a full lease, since no node
could reach it before. For the same reason leases count only the time in which the server ran, not the time in which it
was stopped, suspended or blocked.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from torc_server.engine.claiming import leases
from torc_server.engine.errors import NotFound
from torc_server.engine.ids import NodeId
from torc_server.engine.signals import LeaseChanged, NodeHeard
from torc_server.engine.workflow_locks import WorkflowLocked
from torc_server.store.writer import Writer

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

# Interval between two checks of the leases, and so the longest delay until an expired one is found. A check of 10,000
# leases takes less than a millisecond.
LOOK_EVERY_SECONDS = 1.0
# If the time between two checks is longer than this, the server was paused.
PAUSE_SECONDS = 2 * LOOK_EVERY_SECONDS


@dataclass(slots=True)
class _Lease:
    """The length of a node's lease, and when it expires, in seconds that the server ran (`Leases._now`)."""

    seconds: float
    ends_at: float


class Leases:
    """The leases of all active nodes. `clock` returns monotonic seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._leases: dict[NodeId, _Lease] = {}
        self._any_lease = asyncio.Event()
        self._looked_at = clock()
        # Seconds in which the server ran, until the last check.
        self._counted = 0.0

    def deliver(self, signals: Sequence[object]) -> None:
        """Apply the signals of a commit."""
        now = None
        for signal in signals:
            if isinstance(signal, NodeHeard):
                lease = self._leases.get(signal.node_id)
                if lease is not None:
                    now = self._now() if now is None else now
                    lease.ends_at = now + lease.seconds
            elif isinstance(signal, LeaseChanged):
                self._change(signal.node_id, signal.lease_seconds)

    def _change(self, node_id: NodeId, seconds: float | None) -> None:
        if seconds is None:
            self._leases.pop(node_id, None)
        else:
            self._leases[node_id] = _Lease(seconds, self._now() + seconds)
            self._any_lease.set()

    def _now(self) -> float:
        return self._counted + min(self._clock() - self._looked_at, LOOK_EVERY_SECONDS)

    async def work(self, writer: Writer) -> None:
        """Mark nodes with expired leases lost, until canceled. Raises StoreError; can be started again after it."""
        self._looked_at = self._clock()
        for node_id, seconds in (await writer.run(leases.leases)).items():
            self._change(node_id, seconds)
        while True:
            if not self._leases:
                self._any_lease.clear()
                await self._any_lease.wait()
                self._looked_at = self._clock()
            await self._sleep(LOOK_EVERY_SECONDS)
            # After a pause the heartbeats that arrived in the meantime are handled first.
            if not self._count() and self._silent():
                await self._give_up_silent(writer)

    def _count(self) -> bool:
        """Count the time since the last check, and return whether the server was paused in it."""
        looked_at = self._clock()
        passed = looked_at - self._looked_at
        self._counted += min(passed, LOOK_EVERY_SECONDS)
        self._looked_at = looked_at
        if passed <= PAUSE_SECONDS:
            return False
        logger.warning(
            "the server was paused; leases were extended by this time", extra={"fields": {"seconds": round(passed, 1)}}
        )
        return True

    def _silent(self) -> list[NodeId]:
        now = self._now()
        return [node_id for node_id, lease in self._leases.items() if lease.ends_at <= now]

    async def _give_up_silent(self, writer: Writer) -> None:
        # Calls of nodes that still wait for the writer renew their leases: they run before this write.
        await writer.run(lambda _: None)
        await asyncio.gather(*(self._give_up(node_id, writer) for node_id in self._silent()))

    async def _give_up(self, node_id: NodeId, writer: Writer) -> None:
        try:
            jobs = await writer.run(lambda tx: leases.give_up(tx, node_id, now=datetime.now(UTC)))
        except WorkflowLocked:
            return  # the next check tries again
        except NotFound:  # deleted with its workflow
            jobs = None
        self._leases.pop(node_id, None)
        if jobs is not None:
            logger.warning("compute node lost", extra={"fields": {"compute_node": node_id, "jobs": jobs}})

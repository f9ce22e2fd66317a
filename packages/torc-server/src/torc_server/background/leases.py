"""Watches which nodes were silent for longer than their lease, and gives them up.

Signs of life are kept in memory only: none costs a write. When the server starts, every node gets a full lease anew,
since nobody could reach it before. For the same reason only time counts in which the server ran: while it was stopped,
suspended or busy with itself, no lease runs.
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
from torc_server.engine.workflow_locks import Held
from torc_server.store.writer import Writer

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

# How often leases are looked at, and so how late a node may be given up. Ten thousand take less than a millisecond.
LOOK_EVERY_SECONDS = 1.0
# A look that comes later than this after the one before found the server paused.
PAUSE_SECONDS = 2 * LOOK_EVERY_SECONDS


@dataclass(slots=True)
class _Lease:
    """How long a node may be silent, and until when it may be from now on, on the clock of time that counts."""

    seconds: float
    ends_at: float


class Leases:
    """The book of leases. `clock` gives monotonic seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._leases: dict[NodeId, _Lease] = {}
        self._any_lease = asyncio.Event()
        self._looked_at = clock()
        # Seconds that counted until the last look.
        self._counted = 0.0

    def deliver(self, signals: Sequence[object]) -> None:
        """Take the news of a commit."""
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
        """Give up silent nodes until canceled. Raises StoreError; it can be started again after that."""
        self._looked_at = self._clock()
        for node_id, seconds in (await writer.run(leases.leases)).items():
            self._change(node_id, seconds)
        while True:
            if not self._leases:
                self._any_lease.clear()
                await self._any_lease.wait()
                self._looked_at = self._clock()
            await self._sleep(LOOK_EVERY_SECONDS)
            # After a pause, what came in meanwhile is heard first.
            if not self._count() and self._silent():
                await self._give_up_silent(writer)

    def _count(self) -> bool:
        """Count the time since the last look, and tell whether the server was paused in between."""
        looked_at = self._clock()
        passed = looked_at - self._looked_at
        self._counted += min(passed, LOOK_EVERY_SECONDS)
        self._looked_at = looked_at
        if passed <= PAUSE_SECONDS:
            return False
        logger.warning("the server was paused; no lease ran meanwhile", extra={"fields": {"seconds": round(passed, 1)}})
        return True

    def _silent(self) -> list[NodeId]:
        now = self._now()
        return [node_id for node_id, lease in self._leases.items() if lease.ends_at <= now]

    async def _give_up_silent(self, writer: Writer) -> None:
        # Whatever was heard and still waits for the writer counts: it is done before this unit is.
        await writer.run(lambda _: None)
        await asyncio.gather(*(self._give_up(node_id, writer) for node_id in self._silent()))

    async def _give_up(self, node_id: NodeId, writer: Writer) -> None:
        try:
            jobs = await writer.run(lambda tx: leases.give_up(tx, node_id, now=datetime.now(UTC)))
        except Held:
            return  # until the next look
        except NotFound:  # it goes with its workflow
            jobs = None
        self._leases.pop(node_id, None)
        if jobs is not None:
            logger.warning("compute node lost", extra={"fields": {"compute_node": node_id, "jobs": jobs}})

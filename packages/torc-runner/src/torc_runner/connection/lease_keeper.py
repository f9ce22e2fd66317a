"""Keeps this node's lease: notes every contact, sends heartbeats between them, and notices when the lease is lost."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, OtherDatabaseError, TorcError
from torc_runner.connection.lease import Lease
from torc_runner.inbox import Inbox
from torc_runner.launch.watchdog import Watchdog
from torc_runner.log import fields, logger
from torc_runner.machine.events import LeaseLost

_LEASE_LOST = "Lease lost: the jobs that run here are killed, because other nodes may run them now"
_NODE_DELETED = "Node deleted on the server: the jobs that run here are killed"


def lease_clock() -> float:
    """Return seconds that also pass while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class LeaseKeeper:
    """Keeps the lease of one node. Posts LeaseLost to `inbox`, once. `on_contact` is called after each answer."""

    def __init__(
        self,
        client: TorcClient,
        node_id: int,
        lease: Lease,
        watchdog: Watchdog,
        inbox: Inbox,
        *,
        on_contact: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._node_id = node_id
        self._lease = lease
        self._watchdog = watchdog
        self._inbox = inbox
        self._on_contact = on_contact
        self._is_lost = False
        self.refusal: OtherDatabaseError | None = None
        """The refusal of a server that has another database than before."""
        self.is_node_deleted = False
        """Whether the node was deleted on the server, alone or with its workflow."""
        watchdog.good_until(lease.good_until)

    @contextmanager
    def contact(self) -> Iterator[None]:
        """Renew the lease if the body succeeds: the server has received a call and answered it."""
        sent_at = lease_clock()
        yield
        self._lease.heard(sent_at)
        self._watchdog.good_until(self._lease.good_until)
        self._on_contact()

    def is_over(self) -> bool:
        """Whether the lease has expired by the local clock, or was lost before.

        An answer of the server can renew the lease just when the watchdog kills the jobs. Then it is lost too.
        """
        if not self._is_lost and (self._lease.is_over(lease_clock()) or self._watchdog.has_killed):
            self._lose("the server received no call from this node for the length of its lease")
        return self._is_lost

    async def has_lost(self) -> bool:
        """Ask the server whether this node still has its lease. Raises TorcError."""
        try:
            with self.contact():
                await self._client.compute_nodes.heartbeat_compute_node(self._node_id)
        except OtherDatabaseError as error:
            self.database_replaced(error)
        except ConflictError as error:
            self._lose(error.message)
        except NotFoundError as error:
            self.is_node_deleted = True
            self._lose(error.message, what=_NODE_DELETED)
        return self._is_lost

    def database_replaced(self, refusal: OtherDatabaseError) -> None:
        """Give up the node, because the database of the server does not have it."""
        if self.refusal is None:
            self.refusal = refusal
            logger.warning(
                "Database replaced: the jobs that run here are killed, and their results stay in the journal, because"
                " the server does not know their attempts %s",
                fields(compute_node_id=self._node_id, reason=refusal.message),
            )
        if not self._is_lost:
            self._is_lost = True
            self._inbox.post(LeaseLost())

    async def keep(self) -> None:
        """Send heartbeats until the lease is lost."""
        lease = self._lease
        while not self.is_over():
            if lease_clock() >= lease.heartbeat_due_at:
                try:
                    async with asyncio.timeout(lease.heartbeat_timeout_seconds):
                        await self.has_lost()
                except (TorcError, TimeoutError):
                    lease.unanswered(lease_clock())
            self._watchdog.good_until(lease.good_until)
            await asyncio.sleep(lease.check_seconds)

    def _lose(self, reason: str, *, what: str = _LEASE_LOST) -> None:
        if not self._is_lost:
            self._is_lost = True
            logger.warning("%s %s", what, fields(compute_node_id=self._node_id, reason=reason))
            self._inbox.post(LeaseLost())

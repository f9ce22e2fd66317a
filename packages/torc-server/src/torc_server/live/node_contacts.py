"""Remembers when the server last heard of each compute node. Belongs to one event loop.

The times are kept in memory, as those of leases are: a heartbeat costs no write. So a node of which nothing was heard
since the server started has no time.
"""

import time
from collections.abc import Callable, Collection, Sequence

from torc_server.engine.ids import NodeId
from torc_server.engine.signals import LeaseChanged, NodeHeard

# The number of nodes of which the time is kept. The node that was silent longest is forgotten first.
MOST_NODES = 100_000


class NodeContacts:
    """When each node was last heard. `clock` returns monotonic seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._heard: dict[NodeId, float] = {}

    def deliver(self, signals: Sequence[object]) -> None:
        """Apply the signals of a commit."""
        for signal in signals:
            # A node that registers, or changes its lease, is heard too.
            if isinstance(signal, NodeHeard | LeaseChanged):
                # Removed first, so that the dictionary stays in the order of the times.
                self._heard.pop(signal.node_id, None)
                self._heard[signal.node_id] = self._clock()
        while len(self._heard) > MOST_NODES:
            del self._heard[next(iter(self._heard))]

    def silent_seconds(self, node_ids: Collection[NodeId]) -> dict[NodeId, float]:
        """Return for how long nothing was heard of these nodes. Unknown ones are left out."""
        now = self._clock()
        return {node_id: now - self._heard[node_id] for node_id in node_ids if node_id in self._heard}

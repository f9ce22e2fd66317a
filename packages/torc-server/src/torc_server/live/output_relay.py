"""Passes requests for output of jobs to the runners that have it, and the answers back. Belongs to one event loop.

Nothing is stored. A request exists while a caller waits for its answer, and an answer is passed on.
"""

import asyncio
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from torc_server.api.output_pieces import OutputPieceDelivery
from torc_server.engine.errors import Conflict
from torc_server.engine.ids import NodeId
from torc_server.live.node_contacts import NodeContacts

# Maximum number of open requests for one node, and in all. An answer has at most 512 KiB of output.
MOST_OF_A_NODE = 16
MOST_IN_ALL = 256
# Time in which a runner must fetch a request. An active runner fetches again immediately after a request.
FETCHED_SECONDS = 4.0
# Time in which a runner must answer, in addition to the requested wait.
ANSWERED_SECONDS = 10.0


@dataclass(slots=True, eq=False)
class _OutputRequest:
    """An open request for output of a node."""

    node_id: NodeId
    text: dict[str, Any]
    is_fetched: asyncio.Event
    answer: asyncio.Future[OutputPieceDelivery | None]


@dataclass(slots=True)
class _Node:
    """The requests that a node has not fetched, and its calls that wait for one, latest last."""

    unfetched: list[_OutputRequest] = field(default_factory=list)
    listening: list[asyncio.Future[None]] = field(default_factory=list)


class OutputRelay:
    """All open requests. `contacts` knows when each node was heard."""

    def __init__(self, contacts: NodeContacts | None = None) -> None:
        self._contacts = NodeContacts() if contacts is None else contacts
        self._nodes: dict[NodeId, _Node] = {}
        self._open: dict[str, _OutputRequest] = {}
        self._is_closed = False

    async def ask(self, node_id: NodeId, what: Mapping[str, Any], wait_seconds: float) -> OutputPieceDelivery | None:
        """Ask the runner of a node; None if it does not answer. Raises Conflict if too many requests are open."""
        self._require_room(node_id)
        request_id = secrets.token_urlsafe(16)
        loop = asyncio.get_running_loop()
        request = _OutputRequest(node_id, {"request_id": request_id, **what}, asyncio.Event(), loop.create_future())
        self._open[request_id] = request
        node = self._nodes.setdefault(node_id, _Node())
        node.unfetched.append(request)
        _wake_the_latest(node)
        try:
            async with asyncio.timeout(FETCHED_SECONDS):
                await request.is_fetched.wait()
            async with asyncio.timeout(ANSWERED_SECONDS + wait_seconds):
                return await request.answer
        except TimeoutError:
            return None
        finally:
            del self._open[request_id]
            with suppress(ValueError):
                node.unfetched.remove(request)
            self._forget(node_id)

    def silent_seconds(self, node_ids: Collection[NodeId]) -> Mapping[NodeId, float]:
        """Return for how long nothing was heard of these nodes. Those not heard since the start are left out."""
        return self._contacts.silent_seconds(node_ids)

    async def listen(self, node_id: NodeId, seconds: float) -> list[dict[str, Any]]:
        """Return the open requests for a node, waiting up to `seconds` for the first."""
        node = self._nodes.setdefault(node_id, _Node())
        try:
            if not node.unfetched and not self._is_closed:
                await _wait(node, seconds)
            found, node.unfetched = node.unfetched, []
        finally:
            self._forget(node_id)
        for request in found:
            request.is_fetched.set()
        return [request.text for request in found]

    def deliver(self, node_id: NodeId, piece: OutputPieceDelivery) -> bool:
        """Pass on the answer of a node. Return False if its request is no longer open."""
        request = self._open.get(piece.request_id)
        if request is None or request.node_id != node_id or request.answer.done():
            return False
        request.answer.set_result(piece)
        return True

    def close(self) -> None:
        """Answer all waiting calls now. Later ones do not wait."""
        self._is_closed = True
        for node in self._nodes.values():
            for future in node.listening:
                if not future.done():
                    future.set_result(None)
        for request in self._open.values():
            request.is_fetched.set()
            if not request.answer.done():
                request.answer.set_result(None)

    @property
    def is_idle(self) -> bool:
        """Whether there are no open requests and no waiting calls."""
        return not self._nodes and not self._open

    def _require_room(self, node_id: NodeId) -> None:
        of_node = sum(request.node_id == node_id for request in self._open.values())
        if of_node >= MOST_OF_A_NODE or len(self._open) >= MOST_IN_ALL or self._is_closed:
            raise Conflict(
                "Too many clients read output through this server; try again later, or read the files on the host "
                "of the job"
            )

    def _forget(self, node_id: NodeId) -> None:
        node = self._nodes.get(node_id)
        if node is not None and not node.unfetched and not node.listening:
            del self._nodes[node_id]


async def _wait(node: _Node, seconds: float) -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    node.listening.append(future)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await future
    finally:
        node.listening.remove(future)


def _wake_the_latest(node: _Node) -> None:
    """Wake the latest call of a runner. An earlier call may be of a client that has disconnected."""
    for future in reversed(node.listening):
        if not future.done():
            future.set_result(None)
            return

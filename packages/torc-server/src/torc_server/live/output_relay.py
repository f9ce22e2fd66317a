"""Questions for what a job printed, on their way from who asks to the runner that has it, and the answer back.

Nothing of it is stored: a question lives for as long as somebody waits for its answer, and an answer is handed on and
forgotten. Belongs to one event loop.
"""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from torc_server.api.output_pieces import OutputPieceDelivery
from torc_server.engine.errors import Conflict
from torc_server.engine.ids import NodeId

# So many questions are open for one node, and in all; an answer has at most half a megabyte of output.
MOST_OF_A_NODE = 16
MOST_IN_ALL = 256
# How long a question waits for a runner to fetch it: one that lives is back from its last question in no time.
FETCHED_SECONDS = 4.0
# How long a runner may take over a piece, besides what it was asked to wait.
ANSWERED_SECONDS = 10.0


@dataclass(slots=True, eq=False)
class _Question:
    """What is asked of a node, and who waits for it."""

    node_id: NodeId
    text: dict[str, Any]
    is_fetched: asyncio.Event
    answer: asyncio.Future[OutputPieceDelivery | None]


@dataclass(slots=True)
class _Node:
    """The questions for a node that it has not fetched, and those of its calls that wait for one, the latest last."""

    unfetched: list[_Question] = field(default_factory=list)
    listening: list[asyncio.Future[None]] = field(default_factory=list)


class OutputRelay:
    """All questions that are open."""

    def __init__(self) -> None:
        self._nodes: dict[NodeId, _Node] = {}
        self._open: dict[str, _Question] = {}
        self._is_closed = False

    async def ask(self, node_id: NodeId, what: Mapping[str, Any], wait_seconds: float) -> OutputPieceDelivery | None:
        """Ask a node's runner; None where it does not answer. Raises Conflict where too many ask already."""
        self._require_room(node_id)
        request_id = secrets.token_urlsafe(16)
        loop = asyncio.get_running_loop()
        question = _Question(node_id, {"request_id": request_id, **what}, asyncio.Event(), loop.create_future())
        self._open[request_id] = question
        node = self._nodes.setdefault(node_id, _Node())
        node.unfetched.append(question)
        _wake_the_latest(node)
        try:
            async with asyncio.timeout(FETCHED_SECONDS):
                await question.is_fetched.wait()
            async with asyncio.timeout(ANSWERED_SECONDS + wait_seconds):
                return await question.answer
        except TimeoutError:
            return None
        finally:
            del self._open[request_id]
            with suppress(ValueError):
                node.unfetched.remove(question)
            self._forget(node_id)

    async def listen(self, node_id: NodeId, seconds: float) -> list[dict[str, Any]]:
        """Give the questions for a node, waiting so long for the first."""
        node = self._nodes.setdefault(node_id, _Node())
        try:
            if not node.unfetched and not self._is_closed:
                await _wait(node, seconds)
            found, node.unfetched = node.unfetched, []
        finally:
            self._forget(node_id)
        for question in found:
            question.is_fetched.set()
        return [question.text for question in found]

    def deliver(self, node_id: NodeId, piece: OutputPieceDelivery) -> bool:
        """Hand an answer of a node to who waits for it; False where nobody does."""
        question = self._open.get(piece.request_id)
        if question is None or question.node_id != node_id or question.answer.done():
            return False
        question.answer.set_result(piece)
        return True

    def close(self) -> None:
        """Send everybody home; from now on nobody waits."""
        self._is_closed = True
        for node in self._nodes.values():
            for future in node.listening:
                if not future.done():
                    future.set_result(None)
        for question in self._open.values():
            question.is_fetched.set()
            if not question.answer.done():
                question.answer.set_result(None)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is kept of anybody."""
        return not self._nodes and not self._open

    def _require_room(self, node_id: NodeId) -> None:
        of_node = sum(question.node_id == node_id for question in self._open.values())
        if of_node >= MOST_OF_A_NODE or len(self._open) >= MOST_IN_ALL or self._is_closed:
            raise Conflict(
                "Too many read what jobs print through this server at the moment: try again later, or read the files "
                "on the host where the job runs"
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
    """Wake one call of a runner: an earlier one that is still there may be of a caller that has left."""
    for future in reversed(node.listening):
        if not future.done():
            future.set_result(None)
            return

"""News of workflows, on its way from the commit to those who follow them. Belongs to one event loop.

A workflow that somebody follows, or followed a short while ago, has a channel, which remembers its latest news for
those who come back. All is bounded: what a channel remembers, what waits for a follower, and how many channels are
kept that nobody listens to. Whoever missed something is told so. Text is made only of what is sent.
"""

import asyncio
import re
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from torc_server.engine.signals import Announcement, Severity, WorkflowDeleted

# So much news waits for one follower who reads slowly, and so much is remembered for those who come back.
WAITING_MOST = 512
REMEMBERED_MOST = 512
MUCH = WAITING_MOST // 4
# So many channels are kept that nobody listens to at the moment.
IDLE_CHANNELS_MOST = 64

_ID = re.compile(r"([0-9a-f]{8})-([0-9]{1,18})")
MISSED = {"missed": True, "message": "News may have been missed: read again what you show."}


def frame(event_type: str, data: object, identity: str | None = None) -> bytes:
    """Write a server-sent event."""
    first = f"id: {identity}\n" if identity else ""
    return f"{first}event: {event_type}\ndata: {msgspec.json.encode(data).decode()}\n\n".encode()


class _Item:
    """One piece of news; its text is made once, for all who get it."""

    __slots__ = ("_frame", "announcement", "number", "timestamp_ms")

    def __init__(self, number: int, timestamp_ms: int, announcement: Announcement) -> None:
        self.number = number
        self.timestamp_ms = timestamp_ms
        self.announcement = announcement
        self._frame: bytes | None = None

    def frame(self, epoch: str) -> bytes:
        if self._frame is None:
            told = self.announcement
            data = {
                "workflow_id": told.workflow_id,
                "timestamp": self.timestamp_ms,
                "event_type": told.event_type,
                "severity": told.severity.word,
                "data": told.data,
            }
            self._frame = frame(told.event_type, data, f"{epoch}-{self.number}")
        return self._frame


class Follower:
    """One who follows a workflow: what waits to be sent, and how much was lost because it was not fetched."""

    def __init__(self, least: Severity, epoch: str, first: bytes) -> None:
        self.least = least
        self._epoch = epoch
        self._first = first
        self._waiting: deque[_Item] = deque()
        self._dropped = 0
        self._news = asyncio.Event()
        self._news.set()
        self._much = asyncio.Event()
        self.is_closed = False

    def put(self, item: _Item) -> None:
        """Add a piece of news; where too much waits, the oldest gives way."""
        if item.announcement.severity < self.least:
            return
        if len(self._waiting) == WAITING_MOST:
            self._waiting.popleft()
            self._dropped += 1
        self._waiting.append(item)
        self._news.set()
        if len(self._waiting) == MUCH:
            self._much.set()

    def close(self) -> None:
        """Nothing more will come."""
        self.is_closed = True
        self._news.set()
        self._much.set()

    async def something(self) -> None:
        """Wait until there is something to fetch, or nothing more will come."""
        await self._news.wait()

    async def much(self) -> None:
        """Wait until so much waits that some will be lost if it is not fetched soon, or nothing more will come."""
        await self._much.wait()

    def fetch(self) -> bytes:
        """Take all that waits, as text; before it, how much was dropped."""
        parts = [self._first]
        self._first = b""
        if self._dropped:
            parts.append(frame("warning", {"dropped": self._dropped}))
            self._dropped = 0
        parts += [item.frame(self._epoch) for item in self._waiting]
        self._waiting.clear()
        if not self.is_closed:
            self._news.clear()
            self._much.clear()
        return b"".join(parts)


class _Channel:
    """The latest news of a workflow, and who follows it. `forgotten` is the last number that it does not remember."""

    def __init__(self, forgotten: int) -> None:
        self.forgotten = forgotten
        self.remembered: deque[_Item] = deque()
        self.followers: set[Follower] = set()

    def add(self, item: _Item) -> None:
        if len(self.remembered) == REMEMBERED_MOST:
            self.forgotten = self.remembered.popleft().number
        self.remembered.append(item)
        for follower in self.followers:
            follower.put(item)

    def close(self) -> None:
        for follower in self.followers:
            follower.close()


class EventHub:
    """All channels. Numbers are given to news in one row; `epoch` tells this server process from any other."""

    def __init__(self, clock_seconds: Callable[[], float] = time.time) -> None:
        self._clock_seconds = clock_seconds
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._channels: dict[int, _Channel] = {}
        self._idle: OrderedDict[int, None] = OrderedDict()
        self._is_closed = False
        # How many follow a workflow at this moment.
        self.followers = 0

    def deliver(self, signals: Sequence[object]) -> None:
        """Take what was told by a commit; the writer calls it on the event loop."""
        if not self._channels:
            return
        now_ms = int(self._clock_seconds() * 1000)
        for signal in signals:
            if isinstance(signal, Announcement):
                channel = self._channels.get(signal.workflow_id)
                if channel is not None:
                    self._number += 1
                    channel.add(_Item(self._number, now_ms, signal))
            elif isinstance(signal, WorkflowDeleted):
                self._drop(signal.workflow_id)

    def close(self) -> None:
        """End everything; whoever comes from now on gets nothing."""
        self._is_closed = True
        for channel in self._channels.values():
            channel.close()

    @contextmanager
    def following(self, workflow_id: int, least: Severity, last_id: str | None = None) -> Iterator[Follower]:
        """Follow a workflow from now on, or from the news that has the id `last_id`."""
        channel = self._channels.get(workflow_id)
        if channel is None:
            # A number of its own: what came before is not remembered, also where nobody counted it.
            self._number += 1
            channel = self._channels[workflow_id] = _Channel(self._number)
        self._idle.pop(workflow_id, None)
        follower = self._follower(channel, least, last_id)
        channel.followers.add(follower)
        self.followers += 1
        if self._is_closed:
            follower.close()
        try:
            yield follower
        finally:
            channel.followers.discard(follower)
            self.followers -= 1
            if not channel.followers and self._channels.get(workflow_id) is channel:
                self._idle[workflow_id] = None
                if len(self._idle) > IDLE_CHANNELS_MOST:
                    self._drop(next(iter(self._idle)))

    def _follower(self, channel: _Channel, least: Severity, last_id: str | None) -> Follower:
        """Make a follower, with what it has to be sent at once."""
        here = f"{self._epoch}-{self._number}"
        last = self._number_of(last_id) if last_id else self._number
        if last is None or last < channel.forgotten:
            return Follower(least, self._epoch, frame("warning", MISSED, here))
        # An id without an event: who never got any can say where it was, too.
        follower = Follower(least, self._epoch, f"id: {self._epoch}-{last}\n\n".encode())
        for item in channel.remembered:
            if item.number > last:
                follower.put(item)
        return follower

    def _number_of(self, identity: str) -> int | None:
        """Read an id; None for one that is not of this process."""
        found = _ID.fullmatch(identity)
        if found is None or found[1] != self._epoch or int(found[2]) > self._number:
            return None
        return int(found[2])

    def _drop(self, workflow_id: int) -> None:
        channel = self._channels.pop(workflow_id, None)
        self._idle.pop(workflow_id, None)
        if channel is not None:
            channel.close()

"""Notifications about workflows, from the commit to the streams that follow them. Belongs to one event loop.

A workflow with followers, or with followers a short while ago, has a channel. It stores the latest notifications for
followers that reconnect. The numbers of stored notifications, of notifications that wait for a follower, and of
channels without followers are limited. A follower that missed notifications gets a warning.
"""

import re
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from torc_server.engine.signals import Announcement, Severity, WorkflowDeleted
from torc_server.live.stream_queue import StreamQueue, frame

# Maximum number of notifications that wait for a slow follower, and that a channel stores.
WAITING_MOST = 512
STORED_MOST = 512
MANY = WAITING_MOST // 4
# Maximum number of channels without followers.
IDLE_CHANNELS_MOST = 64

_ID = re.compile(r"([0-9a-f]{8})-([0-9]{1,18})")
MISSED = {"missed": True, "message": "Notifications may have been missed. Read the records again."}


class _Notification:
    """A notification. Its text is made once for all followers."""

    __slots__ = ("_frame", "announcement", "number", "timestamp_ms")

    def __init__(self, number: int, timestamp_ms: int, announcement: Announcement) -> None:
        self.number = number
        self.timestamp_ms = timestamp_ms
        self.announcement = announcement
        self._frame: bytes | None = None

    def frame(self, epoch: str) -> bytes:
        if self._frame is None:
            announcement = self.announcement
            data = {
                "workflow_id": announcement.workflow_id,
                "timestamp": self.timestamp_ms,
                "event_type": announcement.event_type,
                "severity": announcement.severity.word,
                "data": announcement.data,
            }
            self._frame = frame(announcement.event_type, data, f"{epoch}-{self.number}")
        return self._frame


class Follower(StreamQueue[_Notification]):
    """A follower of a workflow: its notifications from a severity on, after a first text."""

    def __init__(self, least: Severity, epoch: str, first: bytes) -> None:
        super().__init__(WAITING_MOST)
        self.least = least
        self._epoch = epoch
        self._first = first
        self.announce()

    def put(self, item: _Notification) -> None:
        """Add a notification that is severe enough."""
        if item.announcement.severity >= self.least:
            self.add(item)

    def fetch(self) -> bytes:
        """Return and remove all waiting notifications as text, after a warning with the number of dropped ones."""
        first, self._first = self._first, b""
        warning, items = self.take()
        return b"".join([first, *warning, *(item.frame(self._epoch) for item in items)])


class _Channel:
    """The latest notifications of a workflow, and its followers. Those up to number `removed` are not stored."""

    def __init__(self, removed: int) -> None:
        self.removed = removed
        self.stored: deque[_Notification] = deque()
        self.followers: set[Follower] = set()

    def add(self, item: _Notification) -> None:
        if len(self.stored) == STORED_MOST:
            self.removed = self.stored.popleft().number
        self.stored.append(item)
        for follower in self.followers:
            follower.put(item)

    def close(self) -> None:
        for follower in self.followers:
            follower.close()


class EventHub:
    """All channels. Notifications are numbered in one sequence. `epoch` identifies this process of the server."""

    def __init__(self, clock_seconds: Callable[[], float] = time.time) -> None:
        self._clock_seconds = clock_seconds
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._channels: dict[int, _Channel] = {}
        self._idle: OrderedDict[int, None] = OrderedDict()
        self._is_closed = False
        # Number of followers.
        self.followers = 0

    def deliver(self, signals: Sequence[object]) -> None:
        """Handle the signals of a commit. The writer calls it on the event loop."""
        if not self._channels:
            return
        now_ms = int(self._clock_seconds() * 1000)
        for signal in signals:
            if isinstance(signal, Announcement):
                channel = self._channels.get(signal.workflow_id)
                if channel is not None:
                    self._number += 1
                    channel.add(_Notification(self._number, now_ms, signal))
            elif isinstance(signal, WorkflowDeleted):
                self._drop(signal.workflow_id)

    def close(self) -> None:
        """End all notifications, also for later followers."""
        self._is_closed = True
        for channel in self._channels.values():
            channel.close()

    @contextmanager
    def following(self, workflow_id: int, least: Severity, last_id: str | None = None) -> Iterator[Follower]:
        """Follow a workflow from now on, or from the notification with the id `last_id`."""
        channel = self._channels.get(workflow_id)
        if channel is None:
            # Use up a number: earlier notifications are not stored, and may not have been numbered.
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
        """Make a follower with its first texts."""
        here = f"{self._epoch}-{self._number}"
        last = self._number_of(last_id) if last_id else self._number
        if last is None or last < channel.removed:
            return Follower(least, self._epoch, frame("warning", MISSED, here))
        # An id without an event, so that a client that got no event can reconnect from here.
        follower = Follower(least, self._epoch, f"id: {self._epoch}-{last}\n\n".encode())
        for item in channel.stored:
            if item.number > last:
                follower.put(item)
        return follower

    def _number_of(self, identity: str) -> int | None:
        """Parse an id. None if it is not an id of this process."""
        found = _ID.fullmatch(identity)
        if found is None or found[1] != self._epoch or int(found[2]) > self._number:
            return None
        return int(found[2])

    def _drop(self, workflow_id: int) -> None:
        channel = self._channels.pop(workflow_id, None)
        self._idle.pop(workflow_id, None)
        if channel is not None:
            channel.close()

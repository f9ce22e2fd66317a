"""Which workflows changed, for the streams of lists of workflows. Belongs to one event loop.

The ids of changed workflows are collected until a stream sends them, so that many changes of a workflow are one.
"""

import asyncio
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from torc_server.engine.errors import Conflict
from torc_server.engine.signals import (
    AccessChanged,
    Announcement,
    JobsBecameReady,
    RunBegan,
    TaskFinished,
    WorkflowCanceled,
    WorkflowChanged,
    WorkflowCompleted,
    WorkflowDeleted,
)

FOLLOWERS_MOST = 256
# Of more changed workflows than this, a follower only learns that there are many.
IDS_MOST = 100
_CHANGES = (
    Announcement, JobsBecameReady, RunBegan, TaskFinished, WorkflowCanceled, WorkflowChanged, WorkflowCompleted,
)  # fmt: skip


class WorkflowFollower:
    """A follower: the ids of workflows that changed since the last `take`. At first, everything may have changed."""

    def __init__(self) -> None:
        self.is_closed = False
        self._ids: set[int] = set()
        self._everything = True
        self._any = asyncio.Event()
        self._any.set()
        self._end = asyncio.Event()

    def add(self, ids: AbstractSet[int], *, everything: bool) -> None:
        """Add changed workflows."""
        self._ids |= ids
        self._everything = self._everything or everything or len(self._ids) > IDS_MOST
        if self._everything:
            self._ids.clear()
        self._any.set()

    def take(self) -> tuple[list[int], bool]:
        """Return and remove the ids, and whether everything may have changed; then there are no ids."""
        ids, everything = sorted(self._ids), self._everything
        self._ids.clear()
        self._everything = False
        if not self.is_closed:
            self._any.clear()
        return ids, everything

    def close(self) -> None:
        """End the changes."""
        self.is_closed = True
        self._any.set()
        self._end.set()

    async def until_any(self) -> None:
        """Wait until there is something to take, or the end."""
        await self._any.wait()

    async def until_many(self) -> None:
        """Wait until the end: any number of changes waits."""
        await self._end.wait()


class WorkflowChanges:
    """All followers."""

    def __init__(self) -> None:
        self._followers: set[WorkflowFollower] = set()
        self._is_closed = False

    @property
    def followers(self) -> int:
        """The number of followers."""
        return len(self._followers)

    def deliver(self, signals: Sequence[object]) -> None:
        """Handle the signals of a commit. The writer calls it on the event loop.

        Nothing shows whether a follower could see a workflow that is deleted or shared with other users now. So
        all followers learn that something changed, without the id.
        """
        if not self._followers:
            return
        ids = {signal.workflow_id for signal in signals if isinstance(signal, _CHANGES)}
        everything = any(isinstance(signal, AccessChanged | WorkflowDeleted) for signal in signals)
        if ids or everything:
            for follower in self._followers:
                follower.add(ids, everything=everything)

    @contextmanager
    def following(self) -> Iterator[WorkflowFollower]:
        """Follow all workflows from now on. Raises Conflict if there are too many followers."""
        if len(self._followers) >= FOLLOWERS_MOST:
            raise Conflict(f"Lists of workflows have {FOLLOWERS_MOST} followers already; read the list again later")
        follower = WorkflowFollower()
        if self._is_closed:
            follower.close()
        self._followers.add(follower)
        try:
            yield follower
        finally:
            self._followers.discard(follower)

    def close(self) -> None:
        """End all streams, also later ones."""
        self._is_closed = True
        for follower in self._followers:
            follower.close()

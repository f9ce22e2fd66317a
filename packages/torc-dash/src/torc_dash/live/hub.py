"""Follow workflows, and lists of them, for open pages: one follower for each, any number of watchers.

A hub belongs to one event loop.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from torc_client.errors import ApiError, TorcError
from torc_dash.live.changes import Changes, FollowerState, News, Topic

Follow = Callable[[Topic], AsyncIterator[News]]

# A follower continues for this time without watchers, since a reader goes from page to page.
LINGER_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 5.0
_PASSING_STATUSES = range(500, 600)


class Watcher:
    """An open page: collects changes until it fetches them."""

    def __init__(self) -> None:
        self._waiting: dict[Topic, Changes] = {}
        self._changed = asyncio.Event()
        self._is_closed = False

    def changes_of(self, topic: Topic, state: FollowerState) -> Changes:
        """Return the changes of a workflow or list that the page has not yet fetched."""
        changes = self._waiting.setdefault(topic, Changes(topic))
        changes.state = state
        self._changed.set()
        return changes

    async def fetch(self) -> list[Changes]:
        """Wait for changes, and return and remove all of them. An empty list means that the hub was closed."""
        await self._changed.wait()
        if self._is_closed:
            return []
        self._changed.clear()
        found, self._waiting = self._waiting, {}
        return list(found.values())

    def close(self) -> None:
        """End the current and all later calls of `fetch`."""
        self._is_closed = True
        self._changed.set()


class _Follower:
    """Follows one workflow or list, until it is stopped or the workflow is deleted."""

    def __init__(self, topic: Topic, follow: Follow) -> None:
        self.watchers: set[Watcher] = set()
        self._topic = topic
        self._follow = follow
        self._state = FollowerState.OPENING
        self._task = asyncio.create_task(self._run())
        self._stopping: asyncio.TimerHandle | None = None

    def add(self, watcher: Watcher) -> None:
        self.keep()
        self.watchers.add(watcher)
        if self._state is not FollowerState.OPENING:
            watcher.changes_of(self._topic, self._state)

    def keep(self) -> None:
        """Do not stop, after all."""
        if self._stopping is not None:
            self._stopping.cancel()
            self._stopping = None

    def stop_later(self, stop: Callable[[], None], seconds: float) -> None:
        self._stopping = asyncio.get_running_loop().call_later(seconds, stop)

    def stop(self) -> None:
        self.keep()
        self._task.cancel()

    @property
    def is_over(self) -> bool:
        return self._task.done()

    async def _run(self) -> None:
        failures = 0
        while self._state is not FollowerState.GONE:
            try:
                async for item in self._follow(self._topic):
                    failures = 0
                    self._publish(FollowerState.OPEN, item)
            except ApiError as error:
                self._publish(FollowerState.AWAY if error.status in _PASSING_STATUSES else FollowerState.GONE)
            except TorcError:
                self._publish(FollowerState.AWAY)
            failures += 1
            longest = min(_LONGEST_PAUSE_SECONDS, 0.25 * 2.0 ** min(failures, 10))
            await asyncio.sleep(longest * random.uniform(0.5, 1))  # noqa: S311 - spreads requests, protects nothing

    def _publish(self, state: FollowerState, item: News | None = None) -> None:
        is_news = state is not self._state
        self._state = state
        for watcher in self.watchers:
            if item is not None:
                watcher.changes_of(self._topic, state).add(item)
            elif is_news:
                watcher.changes_of(self._topic, state)


class Hub:
    """All followers."""

    def __init__(self, follow: Follow, *, linger_seconds: float = LINGER_SECONDS) -> None:
        self._follow = follow
        self._linger_seconds = linger_seconds
        self._followers: dict[Topic, _Follower] = {}
        self._watchers: set[Watcher] = set()

    @property
    def followed(self) -> frozenset[Topic]:
        """The workflows and lists that are followed."""
        return frozenset(self._followers)

    @property
    def watching(self) -> int:
        """The number of watchers."""
        return len(self._watchers)

    @contextlib.contextmanager
    def watch(self, topics: Iterable[Topic]) -> Iterator[Watcher]:
        """Watch workflows or lists in the body of a `with` statement."""
        watcher = Watcher()
        followers = {topic: self._follower_of(topic) for topic in topics}
        for follower in followers.values():
            follower.add(watcher)
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
            for topic, follower in followers.items():
                follower.watchers.discard(watcher)
                if not follower.watchers:
                    self._stop_later(topic, follower)

    def close(self) -> None:
        """Stop all followers, and end all watchers."""
        for follower in self._followers.values():
            follower.stop()
        self._followers.clear()
        for watcher in self._watchers:
            watcher.close()

    def _follower_of(self, topic: Topic) -> _Follower:
        follower = self._followers.get(topic)
        if follower is None or follower.is_over:
            follower = self._followers[topic] = _Follower(topic, self._follow)
        return follower

    def _stop_later(self, topic: Topic, follower: _Follower) -> None:
        def stop() -> None:
            follower.stop()
            if self._followers.get(topic) is follower:
                del self._followers[topic]

        follower.stop_later(stop, self._linger_seconds)

"""What waits for a follower of a stream of server-sent events. Belongs to one event loop."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

import msgspec

Item = TypeVar("Item")


def frame(event_type: str, data: object, identity: str | None = None) -> bytes:
    """Encode a server-sent event."""
    first = f"id: {identity}\n" if identity else ""
    return f"{first}event: {event_type}\ndata: {msgspec.json.encode(data).decode()}\n\n".encode()


class StreamQueue(Generic[Item]):
    """The items to send to a follower, and the number that was dropped since the last `take`."""

    def __init__(self, most: int) -> None:
        self.is_closed = False
        self._most = most
        self._items: deque[Item] = deque()
        self._dropped = 0
        self._any = asyncio.Event()
        self._many = asyncio.Event()

    def add(self, item: Item) -> None:
        """Add an item. If too many wait, the oldest is dropped."""
        if len(self._items) == self._most:
            self._items.popleft()
            self._dropped += 1
        self._items.append(item)
        self._any.set()
        if len(self._items) == self._most // 4:
            self._many.set()

    def announce(self) -> None:
        """End the current `until_any`: there is something to fetch besides the items."""
        self._any.set()

    def close(self) -> None:
        """End the items."""
        self.is_closed = True
        self._any.set()
        self._many.set()

    async def until_any(self) -> None:
        """Wait until there is something to fetch, or the end."""
        await self._any.wait()

    async def until_many(self) -> None:
        """Wait until items will be dropped soon if they are not fetched, or until the end."""
        await self._many.wait()

    def take(self) -> tuple[list[bytes], list[Item]]:
        """Return and remove all items, and before them a warning as text if some were dropped."""
        warning = [frame("warning", {"dropped": self._dropped})] if self._dropped else []
        items = list(self._items)
        self._dropped = 0
        self._items.clear()
        if not self.is_closed:
            self._any.clear()
            self._many.clear()
        return warning, items

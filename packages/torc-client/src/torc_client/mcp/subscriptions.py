"""Notify clients when a workflow that they subscribed to has changed."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Final

from torc_client.errors import TorcError
from torc_client.event_stream import EventsMissed
from torc_client.mcp.session import McpSession

_ADDRESS: Final = re.compile(r"torc://workflows/([1-9][0-9]{0,18})")
_PAUSE_SECONDS: Final = 1.0
_MOST_FOLLOWED: Final = 50

_log = logging.getLogger(__name__)

Notify = Callable[[str], Awaitable[None]]


class Watcher:
    """Follows the events of workflows while clients subscribe to them, and notifies at most once a second."""

    def __init__(self, session: McpSession) -> None:
        self._session = session
        self._listeners: dict[str, dict[object, Notify]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def add(self, address: str, listener: object, notify: Notify) -> bool:
        """Notify a listener of changes. False if this address has none to follow, or too many are followed."""
        if _ADDRESS.fullmatch(address) is None:
            return False
        if address not in self._tasks and len(self._tasks) >= _MOST_FOLLOWED:
            return False
        self._listeners.setdefault(address, {})[listener] = notify
        if address not in self._tasks:
            self._tasks[address] = asyncio.create_task(self._follow(address))
        return True

    def remove(self, address: str, listener: object) -> None:
        """Forget a listener. The last one of an address ends its stream."""
        listeners = self._listeners.get(address, {})
        listeners.pop(listener, None)
        if not listeners:
            self._listeners.pop(address, None)
            task = self._tasks.pop(address, None)
            if task is not None:
                task.cancel()

    def close(self) -> None:
        """End all streams."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._listeners.clear()

    async def _follow(self, address: str) -> None:
        found = _ADDRESS.fullmatch(address)
        workflow_id = int(found[1]) if found else 0
        changed = asyncio.Event()
        telling = asyncio.create_task(self._tell(address, changed))
        is_first = True
        try:
            async for event in self._session.client.follow_events(workflow_id):
                if not (is_first and isinstance(event, EventsMissed)):
                    changed.set()
                is_first = False
        except TorcError as error:
            _log.warning("%s is no longer followed: %s", address, error.message)
            changed.set()
            await asyncio.sleep(0)
        finally:
            telling.cancel()
            self._tasks.pop(address, None)

    async def _tell(self, address: str, changed: asyncio.Event) -> None:
        while True:
            await changed.wait()
            changed.clear()
            for listener, notify in list(self._listeners.get(address, {}).items()):
                try:
                    await notify(address)
                except Exception:  # noqa: BLE001 - a client that has left must not end the others
                    _log.debug("a listener of %s has left", address, exc_info=True)
                    self.remove(address, listener)
            await asyncio.sleep(_PAUSE_SECONDS)

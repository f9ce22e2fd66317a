"""The events that wait for the machine. Tasks and callbacks post them; one turn processes all waiting events."""

import asyncio
from collections.abc import Callable

from torc_runner.machine.events import Event


class Inbox:
    """The posted events. A post schedules a turn in the event loop, unless one is scheduled."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._turn: Callable[[], None] = lambda: None
        self._is_scheduled = False

    def open(self, turn: Callable[[], None]) -> None:
        """Set the function that processes posted events. It gets them with `take`."""
        self._turn = turn

    def post(self, event: Event) -> None:
        """Add an event. Call this in the event loop."""
        self._events.append(event)
        if not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self.turn)

    def turn(self) -> None:
        """Process the posted events now."""
        self._is_scheduled = False
        self._turn()

    def take(self) -> list[Event]:
        """Remove and return the events that were posted."""
        events, self._events = self._events, []
        return events

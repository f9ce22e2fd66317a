"""What background work has of the store: somebody who runs its units of work."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from torc_server.store.transaction import Transaction

T = TypeVar("T")


class RunUnit(Protocol):
    """Runs a unit of work on the writer."""

    def __call__(self, unit: Callable[[Transaction], T], /) -> Awaitable[T]:
        """Give the unit's answer once it is durable. Raises what the unit raises, and StoreError."""

"""The description of an operation in the client, and the base class of the generated operations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Operation(Generic[Answer]):
    """The method and path of an operation, and the type of its answer."""

    id: str
    method: str
    path: str
    answer: type[Answer]


class Sender(Protocol):
    """Sends a call to the server and returns its answer."""

    async def send(
        self, operation: Operation[Answer], path: Mapping[str, Any], query: Mapping[str, Any], body: Any
    ) -> Answer:
        """Perform the operation. Raises TorcError."""
        ...


class Operations:
    """The operations of one resource. The generated classes add a method for each."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def _call(
        self,
        operation: Operation[Answer],
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Answer:
        """Send a call. Query parameters that are None are omitted."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        return await self._sender.send(operation, path or {}, given, body)

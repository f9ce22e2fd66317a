"""An operation as the client knows it, and what the generated subjects are built on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Operation(Generic[Answer]):
    """Where an operation is called and what it answers."""

    id: str
    method: str
    path: str
    answer: type[Answer]


class Sender(Protocol):
    """Whatever carries a call to the server and brings back its answer."""

    async def send(
        self, operation: Operation[Answer], path: Mapping[str, Any], query: Mapping[str, Any], body: Any
    ) -> Answer:
        """Perform the operation; raises a TorcError."""
        ...


class Operations:
    """The operations of one subject; the generated classes add a method for each."""

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
        """Send a call without the query parameters that are None: None means "leave out"."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        return await self._sender.send(operation, path or {}, given, body)

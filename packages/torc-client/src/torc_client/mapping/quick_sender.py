"""The sender of jobs for their three calls: its imports take a third of the time of those of the usual client.

It makes one attempt. TLS, retries and errors need the usual client, with which a call can be repeated after
NotPerformedError.
"""

import http.client
import socket
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from torc_client import credentials
from torc_client.address import Address, parse_address
from torc_client.edge.user_name import own_user_name
from torc_client.operation import Answer, Operation
from torc_client.origin import client_headers

T = TypeVar("T")
# The server may need this long for a large value.
_ANSWER_SECONDS = 60.0


class NotPerformedError(Exception):
    """The call had no answer, or was refused."""


class QuickSender:
    """Sends calls over HTTP without TLS, or over a UNIX socket."""

    def __init__(self, url: str) -> None:
        self._address = parse_address(url)
        self._credentials = credentials.resolve(url, None, None)

    async def send(
        self, operation: Operation[Answer], path: Mapping[str, Any], query: Mapping[str, Any], body: Any
    ) -> Answer:
        """Perform an operation, without waiting for anything in the event loop. Raises NotPerformedError."""
        if self._address.base.startswith("https:") or (self._credentials and not self._address.is_private):
            raise NotPerformedError
        headers = client_headers(own_user_name() or "unknown")
        if self._credentials:
            headers["Authorization"] = self._credentials.authorization
        places = {name: quote(str(value), safe="") for name, value in path.items()}
        target = urlsplit(self._address.base).path + operation.path.format_map(places)
        if query:
            target += f"?{urlencode(query)}"
        content = None if body is None else msgspec.json.encode(body)
        try:
            answer = _answer(self._address, operation.method, target, content, headers)
            return msgspec.json.decode(answer, type=operation.answer)
        except (OSError, http.client.HTTPException, msgspec.DecodeError, RecursionError) as error:
            raise NotPerformedError from error


def at_once(calls: Coroutine[Any, Any, T]) -> T:
    """Perform calls of a QuickSender without an event loop."""
    try:
        calls.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("These calls wait for more than a QuickSender.")


def _answer(address: Address, method: str, target: str, content: bytes | None, headers: Mapping[str, str]) -> bytes:
    connection = _Connection(address)
    try:
        connection.request(method, target, content, dict(headers))
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise NotPerformedError
        return answer.read()
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to a server, which may have a UNIX socket."""

    def __init__(self, address: Address) -> None:
        super().__init__(address.host, address.port, timeout=_ANSWER_SECONDS)
        self._socket_path = address.socket_path

    def connect(self) -> None:
        """Connect to the socket, or by TCP."""
        if self._socket_path is None:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_ANSWER_SECONDS)
        self.sock.connect(self._socket_path)

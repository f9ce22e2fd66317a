"""A minimal client for HTTP/1.1 with keep-alive. It must cost less than the server that it loads.

The client of aiohttp takes more CPU for a request than its server. Where both share two cores, a ratio of two servers
measured with it would mostly measure the client.
"""

import asyncio
from dataclasses import dataclass
from typing import Self

import msgspec

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Unexpected(Exception):  # noqa: N818 - named after its meaning
    """An unexpected answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body."""

    status: int
    body: bytes


def request_bytes(method: str, path: str, body: bytes = b"", *, host: str = "127.0.0.1") -> bytes:
    """Return a complete request as bytes."""
    kind = "Content-Type: application/json\r\n" if body else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{kind}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class AnswerReader:
    """Parser of answers, one after the other."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._head_ends = -1
        self._whole = 0

    def feed(self, data: bytes) -> Answer | None:
        """Add bytes; return the answer once it is complete. Raises Unexpected for one without a length."""
        self._received += data
        if self._head_ends < 0:
            self._head_ends = self._received.find(_END_OF_HEAD)
            if self._head_ends < 0:
                return None
            head = bytes(self._received[: self._head_ends]).lower()
            at = head.find(_LENGTH)
            if at < 0:
                raise Unexpected(f"an answer without its length: {head!r}")
            length = int(head[at + len(_LENGTH) :].partition(b"\r\n")[0])
            self._whole = self._head_ends + len(_END_OF_HEAD) + length
        if len(self._received) < self._whole:
            return None
        status = int(self._received[9:12])
        body = bytes(self._received[self._head_ends + len(_END_OF_HEAD) : self._whole])
        del self._received[: self._whole]
        self._head_ends = -1
        return Answer(status, body)


class Connection(asyncio.Protocol):
    """One connection with one request at a time."""

    def __init__(self) -> None:
        self._reader = AnswerReader()
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int, host: str = "127.0.0.1") -> Self:
        """Connect. Raises OSError."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(cls, host, port)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Pass on a complete answer."""
        try:
            answer = self._reader.feed(data)
        except Unexpected as error:
            self._end(error)
            return
        waiting = self._waiting
        if answer is not None and waiting is not None and not waiting.done():
            waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Raise the error in the waiting request."""
        self._end(exc or ConnectionResetError("the server closed the connection"))

    def _end(self, error: Exception) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)

    async def send(self, request: bytes) -> Answer:
        """Send a complete request and wait for its answer. Raises OSError if the server closes the connection."""
        assert self._transport is not None
        if self._transport.is_closing():
            raise ConnectionResetError("the server closed the connection")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    async def ask(self, method: str, path: str, body: object = None) -> bytes:
        """Call an operation and return the body of its answer. Raises Unexpected unless it is 200."""
        sent = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
        answer = await self.send(request_bytes(method, path, sent))
        if answer.status != 200:
            raise Unexpected(f"{method} {path}: {answer.status} {answer.body[:500].decode(errors='replace')}")
        return answer.body

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

"""Connections of an HTTP server: headers of all answers, and errors that quote no request.

aiohttp quotes malformed requests in its log and in its answers. The quoted bytes can be credentials. It also answers
them without the application, so the headers are set where answers are written. (torc-server has a copy of this module.)
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError, StreamWriter
from aiohttp.http_exceptions import LineTooLong
from multidict import CIMultiDict

# Browsers then do not guess the type of an answer, and show it in no frame of a page.
ISOLATION = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}


async def isolate(headers: CIMultiDict[str]) -> None:
    """Set the headers of all answers. The name and version of the program are not among them."""
    headers.update(ISOLATION)
    headers.popall(hdrs.SERVER, None)


def malformed_part(failure: BaseException | None) -> str | None:
    """Describe what is malformed in a request, if that is the reason of a failure."""
    while failure is not None:
        if isinstance(failure, LineTooLong):
            return "a line or a header is longer than 8190 bytes"
        if isinstance(failure, web.RequestPayloadError):
            return "the body does not match its Content-Encoding, Transfer-Encoding or Content-Length"
        if isinstance(failure, HttpProcessingError):
            return "it is not valid HTTP/1.1"
        failure = failure.__cause__ or failure.__context__
    return None


def malformed_answer(part: str) -> web.Response:
    """Make the answer to a malformed request."""
    message = f"The request is malformed: {part}; correct it and send it again"
    return web.json_response({"error": {"message": message}}, status=web.HTTPBadRequest.status_code)


class GuardedProtocol(web.RequestHandler):
    """A connection whose answers and log lines have no bytes of malformed requests."""

    __slots__ = ()

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log an exception; for a malformed request one line without details."""
        part = malformed_part(kw.get("exc_info"))
        if part is None:
            super().log_exception(*args, **kw)
        else:
            name = self.peername
            self.logger.info("refused a malformed request of %s: %s", name[0] if name else "a UNIX socket", part)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that failed outside of the application."""
        part = malformed_part(exc)
        if part is None:
            return super().handle_error(request, status, exc, message)
        self.log_exception("malformed request", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("a part of the answer is sent already")
        answer = malformed_answer(part)
        answer.force_close()
        return answer


def _isolating(server: web.Server) -> None:
    """Make the answers of a server go through `isolate`."""
    make_request = server.request_factory

    def make(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        del writer
        writer = StreamWriter(protocol, asyncio.get_running_loop(), on_headers_sent=isolate)
        return make_request(message, payload, protocol, writer, task)

    server.request_factory = make


@contextlib.asynccontextmanager
async def accepting(
    runner: web.AppRunner, sockets: Iterable[tuple[socket.socket, ssl.SSLContext | None]], *, backlog: int
) -> AsyncIterator[None]:
    """Accept connections for a runner that is set up. Clean the runner up afterwards.

    The access log of aiohttp is not written.
    """
    server = runner.server
    assert server is not None, "the runner is set up"  # noqa: S101 - an error of the caller
    _isolating(server)
    loop = asyncio.get_running_loop()
    options: dict[str, Any] = {"access_log": None}
    protocol = partial(GuardedProtocol, server, loop=loop, **options)
    async with contextlib.AsyncExitStack() as stack:
        for each, context in sockets:
            listening = await loop.create_server(protocol, sock=each, ssl=context, backlog=backlog)
            stack.callback(listening.close)
        yield

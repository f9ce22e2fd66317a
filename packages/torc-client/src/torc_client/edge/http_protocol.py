"""Connections of an HTTP server: headers of all answers, and errors that quote no request.

aiohttp quotes malformed requests in its log and in its answers. The quoted bytes can be credentials. It also answers
them without the application, so the headers are set where answers are written.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError, StreamWriter
from aiohttp.http_exceptions import LineTooLong
from multidict import CIMultiDict, CIMultiDictProxy

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


def _without_unknown_expectation(message: Any) -> Any:
    """Remove a header Expect that aiohttp would quote in its answer."""
    expectation = message.headers.get(hdrs.EXPECT)
    if expectation is None or expectation.lower() == "100-continue":
        return message
    headers = CIMultiDict(message.headers)
    headers.popall(hdrs.EXPECT)
    return message._replace(headers=CIMultiDictProxy(headers))


def ignore_request(protocol: Any, request: web.BaseRequest, writer: StreamWriter) -> None:
    """Ignore the request."""


def isolating(
    server: web.Server, *, on_request: Callable[[Any, web.BaseRequest, StreamWriter], None] = ignore_request
) -> None:
    """Make the answers of a server go through `isolate`. `on_request` is called with each request."""
    make_request = server.request_factory

    def make(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        del writer
        message = _without_unknown_expectation(message)
        writer = StreamWriter(protocol, asyncio.get_running_loop(), on_headers_sent=isolate)
        request = make_request(message, payload, protocol, writer, task)
        on_request(protocol, request, writer)
        return request

    server.request_factory = make

"""Forward ``/torc-service/*`` to the server behind the dashboard, with streaming in both directions.

The address and credentials of that server come from the dashboard's settings; a request cannot change the first or
read the second. A body is never kept in memory as a whole.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import unquote

import aiohttp
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from torc_client.connections import Connections
from torc_client.liveness import Liveness, ServerSilentError
from torc_client.time_limits import LIMITS

PREFIX = "/torc-service/v1"
# More than any client sends: 100,000 jobs are about 100 MB.
BODY_LIMIT_BYTES = 256 * 1024 * 1024
_TOO_LARGE = (413, f"Send at most {BODY_LIMIT_BYTES // 1024 // 1024} MB in one request.")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)
# Headers that the dashboard sets itself, that belong to its own access control, or that would let a caller
# impersonate another one.
_NOT_SENT_ON = (
    HOP_BY_HOP
    | {"host", "content-length", "expect", "authorization", "cookie", "origin", "referer"}
    | {
        "forwarded",
        "via",
        "x-real-ip",
    }
)
_NOT_SENT_BACK = HOP_BY_HOP | {"set-cookie", "www-authenticate", "server", "date", "location", "refresh"}


@dataclass(frozen=True)
class Target:
    """The server behind the proxy. `authorization` is the value of the header that the dashboard adds."""

    base: URL
    socket_path: str | None = None
    authorization: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Proxy:
    """A target and the connections to it."""

    target: Target
    connections: Connections


class BodyTooLargeError(Exception):
    """The body of a request is larger than the limit."""


PROXY = web.AppKey("proxy", Proxy)
TARGET = web.AppKey("target", Target)


async def open_proxy(app: web.Application) -> AsyncIterator[None]:
    """Keep connections to the target while the application runs."""
    target = app[TARGET]
    connections = Connections(str(target.base).rstrip("/"), target.socket_path, LIMITS, _open_session, max_open=0)
    connections.check()
    app[PROXY] = Proxy(target, connections)
    yield
    await connections.close()


def _open_session(connector: aiohttp.BaseConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
    )


async def forward(request: web.Request) -> web.StreamResponse:
    """Forward one request to the server and stream its response back."""
    problem = refusal(request.method, request.raw_path, request.headers)
    if problem is not None:
        status, why = problem
        return _error(status, why)
    proxy = request.app[PROXY]
    body = _bounded(request) if request.body_exists else None
    headers = sent_on(request.headers)
    if proxy.target.authorization is not None:
        headers["Authorization"] = proxy.target.authorization
    connections = proxy.connections
    try:
        await connections.liveness.reached()
        # There is no limit for an answer, which may be a long poll or a stream, as long as the server is alive.
        async with connections.liveness.waiting():
            answer = await connections.session.request(
                request.method,
                address(proxy.target.base, request.raw_path),
                headers=headers,
                data=body,
                timeout=connections.timeout(),
                allow_redirects=False,
            )
        async with answer:
            return await _send_back(request, answer, connections.liveness)
    except BodyTooLargeError:
        return _error(*_TOO_LARGE)
    except (aiohttp.ClientError, TimeoutError, OSError, ServerSilentError) as error:
        if _carries(error, BodyTooLargeError):
            return _error(*_TOO_LARGE)
        return _error(502, "The Torc server behind the dashboard does not answer. Try again when it is back.")


def refusal(method: str, raw_path: str, headers: CIMultiDictProxy[str]) -> tuple[int, str] | None:
    """Return status and reason for a request that must not be forwarded; None for a valid one."""
    if not _is_below_prefix(raw_path):
        return 404, "There is nothing at this address."
    if method not in METHODS:
        return 405, f"Use one of {', '.join(METHODS)}."
    length = headers.get("Content-Length", "0")
    if length.isdigit() and int(length) > BODY_LIMIT_BYTES:
        return _TOO_LARGE
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        return 415, "Send the body without content encoding."
    has_body = length != "0" or "Transfer-Encoding" in headers
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if has_body and media_type != "application/json":
        return 415, "Send the body as application/json."
    return None


def _is_below_prefix(raw_path: str) -> bool:
    """Whether a path stays below the prefix even if it is decoded twice."""
    path = raw_path.partition("?")[0]
    plain = unquote(unquote(path))
    if re.search(r"[\\\x00-\x20\x7f#]", plain) or "//" in plain or {".", ".."} & set(plain.split("/")):
        return False
    return path.startswith(PREFIX + "/")


def address(base: URL, raw_path: str) -> URL:
    """Return the address on the server: the fixed base and the path after the prefix, escaped as by the caller."""
    return URL(str(base).rstrip("/") + raw_path[len(PREFIX) :], encoded=True)


def sent_on(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """Return the request headers that are forwarded to the server."""
    dropped = _NOT_SENT_ON | _named_by_connection(headers)
    return CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if name.lower() not in dropped and not name.lower().startswith(("x-forwarded-", "sec-fetch-"))
    )


def sent_back(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """Return the response headers that are forwarded to the browser."""
    dropped = _NOT_SENT_BACK | _named_by_connection(headers)
    return CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if name.lower() not in dropped and not name.lower().startswith("access-control-")
    )


def _named_by_connection(headers: CIMultiDictProxy[str]) -> frozenset[str]:
    named = ",".join(headers.getall("Connection", []))
    return frozenset(name.strip().lower() for name in named.split(","))


async def _bounded(request: web.Request) -> AsyncIterator[bytes]:
    sent = 0
    async for piece in request.content.iter_any():
        sent += len(piece)
        if sent > BODY_LIMIT_BYTES:
            raise BodyTooLargeError
        yield piece


async def _send_back(request: web.Request, answer: aiohttp.ClientResponse, liveness: Liveness) -> web.StreamResponse:
    liveness.heard()
    response = web.StreamResponse(status=answer.status, headers=sent_back(answer.headers))
    await response.prepare(request)
    try:
        while True:
            async with liveness.waiting(LIMITS.stream_silence_seconds):
                piece = await answer.content.readany()
            if not piece:
                break
            liveness.heard()
            await response.write(piece)
        await response.write_eof()
    except (aiohttp.ClientError, TimeoutError, OSError, ServerSilentError, asyncio.IncompleteReadError):
        # One side disconnected: end without the final chunk, so that a part is not mistaken for the whole.
        if request.transport is not None:
            request.transport.abort()
    return response


def _carries(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"message": message}}, status=status)

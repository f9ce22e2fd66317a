"""What surrounds every request: its span id, one line in the log, who is calling, how much it may send."""

import functools
import logging
import pwd
import re
import secrets
import socket
import struct
import time

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from torc_server.api.operation import Identity
from torc_server.auth.basic import REALM, Authenticator, Refused
from torc_server.auth.credentials import Overloaded

SPAN_ID = web.RequestKey("span_id", str)
IDENTITY = web.RequestKey("identity", Identity)

SPAN_HEADER = "X-Span-ID"
_ACCEPTABLE_SPAN = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")

# struct ucred of SO_PEERCRED: process, user, group.
_UCRED = struct.Struct("3i")

access_logger = logging.getLogger("torc_server.access")


@web.middleware
async def span(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request a span id, its own where it brought a usable one, and send it back with the answer."""
    sent = request.headers.get(SPAN_HEADER, "")
    request[SPAN_ID] = sent if _ACCEPTABLE_SPAN.fullmatch(sent) else secrets.token_hex(16)
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        answer.headers[SPAN_HEADER] = request[SPAN_ID]
        raise
    if not response.prepared:
        response.headers[SPAN_HEADER] = request[SPAN_ID]
    return response


@web.middleware
async def access_log(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Write one line for the request once it is answered. Headers, query and bodies stay out of it."""
    began = time.monotonic()
    status = 500
    answered_bytes = 0
    try:
        response = await handler(request)
        status = response.status
        answered_bytes = response.body_length if response.prepared else response.content_length or 0
    except web.HTTPException as answer:
        status = answer.status
        raise
    else:
        return response
    finally:
        identity = request.get(IDENTITY, Identity())
        fields = {
            "method": request.method,
            "path": request.rel_url.raw_path,
            "status": status,
            "bytes": answered_bytes,
            "duration_ms": round((time.monotonic() - began) * 1000, 1),
            "user": identity.user or "-",
            "remote": "unix" if is_over_unix_socket(request) else request.remote or "-",
            "span_id": request[SPAN_ID],
        }
        access_logger.info("request", extra={"fields": fields})


def credentials(authenticator: Authenticator, *, without: frozenset[str] = frozenset()) -> Middleware:
    """Find out who is calling and leave it in ``request[IDENTITY]``. Paths `without` are open to anybody.

    Over the UNIX socket no credential is asked for: the kernel let in only its owner (and root), and names the
    user. Over TCP the authenticator decides; 401 and 503 are answered here.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_over_unix_socket(request):
            request[IDENTITY] = Identity(peer_user(request))
            return await handler(request)
        if request.path in without:
            return await handler(request)
        try:
            sent = request.headers.get(hdrs.AUTHORIZATION)
            request[IDENTITY] = Identity(await authenticator.user_of(sent, address=request.remote))
        except Refused:
            return web.Response(
                status=401, text="Unauthorized", headers={hdrs.WWW_AUTHENTICATE: f'Basic realm="{REALM}"'}
            )
        except Overloaded:
            return web.json_response(
                {"error": {"message": "Too many credentials wait to be checked; try again in a few seconds."}},
                status=503,
                headers={hdrs.RETRY_AFTER: "5"},
            )
        return await handler(request)

    return middleware


def body_limit(limit_bytes: int) -> Middleware:
    """Refuse a body that announces itself as too large before any of it is read (413).

    A body that does not say its length is cut off by the application's ``client_max_size`` while it is read.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        announced = request.content_length
        if announced is not None and announced > limit_bytes:
            raise web.HTTPRequestEntityTooLarge(max_size=limit_bytes, actual_size=announced)
        return await handler(request)

    return middleware


def is_over_unix_socket(request: web.Request) -> bool:
    """Whether the request came through the private socket."""
    peer = _peer(request)
    return peer is not None and peer.family == socket.AF_UNIX


def peer_user(request: web.Request) -> str | None:
    """Ask the operating system for the name of the user at the other end of the UNIX socket."""
    peer = _peer(request)
    if peer is None:
        return None
    _, uid, _ = _UCRED.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    return _user_name(uid)


def _peer(request: web.Request) -> socket.socket | None:
    transport = request.transport
    return None if transport is None else transport.get_extra_info("socket")


@functools.cache
def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)

"""The middleware of all requests. It is one function, because a middleware costs a large part of a small answer.

It sets the span id, refuses pages of other sites, identifies the caller, refuses large bodies, calls the handler,
converts errors to answers, counts the request, and logs one line.
"""

import itertools
import logging
import math
import re
import secrets
import time
from collections.abc import Callable

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from torc_server.api.extensions import WAIT_SECONDS
from torc_server.api.operation import Identity
from torc_server.auth.basic import REALM, Authenticator, Refused
from torc_server.auth.credentials import Overloaded, Throttled
from torc_server.edge.held_connections import connection_of
from torc_server.live.token_checks import TokenChecker, TokenRefused
from torc_server.resources.generation import Generation
from torc_server.web.caller import NOBODY, caller_of, is_over_unix_socket
from torc_server.web.compat import generation_of, without_outage_words
from torc_server.web.errors import CLIENT_CLOSED, answer_to, error_answer
from torc_server.web.page_policy import PagePolicy
from torc_server.web.request_keys import IDENTITY, LOGINS, OPERATION, SPAN_HEADER, SPAN_ID
from torc_server.web.request_reports import length_of

_ACCEPTABLE_SPAN = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")

# Generated span ids: a random part for the process and the number of the request. They need no system call.
_PROCESS = secrets.token_hex(8)
_numbers = itertools.count(1)

LONG_SECONDS = 1.0

access_logger = logging.getLogger("torc_server.access")

# Called for each request with its answer, or None if it has none, and the seconds that it took.
Answered = Callable[[web.Request, web.StreamResponse | None, float], None]


def ignore_answered(request: web.Request, response: web.StreamResponse | None, seconds: float) -> None:
    """Ignore the request."""


def request_middleware(
    authenticator: Authenticator,
    tokens: TokenChecker | None = None,
    *,
    body_max_bytes: int,
    open_paths: frozenset[str] = frozenset(),
    answered: Answered = ignore_answered,
    pages: PagePolicy | None = None,
) -> Middleware:
    """Make the middleware. `open_paths` require no credentials. `pages`: which pages of browsers may send requests.

    Without `tokens`, no token is accepted.
    """
    pages = PagePolicy() if pages is None else pages

    @web.middleware
    async def receive(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.perf_counter()
        sent = request.headers.get(SPAN_HEADER)
        request[SPAN_ID] = sent if sent and _ACCEPTABLE_SPAN.fullmatch(sent) else f"{_PROCESS}{next(_numbers):016x}"
        response: web.StreamResponse | None = None
        try:
            try:
                pages.require_own_page(request)
                request[IDENTITY] = await _admit(request, authenticator, tokens, open_paths)
                _refuse_too_large(request, body_max_bytes)
                response = await handler(request)
            except Exception as error:  # noqa: BLE001 - otherwise aiohttp answers with its own page
                response = _refusal(error, body_max_bytes)
            if response.status >= web.HTTPBadRequest.status_code:
                _adapt_to_old_clients(request, response)
            if not response.prepared:
                response.headers[SPAN_HEADER] = request[SPAN_ID]
            return response
        finally:
            seconds = time.perf_counter() - began
            if response is not None and response.status == CLIENT_CLOSED:
                response = None
            answered(request, response, seconds)
            _log(request, response, seconds)

    return receive


async def _admit(
    request: web.Request, authenticator: Authenticator, tokens: TokenChecker | None, open_paths: frozenset[str]
) -> Identity:
    """Identify the caller, and mark its connection. Raises Refused, Overloaded, Throttled and StoreError."""
    connection = connection_of(request)
    request[LOGINS] = authenticator.reloads
    try:
        identity = await caller_of(
            request,
            authenticator,
            tokens,
            open_paths=open_paths,
            refused=0 if connection is None else connection.refused,
        )
    except (Refused, Throttled):
        if connection is not None:
            connection.refused += 1
        raise
    if connection is not None and (identity.user is not None or request.path not in open_paths):
        connection.admit(identity.user)
    return identity


def _refuse_too_large(request: web.Request, limit_bytes: int) -> None:
    """Refuse a body with a too large ``Content-Length`` before it is read.

    A body of unknown length is limited by ``client_max_size`` of the application while it is read.
    """
    announced = request.content_length
    if announced is not None and announced > limit_bytes:
        raise web.HTTPRequestEntityTooLarge(max_size=limit_bytes, actual_size=announced)


def _refusal(error: Exception, limit_bytes: int) -> web.StreamResponse:
    """Convert errors of routing, reading and the authenticator to answers: 404 and 405 without a body, for old clients.

    Other errors get the same answers as those of operations.
    """
    match error:
        case Refused():
            return _unauthorized(error)
        case Overloaded() | Throttled():
            return _not_checked(error)
        case web.HTTPRequestEntityTooLarge():
            size = f"{limit_bytes // 1024**2} MiB"
            return error_answer(413, {"message": f"The body is larger than {size}: send it in smaller parts"})
        case web.HTTPMethodNotAllowed():
            return web.Response(status=405, headers={hdrs.ALLOW: ",".join(sorted(error.allowed_methods))})
        case web.HTTPException():
            return web.Response(status=error.status)
        case _:
            return answer_to(error)


def _unauthorized(error: Refused) -> web.Response:
    """Answer a request without valid credentials. Only the holder of a token learns why it is not valid."""
    if isinstance(error, TokenRefused):
        bearer = {str(hdrs.WWW_AUTHENTICATE): f'Bearer realm="{REALM}", error="invalid_token"'}
        return error_answer(401, {"message": error.message}, headers=bearer)
    basic = {hdrs.WWW_AUTHENTICATE: f'Basic realm="{REALM}"'}
    return web.Response(status=401, text="Unauthorized", headers=basic)


def _not_checked(error: Overloaded | Throttled) -> web.StreamResponse:
    """Answer a request whose credentials were not checked."""
    if isinstance(error, Overloaded):
        return error_answer(503, {"message": "Too many credentials wait to be checked; try again in a few seconds."})
    seconds = math.ceil(error.seconds)
    message = f"This password was not checked, because too many wrong ones came before; try again in {seconds} s."
    return error_answer(429, {"message": message}, retry_after_seconds=seconds)


def _adapt_to_old_clients(request: web.Request, answer: web.StreamResponse) -> None:
    """Change words in errors that old clients misinterpret."""
    if not isinstance(answer, web.Response) or not answer.text:
        return
    if generation_of(request.headers) is Generation.V012:
        answer.text = without_outage_words(answer.text)


def _log(request: web.Request, response: web.StreamResponse | None, seconds: float) -> None:
    """Log one line for the request, without headers, query and body.

    Successful routine requests of runners are logged at DEBUG, because they would be most of the log.
    """
    operation = request.get(OPERATION)
    status = CLIENT_CLOSED if response is None else response.status
    is_refused = response is not None and status >= web.HTTPBadRequest.status_code
    is_routine = operation is not None and operation.routine and not is_refused
    level = logging.DEBUG if is_routine else logging.INFO
    if not access_logger.isEnabledFor(level):
        return
    fields = {
        "method": request.method,
        "path": request.rel_url.raw_path,
        "status": status,
        "bytes": length_of(response),
        "duration_ms": round(seconds * 1000, 1),
        "user": request.get(IDENTITY, NOBODY).user or "-",
        "remote": "unix" if is_over_unix_socket(request) else request.remote or "-",
        "span_id": request[SPAN_ID],
    }
    phrase = "request" if response is not None else "request ended without an answer"
    access_logger.log(level, phrase, extra={"fields": fields, "is_notable": _is_notable(request, response, seconds)})


def _is_notable(request: web.Request, response: web.StreamResponse | None, seconds: float) -> bool:
    """Whether the server failed, or took long although the request neither was a stream nor asked it to wait."""
    if not isinstance(response, web.Response):
        return False
    if response.status >= web.HTTPInternalServerError.status_code:
        return True
    return seconds >= LONG_SECONDS and WAIT_SECONDS.name not in request.query

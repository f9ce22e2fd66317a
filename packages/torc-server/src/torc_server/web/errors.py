"""Answers to failed requests: the statuses of errors, and their common shape."""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import hdrs, web

from torc_server.edge.http_protocol import malformed_answer, malformed_part
from torc_server.engine.administration.sql import InvalidStatement, QueryFailed
from torc_server.engine.errors import Conflict, EngineError, Forbidden, NotFound, RuleBroken, Stale
from torc_server.store.errors import ReadEnded, StoreBusy, StoreDamaged, StoreError, StoreFull

logger = logging.getLogger("torc_server.web")

# An entry covers the subclasses of its class. The first that matches is used.
STATUSES: Mapping[type[Exception], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Stale: 409,
    RuleBroken: 422,
    StoreBusy: 503,
    StoreFull: 507,
    StoreDamaged: 503,
    ReadEnded: 503,
    StoreError: 503,
}
# Clients of 0.12 and 1.0 read a word of these errors.
WORDS: Mapping[type[Exception], str] = {
    NotFound: "NotFound",
    Forbidden: "Forbidden",
    Conflict: "Conflict",
    InvalidStatement: "InvalidStatement",
    QueryFailed: "QueryFailed",
}
CLIENT_CLOSED = 499
"""The logged status of a request whose client disconnected before the answer. No client gets it."""
RETRY_AFTER_SECONDS = 5
LONGEST_VALUE = 200
NO_HEADERS: Mapping[str, str] = {}


class RequestError(Exception):
    """The request is invalid. The message says what to do."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def error_answer(
    status: int,
    error: Mapping[str, Any],
    *,
    retry_after_seconds: int | None = None,
    headers: Mapping[str, str] = NO_HEADERS,
) -> web.Response:
    """Make the answer of an error."""
    if retry_after_seconds is None and status == web.HTTPServiceUnavailable.status_code:
        retry_after_seconds = RETRY_AFTER_SECONDS
    if retry_after_seconds is not None:
        headers = {**headers, hdrs.RETRY_AFTER: str(retry_after_seconds)}
    return web.Response(
        status=status, body=msgspec.json.encode({"error": error}), content_type="application/json", headers=headers
    )


def answer_to(failure: Exception) -> web.Response:
    """Convert an exception of an operation to an answer. An unexpected one is logged, and the answer has no details."""
    if isinstance(failure, RequestError):
        return error_answer(failure.status, {"message": failure.message})
    malformed = malformed_part(failure)
    if malformed is not None:
        return malformed_answer(malformed)
    status = next((code for kind, code in STATUSES.items() if isinstance(failure, kind)), None)
    if status is None:
        logger.error("An operation failed unexpectedly", exc_info=failure)
        return error_answer(500, {"message": "The server failed; its log has the details"})
    error: dict[str, Any] = {"message": _message(failure)}
    word = next((word for kind, word in WORDS.items() if isinstance(failure, kind)), None)
    if word is not None:
        error = {"error": word, **error}
    if isinstance(failure, Conflict):
        error |= failure.details
    if isinstance(failure, RuleBroken) and failure.field is not None:
        error |= {"field": failure.field, "value": _shown(failure.value)}
    return error_answer(status, error)


def _message(failure: Exception) -> str:
    return failure.message if isinstance(failure, EngineError) else str(failure)


def _shown(value: Any) -> Any:
    """Shorten a value that the client sent, to limit the size of the answer."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."

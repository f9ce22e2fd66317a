"""What went wrong, as an answer: the only place that knows the HTTP statuses of errors, and their one shape."""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from torc_server.api.operation import Generation
from torc_server.engine.errors import Conflict, EngineError, Forbidden, NotFound, RuleBroken, Stale
from torc_server.store.errors import StoreBusy, StoreError, StoreFull
from torc_server.web.compat import generation_of, without_outage_words

logger = logging.getLogger("torc_server.web")

# A class stands for its subclasses as well; the first that fits counts.
STATUSES: Mapping[type[Exception], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Stale: 409,
    RuleBroken: 422,
    StoreBusy: 503,
    StoreFull: 507,
    StoreError: 503,
}
# Access errors carry a word that 0.12 clients look at.
WORDS: Mapping[type[Exception], str] = {NotFound: "NotFound", Forbidden: "Forbidden", Conflict: "Conflict"}
RETRY_AFTER_SECONDS = 5
LONGEST_VALUE = 200


class RequestError(Exception):
    """The request cannot be understood; the message says what to do."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def error_answer(status: int, error: Mapping[str, Any]) -> web.Response:
    """Make an error answer in the one shape."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == web.HTTPServiceUnavailable.status_code else None
    return web.Response(
        status=status, body=msgspec.json.encode({"error": error}), content_type="application/json", headers=headers
    )


def answer_to(failure: Exception) -> web.Response:
    """Turn whatever an operation raised into an answer. What is nobody's fault but ours is logged, not told."""
    if isinstance(failure, RequestError):
        return error_answer(failure.status, {"message": failure.message})
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
    """Shorten what the client sent, so that an error is no larger than its cause is worth."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."


@web.middleware
async def failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what routing and reading refuse, and keep words out of errors that old clients misread."""
    answer = await _answer_or_refusal(request, handler)
    if (
        answer.status >= web.HTTPBadRequest.status_code
        and isinstance(answer, web.Response)
        and answer.text
        and generation_of(request.headers.get(hdrs.USER_AGENT, "")) is Generation.V012
    ):
        answer.text = without_outage_words(answer.text)
    return answer


async def _answer_or_refusal(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the handler's answer, or 404 and 405 without a body, as old clients know them, and 413 with one."""
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        limit_mb = request.client_max_size // 1024**2
        return error_answer(413, {"message": f"The body is larger than {limit_mb} MiB: send it in smaller parts"})
    except web.HTTPMethodNotAllowed as error:
        return web.Response(status=405, headers={"Allow": ",".join(sorted(error.allowed_methods))})
    except web.HTTPException as error:
        return web.Response(status=error.status)
    except Exception as error:  # noqa: BLE001 - the last door before aiohttp's own page
        return answer_to(error)

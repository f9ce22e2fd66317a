"""Exceptions for errors of a server and of the connection to it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from torc_client.old_names import warn_of_old_attribute


class TorcError(Exception):
    """Base class of the errors of this package.

    `hint` is a remedy, or None.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint:
            self.add_note(hint)  # scripts and notebooks show it below the message


REMEDY_FOR_UNKNOWN_CAUSE = (
    "Check the URL in --url or TORC_API_URL. To start a server, run `torc-server run --host 127.0.0.1`; to start one "
    "for a single command, use `torc -s`."
)


class ServerUnreachableError(TorcError):
    """The server did not answer: it is not running, unreachable, or too slow.

    `may_be_done` is true if the call was sent and changes something: the server may have performed it. `hint` is the
    remedy for a known cause.
    """

    def __init__(self, url: str, reason: str, *, may_be_done: bool = False, hint: str | None = None) -> None:
        super().__init__(
            f"No Torc server answers at {url}: {reason}",
            "The server may have performed the call: check its effect before you repeat it."
            if may_be_done
            else hint or REMEDY_FOR_UNKNOWN_CAUSE,
        )
        self.url = url
        self.may_be_done = may_be_done


class UnexpectedResponseError(TorcError):
    """The answer is not one of a Torc server."""


class ApiError(TorcError):
    """The server refused or failed; `status` is the HTTP status and `details` the decoded error of the body."""

    def __init__(self, status: int, message: str, details: Any = None, hint: str | None = None) -> None:
        super().__init__(message, hint or _hint(status, message))
        self.status = status
        self.details = details
        self.body = b""
        """The body of the answer."""
        self.headers: Mapping[str, str] = {}
        """The headers of the answer."""


class UnauthorizedError(ApiError):
    """401: the server requires credentials, or refuses the given ones."""


class TokenRefusedError(UnauthorizedError):
    """401: the token has expired, or was revoked."""


class ForbiddenError(ApiError):
    """403: the caller is not permitted to do this."""


class NotFoundError(ApiError):
    """404: there is no such record."""


class ConflictError(ApiError):
    """409: another caller was first, or a report came for an attempt that has ended."""


class OtherDatabaseError(ConflictError):
    """409: the server has another database than before, in which the ids of the request mean other records."""


class OtherNodeError(OtherDatabaseError):
    """409: the server has no such compute node, or another one with its id."""


class UnprocessableError(ApiError):
    """422: a rule of the server forbids it, such as starting a job that is not pending."""


class ServerError(ApiError):
    """5xx: the server failed; its log says why."""


_HINTS = {401: "Set TORC_PASSWORD (and TORC_USERNAME, if it is not USER), or use --prompt-password."}
_REFUSED_TOKEN = "Token "  # noqa: S105 - the first word of a message
# Other refusals concern access groups or the server, and the owner of a workflow cannot lift them.
_NO_ACCESS, _ASK_OWNER = "no access to workflow", "ask its owner"
# Torc gives a reason with its remedy, which a second remedy could contradict. Without one, another program answered.
_HINTS_WITHOUT_REASON = {
    404: "Is it a Torc server? The URL of one ends in /torc-service/v1.",
    503: "The server, or a proxy in front of it, is busy or about to stop; try again in a moment.",
    507: "The disk of the server is full.",
}
_BY_STATUS: dict[int, type[ApiError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableError,
}


_CONFLICTS: dict[object, type[ConflictError]] = {"other_database": OtherDatabaseError, "other_node": OtherNodeError}


def _hint(status: int, message: str) -> str | None:
    if status == 403:
        is_open = _NO_ACCESS in message and _ASK_OWNER not in message
        return "Ask the owner of the workflow for access." if is_open else None
    if message.startswith(_REFUSED_TOKEN):  # with its remedy
        return None
    return _HINTS.get(status)


def api_error(status: int, body: bytes, remedy_for_refusal: str | None = None) -> ApiError:
    """Make the exception for a response with an error status.

    `remedy_for_refusal` is the remedy for missing or wrong credentials; by default, that of the commands.
    """
    failure = _api_error(status, body, remedy_for_refusal)
    failure.body = body
    return failure


def _api_error(status: int, body: bytes, remedy_for_refusal: str | None) -> ApiError:
    kind = ServerError if status >= 500 else _BY_STATUS.get(status, ApiError)
    details = _details(body)
    message = _message(details)
    if kind is ConflictError and isinstance(details, dict):
        kind = _CONFLICTS.get(details.get("code"), kind)
    if kind is UnauthorizedError and isinstance(details, dict) and str(message).startswith(_REFUSED_TOKEN):
        kind = TokenRefusedError
    if kind is UnauthorizedError and message is not None:
        return kind(status, message, details, remedy_for_refusal)
    if message is None:
        hint = _HINTS_WITHOUT_REASON.get(status)
        return kind(status, f"The server answered with HTTP status {status}.", details, hint)
    return kind(status, message, details)


def _details(body: bytes) -> Any:
    """Return the member `error` of a JSON body, else the text of the body."""
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body.decode("utf-8", "replace").strip()
    return content.get("error", content) if isinstance(content, dict) else content


def _message(details: Any) -> str | None:
    text = details.get("message", details.get("error")) if isinstance(details, dict) else details
    is_page = isinstance(text, str) and text.lstrip().startswith("<")  # of a web server that is not Torc's
    return text if isinstance(text, str) and text and not is_page else None


# Names of earlier versions, which scripts still import.
_OLD_NAMES: dict[str, type[TorcError]] = {
    "Conflict": ConflictError,
    "Forbidden": ForbiddenError,
    "NotFound": NotFoundError,
    "RuleBroken": UnprocessableError,
    "ServerFault": ServerError,
    "ServerUnreachable": ServerUnreachableError,
    "Unauthorized": UnauthorizedError,
    "UnexpectedAnswer": UnexpectedResponseError,
}


def __getattr__(name: str) -> type[TorcError]:
    if name not in _OLD_NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    current = _OLD_NAMES[name]
    warn_of_old_attribute(__name__, name, current.__name__)
    return current

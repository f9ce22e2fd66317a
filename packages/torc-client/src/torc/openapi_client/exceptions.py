"""The exceptions of calls: refusals of the server, and values that an operation or a model does not accept."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Self


class OpenApiException(Exception):  # noqa: N818 - users import this name
    """Base class of the exceptions of this package."""


class ApiTypeError(OpenApiException, TypeError):
    """An argument is missing or unknown."""


class ApiValueError(OpenApiException, ValueError):
    """A value has the wrong type, or a required member is missing."""


class ApiAttributeError(OpenApiException, AttributeError):
    """A model has no such member."""


class ApiKeyError(OpenApiException, KeyError):
    """A mapping has no such key."""


class ApiException(OpenApiException):
    """The server refused or failed. `status` is the HTTP status, `body` the text of the answer.

    Without an answer of the server, `status` is 0 and `reason` says what is wrong with the connection.
    """

    def __init__(
        self,
        status: int | None = None,
        reason: str | None = None,
        http_resp: Any = None,
        *,
        body: str | None = None,
        data: Any = None,
    ) -> None:
        self.status = status if http_resp is None else http_resp.status
        self.reason = reason if http_resp is None else http_resp.reason
        self.body = body
        self.data = data
        self.headers: Mapping[str, str] | None = None if http_resp is None else http_resp.getheaders()
        super().__init__(status, reason)

    @classmethod
    def from_answer(cls, status: int, body: bytes, headers: Mapping[str, str], data: Any = None) -> "ApiException":
        """Make the exception for an answer with an error status."""
        kind = _BY_STATUS.get(status, ServiceException if status >= HTTPStatus.INTERNAL_SERVER_ERROR else cls)
        error = kind(status, reason_of(status), body=body.decode("utf-8", "replace"), data=data)
        error.headers = headers
        return error

    @classmethod
    def unanswered(cls, reason: str) -> Self:
        """Make the exception for a call that got no answer of a Torc server."""
        return cls(0, reason)

    def __str__(self) -> str:
        lines = [f"({self.status})", f"Reason: {self.reason}"]
        if self.headers:
            lines.append(f"HTTP response headers: {dict(self.headers)}")
        if self.body:
            lines.append(f"HTTP response body: {self.body}")
        return "\n".join(lines) + "\n"


class BadRequestException(ApiException):
    """400: the request is malformed."""


class UnauthorizedException(ApiException):
    """401: the server requires credentials, or refuses the given ones."""


class ForbiddenException(ApiException):
    """403: the caller is not permitted to do this."""


class NotFoundException(ApiException):
    """404: there is no such record."""


class ConflictException(ApiException):
    """409: the state of the record does not permit it."""


class UnprocessableEntityException(ApiException):
    """422: a rule of the server forbids it."""


class ServiceException(ApiException):
    """5xx: the server failed."""


class ConnectionException(ApiException):
    """No Torc server answered, or not in time; the status is 0."""


_BY_STATUS: Mapping[int, type[ApiException]] = {
    400: BadRequestException,
    401: UnauthorizedException,
    403: ForbiddenException,
    404: NotFoundException,
    409: ConflictException,
    422: UnprocessableEntityException,
}


def reason_of(status: int) -> str:
    """Return the phrase of an HTTP status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""

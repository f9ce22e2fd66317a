"""The answer of a call as the server sent it."""

import json
from collections.abc import Mapping
from typing import Any

from torc.openapi_client.exceptions import ApiException, ApiValueError, reason_of

__all__ = ["ApiException", "ApiValueError", "RESTResponse"]


class RESTResponse:
    """An answer: its status, headers and content."""

    def __init__(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        self.status = status
        self.reason = reason_of(status)
        self.headers = headers
        self.data = data

    def read(self) -> bytes:
        """Return the content."""
        return self.data

    def json(self) -> Any:
        """Return the content, decoded."""
        return json.loads(self.data)

    def getheaders(self) -> Mapping[str, str]:
        """Return the headers."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Return a header."""
        return self.headers.get(name, default)
